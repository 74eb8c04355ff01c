// SPDX-License-Identifier: Apache-2.0
// The end of a sheet: what holds for it at the left, the codes by which it is checked at the right, and below
// both whose digital signature the file bears and the end mark. They share one page.
#include "render/columns.h"
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

static const double GAP_PT = 14, NUMBER_PT = 12, BELOW_STATEMENT_PT = 2.5, WORDS_ABOVE_PT = 3;

static void statement_phrases(struct record *record, size_t i, struct phrase phrases[COLUMNS_PHRASES])
{
    phrases[0] = record_phrase(record, STYLE_LEGAL_ZH, "statements[%zu].zh", i);
    phrases[1] = record_phrase(record, STYLE_LEGAL_EN, "statements[%zu].en", i);
}

// `tail` = height of what ends the document on the same page; 0 = the codes follow, on any page.
static void draw_statements(struct flow *flow, double tail)
{
    const struct columns_list list = {.zh = "声明",
                                      .en = "Statements",
                                      .count = record_count(flow->record, "statements"),
                                      .across = 2,
                                      .is_numbered = true,
                                      .below = BELOW_STATEMENT_PT,
                                      .tail = tail,
                                      .item = statement_phrases};
    columns_draw(flow, &list);
}

// ---- whose signature, and the end mark

enum { END_PHRASES = 5, END = END_PHRASES - 1 };

static void end_phrases(struct record *record, enum sheet_kind kind, struct phrase phrases[END_PHRASES])
{
    bool is_sealed = kind == SHEET_FULL, specimen = record_is_specimen(record);
    const struct style mark = {
        .size_pt = 9, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE, .tracking_pt = 1.2};
    phrases[0] = (struct phrase){NULL, is_sealed ? wording_seal_zh(record) : "", STYLE_LEGAL_ZH};
    phrases[1] = (struct phrase){NULL, is_sealed ? wording_seal_en(record) : "", STYLE_LEGAL_EN};
    phrases[2] = (struct phrase){NULL, is_sealed ? wording_verify_zh(specimen) : "", STYLE_LEGAL_ZH};
    phrases[3] = (struct phrase){NULL, is_sealed ? wording_verify_en(specimen) : "", STYLE_LEGAL_EN};
    const char *end = kind == SHEET_SLIP                ? WORDING_SLIP_END
                      : wording_is_verification(record) ? WORDING_VERIFICATION_END
                                                        : WORDING_END;
    phrases[END] = (struct phrase){NULL, end, mark};
}

static const double END_ABOVE_PT = 4, MARK_ABOVE_PT = 4;

static double end_height(struct flow *flow, enum sheet_kind kind)
{
    struct phrase phrases[END_PHRASES];
    end_phrases(flow->record, kind, phrases);
    return canvas_height(flow->canvas, phrases, END_PHRASES, TEXT_WIDTH_PT) + END_ABOVE_PT + MARK_ABOVE_PT;
}

static void draw_end(struct flow *flow, enum sheet_kind kind)
{
    struct phrase phrases[END_PHRASES];
    end_phrases(flow->record, kind, phrases);
    double wide = canvas_width(flow->canvas, &phrases[END]) + 16;
    flow_need(flow, end_height(flow, kind), "layout");
    flow_skip(flow, END_ABOVE_PT);
    flow_block(flow, phrases, END, 0, TEXT_WIDTH_PT);
    flow_skip(flow, MARK_ABOVE_PT);
    double y = flow->y + canvas_height(flow->canvas, &phrases[END], 1, TEXT_WIDTH_PT) / 2,
           middle = PAGE_WIDTH_PT / 2;
    canvas_line(flow->canvas, MARGIN_PT, y, middle - wide / 2, y, 0.5, INK_RULE);
    canvas_line(flow->canvas, middle + wide / 2, y, PAGE_WIDTH_PT - MARGIN_PT, y, 0.5, INK_RULE);
    flow_block(flow, &phrases[END], 1, 0, TEXT_WIDTH_PT);
}

// ---- statements beside the codes

// The words on checking stand where that makes the whole lowest.
enum place { WORDS_BELOW, WORDS_LEFT, WORDS_RIGHT, PLACES };

struct panel {
    size_t statements;
    enum place place;
    double right_width, left_width;
    double columns, words; // heights of both columns, and of the words below them
    double height;         // of all with the end mark
};

static double statement_height(struct flow *flow, size_t i, double width)
{
    struct phrase phrases[COLUMNS_PHRASES];
    statement_phrases(flow->record, i, phrases);
    return canvas_height(flow->canvas, phrases, COLUMNS_PHRASES, width - NUMBER_PT) + BELOW_STATEMENT_PT;
}

