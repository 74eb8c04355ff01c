// SPDX-License-Identifier: Apache-2.0
// QR codes of a page: two segments, level M, a ceiling at version 25, and the squares in their places.
#include "testing.h"

#include "render/code.h"
#include "wire/error.h"

#include <stdio.h>

// A statement's address with so many digits behind '#'.
static const char *address(char *buffer, size_t size, size_t digits)
{
    int length = snprintf(buffer, size, "https://sheets.lab.example:8443/s#");
    for (size_t i = 0; i < digits; i++)
        buffer[(size_t)length + i] = (char)('0' + i % 10);
    buffer[(size_t)length + digits] = '\0';
    return buffer;
}

static int version_of(const char *text)
{
    struct code code;
    struct ts_error error = {.status = TS_OK};
    assert_true(code_make(text, "qr", &code, &error));
    int version = code.version;
    assert_int_equal(code.side, 17 + 4 * version + 2 * CODE_QUIET);
    code_done(&code);
    return version;
}

// ISO/IEC 18004:2015, table 7: version 16-M holds 3624 data bits. 32 digits more than a statement of 409
// bytes.
static void test_digits_behind_the_mark_cost_ten_bits_for_three(void **state)
{
    char buffer[4096];
    (void)state;
    assert_int_equal(version_of(address(buffer, sizeof buffer, 994)), 16);
    // With one letter among them all are bytes, of 8 bits each: 634 of them need version 20.
    address(buffer, sizeof buffer, 600);
    int digits = version_of(buffer);
    buffer[60] = 'A';
    assert_true(version_of(buffer) >= digits + 7);
}

static void test_a_text_above_version_25_is_refused_by_the_name_of_its_field(void **state)
{
    char buffer[4096];
    struct code code = {.side = 7};
    struct ts_error error = {.status = TS_OK};
    (void)state;
    assert_false(code_make(address(buffer, sizeof buffer, 3000), "qr", &code, &error));
    assert_int_equal(code.side, 7);
    assert_string_equal(error.violations[0].field, "qr");
}

static void test_no_text_is_no_code(void **state)
{
    struct code code;
    struct ts_error error;
    (void)state;
    assert_true(code_make("", "qr", &code, &error));
    assert_null(code.squares);
    assert_true(code_make(NULL, "qr", &code, &error));
    assert_null(code.squares);
}

static bool is_dark(const struct code *code, int x, int y)
{
    const unsigned char *bits = cairo_image_surface_get_data(code->squares);
    const unsigned char *row = bits + y * cairo_image_surface_get_stride(code->squares);
    return (row[x / 8] >> (x % 8)) & 1; // little endian, as the machines that this runs on
}

static void test_a_finder_stands_in_each_of_three_corners_and_the_rim_is_quiet(void **state)
{
    struct code code;
    struct ts_error error;
    (void)state;
    assert_true(code_make("https://lab.example/s?n=JEW-2026-000001&c=7K3M9QXA", "small_qr", &code, &error));
    cairo_surface_flush(code.squares);
    int last = code.side - CODE_QUIET - 1;
    assert_true(is_dark(&code, CODE_QUIET, CODE_QUIET));
    assert_true(is_dark(&code, last, CODE_QUIET));
    assert_true(is_dark(&code, CODE_QUIET, last));
    assert_false(is_dark(&code, CODE_QUIET + 1, CODE_QUIET + 1)); // the white ring of a finder
    for (int i = 0; i < code.side; i++) {
        assert_false(is_dark(&code, i, CODE_QUIET - 1));
        assert_false(is_dark(&code, code.side - CODE_QUIET, i));
    }
    code_done(&code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_behind_the_mark_cost_ten_bits_for_three),
        cmocka_unit_test(test_a_text_above_version_25_is_refused_by_the_name_of_its_field),
        cmocka_unit_test(test_no_text_is_no_code),
        cmocka_unit_test(test_a_finder_stands_in_each_of_three_corners_and_the_rim_is_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
