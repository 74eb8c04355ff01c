// SPDX-License-Identifier: Apache-2.0
// The screen of an intake: presses, scans, and registering it. What was sent and not answered can only be
// sent again as it is, by the same key; so nothing is taken in twice and nothing is lost.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "rpc/outcome.h"
#include "run/request_id.h"
#include "touchstone/v1/desk.pb-c.h"

void taking_begin(struct desk *desk, const char *person_id, const char *name, const char *phone)
{
    if (!desk->catalogue->is_whole) {
        desk_tell(desk, NOTE_BAD, "目录还在读取，请稍候", "The catalogue is still being read");
        return;
    }
    intake_begin(desk->intake, desk->catalogue, desk->laboratory, person_id, name, phone);
    if (!desk->intake->is_open) {
        desk_tell(desk, NOTE_BAD, "系统不给随机数", "The system gives no random bytes");
        return;
    }
    // Also while the server has not answered yet that the number is started.
    snprintf(desk->intake->ticket, sizeof desk->intake->ticket, "%s",
             desk->serves_ticket[0] != '\0' ? desk->serves_ticket : tickets_starts(desk));
    snprintf(desk->intake->booking, sizeof desk->intake->booking, "%s", desk->serves_booking);
    desk->serves_ticket[0] = desk->serves_booking[0] = '\0';
    desk->screen = DESK_INTAKE;
}

static void tell_fault(struct desk *desk, enum slot_fault fault)
{
    static const struct {
        const char *zh, *en;
    } words[] = {
        [SLOT_FINE] = {"", ""},
        [SLOT_EMPTY] = {"还没有填", " is missing"},
        [SLOT_NO_NUMBER] = {"应为数字", " must be a number"},
        [SLOT_NO_CHOICE] = {"：没有符合的选项", ": no choice has this in it"},
        [SLOT_NO_DATE] = {"应为日期，如 2026-12-01", " must be a day, as 2026-12-01"},
        [SLOT_NO_PHONE] = {"应为电话号码", " must be a telephone number"},
        [SLOT_NOT_TICKED] = {"：请确认后按空格打勾", ": tick it with the space bar once it is so"},
    };
    const struct slot *slot = form_focused(intake_form(desk->intake));

    desk_tell(desk, NOTE_BAD, "%s%s", "%s%s", desk_say(desk, slot->zh, slot->en),
              desk_say(desk, words[fault].zh, words[fault].en));
}

// Once: what the catalogue wants recorded and is empty. It is no reason to keep anybody waiting.
static bool warns(struct desk *desk)
{
    char gaps[88];
    size_t count = intake_gaps(desk->intake, desk->chinese, gaps, sizeof gaps);

    if (count == 0 || desk->intake->was_warned)
        return false;
    desk->intake->was_warned = true;
    desk_tell(desk, NOTE_BAD, "再按 F8 仍登记。目录要求而未填：%s",
              "F8 again registers all the same. Wanted by the catalogue and empty: %s", gaps);
    return true;
}

static void send(struct desk *desk)
{
    struct ask ask;

    if (!ask_begin(ASK_REGISTER, &ask))
        return;
    if (!desk->intake->is_unsettled)
        preparing_give_codes(desk);
    if (intake_request(desk->intake, desk->catalogue, desk->laboratory, &ask)) {
        desk->keeps_at_once = false;
        if (parts_put(desk, &ask) && offline_can_keep(desk))
            desk_tell(desk, NOTE_PLAIN, "正在登记...再按 F8 不等服务器，存在本机",
                      "Registering ... F8 again does not wait and keeps it here");
        else
            desk_tell(desk, NOTE_PLAIN, "正在登记...", "Registering...");
        return;
    }
    desk_tell(desk, NOTE_BAD, "不能登记：%s", "It cannot be sent: %s", ask.error.detail);
    ask_free(&ask);
}

// Once, without a server: the session's places for walk-ins are not this desk's to give.
static bool warns_of_places(struct desk *desk)
{
    struct intake *intake = desk->intake;

    if (!desk->offline.has_sessions || intake->ticket[0] != '\0' || intake->booking[0] != '\0' ||
        offline_places(desk) >= (int)intake->item_count || intake->was_told_places)
        return false;
    intake->was_told_places = true;
    desk_tell(
        desk, NOTE_BAD, "本机预留的现场名额只剩 %d 个。再按 F8 仍收（恢复后名额可能已满）",
        "Only %d leased places are left here. F8 again takes it in all the same (its session may be full)",
        offline_places(desk));
    return true;
}

// Sent to the server, or kept here when there is none.
static void send_or_keep(struct desk *desk)
{
    if (desk->intake->replaces[0] != '\0')
        saving_resend(desk);
    else if (!desk->is_cut_off || !offline_can_keep(desk))
        send(desk);
    else if (desk->intake->is_unsettled || !warns_of_places(desk))
        saving_keep(desk, desk->intake->is_unsettled);
}

static void register_it(struct desk *desk)
{
    enum slot_fault fault;

    if (desk->running == ASK_REGISTER && offline_can_keep(desk)) {
        desk->keeps_at_once = desk->wants_cancel = true;
        desk_tell(desk, NOTE_PLAIN, "不再等服务器，存在本机...", "No longer waiting: it is kept here ...");
    } else if (desk->running == ASK_REGISTER) {
        desk_tell(desk, NOTE_PLAIN, "正在登记...Esc 取消等待", "Registering ... Esc stops waiting");
    } else if (!desk->intake->is_unsettled &&
               (fault = intake_fault(desk->intake, desk->catalogue)) != SLOT_FINE) {
        tell_fault(desk, fault);
    } else if (desk->intake->is_unsettled || (pictures_are_fine(desk) && !warns(desk))) {
        send_or_keep(desk);
    }
}

