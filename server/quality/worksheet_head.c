// SPDX-License-Identifier: Apache-2.0
// The head of a worksheet's page, see worksheet_parts.h: form, state, and what an auditor asks of a batch
// (ISO/IEC 17025 7.5.1, 7.7.1): method with its edition, requirement, who and when, instrument and lots on
// the day, what the controls must keep. What is still to come is a line to write on; what never came is said.
#include "quality/worksheet_parts.h"

#include <stdio.h>
#include <string.h>

enum { RIGHT = PAGE_MARGIN + 3620, LABEL = 860, LINES_MOST = 3, STRIP = 170, HEAD_Y = 700 };

#define TO_WRITE "________________"

static bool is_open(const struct worksheet_page *page)
{
    return page->sheet->state == PAGE_STATE(OPEN);
}

// ---- title, form, state

static void put_title(struct worksheet_page *page)
{
    const Touchstone__Internal__V1__PageForm *form = page->facts->form;
    struct worksheet_text text = {.length = 0};
    struct worksheet_cell cell = {
        .x = PAGE_MARGIN, .y = 430, .width = 4300, .size = 200, .bold = true, .rgb = PAGE_ACCENT};
    if (form && (*form->title_zh || *form->title_en))
        worksheet_pen_add(&text, "%s %s", form->title_zh, form->title_en);
    else
        worksheet_pen_add(&text, "检测工作单 Worksheet");
    worksheet_pen_put(page, &cell, text.bytes);
    cell.x = PAGE_WIDTH - PAGE_MARGIN;
    cell.anchor = CHART_END;
    cell.width = 2700;
    cell.size = 170;
    cell.rgb = PAGE_INK;
    worksheet_pen_put_whole(page, &cell, page->sheet->worksheet_no, "");
}

// The form's number is whole; the house has what is left of the line.
static void put_house(struct worksheet_page *page)
{
    enum { SIZE = 84, LONGEST = 3600, GAP = 200 };
    const Touchstone__Internal__V1__PageForm *form = page->facts->form;
    struct worksheet_text text = {.length = 0};
    struct worksheet_cell cell = {.x = PAGE_WIDTH - PAGE_MARGIN,
                                  .y = 580,
                                  .width = LONGEST,
                                  .anchor = CHART_END,
                                  .size = SIZE,
                                  .bold = true,
                                  .rgb = PAGE_INK};
    if (form)
        worksheet_pen_add(&text, "表格编号 Form %s  版次 Ed. %s", form->form_no, form->edition);
    else
        worksheet_pen_add(&text, "未指定受控表格编号 No controlled form");
    worksheet_pen_put_whole(page, &cell, text.bytes, form ? form->form_no : "");
    int used = worksheet_pen_width(text.bytes, SIZE);
    text.length = 0;
    worksheet_pen_add(&text, "%s  %s", page->facts->institute, page->facts->institute_en);
    cell = (struct worksheet_cell){.x = PAGE_MARGIN, .y = 580, .size = SIZE, .rgb = PAGE_QUIET};
    cell.width = PAGE_WIDTH - 2 * PAGE_MARGIN - GAP - (used < LONGEST ? used : LONGEST);
    worksheet_pen_put_whole(page, &cell, text.bytes, text.bytes);
    worksheet_pen_rule(page, PAGE_MARGIN, 645, PAGE_WIDTH - PAGE_MARGIN, 645, 14, PAGE_ACCENT);
}

// How many of each verdict, as far as this page tells them: 77 approved are not 77 that conform.
static void add_verdicts(const struct worksheet_page *page, struct worksheet_text *text)
{
    size_t conform = 0, fail = 0, other = 0;
    for (size_t i = 0; i < page->shown->n_positions; i++) {
        const Touchstone__V1__WorksheetPosition *one = page->shown->positions[i];
        if (!worksheet_parts_tells(page, one))
            continue;
        conform += one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_PASS;
        fail += one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_FAIL;
        other += one->test->judgement->verdict != TOUCHSTONE__V1__VERDICT__VERDICT_PASS &&
                 one->test->judgement->verdict != TOUCHSTONE__V1__VERDICT__VERDICT_FAIL;
    }
    if (conform + fail + other == 0)
        return;
    worksheet_pen_add(text, "；符合 conforms %zu，不符合 fails %zu", conform, fail);
    if (other)
        worksheet_pen_add(text, "，其他 other %zu", other);
}

