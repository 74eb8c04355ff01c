// SPDX-License-Identifier: Apache-2.0
// Item codes catch what people and scanners do wrong.
#include "testing.h"

#include "wire/item_code.h"

#include <stdlib.h>
#include <string.h>

enum { CODES = 3000 };

static void make_code(uint64_t *state, char ret_code[ITEM_CODE_SIZE])
{
    char payload[ITEM_CODE_PAYLOAD];
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = ITEM_CODE_ALPHABET[testing_below(state, 31)];
    assert_true(item_code_append_check(payload, ret_code));
}

static void test_made_code_is_valid_and_canonical(void **unused)
{
    (void)unused;
    uint64_t state = 1;
    for (int i = 0; i < CODES; i++) {
        char code[ITEM_CODE_SIZE], canonical[ITEM_CODE_SIZE];
        make_code(&state, code);
        assert_int_equal(strlen(code), 9);
        assert_true(item_code_check(code, 9, canonical));
        assert_string_equal(code, canonical);
    }
}

static void test_any_single_wrong_character_is_caught(void **unused)
{
    (void)unused;
    uint64_t state = 2;
    for (int i = 0; i < CODES; i++) {
        char code[ITEM_CODE_SIZE];
        make_code(&state, code);
        for (size_t at = 0; at < 9; at++) {
            char right = code[at];
            for (const char *other = ITEM_CODE_ALPHABET; *other; other++) {
                code[at] = *other;
                assert_int_equal(item_code_check(code, 9, NULL), *other == right);
            }
            code[at] = right;
        }
    }
}

static void test_any_swap_of_neighbours_is_caught(void **unused)
{
    (void)unused;
    uint64_t state = 3;
    for (int i = 0; i < CODES; i++) {
        char code[ITEM_CODE_SIZE];
        make_code(&state, code);
        for (size_t at = 0; at + 1 < 9; at++) {
            char left = code[at], right = code[at + 1];
            code[at] = right;
            code[at + 1] = left;
            assert_int_equal(item_code_check(code, 9, NULL), left == right);
            code[at] = left;
            code[at + 1] = right;
        }
    }
}

static void test_typed_forms_come_out_canonical(void **unused)
{
    (void)unused;
    char code[ITEM_CODE_SIZE], canonical[ITEM_CODE_SIZE];
    assert_true(item_code_append_check("10251025", code));
    char confused[32];
    const char *const forms[] = {"IOZS lozs%c", "lo-zs-10-25-%c", "102-510-25%c", " 1 0 2 5 I O Z S %c ",
                                 "10251025%c"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = strcspn(forms[i], "%");
        memcpy(confused, forms[i], length);
        confused[length] = code[8];
        memset(canonical, 0, sizeof canonical);
        assert_true(item_code_check(confused, length + 1, canonical));
        assert_string_equal(canonical, code);
    }
}

static void test_other_texts_are_refused_untouched(void **unused)
{
    (void)unused;
    const char *const wrong[] = {
        "", "-", "1", "12345678", "1234567890", "1234567\xC3\x84", "123456 78!", "１２３４５６７８９"};
    char kept[ITEM_CODE_SIZE] = "kept";
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        size_t length = strlen(wrong[i]);
        char *exact = testing_exact(wrong[i], length);
        assert_false(item_code_check(exact, length, kept));
        free(exact);
    }
    assert_false(item_code_check("0000\0000000", 10, kept));
    assert_string_equal(kept, "kept");
    assert_false(item_code_append_check("0000000I", kept));
    assert_false(item_code_append_check("000000\0000", kept));
}

static void test_known_code_agrees_with_sql(void **unused)
{
    (void)unused;
    // 2*1+3*2+4*3+5*4+6*5+7*6+8*7+9*8 = 240 = 31*7+23; 31-23 = 8.
    char code[ITEM_CODE_SIZE];
    assert_true(item_code_append_check("12345678", code));
    assert_string_equal(code, "123456788");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_code_is_valid_and_canonical),
        cmocka_unit_test(test_any_single_wrong_character_is_caught),
        cmocka_unit_test(test_any_swap_of_neighbours_is_caught),
        cmocka_unit_test(test_typed_forms_come_out_canonical),
        cmocka_unit_test(test_other_texts_are_refused_untouched),
        cmocka_unit_test(test_known_code_agrees_with_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
