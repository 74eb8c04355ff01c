// SPDX-License-Identifier: Apache-2.0
// Handing back: one item or all of a receipt, each weighed, and who fetches them. What the scale says is told
// against what it should say while it is typed. What F8 does is in handing_out.c.
#include <stdio.h>
#include <string.h>

#include "desk/handing_out.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "rpc/outcome.h"
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

struct return_item *returning_find(struct returning *returning, const char *code)
{
    for (size_t i = 0; i < returning->count; i++)
        if (strcmp(returning->items[i].code, code) == 0)
            return &returning->items[i];
    return NULL;
}

static void take_mass(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__Custody *custody = ((Touchstone__V1__GetCustodyResponse *)response)->custody;
    struct return_item *item = custody != NULL ? returning_find(of(desk), custody->item_code) : NULL;

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
        handing_out_presented(desk, response);
        break;
    default:
        handing_out_returned(desk, response);
    }
}

void returning_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome)
{
    struct returning *returning = of(desk);

    returning->is_sending = false;
    if (parts_is_unknown(outcome) && kind == ASK_RETURN) {
        returning->is_unsettled = true;
        handing_out_unsettled(desk);
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

void returning_scanned(struct desk *desk, const struct code *code)
{
    struct returning *returning = of(desk);
    struct return_item *item = code->kind == CODE_ITEM ? returning_find(returning, code->text) : NULL;

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
        handing_out_unsettled(desk);
        return true;
    }
    if (press->kind == PRESS_F8) {
        if (returning->is_unsettled)
            handing_out_next(desk);
        else
            handing_out_begin(desk);
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
