// SPDX-License-Identifier: Apache-2.0
// Painting: the book of custody of one item.
#include <stdio.h>
#include <string.h>

#include "desk/paint.h"
#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/custody.pb-c.h"

static const struct painter_word states[] = {
    {"", ""}, {"保管中", "held"}, {"已交还", "handed out"}, {"冻结!", "FROZEN"}, {"已处置", "disposed of"}};
static const struct painter_word incident_kinds[] = {
    {"", ""},         {"质量不符", "masses differ"}, {"损坏", "damaged"},
    {"丢失", "lost"}, {"封样破损", "seal broken"},   {"混样", "mixed up"},
    {"其他", "other"}};
static const struct painter_word event_kinds[] = {{"", ""},
                                                  {"收样", "received"},
                                                  {"移交", "handed over"},
                                                  {"入柜", "stored"},
                                                  {"出柜", "taken out"},
                                                  {"检测消耗", "consumed"},
                                                  {"留样", "portion"},
                                                  {"交还", "handed out"},
                                                  {"冻结", "frozen"},
                                                  {"解除冻结", "free again"},
                                                  {"处置", "disposed of"}};

static int paint_left(const struct desk *desk, struct page *page, struct area area,
                      const Touchstone__V1__Custody *item)
{
    area.row =
        painter_pair(desk, page, area, "保管", "Custody", PAINTER_WORD(desk, states, item->custody_state));
    area.row = painter_pair(desk, page, area, "保管人", "Holder", item->holder);
    return painter_pair(desk, page, area, "存放", "Store",
                        item->storage[0] != '\0' || item->holder[0] == '\0'
                            ? item->storage
                            : desk_say(desk, "手中", "in hand"));
}

static int paint_right(const struct desk *desk, struct page *page, struct area area,
                       const Touchstone__V1__Custody *item)
{
    char tolerance[80];

    snprintf(tolerance, sizeof tolerance, "%s%.60s", item->mass_tolerance_g[0] != '\0' ? "+/-" : "",
             item->mass_tolerance_g);
    area.row = painter_pair(desk, page, area, "收样质量 g", "Mass in g", item->mass_g);
    area.row = painter_pair(desk, page, area, "应有质量 g", "Expected g", item->expected_mass_g);
    return painter_pair(desk, page, area, "允差 g", "Tolerance g", tolerance);
}

// What stands in the way, in words.
static int paint_trouble(const struct desk *desk, struct page *page, struct area area,
                         const Touchstone__V1__Custody *item)
{
    const Touchstone__V1__Incident *incident = item->incident;
    const Touchstone__V1__HandOver *paper = item->hand_over;
    char text[800];

    if (incident != NULL) {
        snprintf(text, sizeof text,
                 desk->chinese ? "! 冻结：%s（%s，%s 登记）%s。由另一位质量人员处理后解除。"
                               : "! Frozen: %s (%s, by %s) %s. Another quality person settles it.",
                 PAINTER_WORD(desk, incident_kinds, incident->incident_kind), incident->incident_no,
                 incident->opened_by, incident->description);
        area.row += page_wrap(page, area.row, area.column, area.columns, 3, PAGE_BAD, text);
    }
    if (paper != NULL && paper->consumes_g[0] != '\0') {
        snprintf(text, sizeof text,
                 desk->chinese
                     ? "等见证：%s 登记用去 %s g（%s），应剩 %s g；%s 称重接收后才算用去。"
                     : "Waits for a witness: %s says that %s g are used up (%s), %s g should be left; "
                       "%s weighs it and accepts.",
                 paper->offered_by, paper->consumes_g, paper->note, paper->expected_mass_g, paper->receiver);
        area.row += page_wrap(page, area.row, area.column, area.columns, 3, PAGE_STRONG, text);
    } else if (paper != NULL) {
        snprintf(text, sizeof text,
                 desk->chinese ? "移交中：%s 交给 %s，%s 提出；对方称重接收前仍由 %s 负责。%s"
                               : "Offered: %s to %s at %s; %s holds it until it is accepted. %s",
                 paper->offered_by, paper->receiver, painter_time(desk, paper->offered_at).text,
                 paper->holder, paper->disposal[0] != '\0' ? paper->disposal : paper->note);
        area.row += page_wrap(page, area.row, area.column, area.columns, 3, PAGE_STRONG, text);
    }
    return area.row;
}

// On a narrow screen without the year; what its note has no room for stands below, of the row with the
// cursor.
static void paint_events(const struct desk *desk, struct page *page, struct area area,
                         const Touchstone__V1__GetCustodyResponse *book)
{
    static const struct painter_column narrow[] = {
        {"时间", "When", 11},    {"事项", "What", 11}, {"从", "From", 10}, {"到", "To", 10},
        {"质量 g", "Mass g", 7}, {"存放", "Store", 7}, {"说明", "Note", 0}};
    static const struct painter_column wide[] = {
        {"时间", "When", 16},     {"事项", "What", 12},  {"从", "From", 20}, {"到", "To", 20},
        {"质量 g", "Mass g", 10}, {"存放", "Store", 20}, {"说明", "Note", 0}};
    bool is_wide = area.columns >= PAINT_WIDE;
    const struct painter_column *columns = is_wide ? wide : narrow;
    int last = area.row + area.rows - 1;
    size_t top;

    area.rows--;
    top = painter_top(desk, area.rows - 1);
    painter_row(desk, page, area, columns, 7, NULL, false);
    for (size_t i = top; i < book->n_events && (int)(i - top) + 1 < area.rows; i++) {
        const Touchstone__V1__CustodyEvent *event = book->events[i];
        struct painter_time when = painter_time(desk, event->at);
        const char *texts[] = {is_wide || strlen(when.text) < 5 ? when.text : when.text + 5,
                               PAINTER_WORD(desk, event_kinds, event->kind),
                               event->giver,
                               event->receiver,
                               event->mass_g,
                               event->storage,
                               event->note};

        painter_row(desk, page, (struct area){area.row + 1 + (int)(i - top), area.column, 1, area.columns},
                    columns, 7, texts, i == desk->chosen);
    }
    painter_more(page, area, area.rows - 1, top, book->n_events);
    if (!is_wide && desk->chosen < book->n_events)
        page_text(page, last, area.column + 2, area.columns - 3, PAGE_DIM, book->events[desk->chosen]->note);
}

void paint_custody(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__GetCustodyResponse *book =
        (Touchstone__V1__GetCustodyResponse *)desk->keeping->book.message;
    int half = area.columns / 2, last = area.row + area.rows, left, right;

    if (book == NULL || book->custody == NULL)
        return;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s  %s",
                desk_say(desk, "样品", "Item"), book->custody->item_code, book->custody->name);
    left = paint_left(desk, page, (struct area){area.row + 1, area.column, 0, half - 1}, book->custody);
    right = paint_right(desk, page, (struct area){area.row + 1, area.column + half, 0, area.columns - half},
                        book->custody);
    area.row = left > right ? left : right;
    area.row = paint_trouble(desk, page, area, book->custody) + 1;
    area.rows = last - area.row;
    paint_events(desk, page, area, book);
}
