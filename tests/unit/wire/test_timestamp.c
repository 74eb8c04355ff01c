// SPDX-License-Identifier: Apache-2.0
// Instants and dates against libc's calendar, and UTF-8.
#include "testing.h"

#include "wire/timestamp.h"
#include "wire/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void test_every_day_agrees_with_the_c_library(void **unused)
{
    (void)unused;
    char text[TIMESTAMP_TEXT_SIZE], wanted[64];
    size_t days = 0;
    for (int64_t seconds = INT64_C(-62135596800); seconds <= INT64_C(253402300799);
         seconds += 3 * 86400 + 1, days++) {
        struct tm tm;
        time_t at = (time_t)seconds;
        int64_t back;
        int32_t nanos;
        gmtime_r(&at, &tm);
        snprintf(wanted, sizeof wanted, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_true(timestamp_format(seconds, 0, text));
        assert_string_equal(text, wanted);
        assert_true(timestamp_parse(text, strlen(text), &back, &nanos));
        assert_true(back == seconds && nanos == 0);
    }
    assert_in_range(days, 1200000, 1220000);
}

static void test_instants_outside_the_years_are_refused(void **unused)
{
    (void)unused;
    char text[TIMESTAMP_TEXT_SIZE];
    assert_false(timestamp_format(INT64_C(-62135596801), 0, text));
    assert_false(timestamp_format(INT64_C(253402300800), 0, text));
    assert_false(timestamp_format(INT64_MIN, 0, text));
    assert_false(timestamp_format(0, 1000000000, text));
    assert_false(timestamp_format(0, -1, text));
    assert_true(timestamp_format(0, 999999999, text));
    assert_string_equal(text, "1970-01-01T00:00:00.999999999Z");
    assert_true(timestamp_format(0, 120000000, text));
    assert_string_equal(text, "1970-01-01T00:00:00.120000Z");
}

static void test_offsets_and_fractions_are_understood(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanos;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, 0},           {"1970-01-01 08:00:00+08", 0, 0},
        {"1970-01-01T08:00:00+08:00", 0, 0},      {"1969-12-31T16:30:00.5-07:30", 0, 500000000},
        {"1970-01-01t00:00:01.000000001z", 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t seconds;
        int32_t nanos;
        assert_true(timestamp_parse(rows[i].text, strlen(rows[i].text), &seconds, &nanos));
        assert_int_equal(seconds, rows[i].seconds);
        assert_int_equal(nanos, rows[i].nanos);
    }
    static const char *const wrong[] = {"",
                                        "1970-01-01",
                                        "1970-01-01T00:00:00",
                                        "1970-13-01T00:00:00Z",
                                        "1970-02-29T00:00:00Z",
                                        "1970-01-01T24:00:00Z",
                                        "1970-01-01T00:60:00Z",
                                        "1970-01-01T00:00:60Z",
                                        "1970-01-01T00:00:00.Z",
                                        "1970-01-01T00:00:00.1234567890Z",
                                        "1970-01-01T00:00:00+8:00",
                                        "1970-01-01T00:00:00+24:00",
                                        "1970-01-01T00:00:00Zx",
                                        "0000-01-01T00:00:00Z",
                                        "1970-01-01X00:00:00Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t seconds;
        int32_t nanos;
        char *exact = testing_exact(wrong[i], strlen(wrong[i]));
        assert_false(timestamp_parse(exact, strlen(wrong[i]), &seconds, &nanos));
        free(exact);
    }
}

static void test_dates_that_do_not_exist_are_refused(void **unused)
{
    (void)unused;
    int32_t year, month, day;
    assert_true(timestamp_is_date(2024, 2, 29) && timestamp_is_date(2000, 2, 29));
    assert_false(timestamp_is_date(2023, 2, 29) || timestamp_is_date(1900, 2, 29) ||
                 timestamp_is_date(2026, 4, 31));
    assert_false(timestamp_is_date(0, 1, 1) || timestamp_is_date(10000, 1, 1) ||
                 timestamp_is_date(2026, 0, 1));
    assert_false(timestamp_is_date(2026, 13, 1) || timestamp_is_date(2026, 1, 0) ||
                 timestamp_is_date(-1, -1, -1));
    assert_true(timestamp_parse_date("2026-11-24", 10, &year, &month, &day));
    assert_true(year == 2026 && month == 11 && day == 24);
    assert_false(timestamp_parse_date("2026-11-24 ", 11, &year, &month, &day));
    assert_false(timestamp_parse_date("2026-1-24", 9, &year, &month, &day));
}

