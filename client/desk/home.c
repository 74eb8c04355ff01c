// SPDX-License-Identifier: Apache-2.0
// The box that takes everything: it decides by what was typed or scanned, and asks the one question that
// follows. Persons that were found are chosen from below it.
#include <stdio.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/desk.pb-c.h"

void home_show(struct desk *desk)
{
    // Who is no receptionist is at home at the bench.
    if (desk->guest != NULL && desk_is_technician(desk) && !desk_is_receptionist(desk)) {
        desk->guest->show(desk);
        return;
    }
    desk->screen = DESK_HOME;
    desk->chosen = 0;
    field_init(&desk->box, desk->box.most);
    code_decide("", false, &desk->typed);
    desk_drop(&desk->persons);
    desk->asked[0] = '\0';
}

void home_persons(struct desk *desk)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;

    desk->chosen = 0;
    if (found->n_persons == 0)
        desk_tell(desk, NOTE_PLAIN, "没有找到：回车登记新委托人",
                  "Nobody found: Enter takes in a new person");
}

// A name that was typed goes into the form of somebody new. Small letters are pinyin, which is nobody's name.
static const char *name_typed(const struct desk *desk)
{
    bool has_capital = strpbrk(desk->typed.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
    enum code_kind kind = desk->typed.kind;

    return kind == CODE_NAME || (kind == CODE_PINYIN && has_capital) ? desk->typed.text : "";
}

static void begin_new(struct desk *desk)
{
    taking_begin(desk, NULL, name_typed(desk), desk->typed.kind == CODE_PHONE ? desk->typed.text : "");
}

static void choose(struct desk *desk)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;
    const Touchstone__V1__MaskedPerson *person =
        desk->chosen < found->n_persons ? found->persons[desk->chosen] : NULL;

    if (desk->intake->is_open)
        desk_tell(desk, NOTE_BAD, "还有一份未完成的收样：F4 返回，F12 放弃它",
                  "An intake is unfinished: F4 goes back to it, F12 drops it");
    else if (person != NULL)
        taking_begin(desk, person->person_id, person->name_masked, person->phone_masked);
    else
        begin_new(desk);
}

void home_find(struct desk *desk)
{
    // What stands in the box, also when it was read as something else.
    if (desk->typed.kind == CODE_BOOKING)
        snprintf(desk->typed.text, sizeof desk->typed.text, "%.255s", desk->box.text);
    snprintf(desk->asked, sizeof desk->asked, "%s", desk->typed.text);
    desk_drop(&desk->persons);
    parts_ask(desk, ASK_PERSONS, "query", desk->typed.text);
}

// Goes where a code leads. False when it leads nowhere here.
static bool follow(struct desk *desk, const struct code *code)
{
    switch (code->kind) {
    case CODE_ITEM:
        look_item(desk, code->text);
        return true;
    case CODE_RECEIPT:
        look_receipt(desk, code->text);
        return true;
    case CODE_SHEET:
        look_deliveries(desk, code->text);
        return true;
    case CODE_BOOKING:
        visit_booking(desk, code->text);
        return true;
    case CODE_TICKET:
        visit_tickets(desk);
        return true;
    default:
        return false;
    }
}

static void refuse(struct desk *desk, const struct code *code)
{
    desk_tell(desk, NOTE_BAD, "「%.60s」：%s，此处不能用。请核对后重输",
              "\"%.60s\": %s; it leads nowhere here: look again and type it anew", code->text,
              code_name(code->kind, desk->chinese));
}

// Without a server nothing can be looked up: what was typed begins an intake, and a number or a booking is
// checked when it is booked.
static bool decide_alone(struct desk *desk, const struct code *code)
{
    if (!desk->is_cut_off || !offline_can_keep(desk))
        return false;
    if (code->kind == CODE_TICKET || code->kind == CODE_BOOKING) {
        snprintf(desk->serves_ticket, sizeof desk->serves_ticket, "%.15s",
                 code->kind == CODE_TICKET ? code->text : "");
        snprintf(desk->serves_booking, sizeof desk->serves_booking, "%.15s",
                 code->kind == CODE_BOOKING ? code->text : "");
    } else if (code->kind != CODE_NAME && code->kind != CODE_PHONE && code->kind != CODE_PHONE_TAIL) {
        return false;
    }
    if (desk->intake->is_open) {
        desk_tell(desk, NOTE_BAD, "还有一份未完成的收样：F4 返回，F12 放弃它",
                  "An intake is unfinished: F4 goes back to it, F12 drops it");
        return true;
    }
    taking_begin(desk, NULL, code->kind == CODE_NAME ? code->text : "",
                 code->kind == CODE_PHONE ? code->text : "");
    if (desk->intake->is_open)
        desk_tell(
            desk, NOTE_BAD, "连不上服务器，查不了：姓名、电话重填，入账时核对",
            "No server, nothing can be looked up: name and phone anew; it is checked when it is booked");
    return true;
}

