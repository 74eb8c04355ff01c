// SPDX-License-Identifier: Apache-2.0
// Forms: moving, choosing by search, what is missing or wrong.
#include "testing.h"

#include <string.h>

#include "desk/form.h"

static const struct option metals[] = {{"JEW_AU750", "金750首饰", "gold jewellery 750"},
                                       {"JEW_AU990", "金990首饰", "gold jewellery 990"},
                                       {"JEW_PT950", "铂950首饰", "platinum jewellery 950"}};

static struct form made(void)
{
    struct form form = {0};

    form_add_choice(&form, "product", "产品", "Product", metals, 3, OPTION_NONE)->traits = SLOT_REQUIRED;
    form_add(&form, SLOT_DECIMAL, "mass", "质量", "Mass", 20)->traits = SLOT_REQUIRED;
    form_add(&form, SLOT_DATE, "day", "日期", "Day", 10);
    form_add(&form, SLOT_TICK, "signed", "已签字", "Signed", 0)->traits = SLOT_REQUIRED;
    return form;
}

static void type(struct form *form, const char *text)
{
    for (; *text != '\0'; text++)
        form_press(form, LETTER((unsigned char)*text));
}

static void test_letters_search_a_choice_by_value_and_both_names(void **state)
{
    struct form form = made();

    (void)state;
    type(&form, "plat");
    assert_int_equal(form.slots[0].chosen, 2);
    form_press(&form, PRESS(PRESS_CLEAR));
    type(&form, "au9");
    assert_int_equal(form.slots[0].chosen, 1);
    form_press(&form, PRESS(PRESS_CLEAR));
    form_press(&form, LETTER(0x94c2)); // 铂
    assert_int_equal(form.slots[0].chosen, 2);
}

static void test_letters_that_nobody_holds_choose_nobody_and_are_a_fault_until_mended(void **state)
{
    struct form form = made();

    (void)state;
    type(&form, "xyz");
    assert_string_equal(form.slots[0].field.text, "xyz");
    assert_int_equal(form.slots[0].chosen, OPTION_NONE);
    assert_int_equal(form_fault(&form.slots[0]), SLOT_NO_CHOICE);
    // Left and come back to, it still stands there.
    assert_int_equal(form_press(&form, PRESS(PRESS_TAB)), FORM_TOOK);
    assert_int_equal(form_first_fault(&form), 0);
    form_go(&form, 0);
    form_press(&form, PRESS(PRESS_CLEAR));
    // Nothing typed chooses nobody.
    assert_int_equal(form_fault(&form.slots[0]), SLOT_EMPTY);
    type(&form, "au");
    assert_int_equal(form_fault(&form.slots[0]), SLOT_FINE);
    assert_int_equal(form_press(&form, LETTER('#')), FORM_NO_MATCH);
    assert_int_equal(form_fault(&form.slots[0]), SLOT_NO_CHOICE);
    form_press(&form, PRESS(PRESS_BACKSPACE));
    assert_int_equal(form_fault(&form.slots[0]), SLOT_FINE);
}

static void test_an_arrow_goes_on_from_letters_that_nobody_holds(void **state)
{
    struct form form = made();

    (void)state;
    type(&form, "xyz");
    form_press(&form, PRESS(PRESS_RIGHT));
    assert_int_equal(form.slots[0].chosen, 0);
    assert_int_equal(form_fault(&form.slots[0]), SLOT_FINE);
}

static void test_a_number_field_left_with_no_number_says_so_and_is_left(void **state)
{
    struct form form = made();

    (void)state;
    form_go(&form, 1);
    type(&form, "Au75");
    assert_int_equal(form_press(&form, PRESS(PRESS_ENTER)), FORM_NO_NUMBER);
    assert_int_equal(form.focus, 2);
    form_go(&form, 1);
    form_press(&form, PRESS(PRESS_CLEAR));
    assert_int_equal(form_press(&form, PRESS(PRESS_ENTER)), FORM_TOOK);
    form_go(&form, 1);
    type(&form, "3.52");
    assert_int_equal(form_press(&form, PRESS(PRESS_UP)), FORM_TOOK);
}

