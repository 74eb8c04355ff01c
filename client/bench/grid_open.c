// SPDX-License-Identifier: Apache-2.0
// How a grid comes about: its columns from the catalogue (GetEntryForm), its rows from the worklist or a
// worksheet, and what others did meanwhile.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_parts.h"
#include "desk/parts.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"

enum { READINGS_LEAST = 3 };

static void ask_form(struct desk *desk, const char *method_id, const char *parameter_id)
{
    struct ask ask;

    if (parts_begin(desk, ASK_BENCH_FORM, &ask))
        parts_end(desk, &ask,
                  parts_set(&ask, "laboratory", desk->laboratory) &&
                      parts_set(&ask, "method_id", method_id) &&
                      parts_set(&ask, "parameter_id", parameter_id));
}

// What is typed and not sent goes before anything else.
static bool is_taken(struct desk *desk)
{
    struct bench *bench = bench_of(desk);

    if (!grid_has_unsent(&bench->grid))
        return false;
    bench->screen = BENCH_GRID;
    desk_tell(desk, NOTE_BAD, "这张录入表还有未提交的内容：F8 提交，或 F12 放弃所在行",
              "This grid has entries that are not sent: F8 sends them, F12 drops the row");
    return true;
}

static void put_test(struct grid_row *row, const Touchstone__V1__Test *test)
{
    snprintf(row->test_id, sizeof row->test_id, "%s", test->test_id);
    snprintf(row->item_code, sizeof row->item_code, "%s", test->item_code);
    snprintf(row->name, sizeof row->name, "%s", test->item_name);
    snprintf(row->mass, sizeof row->mass, "%s", test->item_mass_g);
    row->version = row->seen_version = test->version;
}

static bool is_entered(const Touchstone__V1__Test *test)
{
    return test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS &&
           (test->n_readings > 0 || test->instrument[0] != '\0' || test->coverage_factor[0] != '\0');
}

static bool belongs(const struct desk *desk, const Touchstone__V1__Test *test, const Touchstone__V1__Test *at)
{
    return strcmp(test->method_id, at->method_id) == 0 && strcmp(test->parameter_id, at->parameter_id) == 0 &&
           strcmp(test->assigned_to, desk->username) == 0 && !test->blind &&
           (test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_ASSIGNED ||
            test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS);
}

void bench_grid_open(struct desk *desk, const struct Touchstone__V1__Test *at)
{
    struct bench *bench = bench_of(desk);
    struct grid *grid = &bench->grid;
    const Touchstone__V1__Test *test;

    if (grid->is_open && strcmp(grid->method_id, at->method_id) == 0 &&
        strcmp(grid->parameter_id, at->parameter_id) == 0 && grid->worksheet_no[0] == '\0') {
        for (size_t i = 0; i < grid->row_count; i++)
            if (strcmp(grid->rows[i].test_id, at->test_id) == 0 && grid->column_count > 0) {
                bench->screen = BENCH_GRID;
                grid_go(grid, i, 0);
                return;
            }
    }
    if (is_taken(desk))
        return;
    // What others do to these rows comes with the list of mine.
    bench->list.filter = FILTER_MINE;
    grid_begin(grid, at->method_id, at->parameter_id, "", desk->username);
    for (size_t i = 0; (test = bench_list_test(bench, i)) != NULL && grid->row_count < GRID_ROWS; i++) {
        struct grid_row *row = &grid->rows[grid->row_count];

        if (!belongs(desk, test, at))
            continue;
        put_test(row, test);
        row->replaces = is_entered(test);
        row->state = row->replaces ? GRID_ENTERED : GRID_EMPTY;
        row->is_held = bench_is_held(bench, test->test_id);
        row->was_sent_back = test->sent_back_reason[0] != '\0';
        snprintf(row->said, sizeof row->said, "%.350s", test->sent_back_reason);
        grid->row_count++;
    }
    snprintf(grid->follows_test, sizeof grid->follows_test, "%s", at->test_id);
    bench->screen = BENCH_GRID;
    ask_form(desk, at->method_id, at->parameter_id);
}

