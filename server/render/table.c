// SPDX-License-Identifier: Apache-2.0
// Tables and grids, see table.h.
#include "render/table.h"

#include "render/styles.h"

static const double ROW_PADDING_PT = 4, GUTTER_PT = 8, GRID_PADDING_PT = 1.9;

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

static void draw_grid_row(struct flow *flow, const struct grid *grid, const struct pair *first,
                          const struct pair *second)
{
    double left = grid->first > 0 ? grid->first - GUTTER_PT : grid->width, right = grid->width - grid->first;
    double height = pair_height(flow, first, left, grid->label);
    double other = second ? pair_height(flow, second, right, grid->label) : 0;
    height = (other > height ? other : height) + 2 * GRID_PADDING_PT;
    const char *field = first->value.phrases[0].field;
    flow_need(flow, height, field ? field : "layout");
    draw_pair(flow, first, MARGIN_PT, height, left, grid->label);
    if (second)
        draw_pair(flow, second, MARGIN_PT + grid->first, height, right, grid->label);
    flow_skip(flow, height);
    canvas_line(flow->canvas, MARGIN_PT, flow->y, MARGIN_PT + grid->width, flow->y, 0.4, INK_RULE);
}

void table_grid(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count)
{
    const struct pair *waiting = NULL;
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].value.count == 0)
            continue;
        if (grid->first > 0 && !waiting) {
            waiting = &pairs[i];
            continue;
        }
        draw_grid_row(flow, grid, waiting ? waiting : &pairs[i], waiting ? &pairs[i] : NULL);
        waiting = NULL;
    }
    if (waiting)
        draw_grid_row(flow, grid, waiting, NULL);
}
