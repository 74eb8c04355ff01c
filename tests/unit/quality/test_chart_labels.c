// SPDX-License-Identifier: Apache-2.0
// Names on charts, drawn with the sheet's fonts and measured: on many random charts none touches a line, a
// stroke, a sign, the frame or another name; none stands on the other side of a limit than its point; and
// each is told of the point that it is nearest to, or that its leader leads to.
#include "chart_samples.h"

#include "quality/chart_pen.h"
#include "quality/control_chart_parts.h"
#include "quality/control_rule_table.h"
#include "render/fonts.h"

#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN = 4000, NAME_SIZE = 135, LEADER_WIDTH = 9, POINTS = 60 };

struct rectangle {
    int left, top, right, bottom;
};

struct name {
    struct rectangle box;
    char text[160];
    struct chart_place at; // of its last line
    struct chart_place leader[2];
    bool has_leader;
};

struct seen {
    struct chart_place points[CONTROL_CHART_POINTS]; // of the strokes
    size_t point_count;
    int lines[16];
    size_t line_count;
    struct rectangle signs[SEEN];
    size_t sign_count;
    struct name names[SEEN];
    size_t name_count;
    struct name words[SEEN]; // every text of the page
    size_t word_count;
    struct chart_place leader[2];
    bool has_leader;
    PangoContext *context;
};

static struct seen seen;
static struct chart_sample sample;
static unsigned long turn = 1;

static int any(int below)
{
    turn = turn * 6364136223846793005UL + 1442695040888963407UL;
    return (int)((turn >> 33) % (unsigned long)below);
}

static bool in_plot(int x, int y)
{
    return x >= CHART_LEFT && x <= CHART_RIGHT && y >= CHART_TOP && y <= CHART_BOTTOM;
}

static void see_line(void *state, const struct chart_place *places, size_t count,
                     const struct chart_stroke *stroke)
{
    struct seen *all = state;
    if (count == 2 && places[0].x == CHART_LEFT && places[1].x == CHART_RIGHT) {
        all->lines[all->line_count++] = places[0].y;
    } else if (stroke->width == LEADER_WIDTH) {
        memcpy(all->leader, places, sizeof all->leader);
        all->has_leader = true;
    } else if (stroke->width == 12 && count == sample.chart.count) {
        memcpy(all->points, places, count * sizeof *places);
        all->point_count = count;
    }
}

static void see_sign(struct seen *all, struct rectangle sign)
{
    if (in_plot(sign.left, sign.top) && sign.right - sign.left < 400)
        all->signs[all->sign_count++] = sign;
}

static void see_area(void *state, const struct chart_place *places, size_t count, uint32_t fill,
                     const struct chart_stroke *stroke)
{
    struct rectangle bounds = {places->x, places->y, places->x, places->y};
    (void)stroke;
    for (size_t i = 1; i < count; i++) {
        bounds.left = places[i].x < bounds.left ? places[i].x : bounds.left;
        bounds.right = places[i].x > bounds.right ? places[i].x : bounds.right;
        bounds.top = places[i].y < bounds.top ? places[i].y : bounds.top;
        bounds.bottom = places[i].y > bounds.bottom ? places[i].y : bounds.bottom;
    }
    if (fill != CHART_TINT && fill != CHART_PAPER)
        see_sign(state, bounds);
}

static void see_disc(void *state, struct chart_place at, int radius, uint32_t fill,
                     const struct chart_stroke *stroke)
{
    (void)fill, (void)stroke;
    see_sign(state, (struct rectangle){at.x - radius, at.y - radius, at.x + radius, at.y + radius});
}

static PangoLayout *layout_of(const struct chart_words *how, const char *text)
{
    PangoLayout *layout = pango_layout_new(seen.context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, FONTS_FAMILY "," FONTS_FALLBACK);
    pango_font_description_set_weight(font, how->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, how->size * PANGO_SCALE / 10.0);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, text, -1);
    pango_font_description_free(font);
    return layout;
}

// What ink there is, in tenths of a pixel; and nothing is wider than it was taken for.
static struct rectangle measure(struct chart_place at, const struct chart_words *how, const char *text)
{
    PangoLayout *layout = layout_of(how, text);
    PangoRectangle ink, logical;
    pango_layout_get_extents(layout, &ink, &logical);
    int width = logical.width * 10 / PANGO_SCALE, base = pango_layout_get_baseline(layout) * 10 / PANGO_SCALE;
    int left = at.x - (how->anchor == CHART_MIDDLE ? width / 2 : how->anchor == CHART_END ? width : 0);
    if (width > control_chart_text_width(text, how->size))
        fail_msg("%s is %d wide and was taken for %d", text, width,
                 control_chart_text_width(text, how->size));
    g_object_unref(layout);
    return (struct rectangle){left + ink.x * 10 / PANGO_SCALE, at.y - base + ink.y * 10 / PANGO_SCALE,
                              left + (ink.x + ink.width) * 10 / PANGO_SCALE,
                              at.y - base + (ink.y + ink.height) * 10 / PANGO_SCALE};
}

