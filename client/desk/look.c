// SPDX-License-Identifier: Apache-2.0
// What is looked at: a receipt, an item, the list of items, the deliveries. What others change appears by
// itself: while nothing else is going on, what is shown is asked for again.
#include <stdio.h>

#include "desk/guest.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "run/request_id.h"
#include "touchstone/v1/desk.pb-c.h"

void look_item(struct desk *desk, const char *item_code)
{
    parts_ask(desk, ASK_ITEM, "item_code", item_code);
}

void look_receipt(struct desk *desk, const char *receipt_no)
{
    parts_ask(desk, ASK_RECEIPT, "receipt_no", receipt_no);
}

static bool set_number(struct ask *ask, const char *path, const char *const *words, int at)
{
    return at == 0 || parts_set(ask, path, words[at]);
}

static const char *const custody_words[] = {"", "held", "returned", "frozen"};
static const char *const delivery_words[] = {"",          "waiting", "sent",     "failed",
                                             "collected", "printed", "overtaken"};

static void ask_items(struct desk *desk, bool is_quiet, const char *page_token)
{
    struct ask ask;

    if (!ask_begin(ASK_ITEMS, &ask))
        return;
    ask.is_quiet = is_quiet;
    if (parts_set(&ask, "laboratory", desk->laboratory) &&
        set_number(&ask, "custody_state", custody_words, desk->items_custody) &&
        (desk->items_query.length == 0 || parts_set(&ask, "query", desk->items_query.text)) &&
        (page_token[0] == '\0' || parts_set(&ask, "page.page_token", page_token))) {
        desk->items_are_stale = false;
        parts_put(desk, &ask);
    } else {
        ask_free(&ask);
    }
}

static void ask_deliveries(struct desk *desk, bool is_quiet)
{
    struct ask ask;

    if (!ask_begin(ASK_DELIVERIES, &ask))
        return;
    ask.is_quiet = is_quiet;
    if (parts_set(&ask, "laboratory", desk->laboratory) &&
        set_number(&ask, "state", delivery_words, desk->deliveries_state) &&
        (desk->deliveries_sheet[0] == '\0' || parts_set(&ask, "sheet_no", desk->deliveries_sheet)))
        parts_put(desk, &ask);
    else
        ask_free(&ask);
}

void look_items(struct desk *desk)
{
    desk->screen = DESK_ITEMS;
    desk->chosen = 0;
    ask_items(desk, false, "");
}

void look_deliveries(struct desk *desk, const char *sheet_no)
{
    snprintf(desk->deliveries_sheet, sizeof desk->deliveries_sheet, "%.63s", sheet_no);
    desk->screen = DESK_DELIVERIES;
    desk->chosen = 0;
    ask_deliveries(desk, false);
}

static void again(struct desk *desk, enum ask_kind kind, const char *path, const char *text)
{
    struct ask ask;

    if (!ask_begin(kind, &ask))
        return;
    ask.is_quiet = true;
    if (parts_set(&ask, path, text))
        parts_put(desk, &ask);
    else
        ask_free(&ask);
}

void look_again(struct desk *desk)
{
    if (desk->running != ASK_NOTHING || desk->queue.count > 0 || desk->dialog != DIALOG_NONE ||
        visit_again(desk) || custody_again(desk))
        return;
    if (desk->screen == DESK_GUEST)
        desk->guest->again(desk);
    if (desk->screen == DESK_RECEIPT && desk_receipt(desk) != NULL)
        again(desk, ASK_RECEIPT, "receipt_no", desk_receipt(desk)->receipt_no);
    else if (desk->screen == DESK_ITEM && desk_item(desk) != NULL)
        again(desk, ASK_ITEM, "item_code", desk_item(desk)->item_code);
    else if (desk->screen == DESK_ITEMS && !desk->items_are_stale)
        ask_items(desk, true, "");
    else if (desk->screen == DESK_DELIVERIES)
        ask_deliveries(desk, true);
}

static void move(struct desk *desk, int kind, size_t count)
{
    if (kind == PRESS_UP && desk->chosen > 0)
        desk->chosen--;
    else if (kind == PRESS_DOWN && desk->chosen + 1 < count)
        desk->chosen++;
}

// Typing on a screen that has no field begins the next thing in the box.
static bool begin_next(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_ESCAPE || press->kind == PRESS_CHARACTER)
        home_show(desk);
    return press->kind == PRESS_CHARACTER && home_press(desk, press);
}

