// SPDX-License-Identifier: Apache-2.0
// The desk as a whole, with a server that is played by the test: what it asks, what it does with the answer,
// what it shows.
#include "played.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "desk/painter.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "touchstone/v1/desk.pb-c.h"

static void test_a_known_person_begins_an_intake_that_the_package_presets(void **state)
{
    struct desk *desk = ready();
    const Touchstone__V1__RegisterIntakeRequest *request;
    struct ask ask;

    (void)state;
    find_known(desk);
    assert_int_equal(intake_item(desk->intake)->test_count, 1);
    fill_ring(desk);
    press(desk, PRESS_F8);
    // Once it tells what the catalogue wants.
    assert_non_null(strstr(desk->note.text, "Hallmark"));
    press(desk, PRESS_F8);
    assert_true(desk_take_ask(desk, &ask));
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    assert_string_equal(request->owner->person_id, "11111111-1111-4111-8111-111111111111");
    assert_string_equal(request->items[0]->claimed_product_id, "JEW_ANY");
    assert_string_equal(request->items[0]->mass_g, "3.52");
    assert_int_equal(request->items[0]->pieces, 1);
    assert_string_equal(request->items[0]->tests[0]->method_id, "M_XRF");
    assert_string_equal(request->items[0]->tests[0]->decision_rule, "");
    assert_int_equal(request->n_consents, 2);
    assert_true(request->consents[0]->given_by_owner);
    assert_string_equal(request->purpose, "consumer reference");
    ask_free(&ask);
    desk_free(desk);
}

static void test_what_the_request_has_no_field_for_is_a_fact(void **state)
{
    struct desk *desk = ready();
    const Touchstone__V1__RegisterIntakeRequest *request;
    struct ask ask;

    (void)state;
    find_known(desk);
    fill_ring(desk);
    field_set(&form_find(&intake_item(desk->intake)->form, "hallmark")->field, "Au750");
    form_choose(form_find(&intake_item(desk->intake)->form, "plating"), "plated");
    press(desk, PRESS_F8);
    assert_true(desk_take_ask(desk, &ask));
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    assert_string_equal(request->items[0]->hallmark, "Au750");
    assert_int_equal(request->items[0]->n_facts, 1);
    assert_string_equal(request->items[0]->facts[0]->field, "plating");
    assert_string_equal(request->items[0]->facts[0]->value, "plated");
    ask_free(&ask);
    desk_free(desk);
}

static void test_what_was_not_answered_is_sent_again_as_it_was_by_the_same_key(void **state)
{
    struct desk *desk = ready();
    char id[INTAKE_ID];
    struct ask ask;

    (void)state;
    find_known(desk);
    fill_ring(desk);
    press(desk, PRESS_F8);
    press(desk, PRESS_F8);
    memcpy(id, desk->intake->request_id, sizeof id);
    refuse(desk, ASK_REGISTER, RPC_NO_ANSWER, TS_UNAVAILABLE, "NO_ANSWER");
    assert_true(desk->intake->is_unsettled);
    // Nothing of it can be changed meanwhile.
    type(desk, "x");
    assert_non_null(strstr(desk->note.text, "F8 asks again"));
    press(desk, PRESS_F8);
    assert_true(desk_take_ask(desk, &ask));
    assert_string_equal(((Touchstone__V1__RegisterIntakeRequest *)ask.request)->request_id, id);
    ask_free(&ask);
    desk_free(desk);
}

static void test_a_refusal_makes_another_request_and_goes_to_the_field(void **state)
{
    struct desk *desk = ready();
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    char id[INTAKE_ID];
    struct ask ask;

    (void)state;
    find_known(desk);
    fill_ring(desk);
    press(desk, PRESS_F8);
    press(desk, PRESS_F8);
    memcpy(id, desk->intake->request_id, sizeof id);
    error_violation(&outcome.error, "items[0].mass_g", "must be more than 0 g");
    assert_true(desk_take_ask(desk, &ask));
    desk_answer(desk, &ask, NULL, &outcome);
    assert_string_not_equal(desk->intake->request_id, id);
    assert_string_equal(form_focused(intake_form(desk->intake))->key, "mass_g");
    assert_non_null(strstr(desk->note.text, "more than 0 g"));
    desk_free(desk);
}

