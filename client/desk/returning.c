// SPDX-License-Identifier: Apache-2.0
// Handing back: one item or all of a receipt, each weighed, and who fetches them. What the scale says is told
// against what it should say while it is typed; what would freeze an item is told before it is sent. Each
// item's call keeps its key until it is answered, so that nothing is handed out twice in the books.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "rpc/outcome.h"
#include "run/request_id.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

static struct returning *of(struct desk *desk)
{
    return &desk->keeping->returning;
}

void returning_begin(struct desk *desk, const char *receipt_no, const char *only_item)
{
    struct returning *returning = of(desk);

    desk->keeping->from = desk->screen == DESK_CUSTODY ? desk->keeping->from : (int)desk->screen;
    memset(returning, 0, sizeof *returning);
    snprintf(returning->only, sizeof returning->only, "%.15s", only_item);
    if (receipt_no[0] != '\0')
        parts_look(desk, ASK_RETURN_OF, "receipt_no", receipt_no, false);
    else
        parts_look(desk, ASK_RETURN_ITEM, "item_code", only_item, false);
}

static void add_slots(struct returning *returning)
{
    static const struct option who[] = {
        {"owner", "委托人", "the owner"},
        {"proxy", "代领人（一次性代领码）", "somebody with the one-time code"},
        {"collector", "授权领取人", "named collector"}};
    struct form *form = &returning->form;

    for (size_t i = 0; i < returning->count; i++) {
        form_add(form, SLOT_DECIMAL, "mass_out_g", "称重 g", "Weighed g", 20)->traits = SLOT_REQUIRED;
        form_add(form, SLOT_TICK, "photo_compared", "与照片一致", "as in its picture", 0);
    }
    form_add_choice(form, "who", "领取人", "Fetched by", who, returning->collector[0] != '\0' ? 3 : 2, 0);
    form_add(form, SLOT_TICK, "receipt", "出示收样回执", "shows the receipt", 0);
    form_add(form, SLOT_WHOLE, "phone_last4", "手机后四位", "Last four digits", 4);
    form_add(form, SLOT_TEXT, "returned_to", "代领人姓名", "Name of who fetches", 60);
    form_add(form, SLOT_TEXT, "code", "代领码 8 位", "One-time code", 12);
}

static void name_person(const Touchstone__V1__MaskedPerson *person, char *ret_text, size_t size)
{
    if (person != NULL)
        snprintf(ret_text, size, "%.40s  %.40s", person->name_masked, person->phone_masked);
}

static void ask_mass(struct desk *desk)
{
    struct returning *returning = of(desk);

    for (size_t i = 0; i < returning->count; i++)
        if (returning->items[i].state == RETURN_ASKED) {
            parts_look(desk, ASK_WEIGH, "item_code", returning->items[i].code, false);
            return;
        }
}

static void add_item(struct returning *returning, const Touchstone__V1__Item *item)
{
    struct return_item *row;

    if ((returning->only[0] != '\0' && strcmp(returning->only, item->item_code) != 0) ||
        item->custody_state != TOUCHSTONE__V1__CUSTODY_STATE__CUSTODY_STATE_HELD)
        return;
    if (returning->count >= RETURN_ITEMS) {
        returning->is_cut = true;
        return;
    }
    row = &returning->items[returning->count++];
    *row = (struct return_item){.version = item->version, .has_photo = !item->photo_pending};
    snprintf(row->code, sizeof row->code, "%.15s", item->item_code);
    snprintf(row->name, sizeof row->name, "%.255s", item->name);
}

static void take_receipt(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__Receipt *receipt = ((Touchstone__V1__GetReceiptResponse *)response)->receipt;
    struct returning *returning = of(desk);

    if (receipt == NULL)
        return;
    snprintf(returning->receipt_no, sizeof returning->receipt_no, "%.39s", receipt->receipt_no);
    name_person(receipt->owner, returning->owner, sizeof returning->owner);
    name_person(receipt->collector, returning->collector, sizeof returning->collector);
    for (size_t i = 0; i < receipt->n_items; i++)
        add_item(returning, receipt->items[i]);
    if (returning->count == 0) {
        desk_tell(desk, NOTE_BAD, "没有可交还的样品：已交还或冻结",
                  "Nothing to hand out: it is gone or frozen");
        return;
    }
    add_slots(returning);
    parts_back(desk, DESK_RETURNING);
    ask_mass(desk);
}

