// SPDX-License-Identifier: Apache-2.0
// Keys that are pressed while the server's answer is under way: they are told what is waited for, and what
// comes back later takes nobody away from where they have gone.
#include "played.h"

#include "touchstone/v1/open_day.pb-c.h"

static void show_tickets(struct desk *desk, const char *state)
{
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets.ticket_state", state, "tickets.room",
           "D1", "tickets+.ticket_no", "J002", "tickets.ticket_state", "waiting", NULL);
}

static void start(struct desk *desk)
{
    show_tickets(desk, "called");
    press(desk, PRESS_ENTER);
    answer(desk, ASK_START, "ticket.ticket_no", "J001", "ticket.ticket_state", "serving", NULL);
}

// An answer that is given later.
static struct ask take(struct desk *desk, enum ask_kind kind)
{
    struct ask ask;

    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, kind);
    return ask;
}

static void give(struct desk *desk, struct ask *ask, const char *path, const char *text)
{
    ProtobufCMessage *response = path_new_message(ask->arena, ask->response);
    struct ts_error error = {0};

    assert_true(value_set(ask->arena, response, path, ask_text(ask, text), &error));
    desk_answer(desk, ask, response, &(struct rpc_outcome){.fate = RPC_ANSWERED});
}

static bool asks_nothing(struct desk *desk)
{
    struct ask ask;

    if (!desk_take_ask(desk, &ask))
        return true;
    ask_free(&ask);
    return false;
}

static void
test_the_box_says_whom_the_desk_serves_and_tab_stays_there_while_something_is_looked_for(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    start(desk);
    press(desk, PRESS_F3);
    assert_true(shows(desk, 24, 80, "Serving J001"));
    type(desk, "1234");
    press(desk, PRESS_TAB);
    assert_int_equal(desk->screen, DESK_HOME);
    press(desk, PRESS_ENTER);
    looks = take(desk, ASK_PERSONS);
    press(desk, PRESS_TAB);
    assert_int_equal(desk->screen, DESK_HOME);
    assert_true(shows(desk, 24, 80, "Waiting for the server"));
    press(desk, PRESS_ENTER);
    assert_true(shows(desk, 24, 80, "Looking"));
    give(desk, &looks, "persons+.person_id", "11111111-1111-4111-8111-111111111111");
    assert_true(asks_nothing(desk));
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->screen, DESK_INTAKE);
    assert_true(shows(desk, 24, 80, "serves J001"));
    press(desk, PRESS_F12);
    type(desk, "y");
    assert_true(shows(desk, 24, 80, "Serving J001"));
    press(desk, PRESS_TAB);
    assert_int_equal(desk->screen, DESK_KEEPING);
    desk_free(desk);
}

static void test_an_answer_takes_nobody_away_from_where_they_have_gone(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    type(desk, "D1-26-000012");
    press(desk, PRESS_ENTER);
    looks = take(desk, ASK_RECEIPT);
    press(desk, PRESS_F4);
    assert_int_equal(desk->screen, DESK_INTAKE);
    give(desk, &looks, "receipt.receipt_no", "D1-26-000012");
    assert_int_equal(desk->screen, DESK_INTAKE);
    desk_free(desk);
}

static void test_an_answer_does_not_take_the_next_thing_out_of_the_box(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    type(desk, "D1-26-000012");
    press(desk, PRESS_ENTER);
    looks = take(desk, ASK_RECEIPT);
    press(desk, PRESS_CLEAR);
    type(desk, "138");
    give(desk, &looks, "receipt.receipt_no", "D1-26-000012");
    assert_int_equal(desk->screen, DESK_HOME);
    assert_string_equal(desk->box.text, "138");
    desk_free(desk);
}

static void test_of_two_scans_the_newest_is_shown(void **state)
{
    struct desk *desk = ready();
    struct ask first, second;

    (void)state;
    scan(desk, "D1-26-000012");
    first = take(desk, ASK_RECEIPT);
    scan(desk, "D1-26-000013");
    give(desk, &first, "receipt.receipt_no", "D1-26-000012");
    second = take(desk, ASK_RECEIPT);
    give(desk, &second, "receipt.receipt_no", "D1-26-000013");
    assert_int_equal(desk->screen, DESK_RECEIPT);
    assert_string_equal(desk_receipt(desk)->receipt_no, "D1-26-000013");
    desk_free(desk);
}

