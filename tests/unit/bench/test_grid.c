// SPDX-License-Identifier: Apache-2.0
// The bench as a guest of the desk, with a server that is played by the test: what the grid asks, what it
// does with answers and refusals, what it keeps.
#include "testing.h"

#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/page.h"
#include "desk/paint.h"
#include "message/path.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/fitness.pb-c.h"
#include "wire/arena.h"

enum { LATER_MS = 100 };

static int64_t now_ms = 1000000;

static void press(struct desk *desk, int kind)
{
    now_ms += LATER_MS;
    desk_press(desk, PRESS(kind), now_ms);
    now_ms += LATER_MS;
    desk_tick(desk, now_ms);
}

static void type(struct desk *desk, const char *text)
{
    for (; *text != '\0'; text++) {
        now_ms += LATER_MS;
        desk_press(desk, LETTER((unsigned char)*text), now_ms);
    }
    now_ms += LATER_MS;
    desk_tick(desk, now_ms);
}

// Takes asks until one of this kind comes; what the desk looked at by itself gets no answer.
static void take(struct desk *desk, enum ask_kind kind, struct ask *ret_ask)
{
    while (desk_take_ask(desk, ret_ask) && ret_ask->kind != kind) {
        struct rpc_outcome outcome = {.fate = RPC_INTERRUPTED};

        assert_false(ret_ask->is_write);
        desk_answer(desk, ret_ask, NULL, &outcome);
    }
    assert_int_equal(ret_ask->kind, kind);
}

static void answer_it(struct desk *desk, struct ask *ask, va_list list)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    ProtobufCMessage *response = path_new_message(ask->arena, ask->response);
    struct ts_error error = {0};
    const char *path;

    while ((path = va_arg(list, const char *)) != NULL)
        assert_true(value_set(ask->arena, response, path, ask_text(ask, va_arg(list, const char *)), &error));
    desk_answer(desk, ask, response, &outcome);
}

// Answers with fields given as path and text, up to NULL.
static void answer(struct desk *desk, enum ask_kind kind, ...)
{
    struct ask ask;
    va_list list;

    take(desk, kind, &ask);
    va_start(list, kind);
    answer_it(desk, &ask, list);
    va_end(list);
}

static void refuse(struct desk *desk, enum ask_kind kind, enum rpc_fate fate, const char *reason,
                   const char *by, const char *readings)
{
    struct rpc_outcome outcome = {.fate = fate};
    struct ask ask;

    error_set(&outcome.error, TS_ABORTED, reason, "told by the test");
    error_metadata(&outcome.error, "current_version", "7");
    error_metadata(&outcome.error, "current_by", by);
    error_metadata(&outcome.error, "current_readings", readings);
    take(desk, kind, &ask);
    desk_answer(desk, &ask, NULL, &outcome);
}

static bool shows(const struct desk *desk, const char *text)
{
    struct page page;
    bool found = false;

    assert_true(page_init(&page, 24, 80));
    paint_desk(desk, &page);
    for (int row = 0; row < 24; row++) {
        char *line = page_row_text(&page, row);

        found = found || strstr(line, text) != NULL;
        free(line);
    }
    page_done(&page);
    return found;
}

// A technician at the grid of two tests of gold.
static struct desk *at_grid(void)
{
    struct desk *desk = desk_create("lims:7443", "tom", "JEW", "", false);

    assert_non_null(desk);
    desk_invite(desk, &bench_guest, bench_create());
    answer(desk, ASK_WHO, "staff.username", "tom", "staff.name", "Tom", "staff.roles+.laboratory", "JEW",
           "staff.roles.roles", "technician", NULL);
    answer(desk, ASK_BENCH_TESTS, "tests+.test_id", "t1", "tests.item_code", "0AC41M7QX", "tests.method_id",
           "M_XRF", "tests.parameter_id", "AU", "tests.state", "assigned", "tests.assigned_to", "tom",
           "tests.version", "3", "tests.item_name", "ring", "tests+.test_id", "t2", "tests.item_code",
           "0AC41M7R4", "tests.method_id", "M_XRF", "tests.parameter_id", "AU", "tests.state", "assigned",
           "tests.assigned_to", "tom", "tests.version", "5", "tests.item_name", "chain", NULL);
    press(desk, PRESS_ENTER);
    answer(desk, ASK_BENCH_FORM, "method_en", "XRF", "parameter_en", "Gold", "unit", "‰", "value_type",
           "numeric", "takes_readings", "yes", "min_replicates", "3", "round_rule", "decimals", "decimals",
           "1", NULL);
    assert_true(shows(desk, "> 0AC41M7QX"));
    return desk;
}

