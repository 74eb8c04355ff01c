// SPDX-License-Identifier: Apache-2.0
// Layouts that make no sense are refused with the path of what is wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formula/builtin.h"
#include "formula/convert.h"
#include "instrument/layout.h"
#include "layouts.h"

enum { ARENA_BYTES = 4 << 20 };

static int set_up(void **state)
{
    *state = arena_create(ARENA_BYTES);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static void assert_wrong(const Touchstone__Internal__V1__InstrumentContext *context, const char *field)
{
    struct ts_error error = {0};
    assert_false(layout_check(context, &builtin_units, &error));
    assert_string_equal(error.reason, "FIELD_INVALID");
    assert_string_equal(error.violations[0].field, field);
}

static void test_the_layouts_of_the_tests_make_sense(void **state)
{
    static const char *const layouts[] = {LAYOUT_LONG, LAYOUT_WIDE, LAYOUT_FIXED};
    for (size_t i = 0; i < 3; i++) {
        struct ts_error error = {0};
        if (!layout_check(layout_of(*state, layouts[i]), &builtin_units, &error))
            fail_msg("%s", error.detail);
    }
}

static void test_columns_belong_to_their_kind_of_file(void **state)
{
    Touchstone__Internal__V1__InstrumentContext *context = layout_of(*state, LAYOUT_LONG);
    context->layout->has_header = false;
    assert_wrong(context, "layout.item.heading");
    context = layout_of(*state, LAYOUT_LONG);
    context->layout->item->width = 3;
    assert_wrong(context, "layout.item.width");
    context = layout_of(*state, LAYOUT_WIDE);
    context->layout->values[1]->column->from = 0;
    assert_wrong(context, "layout.values[1].column.heading");
    context = layout_of(*state, LAYOUT_FIXED);
    context->layout->item->width = 0;
    assert_wrong(context, "layout.item.width");
    context = layout_of(*state, LAYOUT_FIXED);
    context->layout->values[0]->column->from = 0;
    assert_wrong(context, "layout.values[0].column.from");
}

static void test_a_decimal_comma_and_a_comma_between_cells_exclude_each_other(void **state)
{
    Touchstone__Internal__V1__InstrumentContext *context = layout_of(*state, LAYOUT_LONG);
    context->layout->decimal_mark = TOUCHSTONE__V1__DECIMAL_MARK__DECIMAL_MARK_COMMA;
    assert_wrong(context, "layout.decimal_mark");
    context->layout->delimiter = TOUCHSTONE__V1__DELIMITER__DELIMITER_TAB;
    assert_true(layout_check(context, &builtin_units, NULL));
}

static void test_codes_are_known_once_and_where_they_belong(void **state)
{
    Touchstone__Internal__V1__InstrumentContext *context = layout_of(*state, LAYOUT_LONG);
    context->layout->codes[1]->code = context->layout->codes[0]->code;
    assert_wrong(context, "layout.codes[1].code");
    context = layout_of(*state, LAYOUT_LONG);
    context->layout->values[0]->code = context->layout->codes[0]->code;
    assert_wrong(context, "layout.values[0].code");
    context = layout_of(*state, LAYOUT_WIDE);
    context->layout->values[2]->code = (char *)"Zn";
    assert_wrong(context, "layout.values[2].code");
    context = layout_of(*state, LAYOUT_LONG);
    context->units[1] = (char *)"";
    assert_wrong(context, "layout.codes[1].parameter_id");
}

static void test_units_must_convert_exactly(void **state)
{
    static const char *const units[] = {"mg/L", "ppm", "Cel"};
    for (size_t i = 0; i < 3; i++) {
        Touchstone__Internal__V1__InstrumentContext *context = layout_of(*state, LAYOUT_LONG);
        context->layout->codes[0]->unit = (char *)units[i];
        assert_wrong(context, "layout.codes[0].unit");
    }
}

static void test_spellings_and_skipped_words_say_something_once(void **state)
{
    Touchstone__Internal__V1__InstrumentContext *context = layout_of(*state, LAYOUT_LONG);
    context->layout->spellings[2]->text = context->layout->spellings[0]->text;
    assert_wrong(context, "layout.spellings[2].text");
    context = layout_of(*state, LAYOUT_LONG);
    context->layout->skipped[1] = (char *)"";
    assert_wrong(context, "layout.skipped[1]");
}

static void assert_factor(const char *from, const char *to, const char *factor)
{
    struct decimal got, wanted;
    struct ts_error error = {0};
    if (!convert_factor(&builtin_units, from, to, &got, &error))
        fail_msg("%s", error.detail);
    assert_true(decimal_parse(factor, strlen(factor), &wanted, NULL));
    assert_int_equal(decimal_compare(&got, &wanted), 0);
    assert_true(got.count == 0 || got.digit[0] != 0);
}

static void test_factors_are_exact_or_refused(void **state)
{
    (void)state;
    assert_factor("%", "[ppth]", "10");
    assert_factor("[ppth]", "%", "0.1");
    assert_factor("mg/kg", "%", "0.0001");
    assert_factor("ct", "g", "0.2"); // as printed
    assert_factor("g", "[car_m]", "5");
    assert_factor("no such unit", "no such unit", "1");
    struct decimal untouched = {.count = 7};
    struct ts_error error = {0};
    assert_false(convert_factor(&builtin_units, "Pa", "mm[Hg]", &untouched, &error)); // 1 / 133.322
    assert_int_equal(untouched.count, 7);
    assert_string_equal(error.detail, "Pa does not become mm[Hg] by a decimal that ends.");
    assert_false(convert_factor(&builtin_units, "mg/kg", "mg/L", &untouched, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_layouts_of_the_tests_make_sense),
        cmocka_unit_test(test_columns_belong_to_their_kind_of_file),
        cmocka_unit_test(test_a_decimal_comma_and_a_comma_between_cells_exclude_each_other),
        cmocka_unit_test(test_codes_are_known_once_and_where_they_belong),
        cmocka_unit_test(test_units_must_convert_exactly),
        cmocka_unit_test(test_spellings_and_skipped_words_say_something_once),
        cmocka_unit_test(test_factors_are_exact_or_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