static void test_persons_who_are_found_late_move_no_other_cursor(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    show_tickets(desk, "called");
    press(desk, PRESS_F3);
    type(desk, "1234");
    press(desk, PRESS_ENTER);
    looks = take(desk, ASK_PERSONS);
    press(desk, PRESS_F11);
    press(desk, PRESS_DOWN);
    assert_true(shows(desk, 24, 80, "> J002"));
    give(desk, &looks, "persons+.person_id", "11111111-1111-4111-8111-111111111111");
    assert_true(shows(desk, 24, 80, "> J002"));
    desk_free(desk);
}

static void test_a_window_is_not_closed_by_what_the_desk_looks_at(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    type(desk, "0000AM");
    press(desk, PRESS_ENTER);
    answer(desk, ASK_BOOKING, "booking.booking_code", "0000AM", NULL);
    now_ms += 60000;
    desk_tick(desk, now_ms);
    looks = take(desk, ASK_BOOKING);
    press(desk, PRESS_F12);
    give(desk, &looks, "booking.booking_code", "0000AM");
    assert_int_equal(desk->dialog, DIALOG_CANCEL);
    desk_free(desk);
}

static void test_a_form_that_is_opened_while_the_number_starts_serves_it(void **state)
{
    struct desk *desk = ready();
    struct ask starts;

    (void)state;
    show_tickets(desk, "called");
    press(desk, PRESS_ENTER);
    starts = take(desk, ASK_START);
    press(desk, PRESS_ENTER);
    assert_true(shows(desk, 24, 80, "under way"));
    press(desk, PRESS_F4);
    assert_string_equal(desk->intake->ticket, "J001");
    give(desk, &starts, "ticket.ticket_no", "J001");
    assert_string_equal(desk->serves_ticket, "");
    assert_true(asks_nothing(desk));
    desk_free(desk);
}

static void test_a_form_of_a_number_that_was_refused_serves_nobody(void **state)
{
    struct desk *desk = ready();
    struct ask starts;
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};

    (void)state;
    show_tickets(desk, "called");
    press(desk, PRESS_ENTER);
    starts = take(desk, ASK_START);
    press(desk, PRESS_F4);
    error_set(&outcome.error, TS_FAILED_PRECONDITION, "TOLD", "told by the test");
    desk_answer(desk, &starts, NULL, &outcome);
    assert_string_equal(desk->intake->ticket, "");
    desk_free(desk);
}

static void test_a_number_that_took_nothing_in_is_finished_after_a_question(void **state)
{
    struct desk *desk = ready();

    (void)state;
    start(desk);
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->dialog, DIALOG_FINISH);
    assert_true(shows(desk, 24, 80, "J001: nothing was taken in"));
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->dialog, DIALOG_FINISH);
    type(desk, "n");
    assert_true(asks_nothing(desk));
    assert_string_equal(desk->serves_ticket, "J001");
    press(desk, PRESS_ENTER);
    type(desk, "y");
    answer(desk, ASK_FINISH, "ticket.ticket_no", "J001", "ticket.ticket_state", "done", NULL);
    assert_string_equal(desk->serves_ticket, "");
    desk_free(desk);
}

static void test_a_desk_that_was_closed_meanwhile_goes_on_with_its_own_number(void **state)
{
    struct desk *desk = ready();

    (void)state;
    show_tickets(desk, "serving");
    press(desk, PRESS_ENTER);
    type(desk, "n");
    assert_string_equal(desk->serves_ticket, "J001");
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_the_box_says_whom_the_desk_serves_and_tab_stays_there_while_something_is_looked_for),
        cmocka_unit_test(test_an_answer_takes_nobody_away_from_where_they_have_gone),
        cmocka_unit_test(test_an_answer_does_not_take_the_next_thing_out_of_the_box),
        cmocka_unit_test(test_of_two_scans_the_newest_is_shown),
        cmocka_unit_test(test_persons_who_are_found_late_move_no_other_cursor),
        cmocka_unit_test(test_a_window_is_not_closed_by_what_the_desk_looks_at),
        cmocka_unit_test(test_a_form_that_is_opened_while_the_number_starts_serves_it),
        cmocka_unit_test(test_a_form_of_a_number_that_was_refused_serves_nobody),
        cmocka_unit_test(test_a_number_that_took_nothing_in_is_finished_after_a_question),
        cmocka_unit_test(test_a_desk_that_was_closed_meanwhile_goes_on_with_its_own_number),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
