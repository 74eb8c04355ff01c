// SPDX-License-Identifier: Apache-2.0
// What the server says of rows that were sent: results, refusals, and what somebody else wrote first.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_parts.h"
#include "desk/parts.h"
#include "desk/reason.h"
#include "rpc/outcome.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"
#include "wire/json_reader.h"

static void take_row(struct desk *desk, enum ask_kind kind, const Touchstone__V1__Test *test)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->sending];

    if (grid->phase == GRID_IDLE || test == NULL || strcmp(row->test_id, test->test_id) != 0)
        return;
    bench_row_take_test(grid, grid->sending, test);
    row->request_id[0] = row->said[0] = '\0';
    row->state = kind == ASK_BENCH_ENTER ? GRID_ENTERED : GRID_SUBMITTED;
    row->replaces = true;
    row->was_sent_back = false;
    grid->sent_count++;
    // Lots are of an entry: of another one they are said again.
    row->lots[0] = '\0';
    if (kind == ASK_BENCH_ENTER && bench_send_lots(desk))
        return;
    grid->sending++;
    bench_send_next(desk);
}

static void take_sheet(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct grid *grid = &bench_of(desk)->grid;

    if (ask->kind == ASK_BENCH_SHEET) {
        Touchstone__V1__GetWorksheetResponse *answer = (Touchstone__V1__GetWorksheetResponse *)response;

        bench_grid_take_sheet(desk, answer->worksheet, answer->positions, answer->n_positions);
        return;
    }
    grid->worksheet_request_id[0] = '\0';
    if (ask->kind == ASK_BENCH_SHEET_ENTER) {
        Touchstone__V1__EnterWorksheetResponse *answer = (Touchstone__V1__EnterWorksheetResponse *)response;

        bench_grid_take_sheet(desk, answer->worksheet, answer->positions, answer->n_positions);
        if (answer->worksheet->held)
            desk_tell(desk, NOTE_BAD, "已录入，但质控不合格：本批冻结，待质量负责人放行",
                      "Entered, and a control or check failed: the batch is held until the quality manager "
                      "releases it");
        else
            desk_tell(desk, NOTE_GOOD, "整张已录入；再按 F8 提交复核",
                      "All of it is entered; F8 again hands it to review");
    } else {
        Touchstone__V1__SubmitWorksheetResponse *answer = (Touchstone__V1__SubmitWorksheetResponse *)response;

        bench_grid_take_sheet(desk, answer->worksheet, answer->positions, answer->n_positions);
        desk_tell(desk, NOTE_GOOD, "整张已提交复核", "All of it is handed to review");
    }
}

void bench_grid_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct grid *grid = &bench_of(desk)->grid;

    switch (ask->kind) {
    case ASK_BENCH_FORM:
        bench_grid_take_form(desk, response);
        break;
    case ASK_BENCH_ENTER:
        take_row(desk, ask->kind, ((Touchstone__V1__EnterResultResponse *)response)->test);
        break;
    case ASK_BENCH_SUBMIT:
        take_row(desk, ask->kind, ((Touchstone__V1__SubmitTestResponse *)response)->test);
        break;
    case ASK_BENCH_LOTS:
        if (grid->phase != GRID_IDLE)
            bench_lots_said(desk);
        break;
    case ASK_BENCH_TEST: {
        const Touchstone__V1__Test *test = ((Touchstone__V1__GetTestResponse *)response)->test;

        for (size_t i = 0; i < grid->row_count; i++)
            if (grid->rows[i].state == GRID_ENTERED && strcmp(grid->rows[i].test_id, test->test_id) == 0)
                bench_row_take_test(grid, i, test);
        bench_ask_result(desk);
        break;
    }
    default:
        take_sheet(desk, ask, response);
    }
}

