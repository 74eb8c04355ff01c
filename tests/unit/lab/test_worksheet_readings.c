// SPDX-License-Identifier: Apache-2.0
// Where values of a file stand on a worksheet: by an item's code, by number, by kind and number; what is
// nobody's, and what is together none.
#include "lab/worksheet_readings.h"

#include "wire/arena.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// Fields of messages are not const; nobody writes through them here.
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"

#define KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name

enum { POSITIONS = 4, VALUES_MOST = 30 };

// 1 blank, 2 control, 3 sample, 4 duplicate.
struct sample {
    Touchstone__Internal__V1__WorksheetContext context;
    Touchstone__V1__Worksheet sheet;
    Touchstone__V1__WorksheetPosition positions[POSITIONS];
    Touchstone__V1__WorksheetPosition *list[POSITIONS];
    Touchstone__V1__Test test;
    Touchstone__Internal__V1__FoundValues found;
    Touchstone__Internal__V1__FoundValue values[VALUES_MOST];
    Touchstone__Internal__V1__FoundValue *value_list[VALUES_MOST];
    Touchstone__Internal__V1__PlacedReadings *placed;
    struct arena *arena;
};

static void make(struct sample *sample)
{
    static const Touchstone__V1__PositionKind KINDS[] = {KIND(BLANK), KIND(CONTROL), KIND(SAMPLE),
                                                         KIND(DUPLICATE)};
    memset(sample, 0, sizeof *sample);
    touchstone__internal__v1__worksheet_context__init(&sample->context);
    touchstone__v1__worksheet__init(&sample->sheet);
    touchstone__v1__test__init(&sample->test);
    touchstone__internal__v1__found_values__init(&sample->found);
    sample->test.item_code = "854MJYHYW";
    sample->sheet.method_id = "M_XRF", sample->sheet.parameter_id = "AU", sample->sheet.instrument = "XRF-01";
    for (int i = 0; i < POSITIONS; i++) {
        touchstone__v1__worksheet_position__init(&sample->positions[i]);
        sample->positions[i].position = i + 1;
        sample->positions[i].kind = KINDS[i];
        sample->list[i] = &sample->positions[i];
    }
    sample->positions[2].test = &sample->test;
    sample->context.worksheet = &sample->sheet;
    sample->context.positions = sample->list;
    sample->context.n_positions = POSITIONS;
    sample->found.values = sample->value_list;
    sample->found.instrument = "XRF-01";
    sample->arena = arena_create(1 << 20);
}

static Touchstone__Internal__V1__FoundValue *add(struct sample *sample, const char *item, const char *value)
{
    Touchstone__Internal__V1__FoundValue *one = &sample->values[sample->found.n_values];
    touchstone__internal__v1__found_value__init(one);
    one->line = (int32_t)sample->found.n_values + 2;
    one->item = (char *)item;
    one->item_code = strlen(item) == 9 ? (char *)item : "";
    one->method_id = "M_XRF", one->parameter_id = "AU";
    one->value = (char *)value;
    one->expanded_uncertainty = "2.0";
    sample->value_list[sample->found.n_values++] = one;
    return one;
}

static void place(struct sample *sample)
{
    assert_true(worksheet_readings_place(&sample->context, &sample->found, NULL, 0, sample->arena,
                                         &sample->placed, NULL));
}

static void test_a_position_is_told_by_code_by_number_or_by_kind_and_number(void **state)
{
    static const struct {
        const char *item;
        int position;
    } ITEMS[] = {{"1", 1},
                 {"001", 1},
                 {"BLK1", 1},
                 {"blk-1", 1},
                 {"QC2", 2},
                 {"QC 2", 2},
                 {"qc_2", 2},
                 {"QC#2", 2},
                 {"854MJYHYW", 3},
                 {"S3", 3},
                 {"DUP4", 4},
                 // nobody's: another kind, no such position, no name
                 {"QC3", 0},
                 {"S1", 0},
                 {"5", 0},
                 {"97", 0},
                 {"0", 0},
                 {"-1", 0},
                 {"1.0", 0},
                 {"QC", 0},
                 {"", 0},
                 {"XQC2", 0},
                 {"QC--2", 0},
                 {"0001", 0},
                 {"QC2 ", 0},
                 {"8AAAAAAAA", 0}};
    struct sample sample;
    (void)state;
    for (size_t i = 0; i < sizeof ITEMS / sizeof ITEMS[0]; i++) {
        make(&sample);
        add(&sample, ITEMS[i].item, "750.1");
        place(&sample);
        if (sample.placed->values[0]->position != ITEMS[i].position ||
            sample.placed->values[0]->entered != (ITEMS[i].position > 0))
            fail_msg("%s stands at %d", ITEMS[i].item, sample.placed->values[0]->position);
        arena_free(sample.arena);
    }
}

