// SPDX-License-Identifier: Apache-2.0
// A tray that goes into a store or out of it: codes scanned or typed one after the other, each looked up at
// once, so that what cannot be moved is told before anything is sent.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/custody.pb-c.h"

enum { CODE_MOST = 12 };

void storing_show(struct desk *desk)
{
    struct tray *tray = &desk->keeping->tray;

    if (desk->screen != DESK_CUSTODY)
        desk->keeping->from = (int)desk->screen;
    // What was scanned and not sent is kept.
    if (tray->code.most == 0)
        field_init(&tray->code, CODE_MOST);
    desk->screen = DESK_STORING;
    desk->chosen = 0;
    parts_look(desk, ASK_STORAGES, "laboratory", desk->laboratory, true);
}

static struct tray_item *find(struct tray *tray, const char *code)
{
    for (size_t i = 0; i < tray->count; i++)
        if (strcmp(tray->items[i].code, code) == 0)
            return &tray->items[i];
    return NULL;
}

static struct tray_item *first(struct tray *tray, enum tray_state state)
{
    for (size_t i = 0; i < tray->count; i++)
        if (tray->items[i].state == state)
            return &tray->items[i];
    return NULL;
}

// One at a time: a look-up that waits would give way to the next.
static void ask_next(struct desk *desk)
{
    struct tray_item *item = first(&desk->keeping->tray, TRAY_ASKED);

    if (item != NULL)
        parts_look(desk, ASK_TRAY, "item_code", item->code, false);
}

void storing_scanned(struct desk *desk, const struct code *code)
{
    struct tray *tray = &desk->keeping->tray;
    struct tray_item *item;

    if (code->kind != CODE_ITEM) {
        desk_tell(desk, NOTE_BAD, "「%.60s」：%s，不是样品码", "\"%.60s\": %s, no item code", code->text,
                  code_name(code->kind, desk->chinese));
        return;
    }
    if ((item = find(tray, code->text)) != NULL && item->state != TRAY_WRONG && item->state != TRAY_DONE) {
        desk_tell(desk, NOTE_PLAIN, "%s 已在单上", "%s is on the list already", code->text);
        return;
    }
    if (item == NULL && tray->count >= TRAY_ITEMS) {
        desk_tell(desk, NOTE_BAD, "一次最多 %d 件：F8 先办理", "At most %d at once: F8 first", TRAY_ITEMS);
        return;
    }
    if (item == NULL)
        item = &tray->items[tray->count++];
    *item = (struct tray_item){.state = TRAY_ASKED};
    snprintf(item->code, sizeof item->code, "%.15s", code->text);
    desk->chosen = (size_t)(item - tray->items);
    if (desk->running != ASK_TRAY)
        ask_next(desk);
}

// Whether it can be moved as the tray says; else why not.
static void judge(struct desk *desk, struct tray_item *item, const Touchstone__V1__Custody *custody)
{
    const struct tray *tray = &desk->keeping->tray;
    bool is_mine = strcmp(custody->holder, desk->username) == 0, is_stored = custody->storage[0] != '\0';

    snprintf(item->name, sizeof item->name, "%.255s", custody->name);
    item->state = TRAY_WRONG;
    if (custody->holder[0] == '\0')
        snprintf(item->told, sizeof item->told, "%s", desk_say(desk, "已不在这里", "is not here any more"));
    else if (custody->hand_over != NULL)
        snprintf(item->told, sizeof item->told,
                 desk->chinese ? "移交 %s 未接收" : "offered to %s, not accepted",
                 custody->hand_over->receiver);
    else if (!is_mine)
        snprintf(item->told, sizeof item->told,
                 desk->chinese ? "由 %s 保管：须先移交给您" : "%s holds it: have it offered to you first",
                 custody->holder);
    else if (is_stored && !tray->takes_out)
        snprintf(item->told, sizeof item->told, desk->chinese ? "已在 %s" : "is in %s already",
                 custody->storage);
    else if (!is_stored && tray->takes_out)
        snprintf(item->told, sizeof item->told, "%s", desk_say(desk, "不在柜内", "is in no store"));
    else
        item->state = TRAY_FINE;
    if (item->state == TRAY_FINE)
        snprintf(item->told, sizeof item->told, "%s", custody->storage);
}

static void judged(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__Custody *custody = ((Touchstone__V1__GetCustodyResponse *)response)->custody;
    struct tray_item *item = custody != NULL ? find(&desk->keeping->tray, custody->item_code) : NULL;

    if (item != NULL)
        judge(desk, item, custody);
    ask_next(desk);
}

static void take_out_next(struct desk *desk)
{
    struct tray *tray = &desk->keeping->tray;
    struct tray_item *item = first(tray, TRAY_FINE);
    struct ask ask;

    tray->is_sending = item != NULL;
    if (item == NULL)
        desk_tell(desk, NOTE_GOOD, "全部已出柜", "All are taken out");
    else if (parts_begin(desk, ASK_TRAY_OUT, &ask))
        parts_end(desk, &ask, parts_set(&ask, "item_code", item->code));
}

static void moved(struct desk *desk, const Touchstone__V1__Custody *custody)
{
    struct tray_item *item = find(&desk->keeping->tray, custody->item_code);

    if (item == NULL)
        return;
    item->state = TRAY_DONE;
    snprintf(item->told, sizeof item->told, "%s",
             custody->storage[0] != '\0' ? custody->storage : desk_say(desk, "在手", "in hand"));
}