static void test_a_destructive_test_needs_its_consent(void **state)
{
    struct desk *desk = ready();

    (void)state;
    find_known(desk);
    fill_ring(desk);
    assert_true(
        intake_toggle_test(desk->intake, desk->catalogue, catalogue_test(desk->catalogue, "M_CUP:AU", 8)));
    press(desk, PRESS_F8);
    assert_string_equal(form_focused(intake_form(desk->intake))->key, "destructive");
    // What uses up the item is not what stands first in the list.
    assert_string_equal(desk->catalogue->tests[0].value, "M_XRF:AU");
    assert_string_equal(desk->catalogue->tests[1].value, "M_CUP:AU");
    desk_free(desk);
}

static void test_a_scan_leads_where_it_belongs_and_its_enter_submits_nothing(void **state)
{
    struct desk *desk = ready();
    struct ask ask;

    (void)state;
    scan(desk, "D1-26-000012");
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_RECEIPT);
    ask_free(&ask);
    assert_int_equal(desk->screen, DESK_HOME);
    desk_free(desk);
}

static void test_a_scan_in_an_intake_changes_nothing_and_is_named(void **state)
{
    struct desk *desk = ready();
    struct intake before;

    (void)state;
    find_known(desk);
    fill_ring(desk);
    before = *desk->intake;
    scan(desk, "D1-26-000012");
    assert_memory_equal(desk->intake, &before, sizeof before);
    assert_non_null(strstr(desk->note.text, "receipt number D1-26-000012"));
    assert_int_equal(desk->queue.count, 0);
    desk_free(desk);
}

static void paste(struct desk *desk, const char *text, size_t times)
{
    press(desk, PRESS_PASTE_BEGIN);
    for (size_t i = 0; i < times; i++)
        for (const char *at = text; *at != '\0'; at++)
            desk_press(desk, *at == '\n' ? PRESS(PRESS_ENTER) : LETTER((unsigned char)*at), now_ms);
    press(desk, PRESS_PASTE_END);
}

static void test_a_pasted_megabyte_is_refused_whole_and_named(void **state)
{
    struct desk *desk = ready();

    (void)state;
    paste(desk, "0123456789abcdef", 65536);
    assert_string_equal(desk->box.text, "");
    assert_non_null(strstr(desk->note.text, "1048576 characters"));
    paste(desk, "two\nlines", 1);
    assert_string_equal(desk->box.text, "");
    assert_non_null(strstr(desk->note.text, "Several lines"));
    paste(desk, "13800001234\n", 1);
    assert_string_equal(desk->box.text, "13800001234");
    desk_free(desk);
}

static void test_the_lock_hides_everything_and_keeps_the_form(void **state)
{
    struct desk *desk = ready();
    struct intake before;

    (void)state;
    find_known(desk);
    fill_ring(desk);
    before = *desk->intake;
    assert_true(shows(desk, 24, 80, "138****1234"));
    press(desk, PRESS_F9);
    assert_false(shows(desk, 24, 80, "138****1234"));
    assert_false(shows(desk, 24, 80, "3.52"));
    press(desk, PRESS_F3);
    assert_int_equal(desk->screen, DESK_LOCKED);
    type(desk, "secret");
    assert_false(shows(desk, 24, 80, "secret"));
    press(desk, PRESS_ENTER);
    answer(desk, ASK_LOGIN, "token", "00112233445566778899aabbccddeeff", NULL);
    assert_int_equal(desk->screen, DESK_INTAKE);
    assert_memory_equal(desk->intake, &before, sizeof before);
    desk_free(desk);
}

static void test_ten_minutes_without_a_key_lock_it(void **state)
{
    struct desk *desk = ready();

    (void)state;
    type(desk, "1");
    desk_tick(desk, now_ms + DESK_LOCK_MS - LATER_MS);
    assert_int_equal(desk->screen, DESK_HOME);
    desk_tick(desk, now_ms + DESK_LOCK_MS + 1);
    assert_int_equal(desk->screen, DESK_LOCKED);
    desk_free(desk);
}

static void test_a_session_that_ended_asks_to_log_in_and_keeps_the_form(void **state)
{
    struct desk *desk = ready();

    (void)state;
    find_known(desk);
    fill_ring(desk);
    press(desk, PRESS_F8);
    press(desk, PRESS_F8);
    refuse(desk, ASK_REGISTER, RPC_ANSWERED, TS_UNAUTHENTICATED, "SESSION_EXPIRED");
    assert_int_equal(desk->screen, DESK_LOGIN);
    assert_true(desk->intake->is_open);
    desk_free(desk);
}

