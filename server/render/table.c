// SPDX-License-Identifier: Apache-2.0
// Tables and grids, see table.h.
#include "render/table.h"

#include "render/styles.h"

static const double ROW_PADDING_PT = 4;

void cell_add(struct cell *cell, struct phrase phrase)
{
    if (phrase.text[0] && cell->count < CELL_PHRASES)
        cell->phrases[cell->count++] = phrase;
}

struct cell cell_of(struct phrase phrase)
{
    struct cell cell = {.count = 0};
    cell_add(&cell, phrase);
    return cell;
}

static struct cell head_cell(const struct column *column)
{
    struct style zh = {.size_pt = 8.4, .bold = true, .ink = INK_ACCENT, .placing = column->placing};
    struct style en = {.size_pt = 6.8, .ink = INK_LABEL, .placing = column->placing};
    struct cell cell = cell_of((struct phrase){NULL, column->zh, zh});
    cell_add(&cell, (struct phrase){NULL, column->en, en});
    return cell;
}

static double cell_height(const struct table *table, const struct cell *cell, double width)
{
    return canvas_height(table->flow->canvas, cell->phrases, cell->count, width - 2 * PADDING_PT);
}

static void draw_cell(const struct table *table, const struct cell *cell, double x, double row_height,
                      double width)
{
    double above = (row_height - cell_height(table, cell, width)) / 2;
    canvas_text(table->flow->canvas, cell->phrases, cell->count, x + PADDING_PT, table->flow->y + above,
                width - 2 * PADDING_PT);
}

double table_head_height(const struct table *table)
{
    double height = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        struct cell cell = head_cell(&table->columns[i]);
        double needed = cell_height(table, &cell, table->columns[i].width);
        height = needed > height ? needed : height;
    }
    return height + 2 * ROW_PADDING_PT;
}

void table_head(const struct table *table)
{
    double height = table_head_height(table), x = MARGIN_PT;
    table_rule(table, 1.1, INK_ACCENT);
    for (size_t i = 0; i < table->column_count; i++) {
        struct cell cell = head_cell(&table->columns[i]);
        draw_cell(table, &cell, x, height, table->columns[i].width);
        x += table->columns[i].width;
    }
    flow_skip(table->flow, height);
    table_rule(table, 0.6, INK_ACCENT);
}

double table_row_height(const struct table *table, const struct cell *cells)
{
    double height = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        double needed = cell_height(table, &cells[i], table->columns[i].width);
        height = needed > height ? needed : height;
    }
    return height + 2 * ROW_PADDING_PT;
}

void table_row(const struct table *table, const struct cell *cells, double keep)
{
    double height = table_row_height(table, cells), x = MARGIN_PT;
    const char *field = cells[0].count ? cells[0].phrases[0].field : NULL;
    if (flow_need(table->flow, height + keep, field ? field : "layout"))
        table_head(table);
    for (size_t i = 0; i < table->column_count; i++) {
        draw_cell(table, &cells[i], x, height, table->columns[i].width);
        x += table->columns[i].width;
    }
    flow_skip(table->flow, height);
}

void table_rule(const struct table *table, double thickness, enum ink ink)
{
    double y = table->flow->y;
    canvas_line(table->flow->canvas, MARGIN_PT, y, MARGIN_PT + TEXT_WIDTH_PT, y, thickness, ink);
}

static double pair_height(struct flow *flow, const struct pair *pair, double width, double label)
{
    struct phrase labels[] = {{NULL, pair->zh, STYLE_LABEL_ZH}, {NULL, pair->en, STYLE_LABEL_EN}};
    double left = canvas_height(flow->canvas, labels, 2, label - PADDING_PT);
    double right =
        canvas_height(flow->canvas, pair->value.phrases, pair->value.count, width - label - PADDING_PT);
    return left > right ? left : right;
}

static void draw_pair(struct flow *flow, const struct pair *pair, double x, double height, double width,
                      double label)
{
    struct phrase labels[] = {{NULL, pair->zh, STYLE_LABEL_ZH}, {NULL, pair->en, STYLE_LABEL_EN}};
    const struct cell *value = &pair->value;
    double left = canvas_height(flow->canvas, labels, 2, label - PADDING_PT);
    double right = canvas_height(flow->canvas, value->phrases, value->count, width - label - PADDING_PT);
    canvas_text(flow->canvas, labels, 2, x, flow->y + (height - left) / 2, label - PADDING_PT);
    canvas_text(flow->canvas, value->phrases, value->count, x + label, flow->y + (height - right) / 2,
                width - label - PADDING_PT);
}

static void draw_grid_row(struct flow *flow, const struct pair *const *row, size_t count, double width,
                          double label)
{
    const double padding = 2.6;
    double height = 0, cell_width = width / (double)count, x = MARGIN_PT;
    for (size_t i = 0; i < count; i++) {
        double needed = row[i] ? pair_height(flow, row[i], cell_width, label) : 0;
        height = needed > height ? needed : height;
    }
    height += 2 * padding;
    const char *field = row[0]->value.phrases[0].field;
    flow_need(flow, height, field ? field : "layout");
    for (size_t i = 0; i < count && row[i]; i++, x += cell_width)
        draw_pair(flow, row[i], x, height, cell_width, label);
    flow_skip(flow, height);
    canvas_line(flow->canvas, MARGIN_PT, flow->y, MARGIN_PT + width, flow->y, 0.4, INK_RULE);
}

void table_grid(struct flow *flow, const struct pair *pairs, size_t count, size_t across, double width,
                double label)
{
    const struct pair *row[4] = {NULL};
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].value.count > 0)
            row[filled++] = &pairs[i];
        if (filled == across || (filled > 0 && i + 1 == count)) {
            draw_grid_row(flow, row, across, width, label);
            for (size_t j = 0; j < across; j++)
                row[j] = NULL;
            filled = 0;
        }
    }
}
