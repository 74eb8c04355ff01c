// SPDX-License-Identifier: Apache-2.0
// Files of instruments read by layouts: what a value is, where it stands, and why something is no value. The
// code "0TEST1234" and the like are made with the check character that wire/item_code.h defines.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "instrument/file.h"
#include "layouts.h"
#include "wire/item_code.h"
#include "wire/text.h"

#include <stdio.h>

enum { ARENA_BYTES = 32 << 20 };

static char item[ITEM_CODE_SIZE], other[ITEM_CODE_SIZE];

static int set_up(void **state)
{
    *state = arena_create(ARENA_BYTES);
    return *state && item_code_append_check("00000001", item) && item_code_append_check("00000002", other)
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static const Touchstone__Internal__V1__FoundValues *read_text(struct arena *arena, const char *layout,
                                                              const char *text)
{
    Touchstone__Internal__V1__FoundValues *found = NULL;
    struct ts_error error = {0};
    if (!file_read(layout_of(arena, layout), text, strlen(text), arena, &found, &error))
        fail_msg("%s: %s", error.reason, error.detail);
    return found;
}

static void assert_refused(struct arena *arena, const char *layout, const char *text, const char *reason,
                           const char *detail)
{
    Touchstone__Internal__V1__FoundValues *found = NULL;
    struct ts_error error = {0};
    assert_false(file_read(layout_of(arena, layout), text, strlen(text), arena, &found, &error));
    assert_null(found);
    assert_string_equal(error.reason, reason);
    assert_string_equal(error.detail, detail);
}

static void assert_value(const Touchstone__Internal__V1__FoundValues *found, size_t index, int line,
                         int column, const char *raw, const char *value)
{
    assert_true(index < found->n_values);
    const Touchstone__Internal__V1__FoundValue *one = found->values[index];
    assert_string_equal(one->reason, "");
    assert_string_equal(one->raw, raw);
    assert_string_equal(one->value, value);
    assert_int_equal(one->line, line);
    assert_int_equal(one->column, column);
}

static void assert_none(const Touchstone__Internal__V1__FoundValues *found, size_t index, int line,
                        const char *reason, const char *detail)
{
    assert_true(index < found->n_values);
    const Touchstone__Internal__V1__FoundValue *one = found->values[index];
    assert_string_equal(one->reason, reason);
    assert_string_equal(one->detail, detail);
    assert_int_equal(one->line, line);
}

// Every @ is the code of the item.
static const char *text_of(struct arena *arena, const char *form)
{
    struct text text;
    text_init(&text, arena);
    for (; *form; form++)
        if (*form == '@')
            text_put(&text, item);
        else
            text_put_char(&text, *form);
    const char *made = text_finish(&text);
    assert_non_null(made);
    return made;
}

static void test_a_value_has_its_place_its_test_and_the_unit_of_the_parameter(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found =
        read_text(*state, LAYOUT_LONG, text_of(*state, "Item,Code,Value\r\n@,Au,75.31\r\n@,Pb, 12.0 \r\n"));
    assert_int_equal(found->n_values, 2);
    assert_value(found, 0, 2, 14, "75.31", "753.1"); // 75.31 % = 753.1 per mille
    assert_value(found, 1, 3, 15, "12.0", "12.0");
    assert_string_equal(found->values[0]->item_code, item);
    assert_string_equal(found->values[0]->method_id, "M_XRF");
    assert_string_equal(found->values[0]->parameter_id, "AU");
    assert_string_equal(found->values[0]->expanded_uncertainty, "2.0");
    assert_string_equal(found->instrument, "XRF-01");
    assert_int_equal(found->profile_version, 3);
}

static void test_a_conversion_keeps_the_digits_that_were_there(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found =
        read_text(*state, LAYOUT_LONG,
                  text_of(*state, "Item,Code,Value\n@,Au,75.10\n@,Au,75\n@,Au,7.5310E+01\n@,Au,-0.5e-2\n"));
    assert_value(found, 0, 2, 14, "75.10", "751.0");
    assert_value(found, 1, 3, 14, "75", "750");
    assert_value(found, 2, 4, 14, "7.5310E+01", "753.10");
    assert_value(found, 3, 5, 14, "-0.5e-2", "-0.05");
}

static void test_spellings_are_qualifiers_with_their_number_or_the_limit_of_the_profile(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found =
        read_text(*state, LAYOUT_LONG,
                  text_of(*state, "Item,Code,Value\n@,Au,ND\n@,Au,<LOQ\n@,Au,< 0.05\n@,Au,>99.9\n"
                                  "@,Au,n.d. <0.02\n@,Pb,ND\n"));
    assert_value(found, 0, 2, 14, "ND", "0.1");
    assert_int_equal(found->values[0]->qualifier, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED);
    assert_value(found, 1, 3, 14, "<LOQ", "0.3");
    assert_int_equal(found->values[1]->qualifier, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN);
    assert_value(found, 2, 4, 14, "< 0.05", "0.5");
    assert_int_equal(found->values[2]->qualifier, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN);
    assert_value(found, 3, 5, 14, ">99.9", "999");
    assert_int_equal(found->values[3]->qualifier, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_GREATER_THAN);
    assert_value(found, 4, 6, 14, "n.d. <0.02", "0.2");
    assert_int_equal(found->values[4]->qualifier, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED);
    assert_none(found, 5, 7, "NO_LIMIT", "The profile has no limit for this spelling and code.");
}

static void test_a_number_that_the_instrument_rounded_keeps_its_mark(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found = read_text(
        *state, LAYOUT_LONG,
        text_of(*state,
                "Item,Code,Value\n@,Au,75.05(+)\n@,Pb,15.5(-)\n@,Pb,<15.5(-)\n@,Pb,15.5(*)\n@,Pb,(+)\n"));
    assert_value(found, 0, 2, 14, "75.05(+)", "750.5(+)");
    assert_value(found, 1, 3, 14, "15.5(-)", "15.5(-)");
    assert_none(found, 2, 4, "NOT_A_NUMBER",
                "\"<15.5(-)\" is not a number: what was rounded already has no qualifier");
    assert_none(found, 3, 5, "NOT_A_NUMBER", "\"15.5(*)\" is not a number");
    assert_none(found, 4, 6, "NOT_A_NUMBER", "\"(+)\" is not a number");
}

static void test_what_is_no_number_says_so_and_where(void **state)
{
    static const char *const bad[] = {"75,31", "75.3.1", "1 000.0", "seven", "7e", "7e+100",
                                      "0x10",  "NaN",    "--1",     "<",     "."};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *text = arena_printf(*state, "Item,Code,Value\n%s,Au,\"%s\"\n", item, bad[i]);
        const Touchstone__Internal__V1__FoundValues *found = read_text(*state, LAYOUT_LONG, text);
        assert_int_equal(found->n_values, 1);
        if (strcmp(bad[i], "<") == 0)
            assert_value(found, 0, 2, 14, "<", "0.3"); // below the limit of quantification
        else
            assert_string_equal(found->values[0]->reason, "NOT_A_NUMBER");
        assert_int_equal(found->values[0]->line, 2);
        assert_int_equal(found->values[0]->column, 14);
    }
    assert_none(read_text(*state, LAYOUT_LONG, text_of(*state, "Item,Code,Value\n@,Au,\"75,31\"\n")), 0, 2,
                "NOT_A_NUMBER", "\"75,31\" is not a number: the decimal mark of the profile is the point");
}

