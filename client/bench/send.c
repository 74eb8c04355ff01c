// SPDX-License-Identifier: Apache-2.0
// From the grid to the server: F8 enters what is filled, row by row, and shows what it comes to; F8 again
// hands it to review. A worksheet goes whole. A write that may have arrived is sent again by the same key,
// and nothing that somebody else wrote meanwhile is overwritten.
#include <stdio.h>
#include <string.h>

#include "bench/bench_parts.h"
#include "desk/parts.h"
#include "message/value.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/rules.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"
#include "wire/rules_text.h"

enum { INPUTS_BYTES = 4000, VERSION_BYTES = 24, PATH_BYTES = 64 };

// A field of the request, or of the element that was added last.
static bool set_in(struct ask *ask, const char *prefix, const char *name, const char *text)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s%s", prefix, name);
    return text[0] == '\0' || parts_set(ask, path, text);
}

static bool set_reading(struct ask *ask, const char *prefix, const struct cell_facts *facts, const char *cell)
{
    struct cell_reading reading;

    cell_take_reading(facts, cell, &reading);
    return set_in(ask, prefix, "readings+.value", reading.value) &&
           set_in(ask, prefix, "readings.qualifier", reading.qualifier != NULL ? reading.qualifier : "") &&
           set_in(ask, prefix, "readings.position", reading.position);
}

// What the row's cells say, into the request itself ("") or its newest result ("results.").
static bool set_cells(struct ask *ask, const char *prefix, const struct grid *grid, size_t row)
{
    char inputs[INPUTS_BYTES];

    for (size_t i = 0; i < grid->column_count; i++) {
        const char *cell = grid->rows[row].cells[i];
        enum grid_column_kind kind = grid->columns[i].kind;
        const char *name = kind == GRID_UNCERTAINTY    ? "expanded_uncertainty"
                           : kind == GRID_CONFIRMATION ? "confirmation"
                           : kind == GRID_SKIPPED      ? "skipped"
                                                       : NULL;
        bool is_set = cell[strspn(cell, " ")] != '\0' && grid_applies(grid, row, i);

        if (is_set && kind == GRID_READING && !set_reading(ask, prefix, &grid->facts, cell))
            return false;
        if (is_set && name != NULL && !set_in(ask, prefix, name, cell))
            return false;
    }
    return grid_inputs(grid, row, inputs, sizeof inputs)
               ? set_in(ask, prefix, "inputs", inputs)
               : error_set(&ask->error, TS_INVALID_ARGUMENT, "INPUTS", "the inputs of this row are too long");
}

// Lots stand between commas, also those of Chinese input.
static bool set_lots(struct ask *ask, const char *typed)
{
    static const char *const marks[] = {",", ";", "，", "；", "、"};
    char lot[FIELD_BYTES];

    while (*typed != '\0') {
        const char *end = typed + strlen(typed);
        size_t width = 0, length;

        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            const char *found = strstr(typed, marks[i]);

            if (found != NULL && found < end) {
                end = found;
                width = strlen(marks[i]);
            }
        }
        typed += strspn(typed, " ");
        length = end > typed ? (size_t)(end - typed) : 0;
        while (length > 0 && typed[length - 1] == ' ')
            length--;
        snprintf(lot, sizeof lot, "%.*s", (int)length, typed);
        if (length > 0 && !parts_set(ask, "lots", lot))
            return false;
        typed = end + width;
    }
    return true;
}

// Lots of a worksheet go with it; of a test they are said once it is entered.
static bool set_above(struct ask *ask, const struct grid *grid)
{
    char value[FIELD_BYTES];

    for (size_t i = 0; i < grid->above.count; i++) {
        const char *key = grid->above.slots[i].key;
        bool is_set = true;

        form_value(&grid->above.slots[i], value);
        if (strcmp(key, "lots") != 0)
            is_set = value[0] == '\0' || parts_set(ask, key, value);
        else if (grid->worksheet_no[0] != '\0')
            is_set = set_lots(ask, value);
        if (!is_set)
            return false;
    }
    return true;
}

static bool keep_key(struct ask *ask, char id[REQUEST_ID_SIZE])
{
    if (id[0] == '\0' && !request_id_make(id))
        return error_set(&ask->error, TS_INTERNAL, "RANDOM", "the system gives no random bytes");
    return parts_set(ask, "request_id", id);
}

static void ask_row(struct desk *desk, enum ask_kind kind, size_t at)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[at];
    struct ask ask;

    if (!ask_begin(kind, &ask))
        return;
    parts_end(desk, &ask,
              keep_key(&ask, row->request_id) && parts_set(&ask, "test_id", row->test_id) &&
                  parts_set_version(&ask, row->version) &&
                  (kind == ASK_BENCH_SUBMIT || (set_cells(&ask, "", grid, at) && set_above(&ask, grid))));
}

