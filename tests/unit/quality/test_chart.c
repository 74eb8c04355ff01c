// SPDX-License-Identifier: Apache-2.0
// Charts as pictures: what stands in the SVG for each kind of point, what is refused, and that the same
// drawing becomes a PNG with the sheet's fonts.
#include "chart_samples.h"

#include "quality/chart_svg.h"
#include "quality/control_chart_parts.h"
#include "quality/control_rule_table.h"
#include "render/chart_png.h"
#include "render/fonts.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"
#include "wire/utf8.h"

#include <string.h>

enum { IN_CONTROL, TWO_OF_TWO, TREND, FAR_POINT, MANY };

static struct chart_sample sample;

static const char *svg_of(const struct control_chart *chart, struct arena *arena)
{
    struct text text;
    text_init(&text, arena);
    assert_true(chart_svg_write(chart, &text, NULL));
    const char *svg = text_finish(&text);
    assert_non_null(svg);
    assert_true(utf8_is_text(svg, strlen(svg)));
    return svg;
}

static size_t count_of(const char *text, const char *piece)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, piece)); at += strlen(piece))
        count++;
    return count;
}

// How often each sign stands in the sample's picture, the legend included.
static void check_signs(size_t which, size_t diamonds, size_t triangles, size_t squares, size_t discs)
{
    struct arena *arena = arena_create(1 << 22);
    chart_samples_make(which, &sample);
    const char *svg = svg_of(&sample.chart, arena);
    assert_int_equal(count_of(svg, "<polygon fill=\"#b81c1c\""), diamonds);
    assert_int_equal(count_of(svg, "<polygon fill=\"#e0a21b\""), triangles);
    assert_int_equal(count_of(svg, "<polygon fill=\"#f6d9c8\""), squares);
    assert_int_equal(count_of(svg, "<circle "), discs);
    arena_free(arena);
}

static void test_every_point_in_control_is_a_disc(void **state)
{
    (void)state;
    check_signs(IN_CONTROL, 0, 0, 0, 25);
}

static void test_the_points_of_a_trend_are_squares_and_its_last_a_diamond(void **state)
{
    (void)state;
    check_signs(TREND, 2, 0, 6, 12); // one of the diamonds and of the squares stands in the legend
}

static void test_a_warning_is_a_triangle(void **state)
{
    (void)state;
    check_signs(TWO_OF_TWO, 4, 3, 0, 22);
}

static void check_says(size_t which, const char *words)
{
    struct arena *arena = arena_create(1 << 22);
    chart_samples_make(which, &sample);
    if (!strstr(svg_of(&sample.chart, arena), words))
        fail_msg("the chart does not say %s", words);
    arena_free(arena);
}

static void test_the_rule_that_fired_is_told_in_both_languages(void **state)
{
    (void)state;
    check_says(TREND, ">失控：连续 6 点递增或递减<");
    check_says(TREND, ">Out of control: 6 points in a row rising or falling<");
    check_says(TWO_OF_TWO, ">Out of control: 2 points in a row beyond 2s on one side<");
    check_says(TWO_OF_TWO, ">失控：同一测定批内一点超出 +2s、另一点超出 −2s<");
    check_says(TWO_OF_TWO, ">Out of control: one point beyond +2s and one beyond −2s within one run<");
    check_says(TWO_OF_TWO, ">警告：1 点超出 2s<");
    check_says(MANY, ">连续 8 点超出 1s，上下两侧都有（若报警：失控） · ");
    check_says(MANY,
               " · 8 points in a row beyond 1s, some above and some below (if it fires: out of control)<");
    check_says(IN_CONTROL, "In control: no rule fired");
}

static void test_the_points_where_a_rule_fired_are_told_with_their_values(void **state)
{
    (void)state;
    check_says(TREND, ">点号（值） Point (value): 14 (0.0521)<");
    check_says(TWO_OF_TWO, ">点号（值） Point (value): 17 (78.4), 18 (78.9), 21 (78.2), 22 (71.6)<");
}