static void fill(struct desk *desk)
{
    for (int i = 0; i < 3; i++) {
        type(desk, "751.2");
        press(desk, PRESS_TAB);
    }
}

static void test_the_technician_lands_at_the_bench_and_types_into_the_grid(void **state)
{
    struct desk *desk = at_grid();

    (void)state;
    fill(desk);
    assert_true(shows(desk, "not sent"));
    press(desk, PRESS_F8);
    answer(desk, ASK_BENCH_ENTER, "test.test_id", "t1", "test.version", "4", "test.judgement.mean", "751.2",
           "test.judgement.verdict", "pass", NULL);
    assert_true(shows(desk, "entered 751.2"));
    assert_true(shows(desk, "F8 again hands them to review"));
    press(desk, PRESS_F8);
    answer(desk, ASK_BENCH_SUBMIT, "test.test_id", "t1", "test.version", "5", NULL);
    assert_true(shows(desk, "1 handed to review"));
    desk_free(desk);
}

static void test_a_wrong_cell_holds_the_cursor_and_nothing_is_sent(void **state)
{
    struct desk *desk = at_grid();
    struct ask ask;

    (void)state;
    type(desk, "751,2");
    assert_true(shows(desk, "has a comma"));
    press(desk, PRESS_TAB);
    assert_true(shows(desk, "Correct it before you go on"));
    press(desk, PRESS_F8);
    assert_true(shows(desk, "Row 1"));
    while (desk_take_ask(desk, &ask)) {
        struct rpc_outcome outcome = {.fate = RPC_INTERRUPTED};

        assert_false(ask.is_write);
        desk_answer(desk, &ask, NULL, &outcome);
    }
    // Esc takes back what was typed.
    press(desk, PRESS_ESCAPE);
    assert_false(shows(desk, "751,2"));
    desk_free(desk);
}

static void test_who_was_slower_is_told_and_replaces_only_what_was_told_and_with_a_reason(void **state)
{
    struct desk *desk = at_grid();
    struct ask ask;

    (void)state;
    fill(desk);
    press(desk, PRESS_F8);
    refuse(desk, ASK_BENCH_ENTER, RPC_ANSWERED, "VERSION_STALE", "eve", "750.1, 750.3");
    assert_true(shows(desk, "eve was faster: 750.1, 750.3"));
    assert_true(shows(desk, "!CONFLICT"));
    assert_true(shows(desk, "751.2"));
    press(desk, PRESS_F8);
    assert_true(shows(desk, "give the reason here"));
    type(desk, "spoilt");
    press(desk, PRESS_F8);
    take(desk, ASK_BENCH_ENTER, &ask);
    assert_int_equal(((Touchstone__V1__EnterResultRequest *)ask.request)->version, 7);
    assert_string_equal(((Touchstone__V1__EnterResultRequest *)ask.request)->reason, "spoilt");
    desk_answer(desk, &ask, NULL, &(struct rpc_outcome){.fate = RPC_NOT_SENT});
    desk_free(desk);
}

static void test_a_write_without_an_answer_goes_again_by_the_same_key(void **state)
{
    struct desk *desk = at_grid();
    struct ask ask;
    char key[40];

    (void)state;
    fill(desk);
    press(desk, PRESS_F8);
    take(desk, ASK_BENCH_ENTER, &ask);
    strcpy(key, ((Touchstone__V1__EnterResultRequest *)ask.request)->request_id);
    desk_answer(desk, &ask, NULL, &(struct rpc_outcome){.fate = RPC_NO_ANSWER});
    assert_true(shows(desk, "751.2"));
    press(desk, PRESS_F8);
    take(desk, ASK_BENCH_ENTER, &ask);
    assert_string_equal(((Touchstone__V1__EnterResultRequest *)ask.request)->request_id, key);
    assert_int_equal(((Touchstone__V1__EnterResultRequest *)ask.request)->version, 3);
    desk_answer(desk, &ask, NULL, &(struct rpc_outcome){.fate = RPC_NO_ANSWER});
    // Another content is another write.
    type(desk, "2.0");
    press(desk, PRESS_F8);
    take(desk, ASK_BENCH_ENTER, &ask);
    assert_string_not_equal(((Touchstone__V1__EnterResultRequest *)ask.request)->request_id, key);
    desk_answer(desk, &ask, NULL, &(struct rpc_outcome){.fate = RPC_NOT_SENT});
    desk_free(desk);
}