static void test_what_a_person_wants_goes_before_what_the_desk_looks_at(void **state)
{
    struct rpc_outcome outcome = {.fate = RPC_INTERRUPTED};
    struct desk *desk = ready();
    struct ask quiet, ask;

    (void)state;
    scan(desk, "D1-26-000012");
    answer(desk, ASK_RECEIPT, "receipt.receipt_no", "D1-26-000012", NULL);
    desk_tick(desk, now_ms + 10 * DESK_LOOK_MS);
    assert_true(desk_take_ask(desk, &quiet));
    assert_true(quiet.is_quiet);
    scan(desk, "D1-26-000013");
    assert_true(desk->wants_cancel);
    desk_answer(desk, &quiet, NULL, &outcome);
    assert_int_equal(desk->note.kind, NOTE_NONE);
    assert_true(desk_take_ask(desk, &ask));
    assert_string_equal(((Touchstone__V1__GetReceiptRequest *)ask.request)->receipt_no, "D1-26-000013");
    ask_free(&ask);
    desk_free(desk);
}

static void test_a_server_that_is_gone_is_told_until_it_answers(void **state)
{
    struct desk *desk = ready();

    (void)state;
    type(desk, "1234");
    press(desk, PRESS_ENTER);
    refuse(desk, ASK_PERSONS, RPC_NOT_SENT, TS_UNAVAILABLE, "NOT_REACHED");
    assert_true(shows(desk, 24, 80, "!NO SERVER"));
    assert_non_null(strstr(desk->note.text, "nothing was done"));
    press(desk, PRESS_F6);
    answer(desk, ASK_ITEMS, NULL);
    assert_false(shows(desk, 24, 80, "!NO SERVER"));
    desk_free(desk);
}

static void test_the_cursor_stays_on_its_number_while_other_desks_call(void **state)
{
    struct desk *desk = ready();

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets+.ticket_no", "J002",
           "tickets+.ticket_no", "J003", NULL);
    press(desk, PRESS_DOWN);
    assert_true(shows(desk, 24, 80, "> J002"));
    now_ms += 60000;
    desk_tick(desk, now_ms);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J002", "tickets+.ticket_no", "J003",
           "tickets+.ticket_no", "J001", NULL);
    assert_true(shows(desk, 24, 80, "> J002"));
    desk_free(desk);
}

static void test_the_cursor_goes_to_the_number_that_was_called(void **state)
{
    struct desk *desk = ready();

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets+.ticket_no", "J002", NULL);
    press(desk, PRESS_F5);
    press(desk, PRESS_F8);
    answer(desk, ASK_CALL, "ticket.ticket_no", "J002", "ticket.room", "D1", NULL);
    desk_tick(desk, ++now_ms);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets+.ticket_no", "J003",
           "tickets+.ticket_no", "J002", NULL);
    assert_true(shows(desk, 24, 80, "> J002"));
    desk_free(desk);
}

static void test_a_number_that_was_called_is_started_before_the_list_was_seen_again(void **state)
{
    struct desk *desk = ready();

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets.ticket_state", "waiting", NULL);
    press(desk, PRESS_F5);
    press(desk, PRESS_F8);
    answer(desk, ASK_CALL, "ticket.ticket_no", "J001", "ticket.ticket_state", "called", "ticket.room", "D1",
           NULL);
    press(desk, PRESS_ENTER);
    answer(desk, ASK_START, "ticket.ticket_no", "J001", "ticket.ticket_state", "serving", NULL);
    assert_string_equal(desk->serves_ticket, "J001");
    desk_free(desk);
}

// The request id of the next ask, which is not answered, or is refused.
static void unanswered(struct desk *desk, enum ask_kind kind, enum rpc_fate fate, char ret_id[INTAKE_ID])
{
    struct rpc_outcome outcome = {.fate = fate};
    const ProtobufCFieldDescriptor *field;
    struct ask ask;

    error_set(&outcome.error, fate == RPC_ANSWERED ? TS_FAILED_PRECONDITION : TS_UNAVAILABLE, "TOLD",
              "told by the test");
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, kind);
    field = protobuf_c_message_descriptor_get_field_by_name(ask.request->descriptor, "request_id");
    snprintf(ret_id, INTAKE_ID, "%s", *(char **)((char *)ask.request + field->offset));
    desk_answer(desk, &ask, NULL, &outcome);
}

