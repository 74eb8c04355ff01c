// SPDX-License-Identifier: Apache-2.0
// The lists of the custody: what is offered to me, what lies in which store, what is not fetched, what is
// unaccounted for. Each row leads to the item's book.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

static const enum ask_kind kinds[KEEPING_LISTS] = {[KEEPING_OFFERED] = ASK_OFFERS,
                                                   [KEEPING_STORED] = ASK_STORED,
                                                   [KEEPING_UNCOLLECTED] = ASK_UNCOLLECTED,
                                                   [KEEPING_UNACCOUNTED] = ASK_UNACCOUNTED};

const struct Touchstone__V1__Storage *keeping_store(const struct desk *desk, int at)
{
    const Touchstone__V1__ListStoragesResponse *list =
        (Touchstone__V1__ListStoragesResponse *)desk->keeping->storages.message;

    return list != NULL && at >= 0 && (size_t)at < list->n_storages ? list->storages[at] : NULL;
}

static const ProtobufCMessage *list_of(const struct desk *desk)
{
    return desk->keeping->lists[desk->keeping->list].message;
}

size_t keeping_count(const struct desk *desk)
{
    const ProtobufCMessage *list = list_of(desk);

    if (list == NULL)
        return 0;
    switch (desk->keeping->list) {
    case KEEPING_OFFERED:
        return ((Touchstone__V1__ListOffersResponse *)list)->n_hand_overs;
    case KEEPING_STORED:
        return ((Touchstone__V1__ListItemsResponse *)list)->n_items;
    case KEEPING_UNCOLLECTED:
        return ((Touchstone__V1__ListUncollectedResponse *)list)->n_uncollected;
    default:
        return ((Touchstone__V1__ListUnaccountedResponse *)list)->n_items;
    }
}

static const char *code_at(const struct desk *desk, size_t at)
{
    const ProtobufCMessage *list = list_of(desk);

    if (at >= keeping_count(desk))
        return "";
    switch (desk->keeping->list) {
    case KEEPING_OFFERED:
        return ((Touchstone__V1__ListOffersResponse *)list)->hand_overs[at]->item_code;
    case KEEPING_STORED:
        return ((Touchstone__V1__ListItemsResponse *)list)->items[at]->item_code;
    case KEEPING_UNCOLLECTED:
        return ((Touchstone__V1__ListUncollectedResponse *)list)->uncollected[at]->item_code;
    default:
        return ((Touchstone__V1__ListUnaccountedResponse *)list)->items[at]->item_code;
    }
}

void keeping_look(struct desk *desk, bool is_quiet)
{
    const Touchstone__V1__Storage *store = keeping_store(desk, desk->keeping->store);
    enum keeping_list list = desk->keeping->list;
    struct ask ask;

    // The stores come first; then this is called again.
    if ((list == KEEPING_STORED && store == NULL) || !parts_begin(desk, kinds[list], &ask))
        return;
    ask.is_quiet = is_quiet;
    parts_end(desk, &ask,
              parts_set(&ask, "laboratory", desk->laboratory) && parts_set(&ask, "page.page_size", "200") &&
                  (list != KEEPING_OFFERED || parts_set(&ask, "receiver", desk->username)) &&
                  (list != KEEPING_STORED || parts_set(&ask, "storage", store->storage)));
}

void keeping_show(struct desk *desk)
{
    desk->screen = DESK_KEEPING;
    desk->chosen = 0;
    snprintf(desk->keeping->laboratory, sizeof desk->keeping->laboratory, "%s", desk->laboratory);
    parts_look(desk, ASK_STORAGES, "laboratory", desk->laboratory, false);
    keeping_look(desk, false);
}

// The cursor stays on its item while the list moves under it.
void keeping_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct keeping *keeping = desk->keeping;
    char was[KEEPING_CODE];

    // The screen of the day's close shows the last of the lists.
    if (desk->screen == DESK_CLOSING)
        keeping->list = KEEPING_UNACCOUNTED;
    if (ask->kind != kinds[keeping->list])
        return;
    snprintf(was, sizeof was, "%.15s", code_at(desk, desk->chosen));
    desk_hold(&keeping->lists[keeping->list], ask, response);
    for (size_t i = 0; i < keeping_count(desk); i++)
        if (strcmp(code_at(desk, i), was) == 0)
            desk->chosen = i;
    if (desk->chosen >= keeping_count(desk))
        desk->chosen = 0;
}

static void next_list(struct desk *desk)
{
    desk->keeping->list = (desk->keeping->list + 1) % KEEPING_LISTS;
    desk->chosen = 0;
    keeping_look(desk, false);
}

static void next_store(struct desk *desk, int step)
{
    if (desk->keeping->list != KEEPING_STORED || keeping_store(desk, desk->keeping->store + step) == NULL)
        return;
    desk->keeping->store += step;
    desk->chosen = 0;
    desk_drop(&desk->keeping->lists[KEEPING_STORED]);
    keeping_look(desk, false);
}

bool keeping_press(struct desk *desk, const struct press *press)
{
    if (parts_move(desk, press->kind, keeping_count(desk)))
        return true;
    switch (press->kind) {
    case PRESS_F5:
        next_list(desk);
        return true;
    case PRESS_LEFT:
    case PRESS_RIGHT:
        next_store(desk, press->kind == PRESS_LEFT ? -1 : 1);
        return true;
    case PRESS_ENTER:
        if (desk->chosen < keeping_count(desk))
            custody_show(desk, code_at(desk, desk->chosen));
        return true;
    case PRESS_F8:
        closing_show(desk);
        return true;
    case PRESS_F12:
        storing_show(desk);
        return true;
    default:
        return home_begin_next(desk, press);
    }
}
