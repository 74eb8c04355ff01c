// SPDX-License-Identifier: Apache-2.0
// Shared painting: see painter.h.
#include "desk/painter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "text/safe.h"

enum { PAIR_LABEL = 14, FIELD_LEAST = 9, GAP = 2, COLUMNS_MOST = 4 };

struct painter_time painter_time(const struct desk *desk, const void *timestamp)
{
    const Google__Protobuf__Timestamp *at = timestamp;
    struct painter_time made = {""};
    time_t seconds = at != NULL ? (time_t)at->seconds : 0;
    struct tm local;

    if (at != NULL && !moment_write(desk->time_zone, at->seconds, made.text) &&
        localtime_r(&seconds, &local) != NULL)
        strftime(made.text, sizeof made.text, "%Y-%m-%d %H:%M", &local);
    return made;
}

struct painter_time painter_session(const struct desk *desk, const char *begins, const char *ends)
{
    struct painter_time made;
    bool is_whole_day = strncmp(begins, "00:00", 5) == 0 &&
                        (strncmp(ends, "00:00", 5) == 0 || strncmp(ends, "24:00", 5) == 0);

    if (is_whole_day)
        snprintf(made.text, sizeof made.text, "%s", desk_say(desk, "全天", "all day"));
    else
        snprintf(made.text, sizeof made.text, "%.5s-%.5s", begins, ends);
    return made;
}

const char *painter_option(const struct desk *desk, const struct option *option)
{
    return desk_say(desk, option->zh, option->en);
}

int painter_pair(const struct desk *desk, struct page *page, struct area area, const char *zh, const char *en,
                 const char *value)
{
    if (value == NULL || value[0] == '\0')
        return area.row;
    page_text(page, area.row, area.column, PAIR_LABEL, PAGE_LABEL, desk_say(desk, zh, en));
    page_text(page, area.row, area.column + PAIR_LABEL + 1, area.columns - PAIR_LABEL - 1, PAGE_PLAIN, value);
    return area.row + 1;
}

// What there is no room for is told at both ends: "~".
static void paint_text(struct page *page, int row, int column, int width, enum page_style style,
                       const struct field *field, size_t begin)
{
    page_typed(page, row, column, width, style, field->text + begin);
    if (begin == 0)
        return;
    // In the place of the first letter, which may be two columns wide.
    if (page_at(page, row, column + 1) != NULL && page_at(page, row, column + 1)->text[0] == L'\0')
        page_fill(page, row, column + 1, 1, style);
    page_text(page, row, column, 1, style, "~");
}

int painter_words(const struct desk *desk, struct page *page, struct area area, const char *zh,
                  const char *en, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return area.row;
    page_text(page, area.row, area.column, PAIR_LABEL, PAGE_LABEL, desk_say(desk, zh, en));
    return area.row + page_wrap(page, area.row, area.column + PAIR_LABEL + 1, area.columns - PAIR_LABEL - 1,
                                area.rows, PAGE_PLAIN, value);
}

void painter_field(struct page *page, int row, int column, int width, const struct field *field,
                   bool is_active, bool is_secret)
{
    enum page_style style = is_active ? PAGE_FOCUS : PAGE_FIELD;
    size_t begin, end;
    int cursor;

    page_fill(page, row, column, width, style);
    field_window(field, width, &begin, &end, &cursor);
    if (is_secret) {
        int count = (int)field_count(field);

        for (int i = 0; i < count && i < width - 1; i++)
            page_text(page, row, column + i, 1, style, "*");
        cursor = count < width ? count : width - 1;
    } else {
        paint_text(page, row, column, width, style, field, is_active ? begin : 0);
    }
    if (is_active) {
        page->cursor_row = row;
        page->cursor_column = column + cursor;
    }
}

static const char *mark_of(const struct slot *slot)
{
    if (slot->traits & SLOT_REQUIRED)
        return "*";
    return slot->rule[0] == '*' ? "+" : " ";
}