static void add_state(const struct worksheet_page *page, struct worksheet_text *text)
{
    size_t measured = worksheet_parts_measured(page);
    switch (page->sheet->state) {
    case PAGE_STATE(OPEN):
        worksheet_pen_add(text, "待录入 Open: not entered yet");
        break;
    case PAGE_STATE(ENTERED):
        worksheet_pen_add(text, "已录入，未提交 Entered, not submitted");
        if (!page->facts->n_held)
            worksheet_pen_add(text, "；评定为预判 verdicts are provisional");
        add_verdicts(page, text);
        break;
    case PAGE_STATE(SUBMITTED):
        worksheet_pen_add(text, "已提交 Submitted；复核通过 approved on review %d / %zu",
                          page->facts->approved, measured);
        add_verdicts(page, text);
        break;
    case PAGE_STATE(CANCELLED):
        worksheet_pen_add(text, "已取消 Cancelled：%s", page->sheet->cancel_reason);
        break;
    default:
        break;
    }
}

// Held goes before every state: no verdict may be read from this page then.
static void put_state(struct worksheet_page *page)
{
    struct worksheet_text text = {.length = 0};
    bool held = page->sheet->held || page->facts->n_held > 0;
    const struct worksheet_cell cell = {.x = PAGE_MARGIN + 80,
                                        .y = page->y + STRIP - 52,
                                        .width = PAGE_WIDTH - 2 * PAGE_MARGIN - 160,
                                        .size = 98,
                                        .bold = true,
                                        .rgb = held ? PAGE_PAPER : PAGE_INK};
    if (page->sheet->held)
        worksheet_pen_add(&text,
                          "▲ 本批冻结，样品不作符合性判定，不得放行 BATCH HELD: no verdict, no release  |  ");
    else if (held)
        worksheet_pen_add(&text, "▲ %zu 个样品因他批冻结不作判定 %zu held with another batch  |  ",
                          page->facts->n_held, page->facts->n_held);
    else if (page->facts->n_holds)
        worksheet_pen_add(&text, "冻结已放行 Hold released  |  ");
    add_state(page, &text);
    worksheet_pen_box(page, PAGE_MARGIN, page->y, PAGE_WIDTH - 2 * PAGE_MARGIN, STRIP,
                      held ? PAGE_FAILED : PAGE_TINT);
    worksheet_pen_put(page, &cell, text.bytes);
    page->y = PAGE_FACTS;
}

// ---- facts

// Returns how many lines.
static int put_fact(const struct worksheet_page *page, int x, int end, int most, const char *label,
                    const char *value)
{
    struct worksheet_cell cell = {.x = x, .y = page->y, .width = LABEL - 40, .size = 86, .rgb = PAGE_QUIET};
    worksheet_pen_put(page, &cell, label);
    cell = (struct worksheet_cell){
        .x = x + LABEL, .y = page->y, .width = end - x - LABEL, .size = PAGE_FONT, .rgb = PAGE_INK};
    if (!*value)
        value = is_open(page) ? TO_WRITE : "未记录 not recorded";
    return worksheet_pen_wrap(page, &cell, most, value);
}

static int lines_most(const struct worksheet_page *page)
{
    return 1 + (page->spare < LINES_MOST - 1 ? page->spare : LINES_MOST - 1);
}

static void move_down(struct worksheet_page *page, int lines)
{
    page->y += PAGE_PITCH * lines;
    page->spare -= lines - 1;
}

static void put_across(struct worksheet_page *page, const char *label, const char *value)
{
    move_down(page, put_fact(page, PAGE_MARGIN, PAGE_WIDTH - PAGE_MARGIN, lines_most(page), label, value));
}

