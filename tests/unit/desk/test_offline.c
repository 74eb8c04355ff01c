// SPDX-License-Identifier: Apache-2.0
// The desk without a server, with the real journal in a folder of its own: what it prepares, what it keeps,
// what it sends afterwards and what it leaves to a person.
#include "played_offline.h"

static void test_the_desk_prepares_itself_and_says_what_it_has(void **state)
{
    struct desk *desk = prepared(true);

    (void)state;
    assert_true(shows(desk, 24, 80, "^O offline 0 c60 p2"));
    assert_true(shows(desk, 50, 160, "^O offline 0  codes 60  leased places 2"));
    desk_free(desk);
}

static void test_without_a_server_an_intake_is_kept_at_once_and_says_so(void **state)
{
    struct desk *desk = prepared(true);
    const struct journal_entry *entry;
    struct ask ask;

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    assert_true(shows(desk, 24, 80, "Saved here, not yet booked"));
    assert_true(shows(desk, 24, 80, "!NO SERVER"));
    entry = journal_entry(desk->offline.journal, 0);
    assert_true(shows(desk, 24, 80, entry->codes[0]));
    assert_string_equal(entry->line, "W** 1 x ring");
    assert_string_equal(entry->lease_id, "1ea5e000-0000-4000-8000-000000000001");
    assert_int_equal(offline_codes(desk), OFFLINE_CODES - 1);
    assert_int_equal(offline_places(desk), 1);
    assert_false(desk->intake->is_open);
    // Nothing is asked but whether it is back.
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_PROBE);
    ask_free(&ask);
    desk_free(desk);
}

static void test_what_was_kept_is_booked_by_itself_when_the_server_is_back(void **state)
{
    struct desk *desk = prepared(false);
    const Touchstone__V1__RegisterIntakeRequest *request;
    char id[JOURNAL_ID];
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    struct ts_error error = {0};
    ProtobufCMessage *response;
    struct ask ask;

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    snprintf(id, sizeof id, "%s", journal_entry(desk->offline.journal, 0)->request_id);
    back(desk);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_REPLAY);
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    assert_string_equal(request->request_id, id);
    assert_string_equal(request->items[0]->reserved_item_code,
                        journal_entry(desk->offline.journal, 0)->codes[0]);
    assert_true(request->taken_offline_ms > 0);
    // Typing goes on meanwhile.
    type(desk, " x");
    response = path_new_message(ask.arena, ask.response);
    assert_true(value_set(ask.arena, response, "receipt.receipt_no", "D1-26-000007", &error));
    desk_answer(desk, &ask, response, &outcome);
    assert_non_null(strstr(desk->note.text, "D1-26-000007"));
    assert_int_equal(journal_entry(desk->offline.journal, 0)->state, JOURNAL_BOOKED);
    assert_int_equal(offline_waiting(desk), 0);
    wait_ms(desk, 100);
    assert_false(desk_take_ask(desk, &ask));
    desk_free(desk);
}

// Two desks of one account under one profile: the second says who has the journal, in the language that is
// spoken, and takes it as soon as the first has ended.
static void test_a_journal_that_another_program_has_is_told_and_taken_when_it_ends(void **state)
{
    struct desk *first = prepared(false), *desk = begun();

    (void)state;
    desk->chinese = true;
    answer_catalogue(desk);
    wait_ms(desk, 100);
    answer(desk, ASK_KEYS, "keys+.key_id", "0d0d0d0d-0000-4000-8000-000000000001", "keys.key_hex",
           "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", NULL);
    assert_null(desk->offline.journal);
    assert_non_null(strstr(desk->note.text, "这份日志正由另一个程序使用"));
    assert_non_null(strstr(desk->note.text, "profile set"));
    assert_non_null(strstr(desk->note.text, "test_desk_offline"));
    assert_null(strstr(desk->note.text, "has this journal open"));
    desk_tell(desk, NOTE_PLAIN, "x", "x");
    wait_ms(desk, OFFLINE_AGAIN_MS + 1);
    assert_null(desk->offline.journal);
    // Told once.
    assert_string_equal(desk->note.text, "x");
    desk_free(first);
    wait_ms(desk, OFFLINE_AGAIN_MS + 1);
    assert_non_null(desk->offline.journal);
    assert_non_null(strstr(desk->note.text, "可用了"));
    assert_int_equal(offline_codes(desk), OFFLINE_CODES);
    desk_free(desk);
}