static void
test_a_call_that_was_not_answered_is_made_again_by_the_same_key_and_a_refused_one_by_another(void **state)
{
    struct desk *desk = ready();
    char first[INTAKE_ID], again[INTAKE_ID], next[INTAKE_ID];

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", NULL);
    press(desk, PRESS_F5);
    press(desk, PRESS_F8);
    unanswered(desk, ASK_CALL, RPC_NO_ANSWER, first);
    assert_true(shows(desk, 24, 80, "done once only"));
    press(desk, PRESS_F8);
    unanswered(desk, ASK_CALL, RPC_ANSWERED, again);
    assert_string_equal(again, first);
    press(desk, PRESS_F8);
    unanswered(desk, ASK_CALL, RPC_ANSWERED, next);
    assert_string_not_equal(next, first);
    desk_free(desk);
}

static void test_a_number_whose_start_was_not_answered_is_started_again_and_not_finished(void **state)
{
    struct desk *desk = ready();
    char first[INTAKE_ID], again[INTAKE_ID];

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets.ticket_state", "called", NULL);
    press(desk, PRESS_ENTER);
    unanswered(desk, ASK_START, RPC_NO_ANSWER, first);
    now_ms += 60000;
    desk_tick(desk, now_ms);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets.ticket_state", "serving", NULL);
    press(desk, PRESS_ENTER);
    unanswered(desk, ASK_START, RPC_NO_ANSWER, again);
    assert_string_equal(again, first);
    press(desk, PRESS_ENTER);
    answer(desk, ASK_START, "ticket.ticket_no", "J001", NULL);
    assert_string_equal(desk->serves_ticket, "J001");
    desk_tick(desk, ++now_ms);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", "tickets.ticket_state", "serving", NULL);
    press(desk, PRESS_ENTER);
    type(desk, "y");
    unanswered(desk, ASK_FINISH, RPC_NO_ANSWER, first);
    press(desk, PRESS_ENTER);
    unanswered(desk, ASK_FINISH, RPC_NO_ANSWER, again);
    assert_string_equal(again, first);
    desk_free(desk);
}

static void test_a_dialog_is_sent_while_the_desk_looks_at_something_by_itself(void **state)
{
    struct desk *desk = ready();
    struct ask looks;

    (void)state;
    press(desk, PRESS_F11);
    answer(desk, ASK_TICKETS, "tickets+.ticket_no", "J001", NULL);
    now_ms += 60000;
    desk_tick(desk, now_ms);
    assert_true(desk_take_ask(desk, &looks));
    press(desk, PRESS_F5);
    press(desk, PRESS_F8);
    assert_true(desk->wants_cancel);
    desk_answer(desk, &looks, NULL, &(struct rpc_outcome){.fate = RPC_INTERRUPTED});
    answer(desk, ASK_CALL, "ticket.ticket_no", "J001", "ticket.room", "D1", NULL);
    desk_free(desk);
}

static void test_any_size_is_painted(void **state)
{
    struct desk *desk = ready();

    (void)state;
    find_known(desk);
    for (int chinese = 0; chinese < 2; chinese++) {
        desk->chinese = chinese;
        for (int rows = 1; rows < 60; rows += 3)
            for (int columns = 1; columns < 200; columns += 7) {
                struct page page;

                assert_true(page_init(&page, rows, columns));
                paint_desk(desk, &page);
                page_done(&page);
            }
    }
    assert_true(shows(desk, 10, 40, "40x10"));
    desk_free(desk);
}

static bool is_cut(const struct desk *desk, int rows, int columns, int row)
{
    struct page page;
    char *line;
    bool cut;

    assert_true(page_init(&page, rows, columns));
    paint_desk(desk, &page);
    line = page_row_text(&page, row);
    cut = strchr(line, '~') != NULL;
    if (cut)
        print_error("screen %d dialog %d: %s\n", (int)desk->screen, (int)desk->dialog, line);
    free(line);
    page_done(&page);
    return cut;
}

static void test_the_keys_of_every_screen_and_dialog_fit_their_line(void **state)
{
    static const int sizes[][2] = {{24, 80}, {50, 160}};
    struct desk *desk = ready();

    (void)state;
    for (int way = 0; way < 4; way++)
        for (int screen = 0; screen < DESK_SCREENS; screen++)
            for (int dialog = DIALOG_NONE; dialog <= DIALOG_LEAVE; dialog++) {
                const int *size = sizes[way / 2];

                // A dialog looks the same over any screen.
                if (screen == DESK_GUEST || (dialog != DIALOG_NONE && screen != DESK_HOME))
                    continue;
                desk->chinese = way % 2 == 0;
                desk->screen = (enum desk_screen)screen;
                desk->dialog = (enum desk_dialog)dialog;
                assert_false(is_cut(desk, size[0], size[1], size[0] - 2));
            }
    desk_free(desk);
}

