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

static void clear(struct cell *cells)
{
    for (size_t i = 0; i < TABLE_COLUMNS; i++)
        cells[i].count = 0;
}

void original_list_draw_rows(struct flow *flow, const struct original_list *list, size_t count)
{
    struct table table = {flow, list->columns, list->column_count};
    struct cell cells[TABLE_COLUMNS];
    if (count == 0)
        return;
    clear(cells);
    list->row(flow->record, 0, cells);
    flow_heading(flow, list->zh, list->en, table_head_height(&table) + table_row_height(&table, cells));
    table_head(&table);
    for (size_t i = 0; i < count; i++) {
        clear(cells);
        list->row(flow->record, i, cells);
        table_row(&table, cells, 0);
        table_rule(&table, i + 1 == count ? 0.8 : 0.4, i + 1 == count ? INK_ACCENT : INK_RULE);
    }
}

void original_list_draw(struct flow *flow, const struct original_list *list)
{
    original_list_draw_rows(flow, list, record_count(flow->record, "%s", list->path));
}