static void test_what_is_typed_is_kept_by_the_lock_and_sent_by_nobody_else(void **state)
{
    struct desk *desk = at_grid();

    (void)state;
    fill(desk);
    press(desk, PRESS_F9);
    assert_false(shows(desk, "751.2"));
    type(desk, "secret");
    press(desk, PRESS_ENTER);
    answer(desk, ASK_LOGIN, "token", "abc", NULL);
    assert_true(shows(desk, "751.2"));
    // Leaving asks first.
    press(desk, PRESS_F10);
    assert_true(shows(desk, "Leave all the same?"));
    press(desk, PRESS_ESCAPE);
    strcpy(desk->username, "eve");
    press(desk, PRESS_F8);
    assert_true(shows(desk, "tom typed this"));
    press(desk, PRESS_F12);
    assert_true(shows(desk, "What tom had not sent was dropped"));
    desk_free(desk);
}

static void test_a_row_that_others_changed_follows_while_nothing_is_typed_in_it(void **state)
{
    struct desk *desk = at_grid();

    (void)state;
    type(desk, "751.2");
    now_ms += 3000;
    desk_tick(desk, now_ms);
    answer(desk, ASK_BENCH_HOLDS, NULL);
    now_ms += 3000;
    desk_tick(desk, now_ms);
    answer(desk, ASK_BENCH_TESTS, "tests+.test_id", "t1", "tests.state", "submitted", "tests.version", "9",
           "tests+.test_id", "t2", "tests.state", "submitted", "tests.version", "9", NULL);
    // What is typed stays until it is sent and refused.
    assert_true(shows(desk, "751.2"));
    assert_true(shows(desk, "not sent"));
    assert_true(shows(desk, "submitted"));
    desk_free(desk);
}

static void test_what_forbids_the_work_is_told_in_words(void **state)
{
    struct desk *desk = at_grid();
    struct grid *grid = &bench_of(desk)->grid;

    (void)state;
    grid->is_not_qualified = true;
    assert_true(shows(desk, "You are not qualified for this method"));
    grid->is_not_qualified = false;
    grid->demands_calibration = true;
    strcpy(grid->calibrated[grid->calibrated_count++], "XRF-1");
    assert_true(shows(desk, "Name an instrument with a valid calibration"));
    press(desk, PRESS_UP);
    type(desk, "XRF-9");
    assert_true(shows(desk, "This instrument has no valid calibration today"));
    press(desk, PRESS_BACKSPACE);
    type(desk, "1");
    assert_false(shows(desk, "calibration"));
    grid->rows[0].is_held = true;
    assert_true(shows(desk, "Its batch is held for a failed control"));
    desk_free(desk);
}

static void test_what_was_sent_back_is_not_handed_over_as_it_was(void **state)
{
    struct desk *desk = at_grid();
    struct grid_row *row = &bench_of(desk)->grid.rows[0];
    struct ask ask;

    (void)state;
    row->state = GRID_ENTERED;
    row->was_sent_back = row->was_asked = true;
    press(desk, PRESS_F8);
    assert_true(shows(desk, "!BACK"));
    assert_true(shows(desk, "1 were sent back"));
    while (desk_take_ask(desk, &ask)) {
        struct rpc_outcome outcome = {.fate = RPC_INTERRUPTED};

        assert_false(ask.is_write);
        desk_answer(desk, &ask, NULL, &outcome);
    }
    desk_free(desk);
}

static void test_a_formula_is_given_its_inputs_by_name(void **state)
{
    struct desk *desk = at_grid();
    struct grid *grid = &bench_of(desk)->grid;
    char json[400];

    (void)state;
    grid_begin(grid, "M_AGTITR", "AG", "", "tom");
    grid_add_column(grid, GRID_INPUT, CELL_INPUT, "V_mL", "V", "V");
    grid_add_column(grid, GRID_INPUT, CELL_INPUT, "V0_mL", "V0", "V0");
    grid_add_column(grid, GRID_INPUT, CELL_INPUT, "m_mg", "m", "m");
    grid->row_count = 1;
    grid_set(grid, 0, 0, "23.15 23.17");
    grid_set(grid, 0, 2, "270.0");
    assert_true(grid_inputs(grid, 0, json, sizeof json));
    assert_string_equal(json, "{\"V_mL\": [\"23.15\", \"23.17\"], \"m_mg\": \"270.0\"}");
    assert_false(grid_inputs(grid, 0, json, 20));
    desk_free(desk);
}

