// SPDX-License-Identifier: Apache-2.0
// What must be said of positions below a worksheet's facts, see worksheet_parts.h: every hold of the batch
// with what failed and by which rule, who released it, when and why (ISO/IEC 17025 7.10.1, 8.7); results that
// were entered again elsewhere; samples without a result.
#include "quality/control_chart_parts.h"
#include "quality/control_rules.h"
#include "quality/worksheet_parts.h"

#include <string.h>

enum { NOTE_LINES = 5 };

static const Touchstone__V1__WorksheetPosition *position_at(const struct worksheet_page *page, int32_t number)
{
    for (size_t i = 0; i < page->shown->n_positions; i++)
        if (page->shown->positions[i]->position == number)
            return page->shown->positions[i];
    return NULL;
}

// ---- why it is held

static const Touchstone__Internal__V1__ControlRule *rule_of(const struct worksheet_page *page,
                                                            const char *chart, const char *name)
{
    for (size_t i = 0; i < page->facts->n_charts; i++) {
        const Touchstone__Internal__V1__PageChart *known = page->facts->charts[i];
        for (size_t k = 0; k < known->n_rules && strcmp(known->chart, chart) == 0; k++)
            if (strcmp(known->rules[k]->name, name) == 0)
                return known->rules[k];
    }
    return NULL;
}

// With its phrase, where the rule still stands as it was when it fired.
static void add_rule(const struct worksheet_page *page, const char *chart, const char *name,
                     struct worksheet_text *text)
{
    struct control_rule_set set = {.count = 0};
    char zh[CHART_RULE_TEXT_SIZE], en[CHART_RULE_TEXT_SIZE];
    const Touchstone__Internal__V1__ControlRule *rule = rule_of(page, chart, name);
    worksheet_pen_add(text, "规则 rule %s", name);
    if (!rule)
        return;
    const struct control_rule_row row = {
        .set = "",
        .name = rule->name,
        .kind = rule->kind,
        .count = rule->count,
        .of = rule->of,
        .sigma = rule->sigma,
        .side = rule->side,
        .scope = rule->scope,
        .effect = rule->effect,
        .confidence = strcmp(rule->confidence, "signed") == 0 ? "certain" : rule->confidence};
    if (!control_rules_add(&set, &row, NULL))
        return;
    control_chart_rule_zh(&set.rules[0], zh);
    control_chart_rule_en(&set.rules[0], en);
    worksheet_pen_add(text, "（%s %s）", zh, en);
}

static void add_check(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                      struct worksheet_text *text)
{
    const Touchstone__V1__ControlPlan *plan = page->sheet->plan;
    if (!one || !plan)
        return;
    switch (one->kind) {
    case PAGE_KIND(BLANK):
        worksheet_pen_add(text, "空白 blank %s，要求 limit < %s %s", one->value, plan->blank_limit,
                          page->sheet->unit);
        break;
    case PAGE_KIND(DUPLICATE):
        worksheet_pen_add(text, "平行样 duplicate %s，相对差 difference %s %%，要求 limit ≤ %s %%",
                          one->value, *one->figure ? one->figure : "—", plan->duplicate_percent);
        break;
    case PAGE_KIND(SPIKE):
        worksheet_pen_add(text, "加标样 spike %s，回收率 recovery %s %%，要求 window %s–%s %%", one->value,
                          *one->figure ? one->figure : "—", plan->spike_low_percent,
                          plan->spike_high_percent);
        break;
    default:
        break;
    }
}

static void add_cause(const struct worksheet_page *page, const Touchstone__Internal__V1__PageHold *hold,
                      struct worksheet_text *text)
{
    if (hold->position > 0)
        worksheet_pen_add(text, "第 %d 位 position %d ", hold->position, hold->position);
    else
        worksheet_pen_add(text, "他处 elsewhere %s ", hold->elsewhere);
    if (*hold->chart) {
        worksheet_pen_add(text, "质控样 control %s = %s，", hold->chart, hold->value);
        for (size_t i = 0; i < hold->n_rules; i++) {
            worksheet_pen_add(text, "%s", i ? "、" : "");
            add_rule(page, hold->chart, hold->rules[i], text);
        }
    } else if (hold->position > 0) {
        add_check(page, position_at(page, hold->position), text);
    } else {
        worksheet_pen_add(text, "%s = %s", hold->n_rules ? hold->rules[0] : "", hold->value);
    }
}

// That nothing was measured again is said too: who reads the release must not have to guess.
static void add_repeats(const Touchstone__Internal__V1__PageHold *hold, struct worksheet_text *text)
{
    if (!*hold->chart)
        return;
    worksheet_pen_add(text, "。质控重测 Control repeated：%s", hold->n_repeats ? "" : "无 none");
    for (size_t i = 0; i < hold->n_repeats; i++) {
        const Touchstone__Internal__V1__PageRepeat *one = hold->repeats[i];
        worksheet_pen_add(text, "%s%s = %s %s，%s", i ? "；" : "", one->at, one->value,
                          one->rejected ? "不可接受 rejected" : "可接受 accepted", one->name);
    }
}

