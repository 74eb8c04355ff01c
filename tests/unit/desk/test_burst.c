// SPDX-License-Identifier: Apache-2.0
// A scanner is known by its speed.
#include "testing.h"

#include <string.h>

#include "desk/burst.h"

static int64_t send(struct burst *burst, const char *text, int64_t at, int gap_ms)
{
    for (; *text != '\0'; text++, at += gap_ms)
        assert_int_equal(burst_press(burst, LETTER((unsigned char)*text), at), BURST_HELD);
    return at - gap_ms;
}

static void expect(struct burst *burst, int64_t now_ms, bool was_scan, const char *expected)
{
    char text[BURST_BYTES];
    size_t count;

    assert_int_equal(burst_take(burst, now_ms, text, &count), was_scan);
    assert_string_equal(text, expected);
    assert_int_equal(count, strlen(expected));
}

static void test_six_letters_30_ms_apart_and_enter_are_a_scan(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "0AC41M", 1000, 30);
    assert_int_equal(burst_press(&burst, PRESS(PRESS_ENTER), at + 30), BURST_SCANNED);
    expect(&burst, at + 30, true, "0AC41M");
}

static void test_five_letters_are_typed(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "0AC41", 1000, 1);
    assert_false(burst_is_due(&burst, at + 30));
    assert_true(burst_is_due(&burst, at + 31));
    expect(&burst, at + 31, false, "0AC41");
}

static void test_a_letter_that_comes_31_ms_later_begins_anew(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "0AC41", 1000, 1);
    assert_int_equal(burst_press(&burst, LETTER('M'), at + 31), BURST_PASSED);
    expect(&burst, at + 31, false, "0AC41");
    assert_int_equal(burst_press(&burst, LETTER('M'), at + 31), BURST_HELD);
}

static void test_the_enter_of_a_scan_that_comes_late_is_swallowed_once(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "D1-26-000012", 1000, 5);
    expect(&burst, at + 31, true, "D1-26-000012");
    assert_int_equal(burst_press(&burst, PRESS(PRESS_ENTER), at + 60), BURST_SWALLOWED);
    assert_int_equal(burst_press(&burst, PRESS(PRESS_ENTER), at + 61), BURST_PASSED);
}

static void test_an_enter_a_second_after_a_scan_is_a_persons(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "D1-26-000012", 1000, 5);
    expect(&burst, at + 31, true, "D1-26-000012");
    assert_int_equal(burst_press(&burst, PRESS(PRESS_ENTER), at + 1000), BURST_PASSED);
}

static void test_a_key_that_is_held_down_is_no_scan(void **state)
{
    struct burst burst;
    int64_t at;

    (void)state;
    burst_init(&burst);
    at = send(&burst, "00000000", 1000, 25);
    expect(&burst, at + 31, false, "00000000");
}

static void test_text_that_an_input_method_commits_at_once_is_no_scan(void **state)
{
    struct burst burst;

    (void)state;
    burst_init(&burst);
    for (int i = 0; i < 8; i++)
        assert_int_equal(burst_press(&burst, LETTER(0x738b), 1000), BURST_PASSED);
}

static void test_a_flood_is_counted_and_only_its_beginning_kept(void **state)
{
    struct burst burst;
    char text[BURST_BYTES];
    size_t count;

    (void)state;
    burst_init(&burst);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(burst_press(&burst, LETTER((uint32_t)('a' + i % 26)), 1000), BURST_HELD);
    assert_true(burst_take(&burst, 1000, text, &count));
    assert_int_equal(count, 5000);
    assert_int_equal(strlen(text), BURST_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_six_letters_30_ms_apart_and_enter_are_a_scan),
        cmocka_unit_test(test_five_letters_are_typed),
        cmocka_unit_test(test_a_letter_that_comes_31_ms_later_begins_anew),
        cmocka_unit_test(test_the_enter_of_a_scan_that_comes_late_is_swallowed_once),
        cmocka_unit_test(test_an_enter_a_second_after_a_scan_is_a_persons),
        cmocka_unit_test(test_a_key_that_is_held_down_is_no_scan),
        cmocka_unit_test(test_text_that_an_input_method_commits_at_once_is_no_scan),
        cmocka_unit_test(test_a_flood_is_counted_and_only_its_beginning_kept),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
