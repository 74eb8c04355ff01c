// SPDX-License-Identifier: Apache-2.0
// The one box decides by shape and check character.
#include "testing.h"

#include <stdio.h>
#include <string.h>

#include "desk/code.h"
#include "wire/item_code.h"

static void expect(const char *text, bool was_scanned, enum code_kind kind, const char *asked)
{
    struct code code;

    code_decide(text, was_scanned, &code);
    if (code.kind != kind)
        fail_msg("\"%s\" is %d, not %d", text, (int)code.kind, (int)kind);
    if (asked != NULL)
        assert_string_equal(code.text, asked);
}

static void test_phones_and_names(void **state)
{
    (void)state;
    expect("1234", false, CODE_PHONE_TAIL, "1234");
    expect(" 138 0000 1234 ", false, CODE_PHONE, "13800001234");
    expect("+86 13800001234", false, CODE_PHONE, "+8613800001234");
    expect("王小明", false, CODE_NAME, "王小明");
    expect("Anna Smith", false, CODE_PINYIN, "Anna Smith");
    expect("wxm", false, CODE_PINYIN, "wxm");
    expect("wang xm", false, CODE_PINYIN, "wang xm");
    expect("xi'an", false, CODE_PINYIN, "xi'an");
    expect("吕xm", false, CODE_NAME, "吕xm");
    expect("lü", false, CODE_NAME, "lü");
    // Nine letters of the alphabet of item codes, and still a name.
    expect("alexander", false, CODE_PINYIN, "alexander");
    expect("   ", false, CODE_NOTHING, "");
}

static void test_numbers_by_their_shape(void **state)
{
    (void)state;
    expect("d1-26-000012", false, CODE_RECEIPT, "D1-26-000012");
    expect("JEW-2026-000007", true, CODE_SHEET, "JEW-2026-000007");
    expect("J012", true, CODE_TICKET, "J012");
    expect("https://lims.example/t#x", true, CODE_ADDRESS, NULL);
}

static void test_item_codes_typed_badly_are_repaired_and_mistyped_ones_named(void **state)
{
    char code[ITEM_CODE_SIZE], typed[16];

    (void)state;
    assert_true(item_code_append_check("0AC41M7Q", code));
    expect(code, true, CODE_ITEM, code);
    // As on the label, in groups, in small letters, O for 0 and I for 1.
    snprintf(typed, sizeof typed, "oac-4im-%c%c%c", code[6], code[7], code[8]);
    expect(typed, false, CODE_ITEM, code);
    code[3] = code[3] == '5' ? '6' : '5';
    expect(code, false, CODE_ITEM_WRONG, NULL);
    expect(code, true, CODE_ITEM_WRONG, NULL);
}

static void test_booking_codes_by_their_check_sign(void **state)
{
    (void)state;
    // 1*16 + 0*8 + ... over GF(32) by hand: 00000A leaves 10, so its check sign is wrong; 000000 leaves
    // nothing.
    expect("000000", true, CODE_BOOKING, "000000");
    expect("00A 00A", false, CODE_BOOKING_WRONG, NULL);
    // 2 * A = 2 * 10 = 20 = M in the last but one place.
    expect("0000am", false, CODE_BOOKING, "0000AM");
    expect("oooOAM", true, CODE_BOOKING, "0000AM");
    expect("0000ma", true, CODE_BOOKING_WRONG, NULL);
    // Digits that are typed are a phone.
    expect("138000", false, CODE_PHONE, "138000");
    expect("Robert", false, CODE_PINYIN, "Robert");
}

static void test_foreign_codes_are_named_as_such(void **state)
{
    (void)state;
    expect("6901234567892", true, CODE_PHONE, NULL);
    expect("AB/12*", true, CODE_STRANGE, NULL);
    expect("CODE128TEXTOFOTHERS", true, CODE_STRANGE, NULL);
    // A scanner reads no names.
    expect("SEALNUMBER", true, CODE_STRANGE, NULL);
}

static void test_every_kind_has_a_name_in_both_languages(void **state)
{
    (void)state;
    for (int kind = CODE_PHONE_TAIL; kind <= CODE_STRANGE; kind++) {
        assert_int_not_equal(code_name((enum code_kind)kind, true)[0], '\0');
        assert_int_not_equal(code_name((enum code_kind)kind, false)[0], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phones_and_names),
        cmocka_unit_test(test_numbers_by_their_shape),
        cmocka_unit_test(test_item_codes_typed_badly_are_repaired_and_mistyped_ones_named),
        cmocka_unit_test(test_booking_codes_by_their_check_sign),
        cmocka_unit_test(test_foreign_codes_are_named_as_such),
        cmocka_unit_test(test_every_kind_has_a_name_in_both_languages),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