// The clock is set back by an hour between two intakes: both are kept, and sent in the order of taking.
static void test_a_clock_that_is_set_back_changes_no_order(void **state)
{
    struct desk *desk = prepared(false);
    char first[JOURNAL_ID];
    struct ask ask;

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    snprintf(first, sizeof first, "%s", journal_entry(desk->offline.journal, 0)->request_id);
    desk->offline.wall_ms -= 3600 * 1000;
    keep(desk, "Li");
    assert_int_equal(offline_waiting(desk), 2);
    assert_true(journal_entry(desk->offline.journal, 1)->taken_at_ms <
                journal_entry(desk->offline.journal, 0)->taken_at_ms);
    back(desk);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_REPLAY);
    assert_string_equal(((Touchstone__V1__RegisterIntakeRequest *)ask.request)->request_id, first);
    ask_free(&ask);
    desk->running = ASK_NOTHING;
    desk_free(desk);
}

// A machine whose clock stood years back kept one; once the clock is right it is older than the server's
// keys. Nothing of it is stuck: it says so, and F5 books it.
static void test_what_a_clock_of_years_ago_kept_is_told_and_booked_by_a_person(void **state)
{
    struct desk *desk = prepared(false);
    const Touchstone__V1__RegisterIntakeRequest *request;
    char code[JOURNAL_CODE];
    struct ask ask;

    (void)state;
    cut(desk);
    desk->offline.wall_ms -= 5LL * 365 * 24 * 3600 * 1000;
    keep(desk, "Wang");
    memcpy(code, journal_entry(desk->offline.journal, 0)->codes[0], sizeof code);
    desk->offline.wall_ms += 5LL * 365 * 24 * 3600 * 1000;
    back(desk);
    assert_false(desk_take_ask(desk, &ask));
    press(desk, PRESS_WAITING);
    assert_true(shows(desk, 24, 80, "the clock was wrong"));
    press(desk, PRESS_F5);
    wait_ms(desk, 100);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_REPLAY);
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    assert_true(request->taken_offline_ms == 0);
    assert_string_equal(request->items[0]->reserved_item_code, code);
    ask_free(&ask);
    desk->running = ASK_NOTHING;
    desk_free(desk);
}

static void test_what_was_sent_and_not_answered_is_kept_with_its_key(void **state)
{
    struct desk *desk = prepared(false);
    char id[INTAKE_ID];

    (void)state;
    fill_new(desk, "Wang");
    memcpy(id, desk->intake->request_id, sizeof id);
    press(desk, PRESS_F8);
    refuse(desk, ASK_REGISTER, RPC_NO_ANSWER, TS_UNAVAILABLE, "NO_ANSWER");
    assert_int_equal(desk->screen, DESK_SLIP);
    assert_string_equal(journal_entry(desk->offline.journal, 0)->request_id, id);
    // Its label was known before it was sent.
    assert_int_equal(journal_entry(desk->offline.journal, 0)->code_count, 1);
    desk_free(desk);
}

static void test_f8_again_does_not_wait_for_a_server_that_hangs(void **state)
{
    struct desk *desk = prepared(false);
    struct rpc_outcome outcome = {.fate = RPC_INTERRUPTED};
    struct ask ask;

    (void)state;
    fill_new(desk, "Wang");
    press(desk, PRESS_F8);
    assert_true(desk_take_ask(desk, &ask));
    press(desk, PRESS_F8);
    assert_true(desk->wants_cancel);
    desk_answer(desk, &ask, NULL, &outcome);
    assert_int_equal(desk->screen, DESK_SLIP);
    assert_int_equal(offline_waiting(desk), 1);
    desk_free(desk);
}

static void test_who_cancels_a_search_is_told_so_whatever_became_of_the_server(void **state)
{
    struct desk *desk = prepared(false);
    struct ask ask;

    (void)state;
    type(desk, "1234");
    press(desk, PRESS_ENTER);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_PERSONS);
    desk->is_cut_off = true; // by what the desk had asked by itself before
    press(desk, PRESS_ESCAPE);
    assert_true(desk->wants_cancel);
    desk_answer(desk, &ask, NULL, &(struct rpc_outcome){.fate = RPC_INTERRUPTED});
    assert_string_equal(desk->note.text, "Cancelled");
    desk_free(desk);
}