void taking_registered(struct desk *desk)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    memset(desk->intake, 0, sizeof *desk->intake);
    desk->intake_count++;
    desk->chosen = 0;
    if (desk->screen == DESK_LOCKED)
        desk->before_lock = DESK_RECEIPT;
    else
        desk->screen = DESK_RECEIPT;
    desk->dialog = DIALOG_NONE;
    if (receipt != NULL)
        desk_tell(desk, NOTE_GOOD, "已登记：回执 %s", "Registered: receipt %s", receipt->receipt_no);
    prints_registered(desk);
}

void taking_failed(struct desk *desk, const struct rpc_outcome *outcome)
{
    bool gives_up = desk->keeps_at_once || desk->ran_out || outcome->fate != RPC_INTERRUPTED;

    desk->intake->is_unsettled = desk->intake->is_unsettled || parts_is_unknown(outcome);
    // A queue stands there: no second press is asked for. Who pressed Esc wanted to stop, not to keep.
    if ((parts_is_unknown(outcome) || desk->is_cut_off) && gives_up && offline_can_keep(desk)) {
        saving_keep(desk, desk->intake->is_unsettled);
        return;
    }
    if (parts_is_unknown(outcome)) {
        desk_tell(desk, NOTE_BAD, "不知道是否已登记：按 F8 再问一次，不会登记两次",
                  "It may be registered or not: F8 asks again, and it is done once only");
        return;
    }
    if (outcome->fate != RPC_ANSWERED || outcome->error.status == TS_UNAVAILABLE) {
        // Nothing was done now; but an earlier attempt may have been.
        return;
    }
    // A refusal is the answer to this key; what is corrected is another request.
    desk->intake->is_unsettled = false;
    request_id_make(desk->intake->request_id);
    if (outcome->error.violation_count > 0)
        intake_go_to(desk->intake, outcome->error.violations[0].field);
}

void taking_scanned(struct desk *desk, const struct code *code, const char *text)
{
    struct slot *slot = form_focused(intake_form(desk->intake));
    bool is_ours = code->kind == CODE_ITEM || code->kind == CODE_RECEIPT || code->kind == CODE_SHEET;

    if (slot != NULL && slot->traits & SLOT_TAKES_SCAN && !is_ours) {
        field_set(&slot->field, text);
        desk_tell(desk, NOTE_PLAIN, "扫入%s：%s", "Scanned into %s: %s", desk_say(desk, slot->zh, slot->en),
                  text);
        intake_press(desk->intake, desk->catalogue, &(struct press){.kind = PRESS_TAB});
        return;
    }
    desk_tell(
        desk, NOTE_BAD, "扫到%s %.60s：不属于此处，未采用。表单保留，F3 可查询",
        "Scanned %s %.60s: it does not belong here and was not taken. The form is kept; F3 looks things up",
        code_name(code->kind, desk->chinese), code->text);
}

static void add_item(struct desk *desk)
{
    if (intake_add_item(desk->intake, desk->catalogue))
        desk_tell(desk, NOTE_PLAIN, "第 %zu 件", "Item %zu", desk->intake->item_count);
    else
        desk_tell(desk, NOTE_BAD, "一份回执最多 %d 件", "A receipt has at most %d items", INTAKE_ITEMS);
}

static bool press_key(struct desk *desk, int kind)
{
    switch (kind) {
    case PRESS_F8:
        register_it(desk);
        return true;
    case PRESS_F5:
        add_item(desk);
        return true;
    case PRESS_PAGE_UP:
        intake_go_item(desk->intake, -1);
        return true;
    case PRESS_PAGE_DOWN:
        intake_go_item(desk->intake, 1);
        return true;
    case PRESS_F12:
        dialog_open(desk, DIALOG_DROP);
        return true;
    case PRESS_ESCAPE:
        home_show(desk);
        desk_tell(desk, NOTE_PLAIN, "收样表单已保留，F4 返回", "The intake is kept: F4 goes back to it");
        return true;
    default:
        return false;
    }
}

static void tell_result(struct desk *desk, enum form_result result)
{
    parts_tell_field(desk, intake_form(desk->intake), result);
    if (result == FORM_LEFT_DOWN)
        desk_tell(desk, NOTE_PLAIN, "F8 登记", "F8 registers");
    else if (result == FORM_OPENED)
        dialog_open(desk, DIALOG_TESTS);
}

bool taking_press(struct desk *desk, const struct press *press)
{
    enum form_result result;

    if (desk->intake->is_unsettled && press->kind != PRESS_F8 && press->kind != PRESS_ESCAPE) {
        desk_tell(desk, NOTE_BAD, "不知道是否已登记：按 F8 再问一次，不会登记两次",
                  "It may be registered or not: F8 asks again, and it is done once only");
        return true;
    }
    // What is on its way stays as it was sent.
    if (desk->running == ASK_REGISTER && press->kind != PRESS_F8) {
        desk_tell(desk, NOTE_PLAIN, "正在登记...Esc 取消等待", "Registering ... Esc stops waiting");
        return true;
    }
    if (press_key(desk, press->kind))
        return true;
    result = intake_press(desk->intake, desk->catalogue, press);
    tell_result(desk, result);
    return result != FORM_IGNORED;
}
