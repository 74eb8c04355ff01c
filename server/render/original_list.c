// SPDX-License-Identifier: Apache-2.0
// See original_list.h.
#include "render/original_list.h"

#include "render/styles.h"

#include <string.h>

struct cell original_cell(struct record *record, const char *list, size_t i, const char *key)
{
    return cell_of(record_phrase(record, STYLE_NOTE_ZH, "%s[%zu].%s", list, i, key));
}

struct cell original_words(struct record *record, const char *list, size_t i, const char *key)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_NOTE_ZH, "%s[%zu].%s_zh", list, i, key));
    cell_add(&cell, record_phrase(record, STYLE_NOTE_EN, "%s[%zu].%s_en", list, i, key));
    return cell;
}

struct cell original_text(const char *field, const char *text)
{
    return cell_of((struct phrase){field, text, STYLE_NOTE_ZH});
}

struct cell original_or_dash(struct cell cell)
{
    return cell.count > 0 ? cell : original_text(NULL, "—");
}

#define NO_BREAK_SPACE "\xc2\xa0"

static bool begins(const char *text, const char *word)
{
    return word[0] && strncmp(text, word, strlen(word)) == 0;
}

static bool ends(const char *start, const char *at, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(at - start) >= length && memcmp(at - length, word, length) == 0;
}

const char *original_unbroken(struct record *record, const char *text)
{
    static const char *const SIGNS[] = {"≥", "≤", "<", ">"}, *const UNITS[] = {"‰", "%", "℃"};
    const char *unit = record_text(record, "test.unit");
    GString *whole = g_string_new(NULL);
    for (const char *at = text; *at; at++) {
        bool keeps = begins(at + 1, unit);
        for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
            keeps = keeps || ends(text, at, SIGNS[i]);
        for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
            keeps = keeps || begins(at + 1, UNITS[i]);
        if (*at == ' ' && keeps)
            g_string_append(whole, NO_BREAK_SPACE);
        else
            g_string_append_c(whole, *at);
    }
    const char *kept = record_printf(record, "%s", whole->str);
    g_string_free(whole, TRUE);
    return kept;
}

struct phrase original_whole(struct record *record, struct style style, const char *path)
{
    struct phrase phrase = record_phrase(record, style, "%s", path);
    phrase.text = original_unbroken(record, phrase.text);
    return phrase;
}

static void clear(struct cell *cells)
{
    for (size_t i = 0; i < TABLE_COLUMNS; i++)
        cells[i].count = 0;
}

static double row_height(const struct table *table, const struct original_list *list, size_t i)
{
    struct cell cells[TABLE_COLUMNS];
    clear(cells);
    list->row(table->flow->record, i, cells);
    return table_row_height(table, cells);
}

// What must stay on the page of row i: the first two rows stand together, and the last two, unless the second
// is itself a good part of a page.
static double keep(const struct table *table, const struct original_list *list, size_t i, size_t count)
{
    const double most = 90;
    double next = i + 1 < count && (i == 0 || i + 2 == count) ? row_height(table, list, i + 1) : 0;
    if (i == 0 && count == 3) // else the first would stand alone before the last two
        next += row_height(table, list, 2);
    return next <= most ? next : 0;
}

void original_list_draw_rows(struct flow *flow, const struct original_list *list, size_t count)
{
    struct table table = {flow, list->columns, list->column_count};
    struct cell cells[TABLE_COLUMNS];
    if (count == 0)
        return;
    flow_heading(flow, list->zh, list->en,
                 table_head_height(&table) + row_height(&table, list, 0) + keep(&table, list, 0, count));
    table_head(&table);
    for (size_t i = 0; i < count; i++) {
        clear(cells);
        list->row(flow->record, i, cells);
        table_row(&table, cells, keep(&table, list, i, count));
        table_rule(&table, i + 1 == count ? 0.8 : 0.4, i + 1 == count ? INK_ACCENT : INK_RULE);
    }
}

void original_list_draw(struct flow *flow, const struct original_list *list)
{
    original_list_draw_rows(flow, list, record_count(flow->record, "%s", list->path));
}
