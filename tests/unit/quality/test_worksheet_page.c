// SPDX-License-Identifier: Apache-2.0
// The page of a worksheet: no verdict of what is held, corrected or tested again, every hold with its cause
// and its release, and no text that runs into its neighbour or off the paper, however long its words are.
// Texts are measured with the sheet's fonts.
#include "numbers.h"

#include "quality/worksheet_page.h"
#include "render/fonts.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Fields of messages are not const; nobody writes through them here.
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"

#define KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name
#define OUTCOME(name) TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_##name
#define VERDICT(name) TOUCHSTONE__V1__VERDICT__VERDICT_##name

enum { POSITIONS = 96, HOLDS_MOST = 40 };

// A worksheet of samples, with a control at the end that a rule rejected.
struct sample {
    struct arena *arena;
    Touchstone__Internal__V1__WorksheetPage page;
    Touchstone__V1__GetWorksheetResponse shown;
    Touchstone__V1__Worksheet sheet;
    Touchstone__V1__ControlPlan plan;
    Touchstone__Internal__V1__PageFacts facts;
    Touchstone__Internal__V1__PageAct made;
    Touchstone__V1__WorksheetPosition positions[POSITIONS];
    Touchstone__V1__WorksheetPosition *list[POSITIONS];
    Touchstone__V1__Test tests[POSITIONS];
    Touchstone__V1__Judgement judgements[POSITIONS];
    Touchstone__Internal__V1__PageHold holds[HOLDS_MOST];
    Touchstone__Internal__V1__PageHold *hold_list[HOLDS_MOST];
    char *rules[1];
};

static void make_sample_position(struct sample *sample, int i)
{
    touchstone__v1__test__init(&sample->tests[i]);
    touchstone__v1__judgement__init(&sample->judgements[i]);
    sample->judgements[i].verdict = i % 2 ? VERDICT(PASS) : VERDICT(FAIL);
    sample->judgements[i].mean = "753.3";
    sample->judgements[i].requirement = "≥ 750";
    sample->judgements[i].standard = "GB 11887-2012";
    sample->tests[i].item_code = "854MJYHYW";
    sample->tests[i].judgement = &sample->judgements[i];
    sample->positions[i].kind = KIND(SAMPLE);
    sample->positions[i].test = &sample->tests[i];
    sample->positions[i].outcome = OUTCOME(NONE);
    sample->positions[i].value = "753.2666";
}

static void make_positions(struct sample *sample)
{
    sample->rules[0] = "1-3s";
    for (int i = 0; i < POSITIONS; i++) {
        touchstone__v1__worksheet_position__init(&sample->positions[i]);
        sample->positions[i].position = i + 1;
        sample->list[i] = &sample->positions[i];
        make_sample_position(sample, i);
    }
    Touchstone__V1__WorksheetPosition *last = &sample->positions[POSITIONS - 1];
    last->kind = KIND(CONTROL);
    last->test = NULL;
    last->chart = "CHART-1";
    last->value = "761.0";
    last->outcome = OUTCOME(REJECTED);
    last->rules = sample->rules;
    last->n_rules = 1;
}

static void make(struct sample *sample)
{
    memset(sample, 0, sizeof *sample);
    sample->arena = arena_create(1 << 22);
    touchstone__internal__v1__worksheet_page__init(&sample->page);
    touchstone__v1__get_worksheet_response__init(&sample->shown);
    touchstone__v1__worksheet__init(&sample->sheet);
    touchstone__v1__control_plan__init(&sample->plan);
    touchstone__internal__v1__page_facts__init(&sample->facts);
    touchstone__internal__v1__page_act__init(&sample->made);
    make_positions(sample);
    sample->made.name = "陈静 (chen.jing)";
    sample->made.at = "2026-11-30 09:05";
    sample->facts.made = sample->facts.entered = &sample->made;
    sample->sheet.worksheet_no = "WS-JEW-2026-00001";
    sample->sheet.unit = "‰";
    sample->sheet.state = TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_ENTERED;
    sample->sheet.plan = &sample->plan;
    sample->shown.worksheet = &sample->sheet;
    sample->shown.positions = sample->list;
    sample->shown.n_positions = POSITIONS;
    sample->page.shown = &sample->shown;
    sample->page.facts = &sample->facts;
}

