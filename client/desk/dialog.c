// SPDX-License-Identifier: Apache-2.0
// What stands over a screen: small forms whose Enter sends them, the list of tests, two questions, the help.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk/air.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "files/read_file.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "run/request_id.h"
#include "touchstone/v1/desk.pb-c.h"

enum { REASON_LEAST = 4, PHOTO_CEILING_BYTES = 2 * 1024 * 1024 };

void dialog_open(struct desk *desk, enum desk_dialog dialog)
{
    struct form *form = &desk->dialog_form;
    struct slot *slot;

    memset(form, 0, sizeof *form);
    desk->dialog = dialog;
    desk->dialog_row = 0;
    desk->dialog_was_warned = false;
    desk->dialog_sent = (struct sent){0};
    if (!request_id_make(desk->dialog_sent.key))
        desk_tell(desk, NOTE_BAD, "系统不给随机数", "The system gives no random bytes");
    switch (dialog) {
    case DIALOG_REVEAL:
        form_add(form, SLOT_TEXT, "reason", "理由", "Reason", 200)->traits = SLOT_REQUIRED;
        break;
    case DIALOG_PHOTO:
        slot = form_add(form, SLOT_TEXT, "path", "照片文件", "File of the picture", 250);
        slot->traits = SLOT_REQUIRED;
        field_preset(&slot->field, desk->pictures.path);
        form_go(form, 0);
        break;
    case DIALOG_ASIDE:
        form_add(form, SLOT_TEXT, "reason", "理由", "Reason", 120)->traits = SLOT_REQUIRED;
        break;
    case DIALOG_JOURNAL:
        form_add(form, SLOT_TEXT, "path", "日志文件", "File of the journal", 250)->traits = SLOT_REQUIRED;
        break;
    case DIALOG_COLLECT:
        form_add(form, SLOT_TEXT, "collected_by", "代领人及授权", "Collected by (not the owner)", 120);
        break;
    case DIALOG_PRINT:
        prints_dialog(desk, form);
        break;
    case DIALOG_MENDS:
        break;
    case DIALOG_AIR_PLAN:
    case DIALOG_AIR_CREW:
    case DIALOG_AIR_READY:
    case DIALOG_MOVE:
        air_dialog(desk, form);
        break;
    case DIALOG_REJECT:
    case DIALOG_MEND_WHY:
    case DIALOG_MERGE:
    case DIALOG_UNMERGE:
        mending_dialog(desk, form);
        break;
    case DIALOG_TESTS:
        form_add(form, SLOT_TEXT, "find", "查找", "Find", 40);
        // At the first one that is ordered.
        while (dialog_test_at(desk, desk->dialog_row) != OPTION_NONE &&
               !intake_has_test(intake_item(desk->intake), dialog_test_at(desk, desk->dialog_row)))
            desk->dialog_row++;
        if (dialog_test_at(desk, desk->dialog_row) == OPTION_NONE)
            desk->dialog_row = 0;
        break;
    default:
        visit_dialog(desk, form);
        custody_form(desk, form);
    }
}

static bool fill_reveal(struct desk *desk, struct ask *ask)
{
    return parts_set(ask, "person_id", desk->dialog_target) &&
           parts_set_slot(ask, &desk->dialog_form, "reason");
}

static bool fill_photo(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Item *item = desk_item(desk);
    char path[FIELD_BYTES];
    uint8_t *bytes;
    size_t length;

    form_value(form_find(&desk->dialog_form, "path"), path);
    return item != NULL && parts_set(ask, "item_code", item->item_code) &&
           parts_set_version(ask, item->version) &&
           read_file_whole(path, PHOTO_CEILING_BYTES, ask->arena, &bytes, &length, &ask->error) &&
           value_set_bytes(ask->arena, ask->request, "photo", bytes, length, &ask->error);
}

static bool fill_collect(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    return receipt != NULL && parts_set(ask, "receipt_no", receipt->receipt_no) &&
           parts_set_version(ask, receipt->version) &&
           parts_set_slot(ask, &desk->dialog_form, "collected_by");
}