// The entry has its lots: none were typed, or the server knows them.
static bool has_lots(const struct grid *grid, const struct grid_row *row)
{
    char value[FIELD_BYTES];

    form_value(form_find(&grid->above, "lots"), value);
    return value[0] == '\0' || strcmp(row->lots, value) == 0;
}

bool bench_send_lots(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->sending];
    char value[FIELD_BYTES];
    struct ask ask;

    if (has_lots(grid, row) || !ask_begin(ASK_BENCH_LOTS, &ask))
        return false;
    form_value(form_find(&grid->above, "lots"), value);
    parts_end(desk, &ask,
              keep_key(&ask, row->request_id) && parts_set(&ask, "test_id", row->test_id) &&
                  parts_set_version(&ask, row->version) && set_lots(&ask, value));
    return true;
}

void bench_lots_said(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->sending];
    char value[FIELD_BYTES];

    form_value(form_find(&grid->above, "lots"), value);
    snprintf(row->lots, sizeof row->lots, "%.399s", value);
    row->request_id[0] = '\0';
    grid->sending += grid->phase == GRID_ENTERING;
    bench_send_next(desk);
}

static bool set_positions(struct ask *ask, const struct grid *grid)
{
    char position[VERSION_BYTES];

    for (size_t i = 0; i < grid->row_count; i++) {
        snprintf(position, sizeof position, "%d", grid->rows[i].position);
        if (!parts_set(ask, "results+.position", position) || !set_cells(ask, "results.", grid, i))
            return false;
    }
    return true;
}

static void ask_sheet(struct desk *desk, enum ask_kind kind)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct ask ask;

    if (!ask_begin(kind, &ask))
        return;
    parts_end(desk, &ask,
              keep_key(&ask, grid->worksheet_request_id) &&
                  parts_set(&ask, "worksheet_no", grid->worksheet_no) &&
                  parts_set_version(&ask, grid->worksheet_version) &&
                  (kind == ASK_BENCH_SHEET_SUBMIT || (set_positions(&ask, grid) && set_above(&ask, grid))));
}

static void finish(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    bool was_entering = grid->phase == GRID_ENTERING;

    grid->phase = GRID_IDLE;
    if (grid->refused_count > 0 && was_entering)
        desk_tell(desk, NOTE_BAD, "已录入 %zu 项，%zu 项没有：原因在各行",
                  "%zu entered, %zu not: each row says why", grid->sent_count, grid->refused_count);
    else if (grid->refused_count > 0)
        desk_tell(desk, NOTE_BAD, "已提交复核 %zu 项，%zu 项没有：原因在各行",
                  "%zu handed to review, %zu not: each row says why", grid->sent_count, grid->refused_count);
    else if (was_entering)
        desk_tell(desk, NOTE_GOOD, "已录入 %zu 项，结果见右；再按 F8 提交复核",
                  "%zu entered, with their results at the right; F8 again hands them to review",
                  grid->sent_count);
    else
        desk_tell(desk, NOTE_GOOD, "已提交复核 %zu 项", "%zu handed to review", grid->sent_count);
    desk->looked_ms = 0;
}

static bool is_due(const struct grid *grid, const struct grid_row *row)
{
    if (grid->phase == GRID_ENTERING)
        return row->state == GRID_TYPED || row->state == GRID_REFUSED;
    return row->state == GRID_ENTERED && !row->is_held && !row->was_sent_back;
}

void bench_send_next(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;

    while (grid->sending < grid->row_count && !is_due(grid, &grid->rows[grid->sending]))
        grid->sending++;
    if (grid->sending >= grid->row_count)
        finish(desk);
    else if (grid->phase == GRID_ENTERING || !bench_send_lots(desk))
        ask_row(desk, grid->phase == GRID_ENTERING ? ASK_BENCH_ENTER : ASK_BENCH_SUBMIT, grid->sending);
}

static void begin(struct desk *desk, enum grid_phase phase)
{
    struct grid *grid = &bench_of(desk)->grid;

    grid->phase = phase;
    grid->sending = grid->sent_count = grid->refused_count = 0;
    bench_send_next(desk);
}

static void go_above(struct grid *grid, const struct slot *slot)
{
    grid->is_above = true;
    form_go(&grid->above, (size_t)(slot - grid->above.slots));
}

