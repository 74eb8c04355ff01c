// SPDX-License-Identifier: Apache-2.0
// The DER writer of the signer and the strict reader of the verifier.
#include "testing.h"

#include "signer/der.h"
#include "verify/der_read.h"

static void test_values_are_written_back_to_front(void **state)
{
    (void)state;
    static const uint8_t one[] = {1}, two[] = {2, 3},
                         expected[] = {0x30, 0x07, 0x02, 0x01, 1, 0x04, 0x02, 2, 3};
    uint8_t buffer[64];
    struct der der;
    der_init(&der, buffer, sizeof buffer);
    size_t mark = der_mark(&der);
    der_value(&der, DER_OCTET_STRING, two, sizeof two);
    der_value(&der, DER_INTEGER, one, sizeof one);
    der_wrap(&der, DER_SEQUENCE, mark);
    assert_int_equal(der_length(&der), sizeof expected);
    assert_memory_equal(der_start(&der), expected, sizeof expected);
}

static void test_lengths_take_their_shortest_form(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        uint8_t head[4];
        size_t head_length;
    } cases[] = {{0, {0x04, 0x00}, 2},
                 {127, {0x04, 0x7F}, 2},
                 {128, {0x04, 0x81, 0x80}, 3},
                 {255, {0x04, 0x81, 0xFF}, 3},
                 {256, {0x04, 0x82, 0x01, 0x00}, 4}};
    static const uint8_t zeros[300];
    uint8_t buffer[400];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct der der;
        struct der_span rest, inside;
        der_init(&der, buffer, sizeof buffer);
        der_value(&der, DER_OCTET_STRING, zeros, cases[i].length);
        assert_memory_equal(der_start(&der), cases[i].head, cases[i].head_length);
        rest = (struct der_span){der_start(&der), der_length(&der)};
        assert_true(der_read(&rest, DER_OCTET_STRING, &inside, NULL));
        assert_int_equal(inside.length, cases[i].length);
        assert_int_equal(rest.length, 0);
    }
}

static void test_a_full_buffer_is_remembered(void **state)
{
    (void)state;
    static const uint8_t bytes[10];
    uint8_t buffer[8];
    struct der der;
    der_init(&der, buffer, sizeof buffer);
    der_value(&der, DER_OCTET_STRING, bytes, sizeof bytes);
    der_value(&der, DER_NULL, NULL, 0);
    assert_null(der_start(&der));
}

static void test_sets_are_ordered_as_x690_says(void **state)
{
    (void)state;
    assert_int_equal(der_compare((const uint8_t *)"\x30\x18", 2, (const uint8_t *)"\x30\x2F", 2), -1);
    assert_int_equal(der_compare((const uint8_t *)"\x30", 1, (const uint8_t *)"\x30\x00", 2), -1);
    assert_int_equal(der_compare((const uint8_t *)"\x31", 1, (const uint8_t *)"\x30\x00", 2), 1);
    assert_int_equal(der_compare((const uint8_t *)"\x31", 1, (const uint8_t *)"\x31", 1), 0);
}

static void test_what_is_not_der_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[8];
        size_t length;
    } cases[] = {
        {{0x30}, 1},                         // no length
        {{0x30, 0x01}, 2},                   // content missing
        {{0x30, 0x80, 0x00, 0x00}, 4},       // indefinite
        {{0x30, 0x81, 0x01, 0x00}, 4},       // length not in its shortest form
        {{0x30, 0x82, 0x00, 0x01, 0x00}, 5}, // leading zero
        {{0x30, 0x84, 0x00, 0x00, 0x00, 0x01, 0x00}, 7},
        {{0x30, 0x85, 0x01, 0x01, 0x01, 0x01, 0x01}, 7},
        {{0x31, 0x00}, 2}, // another tag
        {{0x30, 0x83, 0xFF, 0xFF, 0xFF}, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct der_span rest = {cases[i].bytes, cases[i].length};
        assert_false(der_read(&rest, DER_SEQUENCE, NULL, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_written_back_to_front),
        cmocka_unit_test(test_lengths_take_their_shortest_form),
        cmocka_unit_test(test_a_full_buffer_is_remembered),
        cmocka_unit_test(test_sets_are_ordered_as_x690_says),
        cmocka_unit_test(test_what_is_not_der_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