void bench_grid_open_sheet(struct desk *desk, const char *worksheet_no)
{
    struct bench *bench = bench_of(desk);
    struct ask ask;

    if (bench->grid.is_open && strcmp(bench->grid.worksheet_no, worksheet_no) == 0 &&
        bench->grid.row_count > 0) {
        bench->screen = BENCH_GRID;
        return;
    }
    if (!is_taken(desk) && parts_begin(desk, ASK_BENCH_SHEET, &ask))
        parts_end(desk, &ask, parts_set(&ask, "worksheet_no", worksheet_no));
}

static void put_column(struct grid *grid, const Touchstone__V1__EntryInput *input)
{
    struct grid_column *column =
        grid_add_column(grid, GRID_INPUT, CELL_INPUT, input->name, input->label_zh, input->label_en);

    if (column == NULL)
        return;
    snprintf(column->unit, sizeof column->unit, "%s", input->unit);
    column->is_optional = input->optional;
}

static void put_facts(struct grid *grid, const Touchstone__V1__GetEntryFormResponse *form)
{
    struct cell_facts *facts = &grid->facts;

    snprintf(facts->unit, sizeof facts->unit, "%s", form->unit);
    snprintf(facts->lod, sizeof facts->lod, "%s", form->lod);
    snprintf(facts->loq, sizeof facts->loq, "%s", form->loq);
    facts->decimals = strcmp(form->round_rule, "decimals") == 0 || strcmp(form->round_rule, "interval") == 0
                          ? form->decimals
                          : -1;
    for (size_t i = 0; i < form->n_grades && i < CELL_GRADES; i++)
        snprintf(facts->grades[facts->grade_count++], sizeof facts->grades[0], "%s", form->grades[i]);
    for (size_t i = 0; i < form->n_calibrated && i < sizeof grid->calibrated / sizeof *grid->calibrated; i++)
        snprintf(grid->calibrated[grid->calibrated_count++], sizeof grid->calibrated[0], "%s",
                 form->calibrated[i]);
    grid->min_replicates = form->min_replicates;
    grid->takes_readings = form->takes_readings;
    grid->is_not_qualified = form->not_qualified;
    grid->is_not_competent = form->not_competent;
    grid->demands_calibration = form->demands_calibration;
    snprintf(grid->method_zh, sizeof grid->method_zh, "%s", form->method_zh);
    snprintf(grid->method_en, sizeof grid->method_en, "%s", form->method_en);
    snprintf(grid->parameter_zh, sizeof grid->parameter_zh, "%s", form->parameter_zh);
    snprintf(grid->parameter_en, sizeof grid->parameter_en, "%s", form->parameter_en);
}

// Readings, or inputs, or one result; then what stands beside them.
static void put_columns(struct grid *grid, const Touchstone__V1__GetEntryFormResponse *form)
{
    bool is_number = strcmp(form->value_type, "numeric") == 0 || strcmp(form->value_type, "count") == 0;
    int readings = form->min_replicates > READINGS_LEAST ? form->min_replicates : READINGS_LEAST;
    struct grid_column *column;
    char zh[sizeof "读数-2147483648"], en[sizeof "Read -2147483648"];

    for (int i = 0; form->takes_readings && i < readings && i < GRID_READINGS_MOST; i++) {
        snprintf(zh, sizeof zh, "读数%d", i + 1);
        snprintf(en, sizeof en, "Read %d", i + 1);
        column = grid_add_column(grid, GRID_READING, CELL_READING, "", zh, en);
        snprintf(column->unit, sizeof column->unit, "%s", form->unit);
        column->is_optional = i >= form->min_replicates;
    }
    for (size_t i = 0; is_number && i < form->n_inputs; i++)
        put_column(grid, form->inputs[i]);
    if (!is_number)
        grid_add_column(grid, GRID_RESULT, form->n_grades > 0 ? CELL_GRADE : CELL_TEXT, "result", "结果",
                        "Result");
    column = is_number ? grid_add_column(grid, GRID_UNCERTAINTY, CELL_POSITIVE, "", "U", "U") : NULL;
    if (column != NULL) {
        snprintf(column->unit, sizeof column->unit, "%s", form->unit);
        column->is_optional = true;
    }
    if (strcmp(form->value_type, "presence") == 0 || form->lod[0] != '\0')
        grid_add_column(grid, GRID_CONFIRMATION, CELL_TEXT, "", "确证", "Confirmed")->is_optional = true;
    if (grid->worksheet_no[0] != '\0' &&
        (column = grid_add_column(grid, GRID_SKIPPED, CELL_TEXT, "", "未测原因", "Skipped")) != NULL)
        column->is_optional = true;
}