static void make_hold(struct sample *sample, size_t count, const char *released_at, const char *reason)
{
    for (size_t i = 0; i < count; i++) {
        touchstone__internal__v1__page_hold__init(&sample->holds[i]);
        sample->holds[i].position = POSITIONS;
        sample->holds[i].chart = "CHART-1";
        sample->holds[i].value = "761.0";
        sample->holds[i].rules = sample->rules;
        sample->holds[i].n_rules = 1;
        sample->holds[i].held_at = "2026-11-30 14:10";
        sample->holds[i].released_at = (char *)released_at;
        sample->holds[i].released_by = *released_at ? "王海 (wang.hai)" : "";
        sample->holds[i].reason = (char *)reason;
        sample->hold_list[i] = &sample->holds[i];
    }
    sample->facts.holds = sample->hold_list;
    sample->facts.n_holds = count;
    sample->sheet.held = count > 0 && !*released_at;
}

static const char *drawn(struct sample *sample)
{
    struct text text;
    text_init(&text, sample->arena);
    assert_true(worksheet_page_write(&sample->page, &text, NULL));
    const char *svg = text_finish(&text);
    assert_non_null(svg);
    return svg;
}

static size_t count_of(const char *text, const char *piece)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, piece)); at += strlen(piece))
        count++;
    return count;
}

// ---- what is told

static void test_a_held_worksheet_tells_no_verdict_and_why_it_is_held(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    make_hold(&sample, 1, "", "");
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">冻结 held<"), POSITIONS - 1);
    assert_int_equal(count_of(svg, "符合 conforms") + count_of(svg, ">✗ 不符合 fails"), 0);
    assert_int_equal(count_of(svg, "BATCH HELD"), 1);
    assert_int_equal(count_of(svg, "第 96 位 position 96 质控样 control CHART-1 = 761.0，规则 rule 1-3s"), 1);
    assert_int_equal(count_of(svg, "未放行 Not released"), 1);
    arena_free(sample.arena);
}

static void test_a_released_worksheet_tells_verdicts_and_who_released_it_and_why(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    make_hold(&sample, 1, "2026-12-01 10:15", "spilled");
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">冻结 held<"), 0);
    assert_int_equal(count_of(svg, ">符合 conforms<"), 47);
    assert_int_equal(count_of(svg, ">✗ 不符合 fails<"), 48);
    assert_int_equal(count_of(svg, "放行 Released"), 1);
    assert_int_equal(count_of(svg, "spilled"), 1);
    arena_free(sample.arena);
}

static void test_a_sample_of_another_held_batch_is_withheld_alone(void **state)
{
    struct sample sample;
    int32_t held[] = {7};
    (void)state;
    make(&sample);
    sample.facts.held = held;
    sample.facts.n_held = 1;
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">冻结 held<"), 1);
    assert_int_equal(count_of(svg, "1 held with another batch"), 1);
    arena_free(sample.arena);
}

static void test_what_was_corrected_or_tested_again_shows_what_was_found_here_and_no_verdict(void **state)
{
    struct sample sample;
    int32_t corrected[] = {7};
    (void)state;
    make(&sample);
    sample.facts.corrected = corrected;
    sample.facts.n_corrected = 1;
    sample.tests[7].superseded_by = "another test";
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">已更正 corrected<"), 1);
    assert_int_equal(count_of(svg, ">753.2666<"), 1); // as calculated here, not as the test says now
    assert_int_equal(count_of(svg, ">已重测 retested<"), 1);
    assert_int_equal(count_of(svg, "以原始记录为准"), 1);
    arena_free(sample.arena);
}

static void test_a_page_without_a_form_or_a_record_says_so(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, "未指定受控表格编号 No controlled form"), 1);
    assert_int_equal(count_of(svg, "未记录 not recorded"), 4); // work, room, instrument, reagents
    assert_int_equal(count_of(svg, "未复核 not reviewed"), 1);
    sample.sheet.state = TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_OPEN;
    svg = drawn(&sample);
    assert_int_equal(count_of(svg, "未记录"), 0);
    assert_int_equal(count_of(svg, ">____"), 7); // to be written on; who entered it is known here
    arena_free(sample.arena);
}