static void test_a_refusal_stops_the_order_until_a_person_decides(void **state)
{
    struct desk *desk = prepared(false);
    struct ask ask;

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    keep(desk, "Li");
    back(desk);
    refuse(desk, ASK_REPLAY, RPC_ANSWERED, TS_FAILED_PRECONDITION, "LEASE_RETURNED");
    assert_non_null(strstr(desk->note.text, "Ctrl-O"));
    wait_ms(desk, OFFLINE_RESEND_MS + 1);
    assert_false(desk_take_ask(desk, &ask));
    assert_true(shows(desk, 24, 80, "offline 2!"));
    press(desk, PRESS_WAITING);
    assert_true(shows(desk, 24, 80, "REFUSED"));
    assert_true(shows(desk, 24, 80, "told by the test"));
    // Changed: the form has all that was typed, and is sent under another key in the place of the old.
    press(desk, PRESS_F8);
    assert_int_equal(desk->screen, DESK_INTAKE);
    assert_string_equal(form_find(&desk->intake->visitor, "owner.name")->field.text, "Wang");
    assert_string_equal(form_find(&intake_item(desk->intake)->form, "mass_g")->field.text, "3.52");
    assert_int_equal(intake_item(desk->intake)->test_count, 1);
    field_set(&form_find(&intake_item(desk->intake)->form, "mass_g")->field, "3.53");
    press(desk, PRESS_F8);
    assert_int_equal(desk->screen, DESK_WAITING);
    wait_ms(desk, 100);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_REPLAY);
    assert_string_equal(((Touchstone__V1__RegisterIntakeRequest *)ask.request)->items[0]->mass_g, "3.53");
    ask_free(&ask);
    desk->running = ASK_NOTHING;
    desk_free(desk);
}

static void test_an_intake_whose_code_was_refused_gets_new_codes_and_says_so(void **state)
{
    struct desk *desk = prepared(false);
    char code[JOURNAL_CODE];
    size_t index;

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    memcpy(code, journal_entry(desk->offline.journal, 0)->codes[0], sizeof code);
    back(desk);
    refuse(desk, ASK_REPLAY, RPC_ANSWERED, TS_FAILED_PRECONDITION, "CODE_VOID");
    press(desk, PRESS_WAITING);
    press(desk, PRESS_F8);
    press(desk, PRESS_F8);
    assert_int_equal(desk->screen, DESK_SLIP);
    assert_non_null(strstr(desk->note.text, "New codes"));
    assert_true(journal_find(desk->offline.journal, desk->offline.slip_id, &index));
    assert_string_not_equal(journal_entry(desk->offline.journal, index)->codes[0], code);
    assert_int_equal(offline_codes(desk), OFFLINE_CODES - 2);
    desk_free(desk);
}

static void test_one_is_set_aside_with_a_reason_and_stays_in_the_list_of_all(void **state)
{
    struct desk *desk = prepared(false);

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    press(desk, PRESS_WAITING);
    press(desk, PRESS_F12);
    assert_int_equal(desk->dialog, DIALOG_ASIDE);
    type(desk, "no");
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->dialog, DIALOG_ASIDE);
    type(desk, " longer wanted");
    press(desk, PRESS_ENTER);
    // It may be booked already: the server hears it first.
    assert_int_equal(offline_waiting(desk), 1);
    assert_true(shows(desk, 24, 80, "Nothing is set aside without the server"));
    desk->offline.resend_ms = now_ms + OFFLINE_AGAIN_MS;
    answer(desk, ASK_PROBE, "staff.username", "amy", NULL);
    press(desk, PRESS_ENTER);
    answer(desk, ASK_SET_ASIDE, NULL);
    assert_int_equal(desk->dialog, DIALOG_NONE);
    assert_int_equal(offline_waiting(desk), 0);
    assert_true(shows(desk, 24, 80, "Nothing waits"));
    press(desk, PRESS_TAB);
    assert_true(shows(desk, 24, 80, "no longer wanted"));
    desk_free(desk);
}

static void test_leaving_says_how_many_stay(void **state)
{
    struct desk *desk = prepared(false);

    (void)state;
    cut(desk);
    keep(desk, "Wang");
    press(desk, PRESS_F10);
    assert_true(shows(desk, 24, 80, "1 intake kept here is not booked yet"));
    press(desk, PRESS_ESCAPE);
    assert_false(desk->wants_end);
    press(desk, PRESS_F10);
    type(desk, "y");
    assert_true(desk->wants_end);
    desk_free(desk);
}

static void test_leaving_gives_the_lease_back(void **state)
{
    struct desk *desk = prepared(true);

    (void)state;
    press(desk, PRESS_F10);
    assert_false(desk->wants_end);
    answer(desk, ASK_RETURN_LEASE, NULL);
    assert_true(desk->wants_end);
    desk_free(desk);
}

static void log_in(struct desk *desk)
{
    type(desk, PASSWORD);
    press(desk, PRESS_ENTER);
}