static void test_readings_of_a_position_keep_their_order_and_a_sample_its_uncertainty(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    sample.found.rows_are_replicates = true;
    add(&sample, "S3", "753.1");
    add(&sample, "QC2", "750.2");
    add(&sample, "854MJYHYW", "753.5");
    place(&sample);
    assert_int_equal(sample.placed->n_results, 2);
    assert_int_equal(sample.placed->results[0]->position, 2);
    assert_string_equal(sample.placed->results[0]->expanded_uncertainty, "");
    assert_int_equal(sample.placed->results[1]->n_readings, 2);
    assert_string_equal(sample.placed->results[1]->readings[0]->value, "753.1");
    assert_string_equal(sample.placed->results[1]->readings[1]->value, "753.5");
    assert_string_equal(sample.placed->results[1]->expanded_uncertainty, "2.0");
    assert_int_equal(sample.placed->n_missing, 2);
    assert_int_equal(sample.placed->missing[0], 1);
    assert_int_equal(sample.placed->missing[1], 4);
    arena_free(sample.arena);
}

static void test_what_is_together_none_is_not_entered(void **state)
{
    struct sample sample;
    struct ts_error error = {0};
    (void)state;
    make(&sample);
    add(&sample, "QC2", "750.2");
    add(&sample, "QC2", "750.3"); // a second line, and rows are no replicates
    add(&sample, "S3", "")->reason = "NOT_A_NUMBER";
    add(&sample, "1", "0.1")->parameter_id = "AG";
    add(&sample, "4", "1")->input = "m_mg";
    place(&sample);
    assert_int_equal(sample.placed->n_results, 0);
    assert_string_equal(sample.placed->values[0]->reason, "DUPLICATE");
    assert_string_equal(sample.placed->values[2]->reason, "NOT_A_NUMBER");
    assert_string_equal(sample.placed->values[3]->reason, "OTHER_PARAMETER");
    assert_string_equal(sample.placed->values[4]->reason, "INPUT_BY_HAND");
    assert_false(worksheet_readings_are_whole(&sample.context, sample.placed, false, &error));
    assert_string_equal(error.reason, "VALUES_LEFT_OUT");
    assert_true(worksheet_readings_are_whole(&sample.context, sample.placed, true, NULL));
    arena_free(sample.arena);
}

static void test_more_readings_than_a_position_takes_are_none(void **state)
{
    struct sample sample;
    (void)state;
    make(&sample);
    sample.found.rows_are_replicates = true;
    for (int i = 0; i < 25; i++)
        add(&sample, "QC2", "750.2");
    place(&sample);
    assert_int_equal(sample.placed->n_results, 0);
    assert_string_equal(sample.placed->values[24]->reason, "TOO_MANY_READINGS");
    arena_free(sample.arena);
}

static void test_a_value_of_another_parameter_alone_refuses_nothing_and_another_instrument_does(void **state)
{
    struct sample sample;
    struct ts_error error = {0};
    (void)state;
    make(&sample);
    add(&sample, "1", "0.1")->parameter_id = "AG";
    add(&sample, "1", "0.1");
    place(&sample);
    assert_int_equal(sample.placed->n_results, 1);
    assert_true(worksheet_readings_are_whole(&sample.context, sample.placed, false, NULL));
    sample.sheet.instrument = "XRF-02";
    assert_false(worksheet_readings_are_whole(&sample.context, sample.placed, true, &error));
    assert_string_equal(error.reason, "INSTRUMENT_DIFFERS");
    arena_free(sample.arena);
}

static void test_without_memory_it_says_so(void **state)
{
    struct sample sample;
    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        struct ts_error error = {0};
        make(&sample);
        add(&sample, "QC2", "750.2");
        arena_fail_at(sample.arena, nth);
        if (worksheet_readings_place(&sample.context, &sample.found, NULL, 0, sample.arena, &sample.placed,
                                     &error)) {
            arena_free(sample.arena);
            assert_true(nth > 5);
            return;
        }
        assert_string_equal(error.reason, "OUT_OF_MEMORY");
        arena_free(sample.arena);
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_position_is_told_by_code_by_number_or_by_kind_and_number),
        cmocka_unit_test(test_readings_of_a_position_keep_their_order_and_a_sample_its_uncertainty),
        cmocka_unit_test(test_what_is_together_none_is_not_entered),
        cmocka_unit_test(test_more_readings_than_a_position_takes_are_none),
        cmocka_unit_test(test_a_value_of_another_parameter_alone_refuses_nothing_and_another_instrument_does),
        cmocka_unit_test(test_without_memory_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