static void test_unknown_items_and_codes_are_listed_and_blanks_are_skipped(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found =
        read_text(*state, LAYOUT_LONG,
                  text_of(*state, "Item,Code,Value\n# remark, with a comma\nBLANK 1,Au,0.00\nCRM 7,Au,75.02\n"
                                  "@,Zn,1\n,,\n@,Au,\n@,Au,1,2\n"));
    assert_int_equal(found->n_values, 4);
    assert_none(found, 0, 4, "UNKNOWN_ITEM", "This is not the code of an item.");
    assert_string_equal(found->values[0]->item, "CRM 7");
    assert_none(found, 1, 5, "UNKNOWN_PARAMETER", "The profile does not know this code.");
    assert_none(found, 2, 7, "NO_VALUE", "The row has no value.");
    assert_none(found, 3, 8, "ROW_TOO_LONG",
                "The row has more cells than the header: a delimiter inside a cell needs quotes.");
}

static void test_a_column_for_each_code_with_decimal_commas_and_lines_before(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found =
        read_text(*state, LAYOUT_WIDE,
                  text_of(*state, "Run \"7\nwhatever;stands;here\n@;753,1;753,2;4,5\n@;;751,9;\n"));
    assert_int_equal(found->n_values, 4);
    assert_value(found, 0, 3, 11, "753,1", "753.1");
    assert_value(found, 1, 3, 17, "753,2", "753.2");
    assert_value(found, 2, 3, 23, "4,5", "4.5");
    assert_string_equal(found->values[2]->parameter_id, "PB");
    assert_value(found, 3, 4, 12, "751,9", "751.9"); // an empty cell says nothing
    assert_none(read_text(*state, LAYOUT_WIDE, text_of(*state, "\n\n@;753.1\n")), 0, 3, "NOT_A_NUMBER",
                "\"753.1\" is not a number: the decimal mark of the profile is the comma");
}