// Logged in once with a server; then started anew without one, with one intake kept before.
static struct desk *begun_alone(void)
{
    struct desk *desk = prepared(false);

    // By the lock the password comes, and the keys are kept by it.
    press(desk, PRESS_F9);
    log_in(desk);
    answer(desk, ASK_LOGIN, "token", "0123", NULL);
    wait_ms(desk, 100);
    answer_keys(desk);
    cut(desk);
    keep(desk, "Wang");
    desk_free(desk);

    desk = begun();
    refuse(desk, ASK_WHO, RPC_NOT_SENT, TS_UNAVAILABLE, "NOT_REACHED");
    assert_int_equal(desk->screen, DESK_LOGIN);
    return desk;
}

static void test_a_desk_opened_by_the_password_books_what_it_kept_while_a_form_is_open(void **state)
{
    struct desk *desk = begun_alone();
    struct ask ask;

    (void)state;
    log_in(desk);
    fill_new(desk, "Li");
    wait_ms(desk, OFFLINE_PROBE_MS + 1);
    answer(desk, ASK_PROBE, "staff.username", "amy", "staff.name", "Amy", "staff.roles+.laboratory", "JEW",
           "staff.roles.roles", "reception", "desk", "D1", NULL);
    wait_ms(desk, 100);
    answer_leases(desk, false);
    wait_ms(desk, 100);
    assert_true(desk->intake->is_open);
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_REPLAY);
    ask_free(&ask);
    desk_free(desk);
}

static void test_a_desk_started_without_a_server_is_opened_by_the_password(void **state)
{
    struct desk *desk = begun_alone();

    (void)state;
    type(desk, "wrong");
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->screen, DESK_LOGIN);
    log_in(desk);
    assert_int_equal(desk->screen, DESK_HOME);
    assert_non_null(strstr(desk->note.text, "offline intake only"));
    assert_true(desk->catalogue->is_whole);
    assert_int_equal(offline_waiting(desk), 1);
    keep(desk, "Li");
    assert_int_equal(offline_waiting(desk), 2);
    // The session is another's, or none: nothing is sent before a log-in.
    wait_ms(desk, OFFLINE_PROBE_MS + 1);
    refuse(desk, ASK_PROBE, RPC_ANSWERED, TS_UNAUTHENTICATED, "SESSION_INVALID");
    assert_true(shows(desk, 24, 80, "!LOG IN"));
    press(desk, PRESS_F3);
    wait_ms(desk, 100);
    assert_int_equal(desk->screen, DESK_LOGIN);
    desk_free(desk);
}

static void test_a_booking_typed_without_a_server_goes_with_the_intake(void **state)
{
    struct desk *desk = prepared(false);

    (void)state;
    cut(desk);
    type(desk, "J012");
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->screen, DESK_INTAKE);
    assert_string_equal(desk->intake->ticket, "J012");
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_cancels_a_search_is_told_so_whatever_became_of_the_server,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_the_desk_prepares_itself_and_says_what_it_has, begin, end),
        cmocka_unit_test_setup_teardown(test_without_a_server_an_intake_is_kept_at_once_and_says_so, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_what_was_kept_is_booked_by_itself_when_the_server_is_back, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_what_was_sent_and_not_answered_is_kept_with_its_key, begin, end),
        cmocka_unit_test_setup_teardown(test_f8_again_does_not_wait_for_a_server_that_hangs, begin, end),
        cmocka_unit_test_setup_teardown(test_a_refusal_stops_the_order_until_a_person_decides, begin, end),
        cmocka_unit_test_setup_teardown(test_an_intake_whose_code_was_refused_gets_new_codes_and_says_so,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_one_is_set_aside_with_a_reason_and_stays_in_the_list_of_all,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            test_a_journal_that_another_program_has_is_told_and_taken_when_it_ends, begin, end),
        cmocka_unit_test_setup_teardown(test_a_clock_that_is_set_back_changes_no_order, begin, end),
        cmocka_unit_test_setup_teardown(test_what_a_clock_of_years_ago_kept_is_told_and_booked_by_a_person,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_leaving_says_how_many_stay, begin, end),
        cmocka_unit_test_setup_teardown(test_leaving_gives_the_lease_back, begin, end),
        cmocka_unit_test_setup_teardown(test_a_desk_started_without_a_server_is_opened_by_the_password, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            test_a_desk_opened_by_the_password_books_what_it_kept_while_a_form_is_open, begin, end),
        cmocka_unit_test_setup_teardown(test_a_booking_typed_without_a_server_goes_with_the_intake, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