static void test_a_repeated_control_stands_beside_the_one_that_failed_and_in_the_hold(void **state)
{
    Touchstone__Internal__V1__PageRepeat repeat = TOUCHSTONE__INTERNAL__V1__PAGE_REPEAT__INIT;
    Touchstone__Internal__V1__PageRepeat *repeats[] = {&repeat};
    Touchstone__Internal__V1__PageScore score = TOUCHSTONE__INTERNAL__V1__PAGE_SCORE__INIT;
    Touchstone__Internal__V1__PageScore *scores[] = {&score};
    struct sample sample;
    (void)state;
    make(&sample);
    make_hold(&sample, 1, "", "");
    assert_int_equal(count_of(drawn(&sample), "质控重测 Control repeated：无"), 1);
    repeat.at = "2026-11-30 16:20", repeat.value = "750.4", repeat.name = "陈静 (chen.jing)";
    sample.holds[0].repeats = repeats, sample.holds[0].n_repeats = 1;
    score.position = POSITIONS, score.z = "+3.7";
    sample.facts.scores = scores, sample.facts.n_scores = 1;
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">✗ 1-3s z +3.7 → 750.4 ✓<"), 1);
    assert_int_equal(count_of(svg, ">质控重测 control repeated 2026-11-30 16:20<"), 1);
    assert_int_equal(count_of(svg, "16:20 = 750.4 可接受 accepted"), 1);
    repeat.rejected = true;
    svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">✗ 1-3s z +3.7 → 750.4 ✗<"), 1);
    assert_int_equal(count_of(svg, "16:20 = 750.4 不可接受 rejected"), 1);
    arena_free(sample.arena);
}

// Else nobody can find the percentage again.
static void test_a_sample_that_was_compared_shows_the_value_that_was_compared(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    sample.positions[1].kind = KIND(DUPLICATE);
    sample.positions[1].of_position = 1;
    sample.positions[1].outcome = OUTCOME(ACCEPTED);
    sample.positions[1].figure = "0.02";
    sample.positions[0].value = "753.26666666666666666666666666666667";
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">753.2666667<"), 1);
    assert_int_equal(count_of(svg, ">✓ 差 diff. 0.02 %<"), 1);
    assert_int_equal(count_of(svg, ">第 1 位 of 1<"), 1);
    sample.positions[1].kind = KIND(SPIKE);
    sample.positions[1].added = "10";
    svg = drawn(&sample);
    assert_int_equal(count_of(svg, ">✓ 回收 rec. 0.02 %<"), 1);
    assert_int_equal(count_of(svg, ">第 1 位 of 1 +10<"), 1);
    arena_free(sample.arena);
}

static void test_the_strip_counts_verdicts_only_where_they_are_told(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    sample.sheet.state = TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_SUBMITTED;
    sample.facts.approved = 95;
    assert_int_equal(count_of(drawn(&sample), "on review 95 / 95；符合 conforms 47，不符合 fails 48<"), 1);
    sample.judgements[0].verdict = VERDICT(NOT_JUDGED);
    assert_int_equal(count_of(drawn(&sample), "符合 conforms 47，不符合 fails 47，其他 other 1<"), 1);
    make_hold(&sample, 1, "", "");
    assert_int_equal(count_of(drawn(&sample), "conforms"), 0);
    arena_free(sample.arena);
}

static void test_limits_are_named_where_they_are_known(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    const char *svg = drawn(&sample);
    assert_int_equal(count_of(svg, "below LOQ"), 0);
    assert_int_equal(count_of(svg, "低于所示值 below the value shown"), 1);
    sample.positions[0].qualifier = TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED;
    sample.positions[0].value = "0.005";
    sample.positions[1].qualifier = TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN;
    sample.positions[1].value = "0.015";
    sample.facts.quantifies = true;
    svg = drawn(&sample);
    assert_int_equal(count_of(svg, "LOD 0.005 ‰"), 1);
    assert_int_equal(count_of(svg, "below LOQ 0.015 ‰"), 1);
    arena_free(sample.arena);
}

static void test_a_page_of_nothing_is_refused(void **state)
{
    struct ts_error error = {0};
    Touchstone__Internal__V1__WorksheetPage page = TOUCHSTONE__INTERNAL__V1__WORKSHEET_PAGE__INIT;
    (void)state;
    assert_false(worksheet_page_write(&page, NULL, &error));
    assert_string_equal(error.reason, "WORKSHEET_BROKEN");
}

// ---- what has room

struct place {
    int left, right, base;
};

static PangoLayout *layout;