static void test_times_are_by_the_institute_s_clock(void **state)
{
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    struct desk *desk = ready();

    (void)state;
    at.seconds = 1800000000; // 2027-01-15 08:00 UTC
    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    tzset();
    assert_string_equal(painter_time(desk, &at).text, "2027-01-15 03:00");
    snprintf(desk->time_zone, sizeof desk->time_zone, "Asia/Shanghai");
    assert_string_equal(painter_time(desk, &at).text, "2027-01-15 16:00");
    assert_string_equal(painter_time(desk, NULL).text, "");
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
    desk_free(desk);
}

static void test_a_title_stays_whole_beside_the_pictures_that_wait(void **state)
{
    struct desk *desk = ready();

    (void)state;
    desk->pictures.count = 12;
    for (int chinese = 0; chinese < 2; chinese++)
        for (int screen = 0; screen < DESK_SCREENS; screen++) {
            if (screen == DESK_GUEST)
                continue;
            desk->chinese = chinese;
            desk->screen = (enum desk_screen)screen;
            assert_false(is_cut(desk, 24, 80, 0));
            assert_true(shows(desk, 24, 80, chinese ? "[新照片 12 ^P ^V]" : "[photos 12 ^P ^V]"));
            assert_true(shows(desk, 24, 80, chinese ? "F2 English" : "F2 中文"));
        }
    desk->screen = DESK_STORING;
    desk->chinese = false;
    assert_true(shows(desk, 24, 80, " Into a store and out of it"));
    desk_free(desk);
}

static void test_the_help_is_whole_in_the_smallest_window(void **state)
{
    struct desk *desk = ready();

    (void)state;
    for (int chinese = 0; chinese < 2; chinese++) {
        desk->chinese = chinese;
        press(desk, PRESS_F1);
        for (int row = 2; row < 22; row++)
            assert_false(is_cut(desk, 24, 80, row));
        assert_true(shows(desk, 24, 80, "Ctrl-L"));
        assert_true(shows(desk, 24, 80, chinese ? "* 必填，+ 目录要求。" : "catalogue wants it."));
        assert_true(shows(desk, 24, 80, chinese ? "Esc 关闭" : "Esc close"));
        press(desk, PRESS_ESCAPE);
    }
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_are_by_the_institute_s_clock),
        cmocka_unit_test(test_a_title_stays_whole_beside_the_pictures_that_wait),
        cmocka_unit_test(test_the_keys_of_every_screen_and_dialog_fit_their_line),
        cmocka_unit_test(test_the_help_is_whole_in_the_smallest_window),
        cmocka_unit_test(test_a_known_person_begins_an_intake_that_the_package_presets),
        cmocka_unit_test(test_what_the_request_has_no_field_for_is_a_fact),
        cmocka_unit_test(test_what_was_not_answered_is_sent_again_as_it_was_by_the_same_key),
        cmocka_unit_test(test_a_refusal_makes_another_request_and_goes_to_the_field),
        cmocka_unit_test(test_a_destructive_test_needs_its_consent),
        cmocka_unit_test(test_a_scan_leads_where_it_belongs_and_its_enter_submits_nothing),
        cmocka_unit_test(test_a_scan_in_an_intake_changes_nothing_and_is_named),
        cmocka_unit_test(test_a_pasted_megabyte_is_refused_whole_and_named),
        cmocka_unit_test(test_the_lock_hides_everything_and_keeps_the_form),
        cmocka_unit_test(test_ten_minutes_without_a_key_lock_it),
        cmocka_unit_test(test_a_session_that_ended_asks_to_log_in_and_keeps_the_form),
        cmocka_unit_test(test_what_a_person_wants_goes_before_what_the_desk_looks_at),
        cmocka_unit_test(test_a_server_that_is_gone_is_told_until_it_answers),
        cmocka_unit_test(test_the_cursor_stays_on_its_number_while_other_desks_call),
        cmocka_unit_test(test_the_cursor_goes_to_the_number_that_was_called),
        cmocka_unit_test(
            test_a_call_that_was_not_answered_is_made_again_by_the_same_key_and_a_refused_one_by_another),
        cmocka_unit_test(test_a_number_whose_start_was_not_answered_is_started_again_and_not_finished),
        cmocka_unit_test(test_a_dialog_is_sent_while_the_desk_looks_at_something_by_itself),
        cmocka_unit_test(test_a_number_that_was_called_is_started_before_the_list_was_seen_again),
        cmocka_unit_test(test_any_size_is_painted),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