static void paint_tests(const struct desk *desk, struct page *page, int row, int column, int width,
                        bool is_active)
{
    const struct intake_item *item = &desk->intake->items[desk->intake->item_at];
    char text[400] = "";
    size_t length = 0;

    for (size_t i = 0; i < item->test_count && length < sizeof text; i++) {
        const char *value = desk->catalogue->tests[item->tests[i]].value, *colon = strchr(value, ':');

        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? " " : "",
                                   colon != NULL ? colon + 1 : value);
    }
    page_fill(page, row, column, width, is_active ? PAGE_FOCUS : PAGE_FIELD);
    page_format(page, row, column, width, is_active ? PAGE_FOCUS : PAGE_FIELD, "%zu: %s", item->test_count,
                text);
}

static void paint_choice(const struct desk *desk, struct page *page, int row, int column, int width,
                         const struct slot *slot, bool is_active)
{
    enum page_style style = is_active ? PAGE_FOCUS : PAGE_FIELD;
    const char *chosen = !form_finds(slot)             ? slot->field.text
                         : slot->chosen != OPTION_NONE ? painter_option(desk, &slot->options[slot->chosen])
                                                       : "";
    int used = 0;

    page_fill(page, row, column, width, style);
    if (is_active) {
        used = page_format(page, row, column, width, style, "%s", slot->field.text);
        page->cursor_row = row;
        page->cursor_column = column + (used < width ? used : width - 1);
        if (!form_finds(slot))
            return;
        if (used > 0)
            used += page_text(page, row, column + used, width - used, style, " = ");
    }
    page_format(page, row, column + used, width - used, style,
                is_active && used + (int)safe_width(chosen) + 3 <= width ? "%s <>" : "%s", chosen);
}

static void paint_slot(const struct desk *desk, struct page *page, int row, int column, int label, int width,
                       const struct slot *slot, bool is_active)
{
    const char *name = desk_say(desk, slot->zh, slot->en);

    if (slot->kind == SLOT_TICK) {
        page_format(page, row, column, width, is_active ? PAGE_FOCUS : PAGE_PLAIN, "%s[%s] %s", mark_of(slot),
                    slot->is_ticked ? "x" : " ", name);
        if (is_active) {
            page->cursor_row = row;
            page->cursor_column = column + 2;
        }
        return;
    }
    page_text(page, row, column, 1, PAGE_STRONG, mark_of(slot));
    page_text(page, row, column + 1, label - 1, PAGE_LABEL, name);
    column += label + 1;
    width -= label + 1;
    if (slot->kind == SLOT_LIST)
        paint_tests(desk, page, row, column, width, is_active);
    else if (slot->kind == SLOT_CHOICE)
        paint_choice(desk, page, row, column, width, slot, is_active);
    else
        painter_field(page, row, column, width, &slot->field, is_active, slot->kind == SLOT_SECRET);
}

int painter_form_rows(const struct form *form, int columns)
{
    return ((int)form->count + columns - 1) / columns;
}

// The widest label among these slots, as far as a field still has room.
static int label_width(const struct desk *desk, const struct form *form, size_t begin, size_t end, int most)
{
    int widest = 4;

    for (size_t i = begin; i < end && i < form->count; i++) {
        int wanted = 1 + page_width(desk_say(desk, form->slots[i].zh, form->slots[i].en));

        if (form->slots[i].kind != SLOT_TICK && wanted > widest)
            widest = wanted;
    }
    return widest < most ? widest : most;
}