static double words_height(struct flow *flow, const struct phrase *words, double width)
{
    return canvas_height(flow->canvas, words, VERIFY_LINES, width) + WORDS_ABOVE_PT;
}

// With the words at one of the places. Words in the right column give it a little of the left one's width.
static struct panel panel_at(struct flow *flow, const struct sheet *sheet, size_t statements,
                             enum place place)
{
    struct phrase words[VERIFY_LINES];
    struct panel panel = {.statements = statements, .place = place};
    double left = 0, right = verify_codes_height();
    panel.right_width = place == WORDS_RIGHT ? VERIFY_COLUMN_PT + 12 : VERIFY_COLUMN_PT;
    panel.left_width = TEXT_WIDTH_PT - panel.right_width - GAP_PT;
    verify_words(flow, sheet, place == WORDS_RIGHT, words);
    for (size_t i = 0; i < statements; i++)
        left += statement_height(flow, i, panel.left_width);
    if (place == WORDS_LEFT)
        left += words_height(flow, words, panel.left_width);
    if (place == WORDS_RIGHT)
        right += words_height(flow, words, panel.right_width);
    if (place == WORDS_BELOW)
        panel.words = words_height(flow, words, TEXT_WIDTH_PT);
    panel.columns = left > right ? left : right;
    panel.height = FLOW_HEADING_PT + panel.columns + panel.words + end_height(flow, sheet->kind);
    return panel;
}

static struct panel panel_of(struct flow *flow, const struct sheet *sheet, size_t statements)
{
    struct panel least = panel_at(flow, sheet, statements, WORDS_BELOW);
    for (int place = WORDS_BELOW + 1; place < PLACES; place++) {
        struct panel panel = panel_at(flow, sheet, statements, (enum place)place);
        if (panel.height < least.height)
            least = panel;
    }
    return least;
}

static void draw_left(struct flow *flow, const struct panel *panel, const struct phrase *words)
{
    double y = flow->y;
    for (size_t i = 0; i < panel->statements; i++) {
        struct phrase phrases[COLUMNS_PHRASES];
        struct phrase number = {NULL, record_printf(flow->record, "%zu", i + 1), STYLE_LEGAL_EN};
        statement_phrases(flow->record, i, phrases);
        canvas_text(flow->canvas, &number, 1, MARGIN_PT, y + 0.5, NUMBER_PT);
        canvas_text(flow->canvas, phrases, COLUMNS_PHRASES, MARGIN_PT + NUMBER_PT, y,
                    panel->left_width - NUMBER_PT);
        y += statement_height(flow, i, panel->left_width);
    }
    if (panel->place == WORDS_LEFT)
        canvas_text(flow->canvas, words, VERIFY_LINES, MARGIN_PT, y + WORDS_ABOVE_PT, panel->left_width);
}

static void draw_panel(struct flow *flow, const struct sheet *sheet, const struct panel *panel)
{
    struct phrase words[VERIFY_LINES];
    const double right = MARGIN_PT + panel->left_width + GAP_PT;
    verify_words(flow, sheet, panel->place == WORDS_RIGHT, words);
    if (!flow_need(flow, panel->height, "statements"))
        flow_skip(flow, FLOW_HEADING_PT - FLOW_HEADING_BELOW_PT);
    if (panel->statements > 0)
        flow_heading_at(flow, "声明", "Statements", MARGIN_PT, panel->left_width);
    flow_heading_at(flow, "验真", "How to check this sheet", right, panel->right_width);
    flow_skip(flow, FLOW_HEADING_BELOW_PT);
    draw_left(flow, panel, words);
    verify_codes(flow, sheet, right, flow->y, panel->right_width);
    if (panel->place == WORDS_RIGHT)
        canvas_text(flow->canvas, words, VERIFY_LINES, right,
                    flow->y + verify_codes_height() + WORDS_ABOVE_PT, panel->right_width);
    flow_skip(flow, panel->columns);
    if (panel->place == WORDS_BELOW)
        canvas_text(flow->canvas, words, VERIFY_LINES, MARGIN_PT, flow->y + WORDS_ABOVE_PT, TEXT_WIDTH_PT);
    flow_skip(flow, panel->words);
}

void section_closing(struct flow *flow, const struct sheet *sheet)
{
    if (sheet->kind == SHEET_SLIP) {
        draw_statements(flow, end_height(flow, sheet->kind));
        draw_end(flow, sheet->kind);
        return;
    }
    struct panel panel = panel_of(flow, sheet, record_count(flow->record, "statements"));
    if (panel.height > flow_page_room()) { // so many that they have pages of their own
        draw_statements(flow, 0);
        panel = panel_of(flow, sheet, 0);
    }
    draw_panel(flow, sheet, &panel);
    draw_end(flow, sheet->kind);
}
