// SPDX-License-Identifier: Apache-2.0
// Custody at the desk, with a server that is played by the test: what the scale says in words, what is warned
// of before it is sent, and that a return is asked again by its key.
#include "testing.h"

#include <stdio.h>
#include <string.h>

#include "desk/desk.h"
#include "desk/parts.h"
#include "desk/weighing.h"
#include "message/path.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
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

static void scan(struct desk *desk, const char *text)
{
    now_ms += LATER_MS;
    for (; *text != '\0'; text++)
        desk_press(desk, LETTER((unsigned char)*text), ++now_ms);
    desk_press(desk, PRESS(PRESS_ENTER), ++now_ms);
}

// The next ask of this kind; what others wait for is dropped.
static struct ask next(struct desk *desk, enum ask_kind kind)
{
    struct ask ask;

    while (desk_take_ask(desk, &ask) && ask.kind != kind) {
        ask_free(&ask);
        desk->running = ASK_NOTHING;
    }
    assert_int_equal(ask.kind, kind);
    return ask;
}

// Answers it with fields given as path and text, up to NULL.
static void answer(struct desk *desk, enum ask_kind kind, ...)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    struct ask ask = next(desk, kind);
    ProtobufCMessage *response = path_new_message(ask.arena, ask.response);
    struct ts_error error = {0};
    const char *path;
    va_list list;

    va_start(list, kind);
    while ((path = va_arg(list, const char *)) != NULL)
        assert_true(value_set(ask.arena, response, path, ask_text(&ask, va_arg(list, const char *)), &error));
    va_end(list);
    desk_answer(desk, &ask, response, &outcome);
}

// One ring of 3.52 g is to be handed out to its owner, who shows the receipt.
static struct desk *returning(const char *mass)
{
    struct desk *desk = desk_create("lims:7443", "amy", "JEW", "D1", false);

    assert_non_null(desk);
    answer(desk, ASK_WHO, "staff.username", "amy", "staff.roles+.laboratory", "JEW", "staff.roles.roles",
           "reception", NULL);
    scan(desk, "8E91C07EK");
    answer(desk, ASK_ITEM, "item.item_code", "8E91C07EK", "item.receipt_no", "D1-26-000001", NULL);
    press(desk, PRESS_F8);
    answer(desk, ASK_RETURN_OF, "receipt.receipt_no", "D1-26-000001", "receipt.items+.item_code", "8E91C07EK",
           "receipt.items.custody_state", "held", "receipt.items.photo_pending", "yes",
           "receipt.items.version", "4", NULL);
    answer(desk, ASK_WEIGH, "custody.item_code", "8E91C07EK", "custody.custody_state", "held",
           "custody.expected_mass_g", "3.52", "custody.mass_tolerance_g", "0.02", "custody.version", "4",
           NULL);
    type(desk, mass);
    form_find(&desk->keeping->returning.form, "receipt")->is_ticked = true;
    return desk;
}

static void test_the_difference_is_said_in_words_and_decided_as_the_server_does(void **state)
{
    static const struct {
        const char *typed, *tolerance;
        enum weighing weighing;
        const char *said;
    } rows[] = {
        {"3.52", "0.02", WEIGHING_AGREES, "exactly as expected"},
        {"3.520", "0.02", WEIGHING_AGREES, "exactly as expected"},
        {"3.54", "0.02", WEIGHING_AGREES, "0.02 g more than expected, within 0.02 g"},
        {"3.541", "0.02", WEIGHING_DIFFERS,
         "0.021 g more than expected, beyond 0.02 g: this freezes the item"},
        {"3.21", "0.02", WEIGHING_DIFFERS, "0.31 g less than expected, beyond 0.02 g: this freezes the item"},
        {"9", "", WEIGHING_AGREES, "this laboratory does not weigh"},
        {"", "0.02", WEIGHING_NOTHING, ""},
        {"3.", "0.02", WEIGHING_NOTHING, ""},
    };
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(weighing_tell(rows[i].typed, "3.52", rows[i].tolerance, false, text, sizeof text),
                         rows[i].weighing);
        assert_string_equal(text, rows[i].said);
    }
}

static void test_what_would_freeze_is_told_once_and_sent_at_the_second_time(void **state)
{
    struct desk *desk = returning("3.21");
    struct ask ask;

    (void)state;
    press(desk, PRESS_F8);
    assert_non_null(strstr(desk->note.text, "0.31 g less than expected"));
    assert_non_null(strstr(desk->note.text, "F8 again freezes it"));
    assert_false(desk->keeping->returning.is_sending);
    press(desk, PRESS_F8);
    ask = next(desk, ASK_RETURN);
    assert_string_equal(((Touchstone__V1__ReturnItemRequest *)ask.request)->mass_out_g, "3.21");
    ask_free(&ask);
    desk_free(desk);
}

