// SPDX-License-Identifier: Apache-2.0
// Painting: an intake. Visitor, item and agreement stand one below the other, the item with as many rows as
// there are; on a wide terminal the choices of the field with the cursor stand beside them.
#include <stdio.h>
#include <string.h>

#include "desk/paint.h"
#include "desk/painter.h"

enum { SIDE = 46 };

static int heading(const struct desk *desk, struct page *page, struct area area, int row, bool is_active,
                   const char *text, size_t hidden)
{
    page_format(page, row, area.column, area.columns, is_active ? PAGE_STRONG : PAGE_LABEL, "%s %s",
                is_active ? ">" : "-", text);
    if (hidden > 0)
        page_format(page, row, area.column + area.columns - 11, 11, PAGE_STRONG,
                    desk->chinese ? "还有 %zu 项" : "+%zu more", hidden);
    return row + 1;
}

// What a folded part holds, behind its heading: values, how many ticks are set, and what is still missing.
static void add_values(const struct desk *desk, char *text, size_t size, const struct form *form)
{
    size_t length = strlen(text), ticks = 0, ticked = 0;

    for (size_t i = 0; form != NULL && i < form->count && length < size; i++) {
        const struct slot *slot = &form->slots[i];
        char value[FIELD_BYTES];

        form_value(slot, value);
        ticks += slot->kind == SLOT_TICK;
        ticked += slot->is_ticked;
        if (slot->kind == SLOT_CHOICE && slot->chosen != OPTION_NONE)
            snprintf(value, sizeof value, "%s", painter_option(desk, &slot->options[slot->chosen]));
        if (slot->kind != SLOT_TICK && (value[0] != '\0' || slot->traits & SLOT_REQUIRED))
            length += (size_t)snprintf(text + length, size - length, "  %s%.40s", value[0] == '\0' ? "*" : "",
                                       value[0] == '\0' ? desk_say(desk, slot->zh, slot->en) : value);
    }
    if (ticks > 0 && length < size)
        snprintf(text + length, size - length, "  [%zu/%zu]", ticked, ticks);
}

static int paint_visitor(const struct desk *desk, struct page *page, struct area area, int row, int rows,
                         bool is_active)
{
    const struct intake *intake = desk->intake;
    char text[300];

    if (intake->person_id[0] != '\0')
        snprintf(text, sizeof text, "%s  %s  %s", desk_say(desk, "委托人", "Owner"), intake->name_masked,
                 intake->phone_masked);
    else
        snprintf(text, sizeof text, "%s", desk_say(desk, "新委托人", "A new person"));
    add_values(desk, text, sizeof text, rows == 0 ? &intake->visitor : NULL);
    row = heading(desk, page, area, row, is_active, text, 0);
    if (intake->ticket[0] != '\0' || intake->booking[0] != '\0')
        page_format(page, row - 1, area.column + area.columns - 16, 16, PAGE_STRONG, "%s %s%s",
                    desk_say(desk, "排队", "serves"), intake->ticket, intake->booking);

    painter_form(desk, page, (struct area){row, area.column + 1, rows, area.columns - 1}, &intake->visitor, 3,
                 is_active);
    return row + rows;
}

static int paint_item_part(const struct desk *desk, struct page *page, struct area area, int row, int rows,
                           bool is_active)
{
    const struct intake *intake = desk->intake;
    char text[120];
    size_t hidden = painter_form(desk, page, (struct area){row + 1, area.column + 1, rows, area.columns - 1},
                                 &intake->items[intake->item_at].form, 2, is_active);

    snprintf(text, sizeof text, desk->chinese ? "样品 %zu / %zu" : "Item %zu of %zu", intake->item_at + 1,
             intake->item_count);
    heading(desk, page, area, row, is_active, text, hidden);
    return row + 1 + rows;
}

static int paint_agreement(const struct desk *desk, struct page *page, struct area area, int row, int rows,
                           bool is_active)
{
    size_t hidden =
        rows > 0 ? painter_form(desk, page, (struct area){row + 1, area.column + 1, rows, area.columns - 1},
                                &desk->intake->agreement, 2, is_active)
                 : 0;
    char text[300];

    snprintf(text, sizeof text, "%s", desk_say(desk, "委托检测协议", "Commission agreement"));
    add_values(desk, text, sizeof text, rows == 0 ? &desk->intake->agreement : NULL);
    heading(desk, page, area, row, is_active, text, hidden);
    return row + 1 + rows;
}