static void test_the_paper_says_whose_it_is_on_which_form_who_drew_it_and_that_it_is_no_real_one(void **state)
{
    struct arena *arena = arena_create(1 << 22);
    (void)state;
    chart_samples_make(IN_CONTROL, &sample);
    assert_null(strstr(svg_of(&sample.chart, arena), "Form No."));
    sample.chart.institute = "示例院 Example Institute";
    sample.chart.form_no = "QR-051";
    sample.chart.edition = "A/1";
    sample.chart.specimen = true;
    sample.chart.drawn_by = "李娜 (li.na)";
    sample.chart.drawn_at = "2026-09-29 10:05";
    sample.chart.time_zone = "Asia/Shanghai, UTC+8";
    sample.chart.material = "lot 7: 750.2 ± 0.3 ‰";
    const char *svg = svg_of(&sample.chart, arena);
    assert_non_null(strstr(svg, ">示例院 Example Institute<"));
    assert_non_null(strstr(svg, ">表格编号 Form No. QR-051 · 版次 Edition A/1<"));
    assert_non_null(strstr(svg, ">样张，演示数据 Specimen: demonstration data<"));
    assert_non_null(strstr(svg, ">绘制 Drawn: 李娜 (li.na)，2026-09-29 10:05 · "));
    assert_non_null(strstr(svg, "zone Asia/Shanghai, UTC+8<"));
    assert_non_null(strstr(svg, ">质控样 Control material: lot 7: 750.2 ± 0.3 ‰<"));
    arena_free(arena);
}

// Limits are printed with three places, what they are made of with four: 750.04 has 0.31 for s.
static void test_mean_and_s_have_a_place_more_than_the_lines(void **state)
{
    (void)state;
    check_says(IN_CONTROL, "均值 Mean 750.040 · s 0.310 · ");
    check_says(IN_CONTROL, ">750.97<");
    check_says(IN_CONTROL, "lines from unrounded mean and s<");
}

static void test_a_remark_is_told_whole_over_several_lines(void **state)
{
    static const char *remarks[NUMBERS_MOST];
    struct arena *arena = arena_create(1 << 22);
    (void)state;
    chart_samples_make(IN_CONTROL, &sample);
    for (size_t i = 0; i < NUMBERS_MOST; i++)
        remarks[i] = "";
    remarks[3] =
        "first piece\n"
        "这一段说明比一行长得多，因此要分成几行，任何一个字都不能丢失，也不能从一行的中间断开一个词，"
        "标点符号也不能出现在一行的开头，直到最后一个字为止。The end of it\nlast piece";
    sample.chart.remarks = remarks;
    const char *svg = svg_of(&sample.chart, arena);
    assert_non_null(strstr(svg, ">first piece<"));
    assert_non_null(strstr(svg, "The end of it<"));
    assert_non_null(strstr(svg, ">last piece<"));
    assert_null(strstr(svg, "…"));
    assert_null(strstr(svg, ">，"));
    arena_free(arena);
}

static void test_the_version_of_the_limits_is_told(void **state)
{
    (void)state;
    check_says(IN_CONTROL, "Limits version 3, fixed from 24 points by zhang on 2026-11-12");
    check_says(TREND, "Limits from 18 points, not fixed");
}

static void test_a_point_beyond_the_picture_tells_its_value(void **state)
{
    (void)state;
    check_says(FAR_POINT, ">1.01 (1)<");
    check_says(FAR_POINT, ">0.010 (1)<");
}

static void test_a_rule_that_is_not_confirmed_says_so(void **state)
{
    struct control_rule_set set;
    char zh[CHART_RULE_TEXT_SIZE], en[CHART_RULE_TEXT_SIZE];
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "iso7870_2", &set, NULL));
    control_chart_rule_zh(&set.rules[1], zh);
    control_chart_rule_en(&set.rules[1], en);
    assert_string_equal(zh, "连续 7 点在中心线同一侧（规则待确认）");
    assert_string_equal(en, "7 points in a row on one side of the centre line (rule to be confirmed)");
}

static void test_titles_cannot_break_the_picture(void **state)
{
    struct arena *arena = arena_create(1 << 22);
    (void)state;
    chart_samples_make(IN_CONTROL, &sample);
    sample.chart.title_zh = "<script>&\n";
    const char *svg = svg_of(&sample.chart, arena);
    assert_null(strstr(svg, "<script"));
    assert_non_null(strstr(svg, "&lt;script&gt;&amp; "));
    arena_free(arena);
}

static void test_a_long_title_is_cut_between_characters(void **state)
{
    char title[1200];
    struct arena *arena = arena_create(1 << 22);
    (void)state;
    chart_samples_make(IN_CONTROL, &sample);
    title[0] = '\0';
    for (int i = 0; i < 300; i++)
        strcat(title, "测");
    sample.chart.title_zh = title;
    assert_non_null(strstr(svg_of(&sample.chart, arena), "测…<")); // valid UTF-8: svg_of
    arena_free(arena);
}