static void decide(struct desk *desk)
{
    struct code *code = &desk->typed;

    if (code->kind == CODE_NOTHING || decide_alone(desk, code))
        return;
    if (code->kind == CODE_PHONE_TAIL || code->kind == CODE_PHONE || code->kind == CODE_NAME ||
        code->kind == CODE_PINYIN)
        home_find(desk);
    else if (!follow(desk, code))
        refuse(desk, code);
}

void home_scanned(struct desk *desk, const struct code *code)
{
    // A telephone system that knows its caller types as fast as a scanner.
    if (code->kind == CODE_PHONE || code->kind == CODE_PHONE_TAIL) {
        home_show(desk);
        field_set(&desk->box, code->text);
        desk->typed = *code;
        home_find(desk);
    } else if (!follow(desk, code)) {
        refuse(desk, code);
    } else if (desk->screen != DESK_HOME) {
        field_init(&desk->box, desk->box.most);
    }
}

static void drop_intake(struct desk *desk)
{
    if (desk->intake->is_open)
        dialog_open(desk, DIALOG_DROP);
}

static bool is_asked(const struct desk *desk)
{
    return desk->persons.message != NULL && strcmp(desk->asked, desk->typed.text) == 0;
}

// The same text is looked for already: a second Enter does not ask twice.
static bool is_looking(const struct desk *desk)
{
    return (desk->running == ASK_PERSONS || ask_waits(&desk->queue, ASK_PERSONS)) &&
           strcmp(desk->asked, desk->typed.text) == 0;
}

// From an empty box to the lists. With something in it, or with an answer under way, it was meant for a field
// that is not there.
static void tab(struct desk *desk)
{
    if (parts_waits(desk))
        desk_tell(desk, NOTE_PLAIN, "正在等服务器，请稍候（Esc 取消）；保管清单 Ctrl-G",
                  "Waiting for the server (Esc cancels); Ctrl-G shows the custody lists");
    else if (desk->box.length > 0)
        desk_tell(desk, NOTE_PLAIN, "回车查询或选中；保管清单 Ctrl-G",
                  "Enter finds or chooses; Ctrl-G shows the custody lists");
    else
        keeping_show(desk);
}

static void move(struct desk *desk, int step)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;

    if (found == NULL)
        return;
    // One more than persons: somebody new.
    if (step > 0 && desk->chosen < found->n_persons)
        desk->chosen++;
    else if (step < 0 && desk->chosen > 0)
        desk->chosen--;
}

static void reveal(struct desk *desk)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;

    if (found == NULL || desk->chosen >= found->n_persons)
        return;
    snprintf(desk->dialog_target, sizeof desk->dialog_target, "%.47s",
             found->persons[desk->chosen]->person_id);
    dialog_open(desk, DIALOG_REVEAL);
}

// A booking by telephone, for the person with the cursor or a new one.
static void book(struct desk *desk)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;
    const Touchstone__V1__MaskedPerson *person =
        found != NULL && desk->chosen < found->n_persons ? found->persons[desk->chosen] : NULL;
    enum code_kind kind = desk->typed.kind;

    snprintf(desk->book_person, sizeof desk->book_person, "%.47s", person != NULL ? person->person_id : "");
    snprintf(desk->book_name, sizeof desk->book_name, "%.127s",
             person != NULL ? person->name_masked : name_typed(desk));
    snprintf(desk->book_phone, sizeof desk->book_phone, "%.63s",
             person != NULL       ? person->phone_masked
             : kind == CODE_PHONE ? desk->typed.text
                                  : "");
    desk->moves_booking[0] = '\0';
    visit_slots(desk);
}

bool home_press(struct desk *desk, const struct press *press)
{
    switch (press->kind) {
    case PRESS_ENTER:
        if (is_asked(desk))
            choose(desk);
        else if (is_looking(desk))
            desk_tell(desk, NOTE_PLAIN, "正在查询，请稍候（Esc 取消）", "Looking ... (Esc cancels)");
        else
            decide(desk);
        return true;
    case PRESS_UP:
        move(desk, -1);
        return true;
    case PRESS_DOWN:
        move(desk, 1);
        return true;
    case PRESS_F5:
        reveal(desk);
        return true;
    case PRESS_F8:
        book(desk);
        return true;
    case PRESS_TAB:
        tab(desk);
        return true;
    case PRESS_F12:
        drop_intake(desk);
        return true;
    case PRESS_ESCAPE:
        home_show(desk);
        return true;
    default:
        break;
    }
    switch (field_press(&desk->box, press)) {
    case FIELD_FULL:
        desk_tell(desk, NOTE_BAD, "最多 %zu 个字符", "At most %zu characters", desk->box.most);
        break;
    case FIELD_REFUSED:
        desk_tell(desk, NOTE_BAD, "不接受控制字符", "Control characters are not accepted");
        break;
    case FIELD_IGNORED:
        return false;
    default:
        code_decide(desk->box.text, false, &desk->typed);
    }
    return true;
}

bool home_begin_next(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_ESCAPE || press->kind == PRESS_CHARACTER)
        home_show(desk);
    return desk->screen == DESK_HOME && press->kind == PRESS_CHARACTER && home_press(desk, press);
}
