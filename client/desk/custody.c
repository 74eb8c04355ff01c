// SPDX-License-Identifier: Apache-2.0
// The screen of one item's book of custody: who held it since when, masses, stores, incidents; and what came
// of the acts on it.

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/fee.pb-c.h"

const struct Touchstone__V1__Custody *custody_shown(const struct desk *desk)
{
    const Touchstone__V1__GetCustodyResponse *book =
        (Touchstone__V1__GetCustodyResponse *)desk->keeping->book.message;

    return book != NULL ? book->custody : NULL;
}

void custody_show(struct desk *desk, const char *item_code)
{
    if (desk->screen != DESK_CUSTODY)
        desk->keeping->from = (int)desk->screen;
    parts_look(desk, ASK_CUSTODY, "item_code", item_code, false);
}

void custody_picture(struct desk *desk, const char *item_code)
{
    parts_look(desk, ASK_PICTURE, "item_code", item_code, false);
}

bool custody_again(struct desk *desk)
{
    switch (desk->screen) {
    case DESK_CUSTODY:
        if (custody_shown(desk) != NULL)
            parts_look(desk, ASK_CUSTODY, "item_code", custody_shown(desk)->item_code, true);
        return true;
    case DESK_KEEPING:
        keeping_look(desk, true);
        return true;
    case DESK_CLOSING:
        closing_look(desk, true);
        return true;
    case DESK_STORING:
    case DESK_RETURNING:
        // What is being done there is not changed under the hands; the server refuses what has moved.
        return true;
    default:
        return false;
    }
}

// The book, and with its first look who else may hold the item and where it may lie.
static void hold_book(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__GetCustodyResponse *book = (Touchstone__V1__GetCustodyResponse *)response;
    bool is_quiet = ask->is_quiet;

    if (book->custody == NULL || (is_quiet && desk->screen != DESK_CUSTODY))
        return;
    if (!is_quiet || desk->chosen >= book->n_events)
        desk->chosen = book->n_events > 0 ? book->n_events - 1 : 0;
    desk_hold(&desk->keeping->book, ask, response);
    if (is_quiet)
        return;
    parts_back(desk, DESK_CUSTODY);
    parts_look(desk, ASK_HOLDERS, "laboratory", book->custody->laboratory, true);
    parts_look(desk, ASK_STORAGES, "laboratory", book->custody->laboratory, true);
}

static void tell_accepted(struct desk *desk, const Touchstone__V1__AcceptItemResponse *answer)
{
    if (answer->incident_no[0] != '\0')
        desk_tell(desk, NOTE_BAD, "质量不符：样品已冻结，仍由原保管人负责。事件 %s",
                  "The masses disagree: the item is frozen and stays with its holder. Incident %s",
                  answer->incident_no);
    else if (answer->hand_over != NULL && answer->hand_over->consumes_g[0] != '\0')
        desk_tell(desk, NOTE_GOOD, "已见证：用去 %s g", "Witnessed: %s g are used up",
                  answer->hand_over->consumes_g);
    else if (answer->hand_over != NULL && answer->hand_over->disposal[0] != '\0')
        desk_tell(desk, NOTE_GOOD, "已见证：样品已处置", "Witnessed: the item is disposed of");
    else
        desk_tell(desk, NOTE_GOOD, "已接收，由您保管", "Accepted: you hold it now");
}

static void tell_consumed(struct desk *desk, const Touchstone__V1__RecordConsumptionResponse *answer)
{
    if (answer->hand_over != NULL)
        desk_tell(desk, NOTE_GOOD, "等见证人 %s 称重确认",
                  "It waits for %s, who weighs what is left and accepts it", answer->hand_over->receiver);
    else
        desk_tell(desk, NOTE_GOOD, "消耗已登记", "The consumption is kept");
}

static void tell_proxy(struct desk *desk, const Touchstone__V1__ProxyCode *code)
{
    if (code != NULL)
        desk_tell(desk, NOTE_GOOD, "代领码发往 %s；代领人来时在交还页输入",
                  "The code goes to %s; the collector says it on the screen that hands out",
                  code->address_masked);
}