static void put_pair(struct worksheet_page *page, const char *left, const char *left_value, const char *right,
                     const char *right_value)
{
    int a = put_fact(page, PAGE_MARGIN, RIGHT - 120, lines_most(page), left, left_value);
    int b = put_fact(page, RIGHT, PAGE_WIDTH - PAGE_MARGIN, lines_most(page), right, right_value);
    move_down(page, a > b ? a : b);
}

static void put_method(struct worksheet_page *page)
{
    struct worksheet_text text = {.length = 0};
    worksheet_pen_add(&text, "%s%s%s (%s)", page->facts->standard, *page->facts->standard ? "；" : "",
                      page->facts->method, page->sheet->method_id);
    put_across(page, "方法 Method", text.bytes);
}

// What samples are held against, when it is the same of all.
static void put_requirement(struct worksheet_page *page)
{
    const Touchstone__V1__Judgement *first = NULL;
    struct worksheet_text text = {.length = 0};
    bool differs = false;
    for (size_t i = 0; i < page->shown->n_positions; i++) {
        const Touchstone__V1__Test *test = page->shown->positions[i]->test;
        const Touchstone__V1__Judgement *one = test ? test->judgement : NULL;
        if (!one || !*one->requirement)
            continue;
        differs |= first && (strcmp(first->requirement, one->requirement) != 0 ||
                             strcmp(first->standard, one->standard) != 0);
        first = first ? first : one;
    }
    if (is_open(page))
        return;
    if (differs)
        worksheet_pen_add(&text, "因样品而异，见各原始记录 differs by sample: original record of each");
    else if (first)
        worksheet_pen_add(&text, "%s %s（%s）", first->requirement, first->unit, first->standard);
    else
        worksheet_pen_add(&text, "无限量要求 no requirement");
    for (size_t i = 0; i < page->facts->n_decision_rules; i++)
        worksheet_pen_add(&text, "；%s", page->facts->decision_rules[i]);
    put_across(page, "判定依据 Limit", text.bytes);
}

static void add_act(struct worksheet_text *text, const Touchstone__Internal__V1__PageAct *act)
{
    if (act)
        worksheet_pen_add(text, "%s%s  %s", text->length ? "；" : "", act->name, act->at);
}

static void put_parameter_and_maker(struct worksheet_page *page)
{
    const Touchstone__V1__Worksheet *sheet = page->sheet;
    struct worksheet_text parameter = {.length = 0}, made = {.length = 0};
    worksheet_pen_add(&parameter, "%s %s%s%s%s", sheet->parameter_zh, sheet->parameter_en,
                      *sheet->unit ? " (" : "", sheet->unit, *sheet->unit ? ")" : "");
    add_act(&made, page->facts->made);
    put_pair(page, "检测项目 Parameter", parameter.bytes, "编制 Made by", made.bytes);
}

// Controls that were measured again after the hold, with their moment: they are of the test too.
static void add_repeats(const struct worksheet_page *page, struct worksheet_text *text)
{
    for (size_t i = 0; i < page->facts->n_holds; i++)
        for (size_t k = 0; k < page->facts->holds[i]->n_repeats; k++)
            worksheet_pen_add(text, "%s质控重测 control repeated %s", text->length ? "；" : "",
                              page->facts->holds[i]->repeats[k]->at);
}

// The day of the end is told when it is another one.
static void put_batch_and_work(struct worksheet_page *page)
{
    enum { DAY = 10, MOMENT = 16 };
    const Touchstone__Internal__V1__PageFacts *facts = page->facts;
    struct worksheet_text batch = {.length = 0}, work = {.length = 0};
    worksheet_pen_add(&batch, "%s；%d 位 positions", page->sheet->batch_no, page->sheet->positions);
    if (*facts->began) {
        bool same = strlen(facts->ended) == MOMENT && strncmp(facts->began, facts->ended, DAY) == 0;
        for (size_t i = 0; i < facts->n_workers; i++)
            worksheet_pen_add(&work, "%s%s", i ? "、" : "", facts->workers[i]);
        worksheet_pen_add(&work, "  %s – %s", facts->began,
                          same            ? facts->ended + DAY + 1
                          : *facts->ended ? facts->ended
                                          : "…");
    }
    add_repeats(page, &work);
    put_pair(page, "批次 Batch", batch.bytes, "检测 Tested", work.bytes);
}