static void send(struct desk *desk)
{
    static const struct {
        enum ask_kind kind;
        bool (*fill)(struct desk *desk, struct ask *ask);
    } sends[] = {[DIALOG_REVEAL] = {ASK_REVEAL, fill_reveal},
                 [DIALOG_PHOTO] = {ASK_PHOTO, fill_photo},
                 [DIALOG_COLLECT] = {ASK_COLLECT, fill_collect},
                 [DIALOG_BOOK] = {ASK_BOOK, visit_fill_book},
                 [DIALOG_CANCEL] = {ASK_CANCEL_BOOKING, visit_fill_cancel},
                 [DIALOG_TICKET] = {ASK_TAKE_TICKET, visit_fill_ticket},
                 [DIALOG_ROOM] = {ASK_CALL, visit_fill_room},
                 [DIALOG_REJECT] = {ASK_REJECT, mending_fill},
                 [DIALOG_MEND_WHY] = {ASK_MEND_REVEAL, mending_fill},
                 [DIALOG_MERGE] = {ASK_MERGE, mending_fill},
                 [DIALOG_UNMERGE] = {ASK_UNMERGE, mending_fill},
                 [DIALOG_OFFER] = {ASK_OFFER, custody_fill},
                 [DIALOG_ACCEPT] = {ASK_ACCEPT, custody_fill},
                 [DIALOG_UNOFFER] = {ASK_UNOFFER, custody_fill},
                 [DIALOG_STORE] = {ASK_STORE, custody_fill},
                 [DIALOG_TAKE_OUT] = {ASK_TAKE_OUT, custody_fill},
                 [DIALOG_CONSUME] = {ASK_CONSUME, custody_fill},
                 [DIALOG_INCIDENT] = {ASK_INCIDENT, custody_fill},
                 [DIALOG_SETTLE] = {ASK_SETTLE, custody_fill},
                 [DIALOG_PORTION] = {ASK_PORTION, custody_fill},
                 [DIALOG_DISPOSE] = {ASK_DISPOSE, custody_fill},
                 [DIALOG_PROXY] = {ASK_PROXY, custody_fill},
                 [DIALOG_VOID] = {ASK_VOID, custody_fill},
                 [DIALOG_CLOSE_DAY] = {ASK_CLOSE_DAY, custody_fill},
                 [DIALOG_REOPEN_DAY] = {ASK_REOPEN_DAY, custody_fill},

                 [DIALOG_AIR_PLAN] = {ASK_AIR_PLAN, air_fill},
                 [DIALOG_AIR_CREW] = {ASK_AIR_CREW, air_fill},
                 [DIALOG_AIR_READY] = {ASK_AIR_READY, air_fill},
                 [DIALOG_MOVE] = {ASK_MOVE, air_fill}};
    struct sent *sent = &desk->dialog_sent;
    struct ask ask;

    if (desk->dialog == DIALOG_PRINT) {
        prints_confirmed(desk);
        return;
    }
    sent->kind = sends[desk->dialog].kind;
    if (!ask_begin(sent->kind, &ask))
        return;
    if (parts_set(&ask, "request_id", sent->key) && sends[desk->dialog].fill(desk, &ask)) {
        parts_put(desk, &ask);
        return;
    }
    desk_tell(desk, NOTE_BAD, "%s", "%s", ask.error.detail);
    ask_free(&ask);
}

void dialog_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome)
{
    struct sent *sent = desk->dialog != DIALOG_NONE && desk->dialog_sent.kind == kind ? &desk->dialog_sent
                                                                                      : &desk->ticket_sent;

    if (sent->kind != kind)
        return;
    if (parts_is_unknown(outcome)) {
        sent->is_unsettled = true;
        desk_tell(desk, NOTE_BAD, "不知道是否已办：再按一次只是再问，不会办两次",
                  "It may be done or not: the same key asks again, and it is done once only");
    } else if (outcome->fate == RPC_ANSWERED && outcome->error.status != TS_UNAVAILABLE) {
        // A refusal is the answer to this key; what follows is another request.
        sent->is_unsettled = !request_id_make(sent->key);
    }
}

// Once, and again after the mass was changed: what freezes the item. Only F8 answers it.
static bool warns(struct desk *desk, int kind)
{
    char told[300];

    if ((desk->dialog_was_warned && kind == PRESS_F8) ||
        custody_weighing(desk, told, sizeof told) != WEIGHING_DIFFERS)
        return false;
    desk->dialog_was_warned = true;
    custody_warn(desk, told);
    return true;
}

static bool is_ready(struct desk *desk)
{
    struct form *form = &desk->dialog_form;
    size_t fault = form_first_fault(form);

    if (fault < form->count) {
        form_go(form, fault);
        desk_tell(desk, NOTE_BAD, "%s还没有填或不对", "%s is missing or wrong",
                  desk_say(desk, form->slots[fault].zh, form->slots[fault].en));
        return false;
    }
    if (form->count > 0 && strcmp(form->slots[0].key, "reason") == 0 &&
        field_count(&form->slots[0].field) < REASON_LEAST) {
        desk_tell(desk, NOTE_BAD, "理由至少 %d 个字", "The reason has at least %d characters", REASON_LEAST);
        return false;
    }
    if (desk->dialog == DIALOG_AIR_PLAN)
        return air_is_ready(desk);
    return desk->dialog != DIALOG_PHOTO || pictures_check(desk, form->slots[0].field.text);
}

