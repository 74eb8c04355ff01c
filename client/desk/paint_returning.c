// SPDX-License-Identifier: Apache-2.0
// Painting: what is handed back. Each item has a row with what it should weigh beside the scale's figure, and
// below it the difference in words.
#include <stdio.h>
#include <string.h>

#include "desk/painter.h"
#include "desk/parts.h"

enum { CODE = 10, EXPECTED = 20, MASS = 12, TICK = 22, ROWS_OF_ITEM = 2 };

static void paint_mass(const struct desk *desk, struct page *page, struct area row, size_t at, bool is_active)
{
    const struct returning *returning = &desk->keeping->returning;
    const struct return_item *item = &returning->items[at];
    const struct slot *mass = &returning->form.slots[2 * at], *photo = &returning->form.slots[2 * at + 1];
    bool on_photo = is_active && returning->form.focus == 2 * at + 1;
    int column = row.column + row.columns - EXPECTED - MASS - TICK;

    page_text(page, row.row, row.column, CODE, PAGE_STRONG, item->code);
    page_text(page, row.row, row.column + CODE, column - row.column - CODE - 1, PAGE_PLAIN, item->name);
    page_format(page, row.row, column, EXPECTED - 1, PAGE_LABEL, "%s %s g",
                desk_say(desk, "应有", "expected"), item->expected);
    painter_field(page, row.row, column + EXPECTED, MASS - 2, &mass->field,
                  is_active && returning->form.focus == 2 * at, false);
    page_format(page, row.row, column + EXPECTED + MASS, TICK, on_photo ? PAGE_FOCUS : PAGE_PLAIN, "[%s] %s",
                photo->is_ticked ? "x" : " ",
                item->has_photo ? desk_say(desk, photo->zh, photo->en)
                                : desk_say(desk, "无照片", "no picture"));
    if (on_photo) {
        page->cursor_row = row.row;
        page->cursor_column = column + EXPECTED + MASS + 1;
    }
}

static void paint_told(const struct desk *desk, struct page *page, struct area row, size_t at)
{
    const struct returning *returning = &desk->keeping->returning;
    const struct return_item *item = &returning->items[at];
    char text[300];
    enum weighing weighing = weighing_tell(returning->form.slots[2 * at].field.text, item->expected,
                                           item->tolerance, desk->chinese, text, sizeof text);

    if (item->state == RETURN_DONE)
        page_text(page, row.row, row.column + CODE, row.columns - CODE, PAGE_GOOD,
                  desk_say(desk, "✓ 已交还", "✓ handed out"));
    else if (item->state == RETURN_FROZEN)
        page_format(page, row.row, row.column + CODE, row.columns - CODE, PAGE_BAD, "! %s %s",
                    desk_say(desk, "已冻结，不得交出。事件", "frozen: do not hand it out. Incident"),
                    item->told);
    else if (weighing != WEIGHING_NOTHING)
        page_format(page, row.row, row.column + CODE, row.columns - CODE,
                    weighing == WEIGHING_DIFFERS ? PAGE_BAD : PAGE_GOOD, "%s %s",
                    weighing == WEIGHING_DIFFERS ? "!" : "✓", text);
}

// Answers the rows taken: both persons in one do not fit into 80 columns.
static int paint_persons(const struct desk *desk, struct page *page, struct area area)
{
    const struct returning *returning = &desk->keeping->returning;

    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s    %s %s",
                desk_say(desk, "回执", "Receipt"), returning->receipt_no, desk_say(desk, "委托人", "owner"),
                returning->owner);
    if (returning->collector[0] == '\0')
        return 1;
    page_format(page, area.row + 1, area.column, area.columns, PAGE_STRONG, "%s %s",
                desk_say(desk, "授权领取人", "Named collector"), returning->collector);
    return 2;
}

// Who fetches them: the slots behind those of the items, as a form of their own.
static void paint_who(const struct desk *desk, struct page *page, struct area area, bool is_active)
{
    const struct returning *returning = &desk->keeping->returning;
    size_t first = 2 * returning->count;
    struct form form = {.count = returning->form.count - first};
    bool is_here = returning->form.focus >= first;

    memcpy(form.slots, returning->form.slots + first, form.count * sizeof *form.slots);
    form.focus = is_here ? returning->form.focus - first : 0;
    painter_form(desk, page, area, &form, 2, is_active && is_here);
}

void paint_returning(const struct desk *desk, struct page *page, struct area area)
{
    const struct returning *returning = &desk->keeping->returning;
    bool is_active = desk->dialog == DIALOG_NONE;
    size_t focus = returning->form.focus / 2, top = 0;
    int room = (area.rows - 7) / ROWS_OF_ITEM;

    if (returning->count == 0)
        return;
    area.row += paint_persons(desk, page, area) - 1;
    page_text(page, area.row + 1, area.column, area.columns, PAGE_DIM,
              returning->is_cut
                  ? desk_say(desk, "当面称重，逐件输入秤上读数；一次最多 16 件，其余办完再来",
                             "Weigh each, type what the scale says; 16 at once, the rest after these")
                  : desk_say(desk, "当面称重，逐件输入秤上读数；扫码跳到那一件",
                             "Weigh each before their eyes, type what the scale says; a scan goes to it"));
    if (focus >= returning->count)
        focus = returning->count - 1;
    if ((int)focus >= room)
        top = focus - (size_t)room + 1;
    for (size_t i = top; i < returning->count && (int)(i - top) < room; i++) {
        struct area row = {area.row + 2 + ROWS_OF_ITEM * (int)(i - top), area.column, 1, area.columns};

        paint_mass(desk, page, row, i, is_active);
        row.row++;
        paint_told(desk, page, row, i);
    }
    // Where the words of a row's difference begin further to the right.
    if (top > 0)
        page_format(page, area.row + 3, area.column, CODE, PAGE_KEY,
                    desk->chinese ? "^ 还有%zu" : "^ %zu more", top);
    if (room > 0 && top + (size_t)room < returning->count)
        page_format(page, area.row + 1 + ROWS_OF_ITEM * room, area.column, CODE, PAGE_KEY,
                    desk->chinese ? "v 还有%zu" : "v %zu more", returning->count - top - (size_t)room);
    room = returning->count < (size_t)room ? (int)returning->count : room;
    paint_who(desk, page, (struct area){area.row + 2 + ROWS_OF_ITEM * room, area.column, 3, area.columns},
              is_active);
}
