// SPDX-License-Identifier: Apache-2.0
// Painting: the day's close.
#include <stdio.h>
#include <string.h>

#include "desk/paint.h"
#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/custody_day.pb-c.h"

// What stands in the way, and what is to be done: %s is the holder, of an offer the receiver.
static const struct painter_word todo[] = {
    {"", ""},
    {"冻结而无事件：登记事件", "frozen without an incident: open one"},
    {"%s 尚未接收：请其接收，或撤回移交", "%s must accept it, or take the offer back"},
    {"%s 不在岗：请其登录后入柜或移交", "%s is off: log in to store it or hand it over"},
    {"在 %s 手中：入柜", "in the hand of %s: put it into a store"}};

struct figure {
    const char *zh, *en;
    size_t offset;
};

#define FIGURE(zh, en, field)                                                                                \
    {                                                                                                        \
        zh, en, offsetof(Touchstone__V1__DayClose, field)                                                    \
    }
static const struct figure figures[] = {FIGURE("回执", "Receipts", receipts),
                                        FIGURE("当日作废", "Voided", receipts_void),
                                        FIGURE("收样件数", "Received", items_received),
                                        FIGURE("减免件数", "- waived", items_waived),
                                        FIGURE("交还", "Handed out", items_returned),
                                        FIGURE("处置", "Disposed of", items_disposed),
                                        FIGURE("移交", "Hand-overs", hand_overs),
                                        FIGURE("新事件", "New incidents", incidents_opened),
                                        FIGURE("在柜", "In stores", items_stored),
                                        FIGURE("在手", "In hand", items_with_holders),
                                        FIGURE("冻结", "Frozen", items_frozen),
                                        FIGURE("遗失", "Lost", items_lost),
                                        FIGURE("未结事件", "Open incid.", incidents_open),
                                        FIGURE("搁置收样", "Set aside", intakes_set_aside)};

enum { FIGURE_COLUMNS = 4 };

static int paint_figures(const struct desk *desk, struct page *page, struct area area,
                         const Touchstone__V1__DayClose *today)
{
    int width = area.columns / FIGURE_COLUMNS, count = (int)(sizeof figures / sizeof *figures);

    for (int i = 0; i < count; i++) {
        int row = area.row + i / FIGURE_COLUMNS, column = area.column + i % FIGURE_COLUMNS * width;
        int value = *(const int32_t *)(const void *)((const char *)today + figures[i].offset);

        page_text(page, row, column, 13, PAGE_LABEL, desk_say(desk, figures[i].zh, figures[i].en));
        page_format(page, row, column + 14, 5, PAGE_STRONG, "%d", value);
    }
    return area.row + (count + FIGURE_COLUMNS - 1) / FIGURE_COLUMNS;
}

static void paint_row(const struct desk *desk, struct page *page, struct area row,
                      const Touchstone__V1__UnaccountedItem *one, bool is_chosen)
{
    const struct painter_column columns[] = {{"样品码", "Item", 9},
                                             {"名称", "Name", row.columns >= PAINT_WIDE ? 60 : 14},
                                             {"要做什么", "What to do", 0}};
    const char *whom = one != NULL && one->receiver[0] != '\0' ? one->receiver
                       : one != NULL                           ? one->holder
                                                               : "";
    const char *texts[3] = {0};
    char text[200];

    if (one != NULL) {
        const char *pattern = PAINTER_WORD(desk, todo, one->unaccounted_reason), *hole = pattern;

        while (*hole != '\0' && *hole != '%')
            hole++;
        snprintf(text, sizeof text, "%.*s%.43s%s", (int)(hole - pattern), pattern, *hole != '\0' ? whom : "",
                 *hole != '\0' ? hole + 2 : "");
        texts[0] = one->item_code;
        texts[1] = one->name;
        texts[2] = text;
    }
    painter_row(desk, page, row, columns, 3, one != NULL ? texts : NULL, is_chosen);
}

static void paint_state(const struct desk *desk, struct page *page, struct area area,
                        const Touchstone__V1__DayClose *today, size_t count)
{
    char text[160];

    if (today->act_no > 0)
        snprintf(text, sizeof text,
                 desk->chinese ? "✓ 已日结：%s %s，第 %d 次。F12 撤销（管理员，须写理由）"
                               : "✓ Closed by %s at %s, act %d. F12 opens it again (a manager)",
                 today->closed_by, painter_time(desk, today->closed_at).text, today->act_no);
    else if (count > 0)
        snprintf(text, sizeof text,
                 desk->chinese ? "! 还有 %zu 件%s未交清，不能日结："
                               : "! %zu item%s in the way of closing the day:",
                 count, desk_say(desk, "", count == 1 ? " stands" : "s stand"));
    else
        snprintf(text, sizeof text, "%s",
                 desk_say(desk, "✓ 全部交清：F8 日结", "✓ Everything is accounted for: F8 closes the day"));
    page_text(page, area.row, area.column, area.columns,
              today->act_no > 0 || count == 0 ? PAGE_GOOD : PAGE_BAD, text);
}

void paint_closing(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__ListUnaccountedResponse *list =
        (Touchstone__V1__ListUnaccountedResponse *)desk->keeping->lists[KEEPING_UNACCOUNTED].message;
    const Touchstone__V1__DayClose *today = closing_today(desk);
    int last = area.row + area.rows;
    size_t top;

    if (list == NULL || today == NULL)
        return;
    bool gave_back = today->fees_back_cny[0] != '\0' && strcmp(today->fees_back_cny, "0") != 0;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s  %s    %s %s%s%s%s",
                today->laboratory, today->day, desk_say(desk, "费用 元", "Fees CNY"), today->fees_cny,
                gave_back ? desk_say(desk, "（内含往日冲减 ", " (earlier days given back: ") : "",
                gave_back ? today->fees_back_cny : "", gave_back ? desk_say(desk, "）", ")") : "");
    area.row =
        paint_figures(desk, page, (struct area){area.row + 2, area.column, 0, area.columns}, today) + 1;
    paint_state(desk, page, area, today, list->n_items);
    area.row += 2;
    if (list->n_items == 0)
        return;
    top = painter_top(desk, last - area.row - 1);
    paint_row(desk, page, area, NULL, false);
    for (size_t i = top; i < list->n_items && area.row + 1 + (int)(i - top) < last; i++)
        paint_row(desk, page, (struct area){area.row + 1 + (int)(i - top), area.column, 1, area.columns},
                  list->items[i], i == desk->chosen);
    painter_more(page, area, last - area.row - 1, top, list->n_items);
}
