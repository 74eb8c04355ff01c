// SPDX-License-Identifier: Apache-2.0
// Painting: a tray that is scanned into a store or out of it.
#include <stdio.h>

#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/custody.pb-c.h"

static const struct painter_word states[] = {
    {"...", "..."}, {"可办理", "can go"}, {"不能!", "cannot!"}, {"已办", "done"}};

static void paint_head(const struct desk *desk, struct page *page, struct area area)
{
    const struct tray *tray = &desk->keeping->tray;
    const Touchstone__V1__Storage *store = keeping_store(desk, tray->store);

    if (tray->takes_out)
        page_text(page, area.row, area.column, area.columns, PAGE_STRONG,
                  desk_say(desk, "出柜：由您拿在手中", "Out of the store, into your hand"));
    else
        page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s  %s",
                    desk_say(desk, "入柜：", "Into the store"), store != NULL ? store->storage : "?",
                    store != NULL ? store->name : "");
    page_text(page, area.row + 1, area.column, 16, PAGE_LABEL,
              desk_say(desk, "扫码，或输入回车", "Scan, or type"));
    painter_field(page, area.row + 1, area.column + 17, 14, &tray->code, desk->dialog == DIALOG_NONE, false);
    page_format(page, area.row + 1, area.column + 33, area.columns - 33, PAGE_DIM, "%zu / %d", tray->count,
                TRAY_ITEMS);
}

void paint_storing(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {
        {"样品码", "Item", 9}, {"名称", "Name", 20}, {"状态", "State", 8}, {"说明", "Told", 0}};
    const struct tray *tray = &desk->keeping->tray;
    size_t top;

    paint_head(desk, page, area);
    area.row += 3;
    area.rows -= 3;
    top = painter_top(desk, area.rows - 1);
    painter_row(desk, page, area, columns, 4, NULL, false);
    for (size_t i = top; i < tray->count && (int)(i - top) + 1 < area.rows; i++) {
        const struct tray_item *item = &tray->items[i];
        const char *texts[] = {item->code, item->name, PAINTER_WORD(desk, states, item->state), item->told};

        painter_row(desk, page, (struct area){area.row + 1 + (int)(i - top), area.column, 1, area.columns},
                    columns, 4, texts, i == desk->chosen);
    }
    painter_more(page, area, area.rows - 1, top, tray->count);
}
