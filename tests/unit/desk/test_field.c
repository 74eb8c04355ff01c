// SPDX-License-Identifier: Apache-2.0
// Editing by letters, and the window by columns.
#include "testing.h"

#include <string.h>

#include "desk/field.h"

static struct field made(const char *text)
{
    struct field field;

    field_init(&field, 60);
    field_set(&field, text);
    return field;
}

static void test_the_cursor_goes_over_a_wide_letter_at_once(void **state)
{
    struct field field = made("王a");

    (void)state;
    field_press(&field, PRESS(PRESS_LEFT));
    assert_int_equal(field.cursor, 3);
    field_press(&field, PRESS(PRESS_LEFT));
    assert_int_equal(field.cursor, 0);
    field_press(&field, PRESS(PRESS_RIGHT));
    assert_int_equal(field.cursor, 3);
}

static void test_a_mark_goes_with_its_letter(void **state)
{
    struct field field = made("xe\xcc\x81");

    (void)state;
    field_press(&field, PRESS(PRESS_LEFT));
    assert_int_equal(field.cursor, 1);
    field_press(&field, PRESS(PRESS_END));
    field_press(&field, PRESS(PRESS_BACKSPACE));
    assert_string_equal(field.text, "x");
}

static void test_home_end_delete_and_clear(void **state)
{
    struct field field = made("戒指 ring");

    (void)state;
    field_press(&field, PRESS(PRESS_HOME));
    field_press(&field, PRESS(PRESS_DELETE));
    assert_string_equal(field.text, "指 ring");
    field_press(&field, LETTER(0x6212));
    assert_string_equal(field.text, "戒指 ring");
    field_press(&field, PRESS(PRESS_CLEAR));
    assert_string_equal(field.text, "");
}

static void test_a_full_field_and_a_control_character_are_refused(void **state)
{
    struct field field;

    (void)state;
    field_init(&field, 2);
    assert_int_equal(field_insert(&field, 0x738b), FIELD_TOOK);
    assert_int_equal(field_insert(&field, 'a'), FIELD_TOOK);
    assert_int_equal(field_insert(&field, 'b'), FIELD_FULL);
    field_init(&field, 9);
    assert_int_equal(field_insert(&field, 0x1b), FIELD_REFUSED);
    assert_int_equal(field_insert(&field, 0x202e), FIELD_REFUSED);
    assert_string_equal(field.text, "");
}

static void test_the_window_keeps_the_cursor_in_sight_and_cuts_no_letter(void **state)
{
    struct field field = made("一二三四五六七八九十");
    size_t begin, end;
    int cursor;

    (void)state;
    // Ten letters of two columns in nine columns: four are shown, and the cursor stands behind the last.
    field_window(&field, 9, &begin, &end, &cursor);
    assert_int_equal(begin, 18);
    assert_int_equal(end, 30);
    assert_int_equal(cursor, 8);
    field_press(&field, PRESS(PRESS_HOME));
    field_window(&field, 9, &begin, &end, &cursor);
    assert_int_equal(begin, 0);
    assert_int_equal(end, 12);
    assert_int_equal(cursor, 0);
}

static void test_blanks_around_are_not_sent(void **state)
{
    struct field field = made("  a b ");
    char text[FIELD_BYTES];

    (void)state;
    field_trimmed(&field, text, sizeof text);
    assert_string_equal(text, "a b");
}

static void test_the_first_letter_replaces_a_preset_and_an_editing_key_keeps_it(void **state)
{
    static const int keeps[] = {PRESS_LEFT, PRESS_RIGHT, PRESS_HOME, PRESS_END};
    struct field field;

    (void)state;
    field_init(&field, 10);
    field_preset(&field, "1");
    assert_int_equal(field.cursor, 1);
    field_press(&field, LETTER('1'));
    assert_string_equal(field.text, "1");
    field_press(&field, LETTER('2'));
    assert_string_equal(field.text, "12");
    for (size_t i = 0; i < sizeof keeps / sizeof *keeps; i++) {
        field_preset(&field, "1");
        field_press(&field, PRESS(keeps[i]));
        field_press(&field, PRESS(PRESS_END));
        field_press(&field, LETTER('2'));
        assert_string_equal(field.text, "12");
    }
    field_preset(&field, "good");
    field_press(&field, PRESS(PRESS_BACKSPACE));
    field_press(&field, LETTER('d'));
    assert_string_equal(field.text, "good");
    // A key that edits nothing touches nothing; neither does a letter that is refused.
    field_preset(&field, "1");
    assert_int_equal(field_press(&field, PRESS(PRESS_TAB)), FIELD_IGNORED);
    assert_int_equal(field_press(&field, LETTER(0x202e)), FIELD_REFUSED);
    assert_string_equal(field.text, "1");
    field_press(&field, LETTER('3'));
    assert_string_equal(field.text, "3");
    // What is set, as by a scan, is no proposal.
    field_set(&field, "7");
    field_press(&field, LETTER('8'));
    assert_string_equal(field.text, "78");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_letter_replaces_a_preset_and_an_editing_key_keeps_it),
        cmocka_unit_test(test_the_cursor_goes_over_a_wide_letter_at_once),
        cmocka_unit_test(test_a_mark_goes_with_its_letter),
        cmocka_unit_test(test_home_end_delete_and_clear),
        cmocka_unit_test(test_a_full_field_and_a_control_character_are_refused),
        cmocka_unit_test(test_the_window_keeps_the_cursor_in_sight_and_cuts_no_letter),
        cmocka_unit_test(test_blanks_around_are_not_sent),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