// A further line of the name before.
static bool goes_on(struct chart_place at, const struct rectangle *box, const char *text)
{
    enum { LINE_HEIGHT = 155 };
    struct name *name = seen.name_count ? &seen.names[seen.name_count - 1] : NULL;
    if (!name || at.x != name->at.x || at.y != name->at.y + LINE_HEIGHT)
        return false;
    size_t length = strlen(name->text);
    snprintf(name->text + length, sizeof name->text - length, " %s", text);
    name->at = at;
    name->box.left = box->left < name->box.left ? box->left : name->box.left;
    name->box.right = box->right > name->box.right ? box->right : name->box.right;
    name->box.bottom = box->bottom;
    return true;
}

static void see_words(void *state, struct chart_place at, const struct chart_words *how, const char *text)
{
    struct seen *all = state;
    struct rectangle box = measure(at, how, text);
    struct name *name = &all->names[all->name_count];
    assert_true(box.left >= 0 && box.right <= CHART_WIDTH);
    struct name *word = &all->words[all->word_count++];
    word->box = box;
    snprintf(word->text, sizeof word->text, "%s", text);
    if (how->size == NAME_SIZE && in_plot(at.x, at.y) && !goes_on(at, &box, text)) {
        *name = (struct name){.box = box, .at = at, .has_leader = all->has_leader};
        memcpy(name->leader, all->leader, sizeof name->leader);
        snprintf(name->text, sizeof name->text, "%s", text);
        all->name_count++;
    }
    all->has_leader = false;
}

