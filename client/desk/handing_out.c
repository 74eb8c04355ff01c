// SPDX-License-Identifier: Apache-2.0
// Handing out: who fetches the items and what they show, what would freeze one, and one call after the other.
// Each item's call keeps its key until it is answered, so that nothing is handed out twice in the books.
#include "desk/handing_out.h"

#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "run/request_id.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

static struct returning *of(struct desk *desk)
{
    return &desk->keeping->returning;
}

void handing_out_unsettled(struct desk *desk)
{
    desk_tell(desk, NOTE_BAD, "不知道是否已交还：按 F8 再问一次，不会交还两次",
              "It may be handed out or not: F8 asks again, and it is done once only");
}

static const char *who_fetches(const struct returning *returning)
{
    const struct slot *slot = form_find(&returning->form, "who");

    return slot != NULL && slot->chosen != OPTION_NONE ? slot->options[slot->chosen].value : "owner";
}

static bool fill(struct ask *ask, struct returning *returning, size_t at)
{
    const struct return_item *item = &returning->items[at];
    const char *who = who_fetches(returning);
    char mass[FIELD_BYTES];

    form_value(&returning->form.slots[2 * at], mass);
    return parts_set(ask, "request_id", item->request_id) && parts_set(ask, "item_code", item->code) &&
           parts_set_version(ask, item->version) && parts_set(ask, "mass_out_g", mass) &&
           (!returning->form.slots[2 * at + 1].is_ticked || parts_set(ask, "photo_compared", "yes")) &&
           (strcmp(who, "proxy") == 0 ? parts_set_slot(ask, &returning->form, "returned_to")
                                      : parts_set_slot(ask, &returning->form, "phone_last4")) &&
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

void handing_out_next(struct desk *desk)
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

void handing_out_returned(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__ReturnItemResponse *answer = (Touchstone__V1__ReturnItemResponse *)response;
    struct return_item *item =
        answer->item != NULL ? returning_find(of(desk), answer->item->item_code) : NULL;

    if (item == NULL)
        return;
    of(desk)->is_unsettled = false;
    item->state = answer->incident_no[0] != '\0' ? RETURN_FROZEN : RETURN_DONE;
    snprintf(item->told, sizeof item->told, "%.60s", answer->incident_no);
    handing_out_next(desk);
}

void handing_out_presented(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__PresentProxyCodeResponse *answer =
        (Touchstone__V1__PresentProxyCodeResponse *)response;
    struct returning *returning = of(desk);

    returning->is_sending = false;
    if (answer->code_is_right) {
        // It serves for half an hour; typed again it would be asked for again.
        field_set(&form_find(&returning->form, "code")->field, "");
        handing_out_next(desk);
        return;
    }
    form_go(&returning->form, returning->form.count - 1);
    desk_tell(desk, NOTE_BAD, "代领码不对，还可试 %d 次", "The code is wrong; %d tries are left",
              answer->tries_left);
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

void handing_out_begin(struct desk *desk)
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
        handing_out_next(desk);
    }
}
