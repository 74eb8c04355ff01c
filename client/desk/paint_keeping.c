// SPDX-License-Identifier: Apache-2.0
// Painting: the lists of the custody.
#include <stdio.h>
#include <string.h>

#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

static const struct painter_word names[KEEPING_LISTS] = {{"待我接收", "Offered to me"},
                                                         {"柜内", "In a store"},
                                                         {"逾期未领", "Not fetched"},
                                                         {"未交清", "Unaccounted for"}};
static const struct painter_word reasons[] = {{"", ""},
                                              {"冻结而无事件", "frozen, no incident"},
                                              {"移交未接收", "offered, not accepted"},
                                              {"保管人不在岗", "holder not at work"},
                                              {"未入柜", "in no store"}};
static const struct painter_word none[KEEPING_LISTS] = {{"没有待您接收的样品", "Nothing is offered to you"},
                                                        {"柜内没有样品", "Nothing lies in it"},
                                                        {"没有逾期未领的样品", "Everything was fetched"},
                                                        {"全部交清", "Everything is accounted for"}};

static void paint_offer(const struct desk *desk, struct page *page, struct area row, size_t at,
                        bool is_chosen)
{
    static const struct painter_column columns[] = {{"样品码", "Item", 9},
                                                    {"保管人", "Holder", 14},
                                                    {"提出", "Offered by", 14},
                                                    {"时间", "When", 16},
                                                    {"备注", "Note", 0}};
    const Touchstone__V1__ListOffersResponse *list =
        (Touchstone__V1__ListOffersResponse *)desk->keeping->lists[KEEPING_OFFERED].message;
    const Touchstone__V1__HandOver *one =
        list != NULL && at < list->n_hand_overs ? list->hand_overs[at] : NULL;
    struct painter_time when = painter_time(desk, one != NULL ? one->offered_at : NULL);
    const char *texts[5] = {0};
    char used_up[200];

    if (one != NULL) {
        texts[0] = one->item_code;
        texts[1] = one->holder;
        texts[2] = one->offered_by;
        texts[3] = when.text;
        snprintf(used_up, sizeof used_up, desk->chinese ? "用去 %.40s g：%.120s" : "%.40s g used up: %.120s",
                 one->consumes_g, one->note);
        texts[4] = one->disposal[0] != '\0'     ? one->disposal
                   : one->consumes_g[0] != '\0' ? used_up
                                                : one->note;
    }
    painter_row(desk, page, row, columns, 5, one != NULL ? texts : NULL, is_chosen);
}

static void paint_stored(const struct desk *desk, struct page *page, struct area row, size_t at,
                         bool is_chosen)
{
    static const struct painter_column columns[] = {{"样品码", "Item", 9},
                                                    {"名称", "Name", 0},
                                                    {"质量 g", "Mass g", 8},
                                                    {"保管人", "Holder", 14},
                                                    {"收样", "Received", 16}};
    const Touchstone__V1__ListItemsResponse *list =
        (Touchstone__V1__ListItemsResponse *)desk->keeping->lists[KEEPING_STORED].message;
    const Touchstone__V1__Item *one = list != NULL && at < list->n_items ? list->items[at] : NULL;
    struct painter_time when = painter_time(desk, one != NULL ? one->received_at : NULL);
    const char *texts[5] = {0};

    if (one != NULL) {
        texts[0] = one->item_code;
        texts[1] = one->name;
        texts[2] = one->mass_g;
        texts[3] = one->holder;
        texts[4] = when.text;
    }
    painter_row(desk, page, row, columns, 5, one != NULL ? texts : NULL, is_chosen);
}