// What is valid says until when; what is not says so first.
static void add_fitness(struct worksheet_text *text, const char *until, size_t count,
                        Touchstone__Internal__V1__PageFitness *const *known)
{
    for (size_t i = 0; i < count; i++) {
        const Touchstone__Internal__V1__PageFitness *one = known[i];
        bool valid = strcmp(one->state_en, "valid") == 0;
        worksheet_pen_add(text, "%s%s（", text->length ? "；" : "", one->name);
        if (!valid)
            worksheet_pen_add(text, "▲%s %s", one->state_zh, one->state_en);
        if (*one->valid_until)
            worksheet_pen_add(text, "%s%s %s", valid ? "" : "，", until, one->valid_until);
        if (*one->evidence)
            worksheet_pen_add(text, "，%s", one->evidence);
        worksheet_pen_add(text, "）");
    }
}

static void put_samples_and_entry(struct worksheet_page *page)
{
    struct worksheet_text samples = {.length = 0}, entered = {.length = 0};
    worksheet_pen_add(&samples, "%d", page->sheet->samples);
    for (size_t i = 0; i < page->facts->n_products; i++)
        worksheet_pen_add(&samples, "%s%s", i ? "、" : "，", page->facts->products[i]);
    add_act(&entered, page->facts->entered);
    put_pair(page, "样品 Samples", samples.bytes, "录入 Entered by", entered.bytes);
}

static void put_instruments(struct worksheet_page *page)
{
    struct worksheet_text text = {.length = 0};
    add_fitness(&text, "校准有效至 cal. valid to", page->facts->n_instruments, page->facts->instruments);
    if (*page->sheet->file_sha256)
        worksheet_pen_add(&text, "；数据文件 file %s (SHA-256 %.12s…)", page->sheet->file_name,
                          page->sheet->file_sha256);
    put_across(page, "仪器 Equipment", text.bytes);
}

// As entered: they are the same for all samples.
static void add_climate(const struct worksheet_page *page, struct worksheet_text *text)
{
    for (size_t i = 0; i < page->shown->n_positions; i++) {
        const Touchstone__V1__WorksheetPosition *one = page->shown->positions[i];
        const Touchstone__V1__Test *test = one->test;
        if (one->outcome != PAGE_OUTCOME(NONE) || !test ||
            worksheet_parts_is_among(page->facts->corrected, page->facts->n_corrected, one->position))
            continue;
        if (*test->temperature_c)
            worksheet_pen_add(text, "%s ℃", test->temperature_c);
        if (*test->humidity_percent)
            worksheet_pen_add(text, "%s%s %% RH", *test->temperature_c ? "，" : "", test->humidity_percent);
        return;
    }
}

static void put_climate_and_submission(struct worksheet_page *page)
{
    struct worksheet_text climate = {.length = 0}, submitted = {.length = 0};
    add_climate(page, &climate);
    for (size_t i = 0; i < page->facts->n_submitted; i++)
        add_act(&submitted, page->facts->submitted[i]);
    if (!submitted.length && !is_open(page))
        worksheet_pen_add(&submitted, "未提交 not submitted");
    put_pair(page, "温湿度 Room", climate.bytes, "提交 Submitted", submitted.bytes);
}