static void reveal(struct desk *desk, const Touchstone__V1__MaskedPerson *person)
{
    if (person == NULL)
        return;
    snprintf(desk->dialog_target, sizeof desk->dialog_target, "%.47s", person->person_id);
    dialog_open(desk, DIALOG_REVEAL);
}

bool receipt_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    if (receipt == NULL)
        return begin_next(desk, press);
    switch (press->kind) {
    case PRESS_UP:
    case PRESS_DOWN:
        move(desk, press->kind, receipt->n_items);
        return true;
    case PRESS_ENTER:
        if (desk->chosen < receipt->n_items)
            look_item(desk, receipt->items[desk->chosen]->item_code);
        return true;
    case PRESS_F5:
        reveal(desk, receipt->owner);
        return true;
    case PRESS_F8:
        dialog_open(desk, DIALOG_COLLECT);
        return true;
    case PRESS_TAB:
        acts_open(desk);
        return true;
    default:
        return begin_next(desk, press);
    }
}

bool item_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__Item *item = desk_item(desk);

    if (item == NULL)
        return begin_next(desk, press);
    switch (press->kind) {
    case PRESS_ENTER:
        look_receipt(desk, item->receipt_no);
        return true;
    case PRESS_F5:
        dialog_open(desk, DIALOG_PHOTO);
        return true;
    case PRESS_F8:
        returning_begin(desk, item->receipt_no, item->item_code);
        return true;
    case PRESS_TAB:
        custody_show(desk, item->item_code);
        return true;
    default:
        return begin_next(desk, press);
    }
}

bool items_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__ListItemsResponse *list = (Touchstone__V1__ListItemsResponse *)desk->items.message;
    size_t count = list != NULL ? list->n_items : 0;

    switch (press->kind) {
    case PRESS_UP:
    case PRESS_DOWN:
        move(desk, press->kind, count);
        return true;
    case PRESS_ENTER:
        if (desk->items_are_stale)
            ask_items(desk, false, "");
        else if (desk->chosen < count)
            look_item(desk, list->items[desk->chosen]->item_code);
        return true;
    case PRESS_PAGE_DOWN:
        if (list != NULL && list->next_page_token[0] != '\0') {
            ask_items(desk, false, list->next_page_token);
            // What follows is not asked for again by itself: it would go back to the first page.
            desk->items_are_stale = true;
        }
        return true;
    case PRESS_PAGE_UP:
        ask_items(desk, false, "");
        return true;
    case PRESS_F5:
        desk->items_custody = (desk->items_custody + 1) % (int)(sizeof custody_words / sizeof *custody_words);
        ask_items(desk, false, "");
        return true;
    case PRESS_ESCAPE:
        home_show(desk);
        return true;
    default:
        break;
    }
    if (field_press(&desk->items_query, press) == FIELD_IGNORED)
        return false;
    desk->items_are_stale = true;
    return true;
}

// What can be done with the delivery: a failed one is tried again, one that waits at the counter is handed
// over.
static void act_on(struct desk *desk, const Touchstone__V1__Delivery *delivery)
{
    bool has_failed = delivery->state == TOUCHSTONE__V1__DELIVERY_STATE__DELIVERY_STATE_FAILED;
    struct ask ask;
    char id[REQUEST_ID_SIZE];

    if (!request_id_make(id) || !ask_begin(has_failed ? ASK_DELIVERY_RETRY : ASK_DELIVERY_COLLECTED, &ask))
        return;
    if (parts_set(&ask, "request_id", id) && parts_set(&ask, "delivery_id", delivery->delivery_id) &&
        parts_set_version(&ask, delivery->version))
        parts_put(desk, &ask);
    else
        ask_free(&ask);
}

bool deliveries_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__ListDeliveriesResponse *list =
        (Touchstone__V1__ListDeliveriesResponse *)desk->deliveries.message;
    size_t count = list != NULL ? list->n_deliveries : 0;

    switch (press->kind) {
    case PRESS_UP:
    case PRESS_DOWN:
        move(desk, press->kind, count);
        return true;
    case PRESS_F5:
        desk->deliveries_state =
            (desk->deliveries_state + 1) % (int)(sizeof delivery_words / sizeof *delivery_words);
        ask_deliveries(desk, false);
        return true;
    case PRESS_F8:
        if (desk->chosen < count)
            act_on(desk, list->deliveries[desk->chosen]);
        return true;
    default:
        return begin_next(desk, press);
    }
}