void bench_grid_take_form(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__GetEntryFormResponse *form = (const Touchstone__V1__GetEntryFormResponse *)response;
    struct grid *grid = &bench_of(desk)->grid;

    if (grid->has_form)
        return;
    grid->has_form = true;
    put_facts(grid, form);
    put_columns(grid, form);
    for (size_t i = 0; i < grid->row_count; i++)
        if (grid->follows_test[0] == '\0' || strcmp(grid->rows[i].test_id, grid->follows_test) == 0) {
            grid_go(grid, i, 0);
            break;
        }
}

// Readings as they are typed: "<0.01", "ND0.01", "751.2@shank".
static void write_reading(const Touchstone__V1__Reading *reading, char ret_text[CELL_BYTES])
{
    static const char *const signs[] = {"", "<", ">", "ND"};
    size_t sign = (size_t)reading->qualifier;

    snprintf(ret_text, CELL_BYTES, "%s%s%s%s", sign < sizeof signs / sizeof *signs ? signs[sign] : "",
             reading->value, reading->position[0] != '\0' ? "@" : "", reading->position);
}

static void take_readings(struct grid *grid, size_t row, Touchstone__V1__Reading *const *readings,
                          size_t count)
{
    size_t taken = 0;

    for (size_t i = 0; i < grid->column_count; i++)
        if (grid->columns[i].kind == GRID_READING && taken < count)
            write_reading(readings[taken++], grid->rows[row].cells[i]);
    grid_refresh(grid);
}

// An entered test as it stands at the server: its result, and what was typed where nothing else is.
void bench_row_take_test(struct grid *grid, size_t row, const Touchstone__V1__Test *test)
{
    struct grid_row *of = &grid->rows[row];
    const Touchstone__V1__Judgement *judgement = test->judgement;

    of->version = of->seen_version = test->version;
    of->was_asked = true;
    of->verdict = judgement != NULL ? (int)judgement->verdict : 0;
    snprintf(of->result, sizeof of->result, "%s", judgement != NULL ? judgement->mean : "");
    if (!grid_row_is_empty(grid, row))
        return;
    take_readings(grid, row, test->readings, test->n_readings);
    for (size_t i = 0; i < grid->column_count; i++)
        if (grid->columns[i].kind == GRID_UNCERTAINTY)
            snprintf(of->cells[i], CELL_BYTES, "%s", test->expanded_uncertainty);
        else if (grid->columns[i].kind == GRID_CONFIRMATION)
            snprintf(of->cells[i], CELL_BYTES, "%.90s", test->confirmation);
    grid_refresh(grid);
}

