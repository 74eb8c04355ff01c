// SPDX-License-Identifier: Apache-2.0
// The reader of CSV against RFC 4180: what is a cell, where it stands, and what is refused with its place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/csv.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    *state = arena_create(CSV_ARENA_BYTES);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static struct csv_table read_text(struct arena *arena, const char *text)
{
    struct csv_table table = {0};
    struct ts_error error = {0};
    if (!csv_read(text, strlen(text), arena, &table, &error))
        fail_msg("%s", error.detail);
    return table;
}

static void assert_refused(struct arena *arena, const char *text, const char *detail)
{
    struct csv_table table = {.count = 77};
    struct ts_error error = {0};
    assert_false(csv_read(text, strlen(text), arena, &table, &error));
    assert_string_equal(error.detail, detail);
    assert_string_equal(error.reason, "CSV_INVALID");
    assert_int_equal(table.count, 77);
}

static void assert_cell(const struct csv_table *table, size_t row, size_t cell, const char *text)
{
    assert_true(row < table->count && cell < table->rows[row].count);
    assert_string_equal(table->rows[row].cells[cell].text, text);
    assert_int_equal(table->rows[row].cells[cell].length, strlen(text));
}

static void test_commas_part_cells_and_line_ends_part_rows(void **state)
{
    struct csv_table table = read_text(*state, "id,name\r\n1,gold ring\n2,\n");
    assert_int_equal(table.count, 3);
    assert_cell(&table, 0, 1, "name");
    assert_cell(&table, 1, 1, "gold ring");
    assert_cell(&table, 2, 1, "");
}

static void test_the_last_line_needs_no_end(void **state)
{
    struct csv_table table = read_text(*state, "a,b\n1,2");
    assert_int_equal(table.count, 2);
    assert_cell(&table, 1, 1, "2");
}

static void test_quotes_hold_commas_quotes_and_line_ends(void **state)
{
    struct csv_table table = read_text(*state, "a,b\n\"x,\"\"y\"\"\",\"one\r\ntwo\nthree\"\n\"\",z\n");
    assert_int_equal(table.count, 3);
    assert_cell(&table, 1, 0, "x,\"y\"");
    assert_cell(&table, 1, 1, "one\r\ntwo\nthree");
    assert_cell(&table, 2, 0, "");
    assert_int_equal(table.rows[2].line, 5);
}

static void test_a_cell_knows_its_place_in_characters(void **state)
{
    struct csv_table table = read_text(*state, "名称,b,c\n金含量,\"甲\n乙\",3\n");
    assert_int_equal(table.rows[1].cells[1].line, 2);
    assert_int_equal(table.rows[1].cells[1].column, 5);
    assert_int_equal(table.rows[1].cells[2].line, 3);
    assert_int_equal(table.rows[1].cells[2].column, 4);
    assert_int_equal(table.rows[1].line, 2);
}

static void test_a_byte_order_mark_and_empty_lines_are_skipped(void **state)
{
    struct csv_table table = read_text(*state, "\xEF\xBB\xBF"
                                               "a,b\n\n1,2\r\n\r\n");
    assert_int_equal(table.count, 2);
    assert_cell(&table, 0, 0, "a");
    assert_int_equal(table.rows[0].cells[0].column, 1);
    assert_int_equal(table.rows[1].line, 3);
}

static void test_a_column_is_found_by_its_name(void **state)
{
    struct csv_table table = read_text(*state, "id,limit_low|limit_high\n1,2\n");
    size_t index = 9;
    assert_true(csv_find_column(&table, "limit_low|limit_high", &index));
    assert_int_equal(index, 1);
    assert_false(csv_find_column(&table, "limit_low", &index));
}

static void test_rows_may_be_ragged_when_told_so(void **state)
{
    const char *text = "a,b,note\n1,2,3,4\n1\n";
    struct csv_table table = {0};
    struct ts_error error = {0};
    assert_true(csv_read_ragged(text, strlen(text), *state, &table, &error));
    assert_int_equal(table.rows[1].count, 4);
    assert_cell(&table, 1, 3, "4");
    assert_int_equal(table.rows[2].count, 1);
}