static void put_deviation_and_review(struct worksheet_page *page)
{
    struct worksheet_text deviation = {.length = 0}, reviewed = {.length = 0};
    for (size_t i = 0; i < page->facts->n_deviations; i++)
        worksheet_pen_add(&deviation, "%s%s", i ? "；" : "", page->facts->deviations[i]);
    if (!deviation.length && !is_open(page))
        worksheet_pen_add(&deviation, "无 none");
    for (size_t i = 0; i < page->facts->n_reviewed; i++) {
        const Touchstone__Internal__V1__PageAct *act = page->facts->reviewed[i];
        add_act(&reviewed, act);
        worksheet_pen_add(&reviewed, act->sent_back ? "  退回 sent back %d" : "  通过 approved %d",
                          act->tests);
    }
    if (!reviewed.length && !is_open(page))
        worksheet_pen_add(&reviewed, "未复核 not reviewed");
    put_pair(page, "偏离 Deviation", deviation.bytes, "复核 Reviewed", reviewed.bytes);
}

static void put_lots(struct worksheet_page *page)
{
    struct worksheet_text text = {.length = 0};
    add_fitness(&text, "有效至 exp.", page->facts->n_lots, page->facts->lots);
    put_across(page, "试剂 Reagents", text.bytes);
}

static void put_plan(struct worksheet_page *page)
{
    const Touchstone__V1__ControlPlan *plan = page->sheet->plan;
    const char *unit = page->sheet->unit;
    struct worksheet_text text = {.length = 0};
    if (!plan)
        return;
    worksheet_pen_add(&text, "方案 plan %d", plan->plan_no);
    if (plan->blanks > 0)
        worksheet_pen_add(&text, "；空白 %d 个 blanks %d，< %s %s", plan->blanks, plan->blanks,
                          plan->blank_limit, unit);
    if (plan->controls_every > 0)
        worksheet_pen_add(&text, "；每 %d 样一质控 control every %d samples", plan->controls_every,
                          plan->controls_every);
    if (plan->duplicates_every > 0)
        worksheet_pen_add(&text, "；每 %d 样一平行 duplicate 1 in %d，差 diff. ≤ %s %%",
                          plan->duplicates_every, plan->duplicates_every, plan->duplicate_percent);
    if (plan->spikes_every > 0)
        worksheet_pen_add(&text, "；每 %d 样一加标 spike 1 in %d，+%s %s，回收率 recovery %s–%s %%",
                          plan->spikes_every, plan->spikes_every, plan->spike_added, unit,
                          plan->spike_low_percent, plan->spike_high_percent);
    put_across(page, "质控要求 QC plan", text.bytes);
}

static void put_charts(struct worksheet_page *page)
{
    for (size_t i = 0; i < page->facts->n_charts; i++) {
        const Touchstone__Internal__V1__PageChart *chart = page->facts->charts[i];
        struct worksheet_text text = {.length = 0};
        worksheet_pen_add(&text, "%s（%s）", chart->chart, chart->material);
        if (chart->limits_version == 0)
            worksheet_pen_add(&text, "；尚无控制限 no limits yet");
        else if (chart->moving_range)
            worksheet_pen_add(&text, "；控制限第 %d 版 limits version %d：移动极差 moving range，s %s %s",
                              chart->limits_version, chart->limits_version, chart->sigma, page->sheet->unit);
        else
            worksheet_pen_add(&text, "；控制限第 %d 版 limits version %d：中心 centre %s，s %s，±3s %s–%s %s",
                              chart->limits_version, chart->limits_version, chart->centre, chart->sigma,
                              chart->low, chart->high, page->sheet->unit);
        worksheet_pen_add(&text, "；规则集 rule set %s", chart->rule_set);
        put_across(page, i ? "" : "控制图 Chart", text.bytes);
    }
}

int worksheet_head_lines(const struct worksheet_page *page)
{
    enum { PAIRS = 5, OTHERS = 5 };
    return PAIRS + OTHERS + (int)page->facts->n_charts;
}

void worksheet_head_put(struct worksheet_page *page)
{
    put_title(page);
    put_house(page);
    page->y = HEAD_Y;
    put_state(page);
    put_method(page);
    put_requirement(page);
    put_parameter_and_maker(page);
    put_batch_and_work(page);
    put_samples_and_entry(page);
    put_climate_and_submission(page);
    put_deviation_and_review(page);
    put_instruments(page);
    put_lots(page);
    put_plan(page);
    put_charts(page);
}
