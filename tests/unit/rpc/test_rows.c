// SPDX-License-Identifier: Apache-2.0
// Rows of the database as a response: columns and fields, what is left out, wrong values, missing memory.
#include "rpc/rows.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 20, COLUMNS = 9 };

static const char *const names[COLUMNS] = {"test_id",   "state", "due_at",          "readings", "version",
                                           "judgement", "judge", "next_page_token", "hallmark"};

// As libpq would have read it. PQclear() is the caller's.
static PGresult *result_of(const char *const (*values)[COLUMNS], size_t count)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[COLUMNS] = {{.name = NULL}};
    for (int i = 0; i < COLUMNS; i++)
        columns[i].name = (char *)names[i];
    assert_int_equal(PQsetResultAttrs(result, COLUMNS, columns), 1);
    for (size_t row = 0; row < count; row++)
        for (int i = 0; i < COLUMNS; i++) {
            const char *text = values[row][i];
            assert_int_equal(PQsetvalue(result, (int)row, i, (char *)text, text ? (int)strlen(text) : -1), 1);
        }
    return result;
}

static bool write_page(struct arena *arena, const char *const (*values)[COLUMNS], size_t count,
                       const uint8_t **ret_bytes, size_t *ret_length, struct ts_error *error)
{
    PGresult *result = result_of(values, count);
    bool written = rows_write(&touchstone__v1__list_tests_response__descriptor, result, arena, ret_bytes,
                              ret_length, error);
    PQclear(result);
    return written;
}

static const char *const two[][COLUMNS] = {
    {"t1", "in_progress", "2026-11-29 20:15:00.5+00",
     "[{\"value\":\"753.1\",\"qualifier\":null},{\"value\":\"2\"}]", "7", NULL, "{\"limit\":\"750\"}", NULL,
     "Au\"750\\"},
    {"t2", "submitted", "2026-11-30 04:15:00+08", NULL, "9007199254740991",
     "{\"verdict\": \"pass\", \"sentence_zh\": \"平均值\"}", NULL, "bmV4dA", ""}};

static void assert_two(const Touchstone__V1__ListTestsResponse *page)
{
    assert_int_equal(page->n_tests, 2);
    assert_string_equal(page->next_page_token, "bmV4dA");
    const Touchstone__V1__Test *first = page->tests[0], *second = page->tests[1];
    assert_string_equal(first->test_id, "t1");
    assert_int_equal(first->state, TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS);
    assert_int_equal(first->due_at->nanos, 500000000);
    assert_int_equal(first->n_readings, 2);
    assert_string_equal(first->readings[0]->value, "753.1");
    assert_int_equal(first->version, 7);
    assert_null(first->judgement);
    assert_string_equal(first->hallmark, "Au\"750\\");
    assert_int_equal(second->due_at->seconds, first->due_at->seconds);
    assert_int_equal(second->n_readings, 0);
    assert_true(second->version == 9007199254740991);
    assert_string_equal(second->judgement->sentence_zh, "平均值");
    assert_string_equal(second->hallmark, "");
}

static void test_columns_become_fields_of_the_element_or_of_the_response(void **state)
{
    (void)state;
    struct arena *arena = arena_create(ARENA_BYTES);
    const uint8_t *bytes;
    size_t length;
    struct ts_error error = {0};
    assert_true(write_page(arena, two, 2, &bytes, &length, &error));
    Touchstone__V1__ListTestsResponse *page =
        touchstone__v1__list_tests_response__unpack(NULL, length, bytes);
    assert_non_null(page);
    assert_two(page);
    touchstone__v1__list_tests_response__free_unpacked(page, NULL);
    arena_free(arena);
}

static void test_no_rows_are_an_empty_list(void **state)
{
    (void)state;
    struct arena *arena = arena_create(ARENA_BYTES);
    const uint8_t *bytes;
    size_t length;
    struct ts_error error = {0};
    assert_true(write_page(arena, two, 0, &bytes, &length, &error));
    assert_int_equal(length, 0);
    arena_free(arena);
}

static void test_a_value_that_is_none_of_its_field_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        size_t column;
        const char *value, *told;
    } wrong[] = {{1, "of_tomorrow", "state"},
                 {2, "yesterday", "due_at"},
                 {3, "[{\"value\":1", "value"},
                 {3, "{}", "readings"},
                 {4, "7x", "version"},
                 {4, "", "version"},
                 {4, "9223372036854775808", "version"},
                 {5, "[]", "judgement"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *row[1][COLUMNS] = {{"t1"}};
        struct arena *arena = arena_create(ARENA_BYTES);
        const uint8_t *bytes;
        size_t length;
        struct ts_error error = {0};
        row[0][wrong[i].column] = wrong[i].value;
        assert_false(write_page(arena, (const char *const(*)[COLUMNS])row, 1, &bytes, &length, &error));
        assert_int_equal(error.status, TS_INVALID_ARGUMENT);
        assert_non_null(strstr(error.detail, wrong[i].told));
        arena_free(arena);
    }
}

static void test_a_response_without_a_list_and_too_many_columns_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_create(ARENA_BYTES);
    struct ts_error error = {0};
    const uint8_t *bytes;
    size_t length;
    PGresult *result = result_of(two, 2), *wide = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[ROWS_COLUMNS_MOST + 1] = {{.name = NULL}};
    for (int i = 0; i <= ROWS_COLUMNS_MOST; i++)
        columns[i].name = (char *)names[4];
    assert_int_equal(PQsetResultAttrs(wide, ROWS_COLUMNS_MOST + 1, columns), 1);
    assert_false(
        rows_write(&touchstone__v1__get_test_response__descriptor, result, arena, &bytes, &length, &error));
    assert_string_equal(error.reason, "ROWS_INVALID");
    error.reason[0] = 0;
    assert_false(
        rows_write(&touchstone__v1__list_tests_response__descriptor, wide, arena, &bytes, &length, &error));
    assert_string_equal(error.reason, "ROWS_INVALID");
    PQclear(result);
    PQclear(wide);
    arena_free(arena);
}

static void test_without_memory_anywhere_it_says_so(void **state)
{
    (void)state;
    bool whole = false;
    for (size_t nth = 1; !whole; nth++) {
        struct arena *arena = arena_create(ARENA_BYTES);
        const uint8_t *bytes;
        size_t length;
        struct ts_error error = {0};
        arena_fail_at(arena, nth);
        whole = write_page(arena, two, 2, &bytes, &length, &error);
        if (!whole)
            assert_int_equal(error.status, TS_RESOURCE_EXHAUSTED);
        else
            assert_true(nth > 5);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_become_fields_of_the_element_or_of_the_response),
        cmocka_unit_test(test_no_rows_are_an_empty_list),
        cmocka_unit_test(test_a_value_that_is_none_of_its_field_is_refused_by_name),
        cmocka_unit_test(test_a_response_without_a_list_and_too_many_columns_are_refused),
        cmocka_unit_test(test_without_memory_anywhere_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
