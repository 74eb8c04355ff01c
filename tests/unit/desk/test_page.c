// SPDX-License-Identifier: Apache-2.0
// The painted page: nothing leaves its place.
#include "testing.h"

#include <stdlib.h>

#include "desk/page.h"

static void expect(const struct page *page, int row, const char *expected)
{
    char *text = page_row_text(page, row);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void test_text_is_cut_between_letters_and_says_so(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 2, 10));
    page_text(&page, 0, 0, 6, PAGE_PLAIN, "一枚戒指");
    page_text(&page, 0, 6, 4, PAGE_PLAIN, "ring");
    expect(&page, 0, "一枚~ ring");
    page_text(&page, 1, 7, 20, PAGE_PLAIN, "outside");
    expect(&page, 1, "       ou~");
    page_done(&page);
}

static void test_a_text_that_a_buffer_cut_inside_a_letter_ends_with_the_sign_of_a_cut(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 1, 20));
    page_text(&page, 0, 0, 20, PAGE_PLAIN, "ring 戒\xe6\x8c");
    expect(&page, 0, "ring 戒~");
    page_done(&page);
}

static void test_a_mark_stands_upon_its_letter(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 1, 10));
    assert_int_equal(page_text(&page, 0, 0, 10, PAGE_PLAIN, "e\xcc\x81x"), 2);
    assert_int_equal(page_at(&page, 0, 0)->text[1], 0x301);
    assert_int_equal(page_at(&page, 0, 1)->text[0], 'x');
    page_done(&page);
}

static void test_what_a_terminal_could_act_on_never_gets_into_a_cell(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 1, 20));
    page_text(&page, 0, 0, 20, PAGE_PLAIN, "a\033[31m\xe2\x80\xaeg\xff");
    for (int column = 0; column < 20; column++)
        for (int i = 0; i < PAGE_MARKS; i++) {
            wchar_t letter = page_at(&page, 0, column)->text[i];

            assert_true(letter == 0 || (letter >= ' ' && letter != 0x7f && letter != 0x202e));
        }
    page_done(&page);
}

static void test_long_texts_break_between_words_or_wide_letters(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 3, 10));
    assert_int_equal(page_wrap(&page, 0, 0, 10, 3, PAGE_PLAIN, "hand out ring"), 2);
    expect(&page, 0, "hand out");
    expect(&page, 1, "ring");
    assert_int_equal(page_wrap(&page, 0, 0, 5, 3, PAGE_PLAIN, "一二三四"), 2);
    expect(&page, 1, "三四");
    page_done(&page);
}

static void test_outside_nothing_is_written(void **state)
{
    struct page page;

    (void)state;
    assert_false(page_init(&page, 0, 10));
    assert_true(page_init(&page, 1, 3));
    page_text(&page, 5, 0, 3, PAGE_PLAIN, "abc");
    page_text(&page, 0, -1, 3, PAGE_PLAIN, "abc");
    page_fill(&page, -1, -1, 9, PAGE_BAD);
    // A wide letter has no room in the last column.
    page_text(&page, 0, 2, 1, PAGE_PLAIN, "王");
    expect(&page, 0, "  ~");
    page_done(&page);
}

static void test_signs_that_terminals_differ_on_are_drawn_in_letters_but_not_in_what_is_typed(void **state)
{
    struct page page;

    (void)state;
    assert_true(page_init(&page, 3, 20));
    assert_int_equal(page_text(&page, 0, 0, 20, PAGE_PLAIN, "753.4 ‰, ≤ 25 ℃"), 21 - 1);
    expect(&page, 0, "753.4 o/oo, <= 25 d~");
    assert_int_equal(page_width("25 ℃"), 7);
    page_text(&page, 1, 0, 5, PAGE_PLAIN, "1 m³");
    expect(&page, 1, "1 m3");
    page_typed(&page, 2, 0, 20, PAGE_PLAIN, "25 ℃");
    expect(&page, 2, "25 ℃");
    page_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_cut_between_letters_and_says_so),
        cmocka_unit_test(test_a_text_that_a_buffer_cut_inside_a_letter_ends_with_the_sign_of_a_cut),
        cmocka_unit_test(test_a_mark_stands_upon_its_letter),
        cmocka_unit_test(test_what_a_terminal_could_act_on_never_gets_into_a_cell),
        cmocka_unit_test(test_long_texts_break_between_words_or_wide_letters),
        cmocka_unit_test(test_outside_nothing_is_written),
        cmocka_unit_test(test_signs_that_terminals_differ_on_are_drawn_in_letters_but_not_in_what_is_typed),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