// In tenths of a pixel, as the fonts say.
static int width_of(const char *words, size_t length, int size, bool bold)
{
    char text[2000] = "";
    int width, height;
    for (size_t i = 0; i < length && i + 1 < sizeof text; i++) { // &amp; and &lt; are one letter each
        size_t to = strlen(text);
        text[to] = words[i];
        text[to + 1] = '\0';
        if (words[i] == '&')
            while (i < length && words[i] != ';')
                i++;
    }
    PangoFontDescription *font = pango_font_description_from_string(FONTS_FAMILY);
    pango_font_description_set_absolute_size(font, (double)size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_size(layout, &width, &height);
    pango_font_description_free(font);
    return width / PANGO_SCALE;
}

static int tenths(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    assert_non_null(at);
    return (int)(strtod(at + strlen(name), NULL) * 10 + 0.5);
}

static size_t read_places(const char *svg, struct place *places, size_t most)
{
    size_t count = 0;
    for (const char *at = strstr(svg, "<text "); at && count < most; at = strstr(at + 1, "<text ")) {
        const char *words = strchr(at, '>') + 1, *end = strstr(words, "</text>");
        bool bold = strstr(at, "font-weight") && strstr(at, "font-weight") < words;
        int x = tenths(at, " x=\""),
            width = width_of(words, (size_t)(end - words), tenths(at, "font-size=\""), bold);
        bool is_end = strstr(at, "anchor=\"end\"") && strstr(at, "anchor=\"end\"") < words;
        places[count++] = (struct place){
            .left = is_end ? x - width : x, .right = is_end ? x : x + width, .base = tenths(at, " y=\"")};
    }
    return count;
}

// No text runs into another on its line or off the paper.
static void check_room(const char *svg)
{
    static struct place places[2000];
    size_t count = read_places(svg, places, 2000);
    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        if (places[i].left < 400 || places[i].right > 7940 - 400 || places[i].base > 11230 - 200)
            fail_msg("a text from %d to %d at %d leaves the paper", places[i].left, places[i].right,
                     places[i].base);
        for (size_t k = 0; k < count; k++)
            if (k != i && places[k].base == places[i].base && places[k].left >= places[i].left &&
                places[k].left < places[i].right)
                fail_msg("a text from %d to %d at %d runs into one at %d", places[i].left, places[i].right,
                         places[i].base, places[k].left);
    }
}

#define LONG_ZH                                                                                              \
    "食品安全国家标准食品中多种真菌毒素及其代谢物残留量的测定液相色谱串联质谱法同位素内标稀释法第三部分"
#define LONG_EN                                                                                              \
    " WWWWWWWWMMMMMMMM determination of many mycotoxins and their metabolites by isotope dilution mass "

static void make_long(struct sample *sample)
{
    static Touchstone__Internal__V1__PageFitness lot = TOUCHSTONE__INTERNAL__V1__PAGE_FITNESS__INIT;
    static Touchstone__Internal__V1__PageFitness *lots[] = {&lot, &lot, &lot, &lot, &lot};
    static Touchstone__Internal__V1__PageChart chart = TOUCHSTONE__INTERNAL__V1__PAGE_CHART__INIT;
    static Touchstone__Internal__V1__PageChart *charts[] = {&chart, &chart, &chart, &chart};
    static Touchstone__Internal__V1__PageForm form = TOUCHSTONE__INTERNAL__V1__PAGE_FORM__INIT;
    static Touchstone__Internal__V1__PageAct act = TOUCHSTONE__INTERNAL__V1__PAGE_ACT__INIT;
    static Touchstone__Internal__V1__PageAct *acts[] = {&act, &act, &act};
    static char *texts[] = {LONG_ZH LONG_EN, LONG_ZH LONG_EN};
    lot.name = lot.evidence = act.name = chart.material = LONG_ZH LONG_EN;
    lot.state_zh = "已过期", lot.state_en = "expired", lot.valid_until = act.at = "2027-05-31";
    chart.chart = "A-CHART-WITH-A-NAME-OF-FORTY-CHARACTERS1";
    chart.limits_version = 12, chart.low = chart.high = chart.centre = "123456789.123456";
    form.form_no = "FORM-NUMBER-WITH-FORTY-CHARACTERS-123456", form.edition = "EDITION-OF-20-LETTERS";
    form.title_zh = LONG_ZH, form.title_en = LONG_EN;
    sample->facts = (Touchstone__Internal__V1__PageFacts)TOUCHSTONE__INTERNAL__V1__PAGE_FACTS__INIT;
    sample->facts.institute = sample->facts.institute_en = sample->facts.standard = sample->facts.method =
        LONG_ZH LONG_EN;
    sample->facts.form = &form, sample->facts.made = sample->facts.entered = sample->facts.drawn = &act;
    sample->facts.submitted = sample->facts.reviewed = acts;
    sample->facts.n_submitted = sample->facts.n_reviewed = 3;
    sample->facts.lots = sample->facts.instruments = lots;
    sample->facts.n_lots = 5, sample->facts.n_instruments = 1;
    sample->facts.charts = charts, sample->facts.n_charts = 4;
    sample->facts.deviations = sample->facts.products = sample->facts.workers = sample->facts.decision_rules =
        texts;
    sample->facts.n_deviations = sample->facts.n_products = sample->facts.n_workers = 2;
    sample->facts.n_decision_rules = 2, sample->facts.began = sample->facts.ended = "2026-11-30 14:10";
    sample->sheet.parameter_zh = LONG_ZH, sample->sheet.parameter_en = LONG_EN;
    sample->sheet.batch_no = "A-BATCH-WITH-A-NAME-OF-FORTY-CHARACTERS1",
    sample->sheet.unit = "10⁻⁶ mol/(m²·s)";
    sample->sheet.worksheet_no = "WS-LABORATORY-2026-1234567890";
    sample->plan.blanks = sample->plan.controls_every = sample->plan.duplicates_every = 10;
    sample->plan.spikes_every = 10;
    sample->plan.blank_limit = sample->plan.spike_added = "123456789012345678901234567890.1234567890";
    sample->plan.duplicate_percent = sample->plan.spike_low_percent = sample->plan.spike_high_percent =
        sample->plan.spike_added;
}