static void test_fixed_width_counts_characters_and_takes_short_lines(void **state)
{
    char *text = arena_printf(*state, "\xEF\xBB\xBF样品         结果\r\n%-13s%7s\r\n\r\n%s  戒 924.9\n%s\n",
                              item, "924.8", other, item);
    const Touchstone__Internal__V1__FoundValues *found = read_text(*state, LAYOUT_FIXED, text);
    assert_int_equal(found->n_values, 3);
    assert_value(found, 0, 2, 16, "924.8", "924.8");
    assert_value(found, 1, 4, 14, "924.9", "924.9");
    assert_none(found, 2, 5, "NO_VALUE", "The row has no value.");
}

static void test_item_codes_are_taken_as_people_type_them(void **state)
{
    char typed[24];
    snprintf(typed, sizeof typed, "%.3s-%.3s-%.3s", item, item + 3, item + 6);
    char *text = arena_printf(*state, "Item,Code,Value\n%s,Au,75.31\n", typed);
    const Touchstone__Internal__V1__FoundValues *found = read_text(*state, LAYOUT_LONG, text);
    assert_string_equal(found->values[0]->item_code, item);
    assert_string_equal(found->values[0]->item, typed);
}

static void test_a_bad_encoding_is_told_with_line_and_column(void **state)
{
    // "金" in GB18030.
    assert_refused(
        *state, LAYOUT_LONG, "Item,Code,Value\nx,\xBD\xF0,1\n", "FILE_INVALID",
        "line 2, column 3: a byte that is not UTF-8 text; save the file as UTF-8 (it may be GB18030)");
    assert_refused(
        *state, LAYOUT_FIXED, "Item\nx  \xBD\xF0\n", "FILE_INVALID",
        "line 2, column 4: a byte that is not UTF-8 text; save the file as UTF-8 (it may be GB18030)");
    assert_refused(*state, LAYOUT_LONG, "\xFF\xFEI\n", "FILE_INVALID",
                   "line 1, column 1: the text is UTF-16; save it as CSV UTF-8");
    assert_refused(*state, LAYOUT_LONG, "Item,Code,Value\rx", "FILE_INVALID",
                   "line 1, column 16: a carriage return without a line feed; lines end with LF or CRLF");
    assert_refused(*state, LAYOUT_FIXED, "Item\nx\ry\n", "FILE_INVALID",
                   "line 2, column 2: a carriage return without a line feed; lines end with LF or CRLF");
}

static void test_the_wrong_profile_is_noticed_by_the_header(void **state)
{
    assert_refused(*state, LAYOUT_LONG, "Item;Code;Value\n", "FILE_INVALID",
                   "line 1, column 1: the header has no column \"Value\"; is this the right profile?");
    assert_refused(*state, LAYOUT_LONG, "\xEF\xBB\xBFItem,Code\n", "FILE_INVALID",
                   "line 1, column 1: the header has no column \"Value\"; is this the right profile?");
    assert_refused(*state, LAYOUT_LONG, "", "FILE_INVALID", "line 1, column 1: there is no header");
}