// One ring of 12.80 g is offered to her, and its book stands open.
static struct desk *accepting(const char *mass)
{
    struct desk *desk = desk_create("lims:7443", "amy", "JEW", "D1", false);

    assert_non_null(desk);
    answer(desk, ASK_WHO, "staff.username", "amy", "staff.roles+.laboratory", "JEW", "staff.roles.roles",
           "reception", NULL);
    custody_show(desk, "8E91C07EK");
    answer(desk, ASK_CUSTODY, "custody.item_code", "8E91C07EK", "custody.laboratory", "JEW",
           "custody.expected_mass_g", "12.80", "custody.mass_tolerance_g", "0.05",
           "custody.hand_over.receiver", "amy", "custody.hand_over.expected_mass_g", "12.80", NULL);
    dialog_open(desk, DIALOG_ACCEPT);
    type(desk, mass);
    return desk;
}

static void test_accepting_what_would_freeze_is_asked_once_more_and_again_after_a_change(void **state)
{
    struct desk *desk = accepting("12.08");
    struct ask ask;

    (void)state;
    press(desk, PRESS_F8);
    assert_non_null(strstr(desk->note.text, "0.72 g less than expected"));
    assert_non_null(strstr(desk->note.text, "F8 again freezes it"));
    assert_int_equal(desk->dialog_sent.kind, ASK_NOTHING);
    // Another wrong mass is another question, and Enter is no answer to it.
    press(desk, PRESS_BACKSPACE);
    press(desk, PRESS_F8);
    assert_non_null(strstr(desk->note.text, "0.80 g less than expected"));
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->dialog_sent.kind, ASK_NOTHING);
    press(desk, PRESS_F8);
    ask = next(desk, ASK_ACCEPT);
    assert_string_equal(((Touchstone__V1__AcceptItemRequest *)ask.request)->mass_g, "12.0");
    ask_free(&ask);
    desk_free(desk);
}

static void test_accepting_the_right_mass_is_sent_at_once(void **state)
{
    struct desk *desk = accepting("12.80");
    struct ask ask;

    (void)state;
    press(desk, PRESS_F8);
    ask = next(desk, ASK_ACCEPT);
    ask_free(&ask);
    desk_free(desk);
}

static void test_the_owner_shows_something_before_anything_is_handed_out(void **state)
{
    struct desk *desk = returning("3.52");

    (void)state;
    form_find(&desk->keeping->returning.form, "receipt")->is_ticked = false;
    press(desk, PRESS_F8);
    assert_non_null(strstr(desk->note.text, "shows the receipt"));
    assert_false(desk->keeping->returning.is_sending);
    desk_free(desk);
}

static void test_a_return_without_an_answer_is_asked_again_as_it_was_by_its_key(void **state)
{
    struct desk *desk = returning("3.52");
    struct rpc_outcome outcome = {.fate = RPC_NO_ANSWER};
    char key[KEEPING_ID];
    struct ask ask;

    (void)state;
    press(desk, PRESS_F8);
    ask = next(desk, ASK_RETURN);
    snprintf(key, sizeof key, "%s", ((Touchstone__V1__ReturnItemRequest *)ask.request)->request_id);
    error_set(&outcome.error, TS_UNAVAILABLE, "NO_ANSWER", "told by the test");
    desk_answer(desk, &ask, NULL, &outcome);
    type(desk, "9");
    assert_non_null(strstr(desk->note.text, "F8 asks again"));
    press(desk, PRESS_F8);
    ask = next(desk, ASK_RETURN);
    assert_string_equal(((Touchstone__V1__ReturnItemRequest *)ask.request)->request_id, key);
    assert_string_equal(((Touchstone__V1__ReturnItemRequest *)ask.request)->mass_out_g, "3.52");
    ask_free(&ask);
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_difference_is_said_in_words_and_decided_as_the_server_does),
        cmocka_unit_test(test_what_would_freeze_is_told_once_and_sent_at_the_second_time),
        cmocka_unit_test(test_accepting_what_would_freeze_is_asked_once_more_and_again_after_a_change),
        cmocka_unit_test(test_accepting_the_right_mass_is_sent_at_once),
        cmocka_unit_test(test_the_owner_shows_something_before_anything_is_handed_out),
        cmocka_unit_test(test_a_return_without_an_answer_is_asked_again_as_it_was_by_its_key),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