static void press_form(struct desk *desk, const struct press *press)
{
    struct form *form = &desk->dialog_form;

    if (press->kind == PRESS_F8 || (press->kind == PRESS_ENTER && form->focus + 1 >= form->count)) {
        // What the desk looks at by itself gives way.
        if (desk->dialog == DIALOG_ASIDE || desk->dialog == DIALOG_JOURNAL) {
            if (is_ready(desk))
                waiting_dialog_done(desk);
        } else if ((desk->running == ASK_NOTHING || desk->running_is_quiet) && is_ready(desk) &&
                   !warns(desk, press->kind)) {
            send(desk);
        }
        return;
    }
    if (press->kind == PRESS_CHARACTER || press->kind == PRESS_BACKSPACE || press->kind == PRESS_DELETE)
        desk->dialog_was_warned = false;
    parts_tell_field(desk, form, form_press(form, press));
}

int dialog_test_at(const struct desk *desk, int row)
{
    struct slot probe = {.options = desk->catalogue->tests,
                         .option_count = desk->catalogue->test_count,
                         .field = desk->dialog_form.slots[0].field};

    for (int i = 0; i < probe.option_count; i++)
        if (form_matches(&probe, i) && row-- == 0)
            return i;
    return OPTION_NONE;
}

static void press_tests(struct desk *desk, const struct press *press)
{
    int test = dialog_test_at(desk, desk->dialog_row);

    switch (press->kind) {
    case PRESS_ENTER:
        desk->dialog = DIALOG_NONE;
        return;
    case PRESS_UP:
        desk->dialog_row -= desk->dialog_row > 0;
        return;
    case PRESS_DOWN:
        desk->dialog_row += dialog_test_at(desk, desk->dialog_row + 1) != OPTION_NONE;
        return;
    case PRESS_CHARACTER:
        if (press->character == ' ') {
            if (test != OPTION_NONE && !intake_toggle_test(desk->intake, desk->catalogue, test))
                desk_tell(desk, NOTE_BAD, "一件最多 %d 项", "At most %d tests for an item", INTAKE_TESTS);
            return;
        }
        break;
    default:
        break;
    }
    if (field_press(&desk->dialog_form.slots[0].field, press) == FIELD_TOOK)
        desk->dialog_row = 0;
}

static bool says_yes(const struct press *press)
{
    return press->kind == PRESS_ENTER ||
           (press->kind == PRESS_CHARACTER && (press->character == 'y' || press->character == 'Y'));
}

static void press_question(struct desk *desk, const struct press *press)
{
    bool yes = says_yes(press),
         no = press->kind == PRESS_CHARACTER && (press->character == 'n' || press->character == 'N');
    enum desk_dialog question = desk->dialog;

    if (!yes && !no)
        return;
    // Enter has just started the number: pressed twice, it is no answer.
    if (question == DIALOG_FINISH && press->kind == PRESS_ENTER)
        return;
    desk->dialog = DIALOG_NONE;
    if (question == DIALOG_FINISH) {
        tickets_finish(desk, yes);
    } else if (yes && question == DIALOG_LEAVE) {
        desk->wants_end = !preparing_leave(desk);
    } else if (yes) {
        // Whom it served is served still.
        if (desk->intake->replaces[0] == '\0')
            snprintf(desk->serves_ticket, sizeof desk->serves_ticket, "%s", desk->intake->ticket);
        memset(desk->intake, 0, sizeof *desk->intake);
        home_show(desk);
        desk_tell(desk, NOTE_PLAIN, "表单已放弃；已存本机的收样不受影响",
                  "The form was dropped; what was kept or registered stays");
    }
}

bool dialog_press(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_ESCAPE) {
        if (desk->running != ASK_NOTHING && !desk->running_is_quiet)
            desk->wants_cancel = true;
        else
            desk->dialog = DIALOG_NONE;
        return true;
    }
    if (press->kind == PRESS_F2) {
        desk->chinese = !desk->chinese;
        return true;
    }
    if (press->kind == PRESS_VIEW) {
        pictures_view(desk);
        return true;
    }
    if (press->kind == PRESS_F9) {
        login_lock(desk);
        return true;
    }
    switch (desk->dialog) {
    case DIALOG_HELP:
        desk->dialog = DIALOG_NONE;
        break;
    case DIALOG_DROP:
    case DIALOG_LEAVE:
    case DIALOG_FINISH:
        press_question(desk, press);
        break;
    case DIALOG_TESTS:
        press_tests(desk, press);
        break;
    case DIALOG_MENDS:
        mending_list_press(desk, press);
        break;
    case DIALOG_ACTS:
        acts_press(desk, press);
        break;
    default:
        press_form(desk, press);
    }
    return true;
}