static void test_what_is_wrong_is_told_with_its_place(void **state)
{
    assert_refused(*state, "", "line 1, column 1: there is no header");
    assert_refused(*state, "\n\n", "line 3, column 1: there is no header");
    assert_refused(*state, "a,b\n1,2,3\n", "line 2, column 6: 3 cells where the header has 2");
    assert_refused(*state, "a,b\n1\n", "line 2, column 2: 1 cells where the header has 2");
    assert_refused(*state, "a,b\n1,\"2\n3\n", "line 2, column 3: a quoted cell that never ends");
    assert_refused(*state, "a,b\n1,\"2\"3\n", "line 2, column 6: text behind the closing quote of a cell");
    assert_refused(*state, "a,b\n1,2\"\n",
                   "line 2, column 4: a quote inside a cell that does not begin with one");
    assert_refused(*state, "a,b\r1,2\r",
                   "line 1, column 4: a carriage return without a line feed; lines end with LF or CRLF");
    assert_refused(
        *state, "a,b\n金,\xC4\xE3\n",
        "line 2, column 3: a byte that is not UTF-8 text; save the file as UTF-8 (it may be GB18030)");
    assert_refused(*state,
                   "\xFF\xFE"
                   "a",
                   "line 1, column 1: the text is UTF-16; save it as CSV UTF-8");
}

static void test_a_file_with_other_separators_is_told_what_to_do(void **state)
{
    assert_refused(*state,
                   "\xEF\xBB\xBF"
                   "id;name\n1;0,5\n",
                   "line 1, column 1: the file is separated by semicolons; save it with commas (CSV UTF-8)");
    assert_refused(*state, "id\tname\n1\t2\n",
                   "line 1, column 1: the file is separated by tabs; save it with commas (CSV UTF-8)");
    read_text(*state, "id,name;names\n1,2;3\n");
}

static void test_rows_without_anything_in_them_are_skipped(void **state)
{
    struct csv_table table = read_text(*state, "a,b\n,\n1,2\n\"\",\n,\n");
    assert_int_equal(table.count, 2);
    assert_cell(&table, 1, 1, "2");
    assert_int_equal(table.rows[1].line, 3);
    assert_refused(*state, "a,b\n,,\n", "line 2, column 3: 3 cells where the header has 2");
}

static void test_a_nul_is_no_text(void **state)
{
    struct csv_table table;
    struct ts_error error = {0};
    assert_false(csv_read("a\nb\0c\n", 6, *state, &table, &error));
    assert_string_equal(
        error.detail,
        "line 2, column 2: a byte that is not UTF-8 text; save the file as UTF-8 (it may be GB18030)");
}

static void test_the_ceilings_refuse(void **state)
{
    struct csv_table table;
    struct ts_error error = {0};
    size_t size = CSV_BYTES_MOST + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'a', size);
    assert_false(csv_read(text, size, *state, &table, &error));
    assert_string_equal(error.reason, "CSV_TOO_LARGE");
    assert_false(csv_read(text, CSV_CELL_BYTES_MOST + 1, *state, &table, &error));
    assert_string_equal(error.detail, "line 1, column 1: a cell of more than 64 KiB");
    assert_true(csv_read(text, CSV_CELL_BYTES_MOST, *state, &table, &error));
    memset(text, ',', size);
    assert_false(csv_read(text, CSV_CELLS_MOST, *state, &table, &error));
    assert_string_equal(error.detail, "line 1, column 257: a row of more than 256 cells");
    for (size_t i = 0; i + 1 < size; i += 2)
        memcpy(text + i, "1\n", 2);
    assert_false(csv_read(text, 2 * (CSV_ROWS_MOST + 2), *state, &table, &error));
    assert_string_equal(error.detail, "the text has more than 200000 rows");
    free(text);
}

static void test_without_memory_it_is_refused(void **state)
{
    struct csv_table table;
    struct ts_error error = {0};
    for (size_t nth = 1; nth <= 3; nth++) {
        arena_fail_at(*state, nth);
        assert_false(csv_read("a\n1\n", 4, *state, &table, &error));
        assert_string_equal(error.reason, "CSV_TOO_LARGE");
        arena_fail_at(*state, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commas_part_cells_and_line_ends_part_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_last_line_needs_no_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quotes_hold_commas_quotes_and_line_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_cell_knows_its_place_in_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_byte_order_mark_and_empty_lines_are_skipped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_column_is_found_by_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_may_be_ragged_when_told_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_told_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_with_other_separators_is_told_what_to_do, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_rows_without_anything_in_them_are_skipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_nul_is_no_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_ceilings_refuse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_without_memory_it_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