static void make_long_positions(struct sample *sample)
{
    static const Touchstone__V1__Verdict VERDICTS[] = {VERDICT(PASS),
                                                       VERDICT(FAIL),
                                                       VERDICT(TO_BE_CONFIRMED),
                                                       VERDICT(NOT_JUDGED),
                                                       VERDICT(CONDITIONAL_PASS),
                                                       VERDICT(CONDITIONAL_FAIL),
                                                       VERDICT(INCONCLUSIVE)};
    for (int i = 0; i < POSITIONS; i++) {
        Touchstone__V1__WorksheetPosition *one = &sample->positions[i];
        sample->judgements[i].verdict = VERDICTS[i % 7];
        sample->judgements[i].mean = i % 3 ? "25000; 50000; 59000; 56000; 13000" : "123456.789";
        if (i % 5 == 1) {
            one->kind = i % 2 ? KIND(SPIKE) : KIND(DUPLICATE);
            one->test = NULL;
            one->of_position = 88, one->added = "0.1234567890123";
            one->value = "1234567890.12345678901", one->figure = "123456.7890123";
            one->outcome = OUTCOME(REJECTED);
        } else if (i % 5 == 2) {
            one->kind = KIND(CONTROL);
            one->test = NULL;
            one->chart = "A-CHART-WITH-A-NAME-OF-FORTY-CHARACTERS1";
            one->outcome = OUTCOME(ACCEPTED);
        } else if (i % 5 == 3) {
            one->outcome = OUTCOME(SKIPPED);
            one->reason = LONG_ZH LONG_EN;
        }
    }
}

static void test_long_words_stay_in_their_places(void **state)
{
    PangoFontMap *map = NULL;
    struct sample sample;
    (void)state;
    assert_true(fonts_open(SHEET_FONTS, &map, NULL));
    PangoContext *context = pango_font_map_create_context(map);
    layout = pango_layout_new(context);
    make(&sample);
    check_room(drawn(&sample));
    make_hold(&sample, 1, "", "");
    check_room(drawn(&sample));
    make_long(&sample);
    make_long_positions(&sample);
    check_room(drawn(&sample));
    make_hold(&sample, HOLDS_MOST, "2026-12-01 10:15", LONG_ZH LONG_EN LONG_ZH LONG_EN);
    const char *svg = drawn(&sample);
    check_room(svg);
    assert_non_null(strstr(svg, " more: touchstone worksheet show"));
    assert_non_null(strstr(svg, "FORM-NUMBER-WITH-FORTY-CHARACTERS-123456  版次 Ed. EDITION-OF-20-LETTERS<"));
    g_object_unref(layout);
    g_object_unref(context);
    arena_free(sample.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_held_worksheet_tells_no_verdict_and_why_it_is_held),
        cmocka_unit_test(test_a_released_worksheet_tells_verdicts_and_who_released_it_and_why),
        cmocka_unit_test(test_a_sample_of_another_held_batch_is_withheld_alone),
        cmocka_unit_test(test_what_was_corrected_or_tested_again_shows_what_was_found_here_and_no_verdict),
        cmocka_unit_test(test_a_page_without_a_form_or_a_record_says_so),
        cmocka_unit_test(test_a_repeated_control_stands_beside_the_one_that_failed_and_in_the_hold),
        cmocka_unit_test(test_a_sample_that_was_compared_shows_the_value_that_was_compared),
        cmocka_unit_test(test_the_strip_counts_verdicts_only_where_they_are_told),
        cmocka_unit_test(test_limits_are_named_where_they_are_known),
        cmocka_unit_test(test_a_page_of_nothing_is_refused),
        cmocka_unit_test(test_long_words_stay_in_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