static void hold_words(const struct worksheet_page *page, const Touchstone__Internal__V1__PageHold *hold,
                       struct worksheet_text *text)
{
    bool is_open = !*hold->released_at;
    worksheet_pen_add(text, "%s冻结与处置 Hold and disposition：冻结 held %s，", is_open ? "▲ " : "",
                      hold->held_at);
    add_cause(page, hold, text);
    add_repeats(hold, text);
    for (size_t i = 0; i < hold->n_nonconformities; i++)
        worksheet_pen_add(text, "%s%s", i ? "、" : "。不符合工作 Nonconforming work ",
                          hold->nonconformities[i]);
    if (is_open)
        worksheet_pen_add(text, "。未放行 Not released.");
    else // as typed, to its last mark
        worksheet_pen_add(text, "。放行 Released %s  %s，原因 reason：%s", hold->released_at,
                          hold->released_by, hold->reason);
}

// ---- all notes, in their order

struct notes {
    struct worksheet_page *page;
    int left;       // lines
    size_t to_come; // notes
    size_t dropped; // that found no line
};

static bool is_skipped(const Touchstone__V1__WorksheetPosition *one)
{
    return one->kind == PAGE_KIND(SAMPLE) && one->outcome == PAGE_OUTCOME(SKIPPED);
}

static size_t count_notes(const struct worksheet_page *page)
{
    size_t count = page->facts->n_holds + (page->facts->n_corrected > 0);
    for (size_t i = 0; i < page->shown->n_positions; i++)
        count += is_skipped(page->shown->positions[i]);
    return count;
}

static void put_note(struct notes *notes, const char *text, bool is_loud)
{
    const struct worksheet_cell cell = {.x = PAGE_MARGIN,
                                        .y = notes->page->y,
                                        .width = PAGE_WIDTH - 2 * PAGE_MARGIN,
                                        .size = PAGE_FONT,
                                        .bold = is_loud,
                                        .rgb = is_loud ? PAGE_FAILED : PAGE_INK};
    int room = notes->left - (--notes->to_come + notes->dropped > 0); // a line for what is dropped
    int most = room < NOTE_LINES ? room : NOTE_LINES;
    if (most < 1) {
        notes->dropped++;
        return;
    }
    int used = worksheet_pen_wrap(notes->page, &cell, most, text);
    notes->left -= used;
    notes->page->y += used * PAGE_PITCH;
}

static void put_holds(struct notes *notes)
{
    const struct worksheet_page *page = notes->page;
    for (size_t i = 0; i < page->facts->n_holds; i++) {
        struct worksheet_text text = {.length = 0};
        hold_words(page, page->facts->holds[i], &text);
        put_note(notes, text.bytes, !*page->facts->holds[i]->released_at);
    }
}

static void put_corrected(struct notes *notes)
{
    const struct worksheet_page *page = notes->page;
    struct worksheet_text text = {.length = 0};
    if (!page->facts->n_corrected)
        return;
    worksheet_pen_add(&text, "后经更正，以原始记录为准 Entered again later, see the original record：");
    for (size_t i = 0; i < page->facts->n_corrected; i++)
        worksheet_pen_add(&text, "%s%d", i ? "、" : "第 ", page->facts->corrected[i]);
    worksheet_pen_add(&text, " 位 position");
    put_note(notes, text.bytes, false);
}

static void put_skipped(struct notes *notes)
{
    const struct worksheet_page *page = notes->page;
    for (size_t i = 0; i < page->shown->n_positions; i++) {
        const Touchstone__V1__WorksheetPosition *one = page->shown->positions[i];
        struct worksheet_text text = {.length = 0};
        if (!is_skipped(one))
            continue;
        worksheet_pen_add(&text, "第 %d 位未测 position %d skipped：%s", one->position, one->position,
                          one->reason);
        put_note(notes, text.bytes, false);
    }
}

void worksheet_notes_put(struct worksheet_page *page, int lines)
{
    struct notes notes = {.page = page, .left = lines, .to_come = count_notes(page)};
    put_holds(&notes);
    put_corrected(&notes);
    put_skipped(&notes);
    if (notes.dropped > 0 && lines > 0) {
        struct worksheet_text text = {.length = 0};
        const struct worksheet_cell cell = {.x = PAGE_MARGIN,
                                            .y = page->y,
                                            .width = PAGE_WIDTH - 2 * PAGE_MARGIN,
                                            .size = PAGE_FONT,
                                            .bold = true,
                                            .rgb = PAGE_INK};
        worksheet_pen_add(&text, "另有 %zu 项未列出 %zu more: touchstone worksheet show %s", notes.dropped,
                          notes.dropped, page->sheet->worksheet_no);
        worksheet_pen_put(page, &cell, text.bytes);
        page->y += PAGE_PITCH;
    }
}
