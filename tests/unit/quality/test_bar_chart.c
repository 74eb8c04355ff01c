// SPDX-License-Identifier: Apache-2.0
// Bars drawn with a pen that writes down what it was told: lengths against the longest, parts one behind the
// other, numbers that are not published, and what cannot be drawn. Places are tenths of a pixel; the longest
// bar is 4600 of them and begins at 2800 (bar_chart.c).
#include "quality/bar_chart.h"

#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SEEN = 40, BEGIN = 2800, LONGEST = 4600, FIRST_ROW = 1000, ROW_STEP = 280, NONE = -1 };

struct box {
    int x, y, width;
};

struct seen {
    struct box boxes[SEEN];
    const char *texts[SEEN];
    size_t box_count, text_count;
};

static void see_area(void *state, const struct chart_place *places, size_t count, uint32_t fill,
                     const struct chart_stroke *stroke)
{
    struct seen *seen = state;

    (void)fill;
    (void)stroke;
    assert_int_equal(count, 4);
    assert_true(seen->box_count < SEEN);
    seen->boxes[seen->box_count++] = (struct box){places[0].x, places[0].y, places[1].x - places[0].x};
}

static void see_words(void *state, struct chart_place place, const struct chart_words *how, const char *text)
{
    struct seen *seen = state;

    (void)place;
    (void)how;
    assert_true(seen->text_count < SEEN);
    seen->texts[seen->text_count++] = text;
}

static bool is_told(const struct seen *seen, const char *text)
{
    for (size_t i = 0; i < seen->text_count; i++)
        if (strcmp(seen->texts[i], text) == 0)
            return true;
    return false;
}

// The n-th box of a row of bars; its width is NONE when there is none.
static struct box box_of(const struct seen *seen, int row, size_t n)
{
    for (size_t i = 0; i < seen->box_count; i++)
        if (seen->boxes[i].y == FIRST_ROW + ROW_STEP * row && n-- == 0)
            return seen->boxes[i];
    return (struct box){0, 0, NONE};
}

// Three bars of two parts: 30 + 10, 10 + 0, and one whose numbers are not told.
struct sample {
    int64_t values[3][2];
    Touchstone__Internal__V1__Bar bars[3], *list[3];
    char *parts[2];
    Touchstone__Internal__V1__BarChart chart;
    struct seen seen;
    struct chart_pen pen;
};

static void begin(struct sample *sample)
{
    static char labels[3][12] = {"gold", "silver", "jade"}, texts[3][12] = {"40", "10", "3000"};
    static char parts[2][8] = {"pass", "fail"};

    *sample = (struct sample){.values = {{30, 10}, {10, 0}, {1000, 2000}}};
    touchstone__internal__v1__bar_chart__init(&sample->chart);
    for (size_t i = 0; i < 3; i++) {
        touchstone__internal__v1__bar__init(&sample->bars[i]);
        sample->bars[i].label = labels[i];
        sample->bars[i].text = texts[i];
        sample->bars[i].values = sample->values[i];
        sample->bars[i].n_values = 2;
        sample->list[i] = &sample->bars[i];
    }
    sample->bars[2].hidden = true;
    sample->parts[0] = parts[0];
    sample->parts[1] = parts[1];
    sample->chart.bars = sample->list;
    sample->chart.n_bars = 3;
    sample->chart.parts = sample->parts;
    sample->chart.n_parts = 2;
    sample->pen = (struct chart_pen){.state = &sample->seen, .area = see_area, .words = see_words};
}

static void test_the_longest_bar_fills_the_width_and_the_others_their_share(void **state)
{
    struct sample sample;

    (void)state;
    begin(&sample);
    assert_true(bar_chart_draw(&sample.chart, &sample.pen, NULL));
    // 30 and 10 of 40: three quarters, and the last one behind them.
    assert_int_equal(box_of(&sample.seen, 0, 0).x, BEGIN);
    assert_int_equal(box_of(&sample.seen, 0, 0).width, LONGEST / 4 * 3);
    assert_int_equal(box_of(&sample.seen, 0, 1).x, BEGIN + LONGEST / 4 * 3);
    assert_int_equal(box_of(&sample.seen, 0, 1).width, LONGEST / 4);
    // 10 of 40, and a part of none is not drawn.
    assert_int_equal(box_of(&sample.seen, 1, 0).width, LONGEST / 4);
    assert_int_equal(box_of(&sample.seen, 1, 1).width, NONE);
}

static void test_a_hidden_number_is_neither_drawn_nor_told_nor_read_from_the_others(void **state)
{
    struct sample sample;

    (void)state;
    begin(&sample);
    assert_true(bar_chart_draw(&sample.chart, &sample.pen, NULL));
    assert_int_equal(box_of(&sample.seen, 2, 0).width, NONE);
    assert_false(is_told(&sample.seen, "3000"));
    assert_true(is_told(&sample.seen, "jade"));
    assert_true(is_told(&sample.seen, "不公布 not published"));
    assert_int_equal(box_of(&sample.seen, 1, 0).width, LONGEST / 4);
}

static void test_numbers_and_parts_are_told_in_words(void **state)
{
    struct sample sample;

    (void)state;
    begin(&sample);
    assert_true(bar_chart_draw(&sample.chart, &sample.pen, NULL));
    assert_true(is_told(&sample.seen, "40"));
    assert_true(is_told(&sample.seen, "pass"));
    assert_true(is_told(&sample.seen, "fail"));
}

static void test_bars_of_nothing_are_drawn_without_length(void **state)
{
    struct sample sample;

    (void)state;
    begin(&sample);
    memset(sample.values, 0, sizeof sample.values);
    assert_true(bar_chart_draw(&sample.chart, &sample.pen, NULL));
    assert_int_equal(box_of(&sample.seen, 0, 0).width, NONE);
}

static void expect_refusal(struct sample *sample)
{
    struct ts_error error = {0};

    assert_false(bar_chart_draw(&sample->chart, &sample->pen, &error));
    assert_string_equal(error.reason, "BAR_CHART");
    assert_int_equal(sample->seen.box_count + sample->seen.text_count, 0);
}

static void test_what_is_no_count_of_the_parts_is_refused_before_anything_is_drawn(void **state)
{
    struct sample sample;

    (void)state;
    begin(&sample);
    sample.values[1][0] = -1;
    expect_refusal(&sample);
    begin(&sample);
    sample.chart.n_parts = 1;
    expect_refusal(&sample);
    begin(&sample);
    sample.chart.n_bars = 0;
    expect_refusal(&sample);
    begin(&sample);
    sample.chart.n_bars = BAR_CHART_BARS_MAX + 1;
    expect_refusal(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_longest_bar_fills_the_width_and_the_others_their_share),
        cmocka_unit_test(test_a_hidden_number_is_neither_drawn_nor_told_nor_read_from_the_others),
        cmocka_unit_test(test_numbers_and_parts_are_told_in_words),
        cmocka_unit_test(test_bars_of_nothing_are_drawn_without_length),
        cmocka_unit_test(test_what_is_no_count_of_the_parts_is_refused_before_anything_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