static struct return_item *find(struct returning *returning, const char *code)
{
    for (size_t i = 0; i < returning->count; i++)
        if (strcmp(returning->items[i].code, code) == 0)
            return &returning->items[i];
    return NULL;
}

static void take_mass(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__Custody *custody = ((Touchstone__V1__GetCustodyResponse *)response)->custody;
    struct return_item *item = custody != NULL ? find(of(desk), custody->item_code) : NULL;

    if (item == NULL)
        return;
    item->state = custody->custody_state == TOUCHSTONE__V1__CUSTODY_STATE__CUSTODY_STATE_HELD ? RETURN_READY
                  : custody->custody_state == TOUCHSTONE__V1__CUSTODY_STATE__CUSTODY_STATE_FROZEN
                      ? RETURN_FROZEN
                      : RETURN_DONE;
    item->version = custody->version;
    snprintf(item->expected, sizeof item->expected, "%.63s", custody->expected_mass_g);
    snprintf(item->tolerance, sizeof item->tolerance, "%.63s", custody->mass_tolerance_g);
    ask_mass(desk);
}

// ---- sending
static const char *who_fetches(const struct returning *returning)
{
    const struct slot *slot = form_find(&returning->form, "who");

    return slot != NULL && slot->chosen != OPTION_NONE ? slot->options[slot->chosen].value : "owner";
}

static bool set_slot(struct ask *ask, const struct returning *returning, const char *key)
{
    char value[FIELD_BYTES];

    form_value(form_find(&returning->form, key), value);
    return value[0] == '\0' || parts_set(ask, key, value);
}

static bool fill(struct ask *ask, struct returning *returning, size_t at)
{
    const struct return_item *item = &returning->items[at];
    const char *who = who_fetches(returning);
    char version[24], mass[FIELD_BYTES];

    snprintf(version, sizeof version, "%" PRId64, item->version);
    form_value(&returning->form.slots[2 * at], mass);
    return parts_set(ask, "request_id", item->request_id) && parts_set(ask, "item_code", item->code) &&
           parts_set(ask, "version", version) && parts_set(ask, "mass_out_g", mass) &&
           (!returning->form.slots[2 * at + 1].is_ticked || parts_set(ask, "photo_compared", "yes")) &&
           (strcmp(who, "proxy") == 0 ? set_slot(ask, returning, "returned_to")
                                      : set_slot(ask, returning, "phone_last4")) &&
           (strcmp(who, "collector") != 0 || parts_set(ask, "to_collector", "yes"));
}

static void tell_end(struct desk *desk)
{
    const struct returning *returning = of(desk);
    size_t done = 0, frozen = 0;

    for (size_t i = 0; i < returning->count; i++) {
        done += returning->items[i].state == RETURN_DONE;
        frozen += returning->items[i].state == RETURN_FROZEN;
    }
    if (frozen > 0)
        desk_tell(desk, NOTE_BAD, "样品已冻结，未交还：%zu 件；已交还 %zu 件",
                  "%zu frozen and not handed out; %zu handed out", frozen, done);
    else
        desk_tell(desk, NOTE_GOOD, "已交还 %zu 件", "%zu handed out", done);
}

static void send_next(struct desk *desk)
{
    struct returning *returning = of(desk);
    struct ask ask;

    returning->is_sending = false;
    for (size_t i = 0; i < returning->count; i++) {
        struct return_item *item = &returning->items[i];

        if (item->state != RETURN_READY)
            continue;
        if ((item->request_id[0] == '\0' && !request_id_make(item->request_id)) ||
            !ask_begin(ASK_RETURN, &ask))
            return;
        returning->is_sending = parts_end(desk, &ask, fill(&ask, returning, i));
        return;
    }
    tell_end(desk);
}

static void returned(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__ReturnItemResponse *answer = (Touchstone__V1__ReturnItemResponse *)response;
    struct return_item *item = answer->item != NULL ? find(of(desk), answer->item->item_code) : NULL;

    if (item == NULL)
        return;
    of(desk)->is_unsettled = false;
    item->state = answer->incident_no[0] != '\0' ? RETURN_FROZEN : RETURN_DONE;
    snprintf(item->told, sizeof item->told, "%.60s", answer->incident_no);
    send_next(desk);
}