static void check_refused(const struct control_chart *chart)
{
    struct arena *arena = arena_create(1 << 22);
    struct ts_error error = {0};
    struct text text;
    text_init(&text, arena);
    assert_false(chart_svg_write(chart, &text, &error));
    assert_string_equal(error.reason, "CONTROL_CHART");
    arena_free(arena);
}

static void test_a_chart_without_points_or_limits_is_refused(void **state)
{
    (void)state;
    chart_samples_make(IN_CONTROL, &sample);
    sample.chart.count = 0;
    check_refused(&sample.chart);
    sample.chart.count = CONTROL_CHART_POINTS + 1;
    check_refused(&sample.chart);
    sample.chart.count = 5;
    sample.chart.line_count = 1;
    check_refused(&sample.chart);
}

static void test_a_moving_range_chart_is_drawn_with_its_own_lines(void **state)
{
    struct arena *arena = arena_create(1 << 22);
    struct decimal ranges[NUMBERS_MOST];
    struct control_limits limits;
    (void)state;
    chart_samples_make(TREND, &sample);
    limits = sample.chart.limits;
    assert_true(control_limits_ranges(sample.numbers.at, sample.numbers.count, ranges, NULL));
    assert_true(control_chart_from_range_limits(&sample.chart, &limits, NULL));
    sample.chart.points = ranges;
    sample.chart.count = sample.numbers.count - 1;
    sample.chart.alarm_count = 0;
    const char *svg = svg_of(&sample.chart, arena);
    assert_non_null(strstr(svg, ">UCL<"));
    assert_non_null(strstr(svg, ">LCL<"));
    assert_null(strstr(svg, ">+3s<"));
    arena_free(arena);
}

static bool keep(void *state, const unsigned char *bytes, size_t length)
{
    struct text *text = state;
    text_append(text, bytes, length);
    return !text->failed;
}

static bool refuse(void *state, const unsigned char *bytes, size_t length)
{
    (void)state, (void)bytes, (void)length;
    return false;
}

static void test_the_same_chart_becomes_a_png(void **state)
{
    struct arena *arena = arena_create(1 << 23);
    struct ts_error error = {0};
    struct text text;
    PangoFontMap *map = NULL;
    (void)state;
    assert_true(fonts_open(SHEET_FONTS, &map, NULL));
    text_init(&text, arena);
    for (size_t i = 0; i < CHART_SAMPLES; i++) {
        chart_samples_make(i, &sample);
        text.length = 0;
        assert_true(chart_png_write(&sample.chart, map, 1, keep, &text, NULL));
        assert_true(text.length > 8 && memcmp(text.bytes, "\x89PNG\r\n\x1a\n", 8) == 0);
    }
    assert_false(chart_png_write(&sample.chart, map, 1, refuse, NULL, &error));
    assert_string_equal(error.reason, "CHART_PNG");
    sample.chart.count = 0;
    assert_false(chart_png_write(&sample.chart, map, 1, keep, &text, &error));
    assert_string_equal(error.reason, "CONTROL_CHART");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_point_in_control_is_a_disc),
        cmocka_unit_test(test_the_points_of_a_trend_are_squares_and_its_last_a_diamond),
        cmocka_unit_test(test_a_warning_is_a_triangle),
        cmocka_unit_test(test_the_rule_that_fired_is_told_in_both_languages),
        cmocka_unit_test(test_the_points_where_a_rule_fired_are_told_with_their_values),
        cmocka_unit_test(
            test_the_paper_says_whose_it_is_on_which_form_who_drew_it_and_that_it_is_no_real_one),
        cmocka_unit_test(test_mean_and_s_have_a_place_more_than_the_lines),
        cmocka_unit_test(test_a_remark_is_told_whole_over_several_lines),
        cmocka_unit_test(test_the_version_of_the_limits_is_told),
        cmocka_unit_test(test_a_point_beyond_the_picture_tells_its_value),
        cmocka_unit_test(test_a_rule_that_is_not_confirmed_says_so),
        cmocka_unit_test(test_titles_cannot_break_the_picture),
        cmocka_unit_test(test_a_long_title_is_cut_between_characters),
        cmocka_unit_test(test_a_chart_without_points_or_limits_is_refused),
        cmocka_unit_test(test_a_moving_range_chart_is_drawn_with_its_own_lines),
        cmocka_unit_test(test_the_same_chart_becomes_a_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