// Temperature and the like, by the rules that the server has for them.
static bool above_is_fine(struct desk *desk)
{
    static const struct {
        const char *key;
        int format;
    } numbers[] = {{"temperature_c", TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL},
                   {"humidity_percent", TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_NOT_NEGATIVE},
                   {"coverage_factor", TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_NOT_NEGATIVE}};
    struct grid *grid = &bench_of(desk)->grid;
    char value[FIELD_BYTES], why[RULES_WHY_SIZE];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct slot *slot = form_find(&grid->above, numbers[i].key);

        form_value(slot, value);
        if (value[0] == '\0' || rules_text_fits(value, numbers[i].format, why))
            continue;
        go_above(grid, slot);
        desk_tell(desk, NOTE_BAD, "%s：不是数，请用 0-9 和小数点 (%s)", "%s %s",
                  desk_say(desk, slot->zh, slot->en), why);
        return false;
    }
    return true;
}

// Nothing of a row with a fault is sent, nor of the others.
static bool rows_are_fine(struct desk *desk, size_t *ret_typed)
{
    struct grid *grid = &bench_of(desk)->grid;
    bool is_sheet = grid->worksheet_no[0] != '\0';
    struct slot *reason = form_find(&grid->above, "reason");
    char why[CELL_WHY];
    size_t column;

    *ret_typed = 0;
    for (size_t i = 0; i < grid->row_count; i++) {
        const struct grid_row *row = &grid->rows[i];

        if (!is_sheet && row->state != GRID_TYPED && row->state != GRID_REFUSED)
            continue;
        if (grid_row_fault(grid, i, desk->chinese, &column, why)) {
            grid_go(grid, i, column);
            desk_tell(desk, NOTE_BAD, "第 %zu 行：%s", "Row %zu: %s", i + 1, why);
            return false;
        }
        if (row->replaces && reason != NULL && reason->field.length == 0) {
            go_above(grid, reason);
            desk_tell(desk, NOTE_BAD, "%s 已有结果：请写明更改理由，再按 F8",
                      "%s has a result already: say why it is replaced, then F8", row->item_code);
            return false;
        }
        (*ret_typed)++;
    }
    return true;
}

// With the cursor on a row that somebody else was faster at, and with a reason: on top of what stands now.
static bool replace_conflict(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->row];
    const struct slot *reason = form_find(&grid->above, "reason");

    if (grid->row >= grid->row_count || row->state != GRID_CONFLICT)
        return false;
    if (reason == NULL || reason->field.length == 0) {
        if (reason != NULL)
            go_above(grid, reason);
        desk_tell(desk, NOTE_BAD, "别人先录入了：F12 放弃自己的；要替换，在这里写理由再按 F8",
                  "Somebody was faster: F12 drops yours; to replace it, give the reason here, then F8");
        return true;
    }
    row->version = row->seen_version;
    row->replaces = true;
    row->state = GRID_TYPED;
    return false;
}

static void send_sheet(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    size_t typed;

    if (grid->worksheet_state == TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_ENTERED)
        ask_sheet(desk, ASK_BENCH_SHEET_SUBMIT);
    else if (grid->worksheet_state != TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_OPEN)
        desk_tell(desk, NOTE_PLAIN, "这张工作表已结束", "This worksheet is done");
    else if (rows_are_fine(desk, &typed))
        ask_sheet(desk, ASK_BENCH_SHEET_ENTER);
}

void bench_send(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    size_t typed, entered = 0, held = 0, sent_back = 0;

    if ((desk->running != ASK_NOTHING && desk->running_is_write) || !grid->has_form)
        return;
    grid->phase = GRID_IDLE;
    if (strcmp(grid->typed_by, desk->username) != 0) {
        desk_tell(desk, NOTE_BAD, "这些是 %s 录入的：请本人登录后提交，或 F12 放弃",
                  "%s typed this: that person sends it, or F12 drops it", grid->typed_by);
        return;
    }
    if (!above_is_fine(desk))
        return;
    if (grid->worksheet_no[0] != '\0') {
        send_sheet(desk);
        return;
    }
    if (replace_conflict(desk) || !rows_are_fine(desk, &typed))
        return;
    for (size_t i = 0; i < grid->row_count; i++)
        *(grid->rows[i].is_held         ? &held
          : grid->rows[i].was_sent_back ? &sent_back
                                        : &entered) += grid->rows[i].state == GRID_ENTERED;
    if (typed > 0)
        begin(desk, GRID_ENTERING);
    else if (entered > 0)
        begin(desk, GRID_SUBMITTING);
    else if (held > 0)
        desk_tell(desk, NOTE_BAD, "%zu 项所在的批已冻结：待质量负责人放行后再提交",
                  "%zu are of a held batch: the quality manager releases it first", held);
    else if (sent_back > 0)
        desk_tell(desk, NOTE_BAD, "%zu 项是复核退回的：先写理由更改，再提交",
                  "%zu were sent back: change them, with a reason, before you hand them over again",
                  sent_back);
    else
        desk_tell(desk, NOTE_PLAIN, "没有可提交的：先录入", "Nothing is filled: type results first");
}