static void tell_closed(struct desk *desk, const Touchstone__V1__DayClose *day)
{
    if (day != NULL)
        desk_tell(desk, NOTE_GOOD, "%s %s 已日结，第 %d 次", "%s %s is closed, act %d", day->laboratory,
                  day->day, day->act_no);
}

static void tell_done(struct desk *desk, enum ask_kind kind)
{
    static const struct {
        enum ask_kind kind;
        const char *zh, *en;
    } rows[] = {
        {ASK_OFFER, "已提出移交，对方称重接收后才转移", "Offered: it is yours until it is accepted"},
        {ASK_UNOFFER, "移交已撤销", "The offer is taken back"},
        {ASK_STORE, "已入柜", "Stored"},
        {ASK_TAKE_OUT, "已出柜", "Taken out"},
        {ASK_INCIDENT, "事件已登记，样品冻结", "The incident is open and the item frozen"},
        {ASK_SETTLE, "事件已处理完毕", "The incident is closed"},
        {ASK_PORTION, "留样已登记", "The portion is kept"},
        {ASK_DISPOSE, "等见证人接收", "It waits for the witness to accept it"},
        {ASK_REOPEN_DAY, "日结已撤销", "The day is open again"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind == kind)
            desk_tell(desk, NOTE_GOOD, "%s", "%s", desk_say(desk, rows[i].zh, rows[i].en));
}

// An act is done: told, and what is shown asked for again.
static void done(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk->dialog = DIALOG_NONE;
    desk->looked_ms = 0;
    switch (ask->kind) {
    case ASK_ACCEPT:
        tell_accepted(desk, (Touchstone__V1__AcceptItemResponse *)response);
        break;
    case ASK_CONSUME:
        tell_consumed(desk, (Touchstone__V1__RecordConsumptionResponse *)response);
        break;
    case ASK_PROXY:
        tell_proxy(desk, ((Touchstone__V1__AskProxyCodeResponse *)response)->proxy_code);
        break;
    case ASK_VOID:
        desk_hold(&desk->receipt, ask, response);
        desk_tell(desk, NOTE_GOOD, "回执已作废", "The receipt is void");
        break;
    case ASK_CLOSE_DAY:
        tell_closed(desk, ((Touchstone__V1__CloseDayResponse *)response)->day_close);
        break;
    default:
        tell_done(desk, ask->kind);
    }
}

static void hold_picture(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk_hold(&desk->keeping->picture, ask, response);
    desk->keeping->wants_picture = true;
}

void custody_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    switch (ask->kind) {
    case ASK_CUSTODY:
        hold_book(desk, ask, response);
        break;
    case ASK_HOLDERS:
        desk_hold(&desk->keeping->holders, ask, response);
        break;
    case ASK_STORAGES:
        desk_hold(&desk->keeping->storages, ask, response);
        if (desk->screen == DESK_KEEPING)
            keeping_look(desk, true);
        break;
    case ASK_PICTURE:
        hold_picture(desk, ask, response);
        break;
    default:
        done(desk, ask, response);
    }
}

static void go_back(struct desk *desk)
{
    enum desk_screen from = (enum desk_screen)desk->keeping->from;

    desk->chosen = 0;
    if (from == DESK_GUEST || from == DESK_KEEPING || from == DESK_CLOSING || from == DESK_ITEM ||
        from == DESK_RECEIPT || from == DESK_ITEMS)
        desk->screen = from;
    else
        home_show(desk);
    desk->looked_ms = 0;
}

bool custody_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__GetCustodyResponse *book =
        (Touchstone__V1__GetCustodyResponse *)desk->keeping->book.message;

    if (book == NULL)
        return home_begin_next(desk, press);
    if (parts_move(desk, press->kind, book->n_events))
        return true;
    switch (press->kind) {
    case PRESS_ENTER:
        acts_open(desk);
        return true;
    case PRESS_F5:
        custody_picture(desk, book->custody->item_code);
        return true;
    case PRESS_F8:
        returning_begin(desk, "", book->custody->item_code);
        return true;
    case PRESS_TAB:
        look_item(desk, book->custody->item_code);
        return true;
    case PRESS_ESCAPE:
        go_back(desk);
        return true;
    default:
        return home_begin_next(desk, press);
    }
}
