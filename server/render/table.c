// SPDX-License-Identifier: Apache-2.0
// Tables and grids, see table.h.
#include "render/table.h"

#include "render/styles.h"

// The first column's text begins at the margin, where everything else on the page does.
static const double LEFT_EDGE_PT = MARGIN_PT - PADDING_PT;
static const double ROW_PADDING_PT = 3, GUTTER_PT = 8, GRID_PADDING_PT = 1.9;

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
    struct style en = {.size_pt = 7.5, .ink = INK_LABEL, .placing = column->placing};
    struct cell cell = cell_of((struct phrase){NULL, column->zh, zh});
    cell_add(&cell, (struct phrase){NULL, column->en, en});
    return cell;
}

static double cell_height(const struct table *table, const struct cell *cell, double width)
{
    return canvas_height(table->flow->canvas, cell->phrases, cell->count, width - 2 * PADDING_PT);
}

// The largest first line of a row: all first lines stand on its baseline.
static double lead_size(const struct table *table, const struct cell *cells)
{
    double size = 0;
    for (size_t i = 0; i < table->column_count; i++)
        if (cells[i].count && cells[i].phrases[0].style.size_pt > size)
            size = cells[i].phrases[0].style.size_pt;
    return size;
}

// Where the baseline of a line is, in parts of its size.
static const double ASCENT = 1.0;

static void draw_cells(const struct table *table, const struct cell *cells)
{
    double x = LEFT_EDGE_PT, lead = lead_size(table, cells);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct cell *cell = &cells[i];
        double lower = cell->count ? (lead - cell->phrases[0].style.size_pt) * ASCENT : 0;
        canvas_text(table->flow->canvas, cell->phrases, cell->count, x + PADDING_PT,
                    table->flow->y + ROW_PADDING_PT + lower, table->columns[i].width - 2 * PADDING_PT);
        x += table->columns[i].width;
    }
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
    struct cell heads[TABLE_COLUMNS];
    double height = table_head_height(table);
    table_rule(table, 1.1, INK_ACCENT);
    for (size_t i = 0; i < table->column_count; i++)
        heads[i] = head_cell(&table->columns[i]);
    draw_cells(table, heads);
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
    double height = table_row_height(table, cells);
    const char *field = cells[0].count ? cells[0].phrases[0].field : NULL;
    if (flow_need(table->flow, height + keep, field ? field : "layout"))
        table_head(table);
    draw_cells(table, cells);
    flow_skip(table->flow, height);
}

void table_rule(const struct table *table, double thickness, enum ink ink)
{
    double y = table->flow->y;
    canvas_line(table->flow->canvas, MARGIN_PT, y, MARGIN_PT + TEXT_WIDTH_PT, y, thickness, ink);
}

// A label takes one line where both languages fit beside each other, else two.
struct label {
    struct phrase phrases[2];
    double zh_width; // 0 = one below the other
    double height;
};

static struct label label_of(struct flow *flow, const struct pair *pair, double width)
{
    const double between = 4;
    struct label label = {.phrases = {{NULL, pair->zh, STYLE_LABEL_ZH}, {NULL, pair->en, STYLE_LABEL_EN}}};
    double zh = canvas_width(flow->canvas, &label.phrases[0]) + between;
    bool beside = zh + canvas_width(flow->canvas, &label.phrases[1]) <= width - PADDING_PT;
    label.zh_width = beside ? zh : 0;
    label.height = canvas_height(flow->canvas, label.phrases, beside ? 1 : 2, width - PADDING_PT);
    return label;
}

static void draw_label(struct flow *flow, const struct label *label, double x, double y, double width)
{
    const double lower = 0.6; // the smaller English on the baseline of the Chinese
    if (label->zh_width > 0) {
        canvas_text(flow->canvas, &label->phrases[0], 1, x, y, label->zh_width);
        canvas_text(flow->canvas, &label->phrases[1], 1, x + label->zh_width, y + lower, width);
    } else {
        canvas_text(flow->canvas, label->phrases, 2, x, y, width - PADDING_PT);
    }
}

static double pair_height(struct flow *flow, const struct pair *pair, double width, double label)
{
    double left = label_of(flow, pair, label).height;
    double right =
        canvas_height(flow->canvas, pair->value.phrases, pair->value.count, width - label - PADDING_PT);
    return left > right ? left : right;
}

// The first lines of label and value stand on one line.
static void draw_pair(struct flow *flow, const struct pair *pair, double x, double width, double label_width)
{
    const double lower = 0.7;
    struct label label = label_of(flow, pair, label_width);
    draw_label(flow, &label, x, flow->y + GRID_PADDING_PT + lower, label_width);
    canvas_text(flow->canvas, pair->value.phrases, pair->value.count, x + label_width,
                flow->y + GRID_PADDING_PT, width - label_width - PADDING_PT);
}

static double grid_row_height(struct flow *flow, const struct grid *grid, const struct pair *first,
                              const struct pair *second)
{
    double left = grid->first > 0 ? grid->first - GUTTER_PT : grid->width, right = grid->width - grid->first;
    double second_label = grid->second_label > 0 ? grid->second_label : grid->label;
    double height = pair_height(flow, first, left, grid->label);
    double other = second ? pair_height(flow, second, right, second_label) : 0;
    return (other > height ? other : height) + 2 * GRID_PADDING_PT;
}

static void draw_grid_row(struct flow *flow, const struct grid *grid, const struct pair *first,
                          const struct pair *second)
{
    double left = grid->first > 0 ? grid->first - GUTTER_PT : grid->width, right = grid->width - grid->first;
    double second_label = grid->second_label > 0 ? grid->second_label : grid->label;
    double height = grid_row_height(flow, grid, first, second);
    const char *field = first->value.phrases[0].field;
    flow_need(flow, height, field ? field : "layout");
    draw_pair(flow, first, MARGIN_PT, left, grid->label);
    if (second)
        draw_pair(flow, second, MARGIN_PT + grid->first, right, second_label);
    flow_skip(flow, height);
    canvas_line(flow->canvas, MARGIN_PT, flow->y, MARGIN_PT + grid->width, flow->y, 0.4, INK_RULE);
}

static double run_grid(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count,
                       bool draw)
{
    const struct pair *waiting = NULL;
    double height = 0;
    for (size_t i = 0; i <= count; i++) {
        if (i < count && pairs[i].value.count == 0)
            continue;
        if (i < count && grid->first > 0 && !waiting) {
            waiting = &pairs[i];
            continue;
        }
        const struct pair *first = waiting ? waiting : i < count ? &pairs[i] : NULL;
        const struct pair *second = waiting && i < count ? &pairs[i] : NULL;
        if (first && draw)
            draw_grid_row(flow, grid, first, second);
        height += first ? grid_row_height(flow, grid, first, second) : 0;
        waiting = NULL;
    }
    return height;
}

void table_grid(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count)
{
    run_grid(flow, grid, pairs, count, true);
}

double table_grid_height(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count)
{
    return run_grid(flow, grid, pairs, count, false);
}