static void test_help_and_keys_of_the_bench_fit_the_smallest_window(void **state)
{
    static const int screens[] = {PRESS_F3, PRESS_F4, PRESS_F6, PRESS_F7, PRESS_F11};
    struct desk *desk = at_grid();

    (void)state;
    for (size_t way = 0; way < 2 * sizeof screens / sizeof *screens; way++) {
        struct page page;

        desk->chinese = way % 2 == 0;
        press(desk, screens[way / 2]);
        assert_true(page_init(&page, 24, 80));
        paint_desk(desk, &page);
        for (int column = 0; column < 80; column++)
            assert_int_not_equal(page_at(&page, 22, column)->text[0], '~');
        page_done(&page);
        press(desk, PRESS_F1);
        assert_true(page_init(&page, 24, 80));
        paint_desk(desk, &page);
        // The first line of the help explains the sign.
        for (int row = 2; row < 22; row++)
            for (int column = 0; column < 80; column++)
                assert_int_not_equal(page_at(&page, row, column)->text[0], '~');
        page_done(&page);
        press(desk, PRESS_ESCAPE);
    }
    desk_free(desk);
}

static void test_lots_of_reagents_are_said_with_the_entry_and_a_wrong_one_holds_it_back(void **state)
{
    struct desk *desk = at_grid();
    const Touchstone__V1__UseReagentsRequest *said;
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    struct ask ask;

    (void)state;
    fill(desk);
    press(desk, PRESS_UP);
    for (int i = 0; i < 6; i++)
        press(desk, PRESS_TAB);
    type(desk, "LOT-1, LOT 2;");
    press(desk, PRESS_F8);
    answer(desk, ASK_BENCH_ENTER, "test.test_id", "t1", "test.version", "4", "test.judgement.mean", "751.2",
           NULL);
    take(desk, ASK_BENCH_LOTS, &ask);
    said = (const Touchstone__V1__UseReagentsRequest *)ask.request;
    assert_string_equal(said->test_id, "t1");
    assert_int_equal(said->version, 4);
    assert_int_equal(said->n_lots, 2);
    assert_string_equal(said->lots[0], "LOT-1");
    assert_string_equal(said->lots[1], "LOT 2");
    error_set(&outcome.error, TS_INVALID_ARGUMENT, "FIELD_INVALID", "lots: names a lot of nobody");
    desk_answer(desk, &ask, NULL, &outcome);
    assert_true(shows(desk, "names a lot of nobody"));
    assert_true(shows(desk, "entered 751.2"));
    // The entry stands; it goes to review with its lots or not at all.
    press(desk, PRESS_F8);
    refuse(desk, ASK_BENCH_LOTS, RPC_ANSWERED, "FIELD_INVALID", "", "");
    assert_true(shows(desk, "entered 751.2"));
    press(desk, PRESS_F8);
    answer(desk, ASK_BENCH_LOTS, "test_id", "t1", NULL);
    answer(desk, ASK_BENCH_SUBMIT, "test.test_id", "t1", "test.version", "5", NULL);
    assert_true(shows(desk, "submitted"));
    desk_free(desk);
}

static void test_what_is_typed_replaces_a_cell_that_was_gone_to(void **state)
{
    struct desk *desk = at_grid();

    (void)state;
    type(desk, "751.2@shank");
    press(desk, PRESS_TAB);
    type(desk, "752.0");
    press(desk, PRESS_BACK_TAB);
    // Its place stays.
    type(desk, "749.8");
    assert_true(shows(desk, "749.8@"));
    assert_false(shows(desk, "751.2"));
    press(desk, PRESS_TAB);
    // An editing key keeps what is there.
    press(desk, PRESS_BACKSPACE);
    type(desk, "4");
    assert_true(shows(desk, "752.4"));
    press(desk, PRESS_DOWN);
    press(desk, PRESS_UP);
    type(desk, "7");
    assert_false(shows(desk, "752.4"));
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_and_keys_of_the_bench_fit_the_smallest_window),
        cmocka_unit_test(test_the_technician_lands_at_the_bench_and_types_into_the_grid),
        cmocka_unit_test(test_a_wrong_cell_holds_the_cursor_and_nothing_is_sent),
        cmocka_unit_test(test_who_was_slower_is_told_and_replaces_only_what_was_told_and_with_a_reason),
        cmocka_unit_test(test_a_write_without_an_answer_goes_again_by_the_same_key),
        cmocka_unit_test(test_what_is_typed_is_kept_by_the_lock_and_sent_by_nobody_else),
        cmocka_unit_test(test_a_row_that_others_changed_follows_while_nothing_is_typed_in_it),
        cmocka_unit_test(test_what_forbids_the_work_is_told_in_words),
        cmocka_unit_test(test_what_was_sent_back_is_not_handed_over_as_it_was),
        cmocka_unit_test(test_a_formula_is_given_its_inputs_by_name),
        cmocka_unit_test(test_lots_of_reagents_are_said_with_the_entry_and_a_wrong_one_holds_it_back),
        cmocka_unit_test(test_what_is_typed_replaces_a_cell_that_was_gone_to),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