size_t painter_form(const struct desk *desk, struct page *page, struct area area, const struct form *form,
                    int columns, bool is_active)
{
    int all = painter_form_rows(form, columns), room = (area.columns + GAP) / columns - GAP, top = 0,
        column = area.column;
    int labels[COLUMNS_MOST] = {0}, taken = 0, field;
    size_t hidden = 0;

    if (area.rows < 1 || columns > COLUMNS_MOST)
        return form->count;
    if (all > area.rows && is_active) {
        top = (int)form->focus % all - area.rows + 1;
        top = top < 0 ? 0 : top;
    }
    for (int side = 0; side < columns; side++) {
        labels[side] =
            label_width(desk, form, (size_t)(side * all), (size_t)((side + 1) * all), room - FIELD_LEAST);
        taken += labels[side] + 1 + GAP;
    }
    // Labels differ; the fields are equally wide.
    field = (area.columns + GAP - taken) / columns;
    for (int side = 0; side < columns; side++) {
        for (size_t i = (size_t)(side * all); i < (size_t)((side + 1) * all) && i < form->count; i++) {
            int row = (int)i - side * all - top;

            if (row < 0 || row >= area.rows)
                hidden++;
            else
                paint_slot(desk, page, area.row + row, column, labels[side], labels[side] + 1 + field,
                           &form->slots[i], is_active && i == form->focus);
        }
        column += labels[side] + 1 + field + GAP;
    }
    return hidden;
}

void painter_options(const struct desk *desk, struct page *page, struct area area, const struct slot *slot)
{
    struct area above = {area.row - 1, area.column, 1, area.columns};
    int before = 0, shown = 0, skipped = 0, all = 0;

    // As many before the chosen one that it is in sight.
    for (int i = slot->chosen; i >= 0; i--)
        before += form_matches(slot, i);
    for (int i = 0; i < slot->option_count; i++) {
        bool is_chosen = i == slot->chosen;

        if (!form_matches(slot, i))
            continue;
        all++;
        if (before > area.rows / 2 + 1) {
            before--;
            skipped++;
            continue;
        }
        if (shown == area.rows)
            continue;
        const char *name = painter_option(desk, &slot->options[i]), *value = slot->options[i].value;

        // A name that begins with what is sent says it already.
        page_format(page, area.row + shown++, area.column, area.columns, is_chosen ? PAGE_STRONG : PAGE_PLAIN,
                    "%s %s  %s", is_chosen ? ">" : " ", name,
                    strncmp(name, value, strlen(value)) == 0 ? "" : value);
    }
    painter_more(page, above, shown, (size_t)skipped, (size_t)all);
}

void painter_row(const struct desk *desk, struct page *page, struct area area,
                 const struct painter_column *columns, size_t count, const char *const *texts, bool is_chosen)
{
    enum page_style style = texts == NULL ? PAGE_LABEL : is_chosen ? PAGE_FOCUS : PAGE_PLAIN;
    int fixed = 2, column = area.column;

    for (size_t i = 0; i < count; i++)
        fixed += columns[i].width + 1;
    page_fill(page, area.row, area.column, area.columns, style);
    // Colour alone would not tell which row is meant.
    page_text(page, area.row, column, 2, style, is_chosen ? "> " : "  ");
    column += 2;
    for (size_t i = 0; i < count; i++) {
        int width = columns[i].width > 0 ? columns[i].width : area.columns - fixed;
        const char *text = texts != NULL ? texts[i] : desk_say(desk, columns[i].zh, columns[i].en);

        page_text(page, area.row, column, width, style, text != NULL ? text : "");
        column += width + 1;
    }
}

const char *painter_word(const struct desk *desk, const struct painter_word *words, size_t count, size_t at)
{
    return at < count ? desk_say(desk, words[at].zh, words[at].en) : "?";
}

size_t painter_top(const struct desk *desk, int rows)
{
    size_t room = rows > 1 ? (size_t)rows : 1;

    return desk->chosen >= room ? desk->chosen - room + 1 : 0;
}

void painter_more(struct page *page, struct area heading, int room, size_t top, size_t count)
{
    if (top > 0)
        page_text(page, heading.row + 1, heading.column + 1, 1, PAGE_KEY, "^");
    if (room > 0 && top + (size_t)room < count)
        page_text(page, heading.row + room, heading.column + 1, 1, PAGE_KEY, "v");
}