static bool meet(const struct rectangle *a, const struct rectangle *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

// By halving: exact enough, and not as the engine does it.
static bool passes(const struct rectangle *box, struct chart_place from, struct chart_place to)
{
    enum { STEPS = 2000 };
    for (long i = 0; i <= STEPS; i++) {
        long x = from.x + (to.x - from.x) * i / STEPS, y = from.y + (to.y - from.y) * i / STEPS;
        if (x > box->left && x < box->right && y > box->top && y < box->bottom)
            return true;
    }
    return false;
}

static long far_from(const struct rectangle *box, struct chart_place place)
{
    long x = place.x < box->left ? box->left - place.x : place.x > box->right ? place.x - box->right : 0;
    long y = place.y < box->top ? box->top - place.y : place.y > box->bottom ? place.y - box->bottom : 0;
    return x * x + y * y;
}

// Whether the leader, drawn backwards, comes from this point.
static bool leads_from(const struct name *name, struct chart_place point)
{
    long x = name->leader[1].x - name->leader[0].x, y = name->leader[1].y - name->leader[0].y;
    long turn_of = x * (point.y - name->leader[0].y) - y * (point.x - name->leader[0].x);
    long ahead = x * (point.x - name->leader[0].x) + y * (point.y - name->leader[0].y);
    long length = labs(x) + labs(y);
    const struct rectangle start = {name->leader[0].x, name->leader[0].y, name->leader[0].x,
                                    name->leader[0].y};
    return labs(turn_of) < 6 * length && ahead < 0 && far_from(&start, point) < 160L * 160;
}

// The point that a reader takes it for.
static size_t point_of(const struct name *name)
{
    size_t nearest = 0;
    if (name->has_leader) {
        for (size_t i = 0; i < seen.point_count; i++)
            if (leads_from(name, seen.points[i]))
                return i;
        fail_msg("the leader of \"%s\" comes from no point", name->text);
    }
    for (size_t i = 1; i < seen.point_count; i++)
        if (far_from(&name->box, seen.points[i]) < far_from(&name->box, seen.points[nearest]))
            nearest = i;
    return nearest;
}

// What is told of this point: names of its alarms, its score, or its value.
static bool is_told_of(const char *text, size_t at)
{
    char names[160] = "", value[CHART_NUMBER_SIZE];
    for (size_t i = 0; i < sample.chart.alarm_count; i++)
        if (sample.chart.alarms[i].position == at + 1) {
            size_t length = strlen(names);
            snprintf(names + length, sizeof names - length, "%s%s", length ? ", " : "",
                     sample.set.rules[sample.chart.alarms[i].rule].name);
        }
    control_chart_number(&sample.chart.points[at], value);
    return strcmp(text, names) == 0 || strncmp(text, value, strlen(value)) == 0;
}

static void check_name(const struct name *name)
{
    size_t at = point_of(name);
    struct chart_place point = seen.points[at];
    if (!is_told_of(name->text, at))
        fail_msg("\"%s\" seems to be told of point %zu at %d,%d; it stands at %d,%d to %d,%d with leader %d "
                 "from %d,%d to "
                 "%d,%d",
                 name->text, at + 1, point.x, point.y, name->box.left, name->box.top, name->box.right,
                 name->box.bottom, name->has_leader, name->leader[0].x, name->leader[0].y, name->leader[1].x,
                 name->leader[1].y);
    assert_true(name->box.left > CHART_LEFT && name->box.right < CHART_RIGHT && name->box.top > CHART_TOP &&
                name->box.bottom < CHART_BOTTOM);
    for (size_t i = 0; i < seen.line_count; i++) {
        int line = seen.lines[i], top = name->box.top < point.y ? name->box.top : point.y;
        int bottom = name->box.bottom > point.y ? name->box.bottom : point.y;
        if (line != point.y && line >= top && line <= bottom)
            fail_msg("a limit stands between \"%s\" and point %zu, or through it", name->text, at + 1);
    }
    for (size_t i = 0; i < seen.sign_count; i++)
        if (meet(&name->box, &seen.signs[i]))
            fail_msg("\"%s\" touches a sign", name->text);
    for (size_t i = 0; i + 1 < seen.point_count; i++)
        if (passes(&name->box, seen.points[i], seen.points[i + 1]))
            fail_msg("\"%s\" touches a stroke", name->text);
    for (size_t i = 0; i < seen.name_count; i++) {
        const struct name *other = &seen.names[i];
        if (other == name)
            continue;
        if (meet(&name->box, &other->box) ||
            (other->has_leader && passes(&name->box, other->leader[0], other->leader[1])))
            fail_msg("\"%s\" touches \"%s\"", name->text, other->text);
    }
}

static void check_words(void)
{
    for (size_t i = 0; i < seen.word_count; i++)
        for (size_t j = i + 1; j < seen.word_count; j++)
            if (meet(&seen.words[i].box, &seen.words[j].box))
                fail_msg("\"%s\" runs into \"%s\"", seen.words[i].text, seen.words[j].text);
}

static void draw_and_check(void)
{
    const struct chart_pen pen = {
        .state = &seen, .line = see_line, .area = see_area, .disc = see_disc, .words = see_words};
    PangoContext *context = seen.context;
    memset(&seen, 0, sizeof seen);
    seen.context = context;
    assert_true(control_chart_draw(&sample.chart, &pen, NULL));
    assert_int_equal(seen.point_count, sample.chart.count);
    for (size_t i = 0; i < seen.name_count; i++)
        check_name(&seen.names[i]);
    check_words();
}

static void number_into(struct decimal *ret_value, int hundredths)
{
    char text[32];
    snprintf(text, sizeof text, "%s%d.%02d", hundredths < 0 ? "-" : "", abs(hundredths) / 100,
             abs(hundredths) % 100);
    *ret_value = number_of(text);
}

// Mean 0, sigma 1: quiet stretches, jumps, drifts and points beyond the picture.
static void random_points(size_t count)
{
    int drift = 0, spread = 50 + any(250);
    sample.numbers.count = count;
    for (size_t i = 0; i < count; i++) {
        drift += any(5) == 0 ? any(121) - 60 : 0;
        number_into(&sample.numbers.at[i], drift / 2 + any(2 * spread) - spread + (any(30) == 0 ? 2000 : 0));
    }
}

static void random_chart(const char *set)
{
    struct control_series series = {.points = sample.numbers.at};
    struct control_limits limits = {
        .version = 1, .count = 20, .sigma = number_of("1"), .mean = number_of("0")};
    static unsigned long runs[POINTS];
    static bool left_out[POINTS];
    chart_samples_make(0, &sample);
    random_points(2 + (size_t)any(POINTS - 2));
    for (size_t i = 0; i < POINTS; i++) {
        runs[i] = i / 3;
        left_out[i] = any(12) == 0;
    }
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, set, &sample.set, NULL));
    sample.chart.labels = NULL;
    sample.chart.runs = series.runs = any(2) ? runs : NULL;
    sample.chart.left_out = left_out;
    sample.chart.count = series.count = sample.numbers.count;
    series.mean = limits.mean;
    series.sigma = limits.sigma;
    assert_true(control_chart_from_limits(&sample.chart, &limits, NULL));
    assert_true(control_rules_evaluate(&sample.set, &series, sample.alarms, CHART_SAMPLE_ALARMS,
                                       &sample.chart.alarm_count, NULL));
}