static void test_text_is_utf8_without_nul(void **unused)
{
    (void)unused;
    static const char *const good[] = {"",  "a",    "abcdefgh",       "abcdefghi", "金含量 750 ‰",
                                       "💍", "\x7f", "abcdefg\xC3\xA4"};
    static const struct {
        const char *bytes;
        size_t length;
    } bad[] = {{"\0", 1},       {"abcdefg\0", 8},    {"abcdefghabc\0", 12},       {"\x80", 1},
               {"\xC0\x80", 2}, {"\xED\xA0\x80", 3}, {"\xF4\x90\x80\x80", 4},     {"\xE9\x87", 2},
               {"\xFF", 1},     {"abcdefg\xC3", 8},  {"\xF8\x88\x80\x80\x80", 5}, {"abcdefgh\xE9\x87", 10}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(utf8_is_text(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *exact = testing_exact(bad[i].bytes, bad[i].length);
        assert_false(utf8_is_text(exact, bad[i].length));
        free(exact);
    }
}

static void test_hazards_are_told_from_letters(void **unused)
{
    (void)unused;
    static const int32_t hazards[] = {0x00,   0x09,   0x0A,   0x1B,    0x7F,     0x85,   0xAD,   0x061C,
                                      0x200B, 0x200E, 0x202E, 0x2028,  0x2029,   0x2066, 0x2069, 0xFEFF,
                                      0xE000, 0xFFFE, 0x0378, 0xE0041, 0x10FFFF, 0xD800, 0x2FFFE};
    static const int32_t letters[] = {0x20,   'a',    0xA0,    0x91D1,  0x2030,  0x1F48D, 0x200D,
                                      0x3000, 0xFF10, 0x20000, 0x31350, 0x2EBF0, 0x0301};
    for (size_t i = 0; i < sizeof hazards / sizeof hazards[0]; i++)
        if (!utf8_is_hazard(hazards[i]))
            fail_msg("U+%04X", (unsigned)hazards[i]);
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (utf8_is_hazard(letters[i]))
            fail_msg("U+%04X", (unsigned)letters[i]);
}

static void test_a_text_of_which_nothing_is_seen_is_told_from_one_that_shows_a_letter(void **unused)
{
    (void)unused;
    static const char *const nothing[] = {
        "",       " ",      "\u3000", "\u00a0\u2003 ", "\u200b", "\u200d\u200c", "\u202e\u2069",
        "\u3164", "\uffa0", "\ufe0f", "\U000e0100",    "\u2800", "\t\n",         "\u034f"};
    static const char *const something[] = {"a", "\u3000金",       "葛\U000e0100", "\u0301",
                                            "·", "\u200d王\u200d", "１",           "𠮷"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (!utf8_shows_nothing(nothing[i], strlen(nothing[i])))
            fail_msg("text %zu shows something", i);
    for (size_t i = 0; i < sizeof something / sizeof *something; i++)
        if (utf8_shows_nothing(something[i], strlen(something[i])))
            fail_msg("'%s' shows nothing", something[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_agrees_with_the_c_library),
        cmocka_unit_test(test_instants_outside_the_years_are_refused),
        cmocka_unit_test(test_offsets_and_fractions_are_understood),
        cmocka_unit_test(test_dates_that_do_not_exist_are_refused),
        cmocka_unit_test(test_text_is_utf8_without_nul),
        cmocka_unit_test(test_hazards_are_told_from_letters),
        cmocka_unit_test(test_a_text_of_which_nothing_is_seen_is_told_from_one_that_shows_a_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