static void test_arrows_go_round_the_choices_that_match(void **state)
{
    struct form form = made();

    (void)state;
    type(&form, "gold");
    form_press(&form, PRESS(PRESS_RIGHT));
    assert_int_equal(form.slots[0].chosen, 1);
    form_press(&form, PRESS(PRESS_RIGHT));
    assert_int_equal(form.slots[0].chosen, 0);
    form_press(&form, PRESS(PRESS_LEFT));
    assert_int_equal(form.slots[0].chosen, 1);
}

static void test_leaving_a_choice_empties_its_search_and_keeps_what_was_chosen(void **state)
{
    struct form form = made();
    char value[FIELD_BYTES];

    (void)state;
    type(&form, "990");
    form_press(&form, PRESS(PRESS_TAB));
    assert_string_equal(form.slots[0].field.text, "");
    form_value(&form.slots[0], value);
    assert_string_equal(value, "JEW_AU990");
}

static void test_the_ends_of_a_form_are_told(void **state)
{
    struct form form = made();

    (void)state;
    assert_int_equal(form_press(&form, PRESS(PRESS_UP)), FORM_LEFT_UP);
    form_go(&form, 3);
    assert_int_equal(form_press(&form, PRESS(PRESS_ENTER)), FORM_LEFT_DOWN);
}

static void test_what_is_missing_or_wrong_is_found_in_order(void **state)
{
    struct form form = made();

    (void)state;
    assert_int_equal(form_first_fault(&form), 0);
    form_choose(&form.slots[0], "JEW_AU750");
    assert_int_equal(form_first_fault(&form), 1);
    field_set(&form.slots[1].field, "3,52");
    assert_int_equal(form_fault(&form.slots[1]), SLOT_NO_NUMBER);
    field_set(&form.slots[1].field, "3.52");
    field_set(&form.slots[2].field, "2026-3-1");
    assert_int_equal(form_fault(&form.slots[2]), SLOT_NO_DATE);
    field_set(&form.slots[2].field, "2026-03-01");
    assert_int_equal(form_fault(&form.slots[3]), SLOT_NOT_TICKED);
    form_go(&form, 3);
    form_press(&form, LETTER(' '));
    assert_int_equal(form_first_fault(&form), form.count);
}

static void test_what_is_called_so_comes_before_what_has_it_in_it_also_before_a_preset(void **state)
{
    static const struct option stores[] = {
        {"SAFE-2", "大保险柜", "big safe"}, {"AFE", "小柜", "cupboard"}, {"SAFE", "保险柜", "safe"}};
    struct form form = {0};

    (void)state;
    form_add_choice(&form, "storage", "存放", "Store", stores, 3, 0);
    type(&form, "saf");
    // As near as any: the preset stays.
    assert_int_equal(form.slots[0].chosen, 0);
    type(&form, "e");
    assert_int_equal(form.slots[0].chosen, 2);
    form_press(&form, PRESS(PRESS_CLEAR));
    type(&form, "afe");
    assert_int_equal(form.slots[0].chosen, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_search_a_choice_by_value_and_both_names),
        cmocka_unit_test(test_letters_that_nobody_holds_choose_nobody_and_are_a_fault_until_mended),
        cmocka_unit_test(test_an_arrow_goes_on_from_letters_that_nobody_holds),
        cmocka_unit_test(test_a_number_field_left_with_no_number_says_so_and_is_left),
        cmocka_unit_test(test_arrows_go_round_the_choices_that_match),
        cmocka_unit_test(test_leaving_a_choice_empties_its_search_and_keeps_what_was_chosen),
        cmocka_unit_test(test_what_is_called_so_comes_before_what_has_it_in_it_also_before_a_preset),
        cmocka_unit_test(test_the_ends_of_a_form_are_told),
        cmocka_unit_test(test_what_is_missing_or_wrong_is_found_in_order),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