static void paint_uncollected(const struct desk *desk, struct page *page, struct area row, size_t at,
                              bool is_chosen)
{
    static const struct painter_column columns[] = {
        {"样品码", "Item", 9}, {"天数", "Days", 5},      {"名称", "Name", 0}, {"委托人", "Owner", 10},
        {"电话", "Phone", 12}, {"保管人", "Holder", 12}, {"存放", "Store", 8}};
    const Touchstone__V1__ListUncollectedResponse *list =
        (Touchstone__V1__ListUncollectedResponse *)desk->keeping->lists[KEEPING_UNCOLLECTED].message;
    const Touchstone__V1__UncollectedItem *one =
        list != NULL && at < list->n_uncollected ? list->uncollected[at] : NULL;
    const char *texts[7] = {0};
    char days[12];

    if (one != NULL) {
        snprintf(days, sizeof days, "%d", one->days);
        texts[0] = one->item_code;
        texts[1] = days;
        texts[2] = one->name;
        texts[3] = one->owner != NULL ? one->owner->name_masked : "";
        texts[4] = one->owner != NULL ? one->owner->phone_masked : "";
        texts[5] = one->holder;
        texts[6] = one->storage;
    }
    painter_row(desk, page, row, columns, 7, one != NULL ? texts : NULL, is_chosen);
}

static void paint_unaccounted(const struct desk *desk, struct page *page, struct area row, size_t at,
                              bool is_chosen)
{
    static const struct painter_column columns[] = {{"样品码", "Item", 9},
                                                    {"名称", "Name", 0},
                                                    {"原因", "Why", 22},
                                                    {"保管人", "Holder", 12},
                                                    {"移交给", "Offered to", 12}};
    const Touchstone__V1__ListUnaccountedResponse *list =
        (Touchstone__V1__ListUnaccountedResponse *)desk->keeping->lists[KEEPING_UNACCOUNTED].message;
    const Touchstone__V1__UnaccountedItem *one = list != NULL && at < list->n_items ? list->items[at] : NULL;
    const char *texts[5] = {0};

    if (one != NULL) {
        texts[0] = one->item_code;
        texts[1] = one->name;
        texts[2] = PAINTER_WORD(desk, reasons, one->unaccounted_reason);
        texts[3] = one->holder;
        texts[4] = one->receiver;
    }
    painter_row(desk, page, row, columns, 5, one != NULL ? texts : NULL, is_chosen);
}

// The lists beside each other, the one that is shown in brackets; of stores, which one.
static void paint_head(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__Storage *store = keeping_store(desk, desk->keeping->store);
    int column = area.column + 1;

    for (size_t i = 0; i < KEEPING_LISTS; i++) {
        bool is_shown = i == desk->keeping->list;

        column += page_format(page, area.row, column, area.column + area.columns - column,
                              is_shown ? PAGE_STRONG : PAGE_DIM, is_shown ? "[%s]  " : "%s  ",
                              PAINTER_WORD(desk, names, i));
    }
    if (desk->keeping->list == KEEPING_STORED && store != NULL)
        page_format(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_PLAIN, "< %s  %s  %d %s >",
                    store->storage, store->name, store->item_count, desk_say(desk, "件", "items"));
}

void paint_keeping(const struct desk *desk, struct page *page, struct area area)
{
    static void (*const painters[KEEPING_LISTS])(const struct desk *desk, struct page *page, struct area row,
                                                 size_t at, bool is_chosen) = {
        [KEEPING_OFFERED] = paint_offer,
        [KEEPING_STORED] = paint_stored,
        [KEEPING_UNCOLLECTED] = paint_uncollected,
        [KEEPING_UNACCOUNTED] = paint_unaccounted};
    enum keeping_list list = desk->keeping->list;
    size_t count = keeping_count(desk), top;

    paint_head(desk, page, area);
    area.row += 3;
    area.rows -= 3;
    top = painter_top(desk, area.rows - 1);
    painters[list](desk, page, (struct area){area.row, area.column, 1, area.columns}, count, false);
    for (size_t i = top; i < count && (int)(i - top) + 1 < area.rows; i++)
        painters[list](desk, page, (struct area){area.row + 1 + (int)(i - top), area.column, 1, area.columns},
                       i, i == desk->chosen);
    painter_more(page, area, area.rows - 1, top, count);
    if (desk->keeping->lists[list].message != NULL && count == 0)
        page_text(page, area.row + 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  PAINTER_WORD(desk, none, list));
}