static void test_a_heading_that_stands_there_twice_is_ambiguous(void **state)
{
    assert_refused(
        *state, LAYOUT_LONG, "Item,Code,Value,SD, Value\n0,Au,1,2,3\n", "FILE_INVALID",
        "line 1, column 20: the header has \"Value\" twice, as columns 3 and 5; number the one that "
        "is meant in the profile (from), or rename the other in the file.");
    assert_refused(*state, LAYOUT_LONG, "Item,Item,Code,Value\n", "FILE_INVALID",
                   "line 1, column 6: the header has \"Item\" twice, as columns 1 and 2; number the one that "
                   "is meant in the profile (from), or rename the other in the file.");
    assert_refused(
        *state, LAYOUT_LONG, "Code,Item,Code,Value\n", "FILE_INVALID",
        "line 1, column 11: the header has \"Code\" twice, as columns 1 and 3; number the one that "
        "is meant in the profile (from), or rename the other in the file.");
    // What no column of the profile is found by may stand there as often as it likes.
    const char *text = text_of(*state, "Item,SD,Code,SD,Value\n@,2,Au,2,75.31\n");
    assert_value(read_text(*state, LAYOUT_LONG, text), 0, 2, 18, "75.31", "753.1");
}

static void test_ceilings_refuse(void **state)
{
    char *large = malloc(1048578), *at = large;
    Touchstone__Internal__V1__FoundValues *found = NULL;
    struct ts_error error = {0};
    assert_non_null(large);
    memset(large, 'x', 1048577);
    assert_false(file_read(layout_of(*state, LAYOUT_LONG), large, 1048577, *state, &found, &error));
    assert_string_equal(error.reason, "FILE_TOO_LARGE");
    at += sprintf(at, "Item,Code,Value\n");
    for (int i = 0; i <= FILE_VALUES_MOST; i++)
        at += sprintf(at, "%s,Au,1\n", item);
    assert_false(
        file_read(layout_of(*state, LAYOUT_LONG), large, (size_t)(at - large), *state, &found, &error));
    assert_string_equal(error.detail, "The file has more than 5000 values. Split it.");
    free(large);
}

static void test_numbers_too_long_to_be_kept_are_refused(void **state)
{
    const Touchstone__Internal__V1__FoundValues *found = read_text(
        *state, LAYOUT_LONG,
        text_of(*state,
                "Item,Code,Value\n@,Pb,1234567890123456789012345678901234567890\n@,Pb,1e40\n@,Pb,1e-40\n"
                "@,Pb,1e39\n@,Pb,1e-39\n"));
    assert_string_equal(found->values[0]->reason, "");
    assert_none(found, 1, 3, "NOT_A_NUMBER", "The number has more than 40 digits.");
    assert_none(found, 2, 4, "NOT_A_NUMBER", "The number has more than 40 digits.");
    assert_string_equal(found->values[3]->reason, "");
    assert_string_equal(found->values[4]->reason, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_has_its_place_its_test_and_the_unit_of_the_parameter),
        cmocka_unit_test(test_a_conversion_keeps_the_digits_that_were_there),
        cmocka_unit_test(test_spellings_are_qualifiers_with_their_number_or_the_limit_of_the_profile),
        cmocka_unit_test(test_a_number_that_the_instrument_rounded_keeps_its_mark),
        cmocka_unit_test(test_what_is_no_number_says_so_and_where),
        cmocka_unit_test(test_unknown_items_and_codes_are_listed_and_blanks_are_skipped),
        cmocka_unit_test(test_a_column_for_each_code_with_decimal_commas_and_lines_before),
        cmocka_unit_test(test_fixed_width_counts_characters_and_takes_short_lines),
        cmocka_unit_test(test_item_codes_are_taken_as_people_type_them),
        cmocka_unit_test(test_a_bad_encoding_is_told_with_line_and_column),
        cmocka_unit_test(test_the_wrong_profile_is_noticed_by_the_header),
        cmocka_unit_test(test_a_heading_that_stands_there_twice_is_ambiguous),
        cmocka_unit_test(test_ceilings_refuse),
        cmocka_unit_test(test_numbers_too_long_to_be_kept_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