static void presented(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__PresentProxyCodeResponse *answer =
        (Touchstone__V1__PresentProxyCodeResponse *)response;
    struct returning *returning = of(desk);

    returning->is_sending = false;
    if (answer->code_is_right) {
        // It serves for half an hour; typed again it would be asked for again.
        field_set(&form_find(&returning->form, "code")->field, "");
        send_next(desk);
        return;
    }
    form_go(&returning->form, returning->form.count - 1);
    desk_tell(desk, NOTE_BAD, "代领码不对，还可试 %d 次", "The code is wrong; %d tries are left",
              answer->tries_left);
}

void returning_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__Item *item;

    switch (ask->kind) {
    case ASK_RETURN_ITEM:
        item = ((Touchstone__V1__GetItemResponse *)response)->item;
        if (item != NULL)
            parts_look(desk, ASK_RETURN_OF, "receipt_no", item->receipt_no, false);
        break;
    case ASK_RETURN_OF:
        take_receipt(desk, response);
        break;
    case ASK_WEIGH:
        take_mass(desk, response);
        break;
    case ASK_PRESENT:
        presented(desk, response);
        break;
    default:
        returned(desk, response);
    }
}

static void tell_unsettled(struct desk *desk)
{
    desk_tell(desk, NOTE_BAD, "不知道是否已交还：按 F8 再问一次，不会交还两次",
              "It may be handed out or not: F8 asks again, and it is done once only");
}

void returning_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome)
{
    struct returning *returning = of(desk);

    returning->is_sending = false;
    if (parts_is_unknown(outcome) && kind == ASK_RETURN) {
        returning->is_unsettled = true;
        tell_unsettled(desk);
        return;
    }
    if (outcome->fate != RPC_ANSWERED || outcome->error.status == TS_UNAVAILABLE)
        return;
    returning->is_unsettled = false;
    // A refusal is the answer to this key; what is corrected is another request, of what is true now.
    for (size_t i = 0; i < returning->count; i++) {
        returning->items[i].request_id[0] = '\0';
        if (returning->items[i].state == RETURN_READY && outcome->error.status == TS_ABORTED)
            returning->items[i].state = RETURN_ASKED;
    }
    if (outcome->error.status == TS_ABORTED)
        ask_mass(desk);
}

static bool present(struct desk *desk)
{
    struct returning *returning = of(desk);
    char code[FIELD_BYTES];
    struct ask ask;

    form_value(form_find(&returning->form, "code"), code);
    if (strcmp(who_fetches(returning), "proxy") != 0 || code[0] == '\0')
        return false;
    if (parts_begin(desk, ASK_PRESENT, &ask))
        returning->is_sending =
            parts_end(desk, &ask,
                      parts_set(&ask, "receipt_no", returning->receipt_no) && parts_set(&ask, "code", code));
    return true;
}

// ---- what is checked before
static bool lacks(const struct returning *returning, const char *key)
{
    const struct slot *slot = form_find(&returning->form, key);
    char value[FIELD_BYTES];

    form_value(slot, value);
    return value[0] == '\0';
}

static void go_to(struct returning *returning, const char *key)
{
    form_go(&returning->form, (size_t)(form_find(&returning->form, key) - returning->form.slots));
}

// Who stands there is known by what they show.
static bool is_known(struct desk *desk)
{
    struct returning *returning = of(desk);
    const char *who = who_fetches(returning);

    if (strcmp(who, "proxy") == 0 && lacks(returning, "returned_to")) {
        go_to(returning, "returned_to");
        desk_tell(desk, NOTE_BAD, "请填代领人姓名，并请其说出代领码",
                  "Who fetches it? Their name, and the one-time code that they say");
        return false;
    }
    if (strcmp(who, "collector") == 0 && lacks(returning, "phone_last4")) {
        go_to(returning, "phone_last4");
        desk_tell(desk, NOTE_BAD, "授权领取人须报手机后四位",
                  "The collector says the last four digits of their own phone");
        return false;
    }
    if (strcmp(who, "owner") == 0 && lacks(returning, "receipt") && lacks(returning, "phone_last4")) {
        go_to(returning, "receipt");
        desk_tell(desk, NOTE_BAD, "委托人须出示收样回执（空格打勾），或报手机后四位",
                  "The owner shows the receipt (tick it with the space bar), or says the last four digits");
        return false;
    }
    return true;
}

