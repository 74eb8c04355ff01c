// SPDX-License-Identifier: Apache-2.0
// See original_list.h.
#include "render/original_list.h"

#include "render/styles.h"

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