// What the catalogue calls the slot and wants of it.
static void rule_of(const struct desk *desk, const struct slot *slot, char *ret_text, size_t size)
{
    const char *name = desk_say(desk, slot->long_zh, slot->long_en),
               *rule = slot->rule[0] == '*' ? slot->rule + 1 : slot->rule;

    if (slot->kind == SLOT_LIST)
        rule = desk_say(desk, "空格打开清单", "Space opens the list");
    snprintf(ret_text, size, "%s%s%s", name, name[0] != '\0' && rule[0] != '\0' ? " - " : "", rule);
}

static void paint_side(const struct desk *desk, struct page *page, struct area area)
{
    struct form *form = intake_form(desk->intake);
    const struct slot *slot = form_focused(form);
    char rule[400];

    if (slot == NULL)
        return;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s",
                desk_say(desk, slot->zh, slot->en));
    rule_of(desk, slot, rule, sizeof rule);
    area.row += 1 + page_wrap(page, area.row + 1, area.column, area.columns, 3, PAGE_DIM, rule);
    area.rows -= 5;
    if (slot->kind == SLOT_CHOICE)
        painter_options(desk, page, area, slot);
}

// On a narrow one, where a note would stand: which choices there are, or what holds for the field.
static void paint_hint(const struct desk *desk, struct page *page)
{
    const struct slot *slot = form_focused(intake_form(desk->intake));
    int row = page->rows - 4, column = 1;
    char rule[400];

    if (slot == NULL || desk->dialog != DIALOG_NONE || desk->note.kind != NOTE_NONE ||
        (desk->running != ASK_NOTHING && !desk->running_is_quiet))
        return;
    rule_of(desk, slot, rule, sizeof rule);
    page_text(page, row + 1, 1, page->columns - 2, PAGE_DIM, rule);
    if (slot->kind != SLOT_CHOICE)
        return;
    for (int i = slot->chosen < 0 ? 0 : slot->chosen, left = slot->option_count;
         left > 0 && column < page->columns - 8; left--) {
        if (form_matches(slot, i))
            column += page_format(page, row, column, page->columns - 1 - column,
                                  i == slot->chosen ? PAGE_STRONG : PAGE_DIM, "%s%s  ",
                                  i == slot->chosen ? "> " : "", painter_option(desk, &slot->options[i]));
        i = (i + 1) % slot->option_count;
    }
}

void paint_intake(const struct desk *desk, struct page *page, struct area area)
{
    const struct intake *intake = desk->intake;
    bool is_wide = area.columns >= PAINT_WIDE, is_agreement = intake->part == INTAKE_AGREEMENT,
         is_active = desk->dialog == DIALOG_NONE;
    struct area main = {area.row, area.column, area.rows, is_wide ? area.columns - SIDE - 2 : area.columns};
    int agreement = painter_form_rows(&intake->agreement, 2),
        visitor = painter_form_rows(&intake->visitor, 3);
    // Of each part its heading is always there.
    int item = painter_form_rows(&intake->items[intake->item_at].form, 2), room = area.rows - 3, row;

    // The parts without the cursor fold into their headings, first of all the agreement.
    if (visitor + item + agreement > room && !is_agreement)
        agreement = 0;
    if (visitor + item + agreement > room && intake->part != INTAKE_VISITOR)
        visitor = 0;
    if (visitor + item + agreement > room)
        item = room - visitor - agreement;
    row = paint_visitor(desk, page, main, main.row, visitor, is_active && intake->part == INTAKE_VISITOR);
    row = paint_item_part(desk, page, main, row, item, is_active && intake->part == INTAKE_ITEM);
    paint_agreement(desk, page, main, row, agreement, is_active && is_agreement);
    if (is_wide)
        paint_side(desk, page, (struct area){area.row, area.column + area.columns - SIDE, area.rows, SIDE});
    else
        paint_hint(desk, page);
}