static void test_on_random_charts_no_name_misleads_or_touches_anything(void **state)
{
    static const char *const SETS[] = {"nelson8", "westgard", "iso7870_2"};
    size_t names = 0, led = 0;
    (void)state;
    for (int i = 0; i < 240; i++) {
        random_chart(SETS[i % 3]);
        draw_and_check();
        names += seen.name_count;
        for (size_t n = 0; n < seen.name_count; n++)
            led += seen.names[n].has_leader;
    }
    print_message("%zu names, %zu of them with a leader\n", names, led);
    assert_true(names > 500 && led > 20);
}

#define THREE                                                                                                \
    {"923.15", "925", "0.6"}, {"−0.000000000000000000000001", "0.1 mg/kg", "1"},                             \
    {                                                                                                        \
        "1", "1", "1"                                                                                        \
    }
static const struct control_chart_score NUMBERS_OF_ROUNDS[] = {THREE, THREE, THREE, THREE};

static void random_scores(size_t count)
{
    const struct control_limits limits = {.count = count};
    struct control_series series = {.points = sample.numbers.at, .count = count};
    chart_samples_make(1, &sample);
    series.sigma = number_of("1");
    series.mean = number_of("0");
    sample.set.rules[0].sigma = number_of("2"); // 1-2s and 1-3s are the lines of scores
    sample.set.count = 2;
    random_points(count);
    sample.chart.labels = NULL;
    sample.chart.runs = NULL;
    sample.chart.count = count;
    sample.chart.has_scores = true;
    sample.chart.scores = NUMBERS_OF_ROUNDS;
    control_chart_from_scores(&sample.chart, &limits);
    assert_true(control_rules_evaluate(&sample.set, &series, sample.alarms, CHART_SAMPLE_ALARMS,
                                       &sample.chart.alarm_count, NULL));
}

static void test_every_score_of_a_dozen_rounds_is_written_at_its_point(void **state)
{
    (void)state;
    for (int i = 0; i < 150; i++) {
        random_scores(1 + (size_t)any(12));
        draw_and_check();
        assert_int_equal(seen.name_count, sample.chart.count);
    }
}

static void test_every_name_of_the_samples_has_a_place(void **state)
{
    static const size_t NAMES[CHART_SAMPLES] = {0, 4, 1, 2, 11};
    (void)state;
    for (size_t i = 0; i < CHART_SAMPLES; i++) {
        chart_samples_make(i, &sample);
        draw_and_check();
        assert_int_equal(seen.name_count, NAMES[i]);
    }
}

static void test_long_texts_stay_on_the_page_and_run_into_nothing(void **state)
{
    enum { LONG = 600, RULES = 3 };
    static char text[LONG], chinese[LONG];
    const char *texts[NUMBERS_MOST], *remarks[NUMBERS_MOST];
    (void)state;
    memset(text, 'W', LONG - 1);
    for (size_t i = 0; i + 3 < LONG; i += 3)
        memcpy(chinese + i, "测", 3);
    for (size_t i = 0; i < NUMBERS_MOST; i++)
        texts[i] = remarks[i] = i % 2 ? text : chinese;
    for (int scores = 0; scores < 2; scores++) {
        if (scores)
            random_scores(11);
        else
            random_chart("westgard");
        sample.chart.title_zh = sample.chart.laboratory = sample.chart.providers = chinese;
        sample.chart.title_en = sample.chart.unit = sample.chart.frozen_by = sample.chart.set_name = text;
        sample.chart.labels = texts;
        sample.chart.days = scores ? texts : NULL;
        sample.chart.remarks = remarks;
        sample.chart.institute = sample.chart.material = sample.chart.drawn_by = chinese;
        sample.chart.form_no = sample.chart.edition = sample.chart.drawn_at = sample.chart.time_zone = text;
        sample.chart.specimen = true;
        sample.chart.first = 123456;
        for (size_t i = 0; i < sample.set.count; i++)
            memcpy(sample.set.rules[i].name, "WWWWWWWWWWWWWWW", CONTROL_RULE_NAME);
        draw_and_check();
    }
}

static int open_fonts(void **state)
{
    PangoFontMap *map = NULL;
    (void)state;
    if (!fonts_open(SHEET_FONTS, &map, NULL))
        return -1;
    seen.context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create(); // as chart_png.c draws
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(seen.context, options);
    pango_context_set_round_glyph_positions(seen.context, FALSE);
    cairo_font_options_destroy(options);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_random_charts_no_name_misleads_or_touches_anything),
        cmocka_unit_test(test_every_score_of_a_dozen_rounds_is_written_at_its_point),
        cmocka_unit_test(test_every_name_of_the_samples_has_a_place),
        cmocka_unit_test(test_long_texts_stay_on_the_page_and_run_into_nothing),
    };
    return cmocka_run_group_tests(tests, open_fonts, NULL);
}