static void take_position(struct grid *grid, struct grid_row *row,
                          const Touchstone__V1__WorksheetPosition *position)
{
    size_t at = (size_t)(row - grid->rows);
    static const char *const outcomes[] = {"", "", "✓", "!", "-"};

    row->position = position->position;
    row->kind = (int)position->kind;
    row->is_held = position->held;
    if (position->test != NULL)
        put_test(row, position->test);
    else if (position->chart[0] != '\0')
        snprintf(row->name, sizeof row->name, "%s", position->chart);
    if (position->kind == TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_DUPLICATE ||
        position->kind == TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_SPIKE)
        snprintf(row->name, sizeof row->name, "= %d%s%s", position->of_position,
                 position->added[0] != '\0' ? " + " : "", position->added);
    if (grid->worksheet_state == TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_OPEN)
        return;
    row->state = grid->worksheet_state == TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_ENTERED
                     ? GRID_ENTERED
                     : GRID_SUBMITTED;
    if (position->test != NULL) {
        bench_row_take_test(grid, at, position->test);
        return;
    }
    if (grid_row_is_empty(grid, at))
        take_readings(grid, at, position->readings, position->n_readings);
    snprintf(row->result, sizeof row->result, "%s %s%s %s", position->value, position->figure,
             position->figure[0] != '\0' ? " %" : "",
             (size_t)position->outcome < sizeof outcomes / sizeof *outcomes ? outcomes[position->outcome]
                                                                            : "");
    if (position->n_rules > 0)
        snprintf(row->said, sizeof row->said, "%s", position->rules[0]);
}

// The worksheet as it is now. One that is open keeps what is typed.
void bench_grid_take_sheet(struct desk *desk, const Touchstone__V1__Worksheet *sheet,
                           Touchstone__V1__WorksheetPosition *const *positions, size_t count)
{
    struct bench *bench = bench_of(desk);
    struct grid *grid = &bench->grid;
    bool is_new = strcmp(grid->worksheet_no, sheet->worksheet_no) != 0;

    if (is_new)
        grid_begin(grid, sheet->method_id, sheet->parameter_id, sheet->worksheet_no, desk->username);
    // A write that may have arrived goes again as it was.
    if (grid->worksheet_request_id[0] == '\0' || is_new || (int)sheet->state != grid->worksheet_state)
        grid->worksheet_version = sheet->version;
    grid->worksheet_state = (int)sheet->state;
    snprintf(grid->sheet_instrument, sizeof grid->sheet_instrument, "%s", sheet->instrument);
    grid->row_count = count < GRID_ROWS ? count : GRID_ROWS;
    for (size_t i = 0; i < grid->row_count; i++)
        take_position(grid, &grid->rows[i], positions[i]);
    if (!is_new)
        return;
    bench->screen = BENCH_GRID;
    ask_form(desk, sheet->method_id, sheet->parameter_id);
}

// With nothing of one's own in it a row follows what others do; a write that may have arrived is left alone.
static void follow(struct grid *grid, size_t at, const Touchstone__V1__Test *test)
{
    struct grid_row *row = &grid->rows[at];
    bool was_changed = row->state == GRID_ENTERED && row->version != test->version;

    if (row->state != GRID_CONFLICT)
        row->seen_version = test->version;
    if ((row->state != GRID_EMPTY && !was_changed) || row->request_id[0] != '\0')
        return;
    if (was_changed)
        memset(row->cells, 0, sizeof row->cells);
    row->version = test->version;
    row->replaces = is_entered(test);
    row->was_asked = false;
    row->state = test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_SUBMITTED ||
                         test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_APPROVED
                     ? GRID_SUBMITTED
                 : row->replaces ? GRID_ENTERED
                                 : GRID_EMPTY;
    grid_refresh(grid);
}

// A test of the worklist as it is now: nothing typed is touched.
void bench_grid_seen(struct desk *desk, const Touchstone__V1__Test *test)
{
    struct grid *grid = &bench_of(desk)->grid;

    for (size_t i = 0; grid->is_open && grid->worksheet_no[0] == '\0' && i < grid->row_count; i++) {
        struct grid_row *row = &grid->rows[i];

        if (strcmp(row->test_id, test->test_id) != 0)
            continue;
        follow(grid, i, test);
    }
}