static void stored(struct desk *desk, const Touchstone__V1__StoreItemsResponse *answer)
{
    desk->keeping->tray.is_sending = false;
    for (size_t i = 0; i < answer->n_custodies; i++)
        moved(desk, answer->custodies[i]);
    desk_tell(desk, NOTE_GOOD, "%zu 件已入柜", "%zu stored", answer->n_custodies);
    parts_look(desk, ASK_STORAGES, "laboratory", desk->laboratory, true);
}

void storing_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    if (ask->kind == ASK_TRAY) {
        judged(desk, response);
    } else if (ask->kind == ASK_TRAY_STORE) {
        stored(desk, (Touchstone__V1__StoreItemsResponse *)response);
    } else {
        if (((Touchstone__V1__TakeOutItemResponse *)response)->custody != NULL)
            moved(desk, ((Touchstone__V1__TakeOutItemResponse *)response)->custody);
        take_out_next(desk);
    }
}

void storing_failed(struct desk *desk, enum ask_kind kind)
{
    struct tray *tray = &desk->keeping->tray;
    struct tray_item *item = first(tray, TRAY_ASKED);

    tray->is_sending = false;
    if (kind == ASK_TRAY) {
        if (item != NULL) {
            item->state = TRAY_WRONG;
            snprintf(item->told, sizeof item->told, "%.150s", desk->note.text);
        }
        ask_next(desk);
        return;
    }
    // What moved meanwhile, or whether this did, is looked at again.
    while ((item = first(tray, TRAY_FINE)) != NULL)
        item->state = TRAY_ASKED;
    ask_next(desk);
}

static void send(struct desk *desk)
{
    struct tray *tray = &desk->keeping->tray;
    const Touchstone__V1__Storage *store = keeping_store(desk, tray->store);
    struct ask ask;
    bool is_filled = true;

    if (tray->is_sending || first(tray, TRAY_ASKED) != NULL) {
        desk_tell(desk, NOTE_PLAIN, "还在等服务器，请稍候", "Still waiting for the server");
    } else if (first(tray, TRAY_FINE) == NULL) {
        desk_tell(desk, NOTE_BAD, "没有可办理的样品：先扫码", "There is nothing to move: scan first");
    } else if (tray->takes_out) {
        take_out_next(desk);
    } else if (store == NULL || !store->in_use) {
        desk_tell(desk, NOTE_BAD, "请先选柜（F5）", "Choose a store first (F5)");
    } else if (parts_begin(desk, ASK_TRAY_STORE, &ask)) {
        for (size_t i = 0; i < tray->count && is_filled; i++)
            is_filled =
                tray->items[i].state != TRAY_FINE || parts_set(&ask, "item_codes", tray->items[i].code);
        tray->is_sending = parts_end(desk, &ask, is_filled && parts_set(&ask, "storage", store->storage));
    }
}

// The other way: what is on the list is looked at again.
static void turn(struct desk *desk)
{
    struct tray *tray = &desk->keeping->tray;

    tray->takes_out = !tray->takes_out;
    for (size_t i = 0; i < tray->count; i++)
        tray->items[i].state = TRAY_ASKED;
    ask_next(desk);
}

static void remove_row(struct desk *desk)
{
    struct tray *tray = &desk->keeping->tray;

    if (desk->chosen >= tray->count)
        return;
    tray->count--;
    memmove(tray->items + desk->chosen, tray->items + desk->chosen + 1,
            (tray->count - desk->chosen) * sizeof *tray->items);
    if (desk->chosen >= tray->count && desk->chosen > 0)
        desk->chosen--;
}

static void take_typed(struct desk *desk)
{
    struct field *field = &desk->keeping->tray.code;
    struct code code;

    code_decide(field->text, true, &code);
    if (code.kind == CODE_NOTHING)
        return;
    storing_scanned(desk, &code);
    if (code.kind == CODE_ITEM)
        field_set(field, "");
}

static bool press_key(struct desk *desk, int kind)
{
    struct tray *tray = &desk->keeping->tray;

    switch (kind) {
    case PRESS_ENTER:
        take_typed(desk);
        return true;
    case PRESS_F5:
        tray->store = keeping_store(desk, tray->store + 1) != NULL ? tray->store + 1 : 0;
        return true;
    case PRESS_TAB:
        turn(desk);
        return true;
    case PRESS_F8:
        send(desk);
        return true;
    case PRESS_F12:
        remove_row(desk);
        return true;
    case PRESS_ESCAPE:
        if (desk->keeping->from == DESK_CLOSING)
            closing_show(desk);
        else
            keeping_show(desk);
        return true;
    default:
        return false;
    }
}

bool storing_press(struct desk *desk, const struct press *press)
{
    struct tray *tray = &desk->keeping->tray;

    // What is on its way stays as it was sent.
    if (tray->is_sending && press->kind != PRESS_ESCAPE) {
        desk_tell(desk, NOTE_PLAIN, "还在等服务器，请稍候", "Still waiting for the server");
        return true;
    }
    if (parts_move(desk, press->kind, tray->count) || press_key(desk, press->kind))
        return true;
    if (field_press(&tray->code, press) == FIELD_FULL)
        desk_tell(desk, NOTE_BAD, "最多 %zu 个字符", "At most %zu characters", tray->code.most);
    return true;
}