// Once: what freezes an item, and a picture that nobody compared.
static bool warns(struct desk *desk)
{
    struct returning *returning = of(desk);
    char text[300], first[KEEPING_TOLD] = "";
    size_t differ = 0, unseen = 0;

    for (size_t i = 0; i < returning->count; i++) {
        const struct return_item *item = &returning->items[i];

        if (item->state != RETURN_READY)
            continue;
        unseen += item->has_photo && !returning->form.slots[2 * i + 1].is_ticked;
        if (weighing_tell(returning->form.slots[2 * i].field.text, item->expected, item->tolerance,
                          desk->chinese, text, sizeof text) == WEIGHING_DIFFERS &&
            differ++ == 0)
            snprintf(first, sizeof first, "%s %.150s", item->code, text);
    }
    if (returning->was_warned || differ + unseen == 0)
        return false;
    returning->was_warned = true;
    if (differ > 0)
        custody_warn(desk, first);
    else
        desk_tell(
            desk, NOTE_BAD, "有 %zu 件还没有对照照片（F5 看，空格打勾）。再按 F8 仍交还",
            "%zu not compared with the picture (F5 shows it, space ticks). F8 again hands out all the same",
            unseen);
    return true;
}

static void hand_out(struct desk *desk)
{
    struct returning *returning = of(desk);
    size_t fault = 0;

    // A mass that is not needed any more is no fault.
    while (fault < returning->form.count &&
           ((fault < 2 * returning->count && returning->items[fault / 2].state != RETURN_READY) ||
            form_fault(&returning->form.slots[fault]) == SLOT_FINE))
        fault++;
    if (fault < returning->form.count) {
        form_go(&returning->form, fault);
        desk_tell(desk, NOTE_BAD, "%s还没有填或不对", "%s is missing or wrong",
                  desk_say(desk, returning->form.slots[fault].zh, returning->form.slots[fault].en));
    } else if (is_known(desk) && !warns(desk) && !present(desk)) {
        send_next(desk);
    }
}

void returning_scanned(struct desk *desk, const struct code *code)
{
    struct returning *returning = of(desk);
    struct return_item *item = code->kind == CODE_ITEM ? find(returning, code->text) : NULL;

    bool is_over = true;

    for (size_t i = 0; i < returning->count; i++)
        is_over = is_over && returning->items[i].state >= RETURN_DONE;
    if (is_over)
        home_scanned(desk, code);
    else if (item != NULL)
        form_go(&returning->form, 2 * (size_t)(item - returning->items));
    else
        desk_tell(desk, NOTE_BAD, "扫到%s %.60s：不在这次交还之列",
                  "Scanned %s %.60s: it is not handed out here", code_name(code->kind, desk->chinese),
                  code->text);
}

static void show_picture(struct desk *desk)
{
    struct returning *returning = of(desk);
    size_t at = returning->form.focus / 2;
    const struct return_item *item = &returning->items[at < returning->count ? at : 0];

    if (item->has_photo)
        custody_picture(desk, item->code);
    else
        desk_tell(desk, NOTE_BAD, "%s 没有收样照片", "%s has no picture", item->code);
}

static void leave(struct desk *desk)
{
    enum desk_screen from = (enum desk_screen)desk->keeping->from;

    if (from == DESK_RECEIPT)
        look_receipt(desk, of(desk)->receipt_no);
    else
        look_item(desk, of(desk)->items[0].code);
}

bool returning_press(struct desk *desk, const struct press *press)
{
    struct returning *returning = of(desk);
    enum form_result result;

    if (returning->is_sending) {
        desk_tell(desk, NOTE_PLAIN, "正在交还...Esc 取消等待", "Handing out ... Esc stops waiting");
        return true;
    }
    if (returning->is_unsettled && press->kind != PRESS_F8 && press->kind != PRESS_ESCAPE) {
        tell_unsettled(desk);
        return true;
    }
    if (press->kind == PRESS_F8) {
        if (returning->is_unsettled)
            send_next(desk);
        else
            hand_out(desk);
        return true;
    }
    if (press->kind == PRESS_F5) {
        show_picture(desk);
        return true;
    }
    if (press->kind == PRESS_ESCAPE) {
        leave(desk);
        return true;
    }
    result = form_press(&returning->form, press);
    if (press->kind == PRESS_CHARACTER || press->kind == PRESS_BACKSPACE || press->kind == PRESS_DELETE)
        returning->was_warned = false;
    parts_tell_field(desk, &returning->form, result);
    if (result == FORM_LEFT_DOWN)
        desk_tell(desk, NOTE_PLAIN, "F8 交还", "F8 hands out");
    return true;
}