// A member of the error's flat metadata.
static void metadata(struct ask *ask, const struct ts_error *error, const char *wanted, char *ret_text,
                     size_t size)
{
    struct json_reader reader;
    size_t length, text_length;
    const char *key;
    bool first = true;
    char *text;

    ret_text[0] = '\0';
    json_reader_init(&reader, error->metadata, strlen(error->metadata), ask->arena);
    if (error->metadata[0] == '\0' || !json_reader_enter(&reader, JSON_OBJECT))
        return;
    while (json_reader_next_member(&reader, &first, &key, &length)) {
        bool is_meant = json_reader_is_key(key, length, wanted);

        if (!json_reader_string(&reader, &text, &text_length))
            return;
        if (is_meant)
            snprintf(ret_text, size, "%s", text);
    }
}

static void tell_conflict(struct desk *desk, struct ask *ask, const struct ts_error *error,
                          struct grid_row *row)
{
    char by[64], readings[160], version[24];

    metadata(ask, error, "current_by", by, sizeof by);
    metadata(ask, error, "current_readings", readings, sizeof readings);
    metadata(ask, error, "current_version", version, sizeof version);
    row->state = GRID_CONFLICT;
    // What is told here is what a reason may replace, and nothing that comes later.
    row->seen_version = version[0] != '\0' ? strtoll(version, NULL, 10) : row->seen_version;
    if (by[0] == '\0')
        snprintf(row->said, sizeof row->said, "%s",
                 desk_say(desk, "别人刚改过这一项：没有覆盖，您的还在格里",
                          "Somebody changed this test: nothing was overwritten; yours is still here"));
    else
        snprintf(row->said, sizeof row->said, "%s %s: %s. %s", by, desk_say(desk, "先录入了", "was faster"),
                 readings[0] != '\0' ? readings : "?",
                 desk_say(desk, "没有覆盖，您的还在格里", "Nothing was overwritten; yours is still here"));
}

static void refuse_row(struct desk *desk, struct ask *ask, const struct ts_error *error)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->sending];
    const char *zh = reason_say(error->reason, true);

    row->request_id[0] = '\0';
    row->state = GRID_REFUSED;
    if (strcmp(error->reason, "VERSION_STALE") == 0)
        tell_conflict(desk, ask, error, row);
    else
        snprintf(row->said, sizeof row->said, "%s", desk->chinese && zh != NULL ? zh : error->detail);
    // Of what was entered already the entry stands.
    if (grid->phase == GRID_SUBMITTING && row->state == GRID_REFUSED)
        row->state = GRID_ENTERED;
    grid->refused_count++;
    grid->sending++;
    bench_send_next(desk);
}

// The entry stands; what was said of its lots does not, and it is not handed over without.
static void refuse_lots(struct desk *desk, const struct ts_error *error)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->sending];

    row->request_id[0] = '\0';
    snprintf(row->said, sizeof row->said, "%s: %s",
             desk_say(desk, "试剂批号没有登记或写错（结果已录入；touchstone fitness record 登记）",
                      "Reagent lots (the result is entered; touchstone fitness record knows a lot)"),
             error->violation_count > 0 ? error->violations[0].description : error->detail);
    grid->refused_count++;
    grid->sent_count -= grid->phase == GRID_ENTERING;
    grid->sending++;
    bench_send_next(desk);
}

// "results[3].readings[0].value": the cursor goes to the fourth row.
static void go_to_violation(struct grid *grid, const struct ts_error *error)
{
    unsigned at;

    if (error->violation_count > 0 && sscanf(error->violations[0].field, "results[%u]", &at) == 1 &&
        at < grid->row_count)
        grid_go(grid, at, 0);
}

bool bench_grid_failed(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct ask room = *ask;

    if (outcome->fate != RPC_ANSWERED) {
        // Nobody knows whether it arrived: the same write goes again with the next F8.
        grid->phase = GRID_IDLE;
        return false;
    }
    if (ask->kind == ASK_BENCH_ENTER || ask->kind == ASK_BENCH_SUBMIT) {
        refuse_row(desk, &room, &outcome->error);
        return true;
    }
    if (ask->kind == ASK_BENCH_LOTS) {
        refuse_lots(desk, &outcome->error);
        return true;
    }
    grid->worksheet_request_id[0] = '\0';
    go_to_violation(grid, &outcome->error);
    return false;
}
