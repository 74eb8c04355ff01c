// SPDX-License-Identifier: Apache-2.0
// The arena, texts that grow in it, and the error type.
#include "testing.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"
#include "wire/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_pieces_are_aligned_and_apart(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        pieces[i] = arena_alloc(arena, i * 7);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(pieces[i][k], i & 0xFF);
    assert_true(arena_used(arena) >= 300 * 299 / 2 * 7);
    arena_free(arena);
}

static void test_ceiling_holds_for_small_and_large_pieces(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(100000);
    assert_null(arena_alloc(arena, 100001));
    volatile size_t most = SIZE_MAX; // so that the compiler does not object to the nonsense
    assert_null(arena_alloc(arena, most));
    assert_null(arena_array(arena, most / 2, 3));
    size_t taken = 0;
    while (arena_alloc(arena, 1000))
        taken += 1000;
    assert_in_range(taken, 60000, 100000);
    arena_free(arena);
    arena = arena_create(0);
    assert_null(arena_alloc(arena, 1));
    arena_free(arena);
    arena_free(NULL);
}

static void test_nth_allocation_fails_once(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    arena_fail_at(arena, 3);
    assert_non_null(arena_alloc(arena, 1));
    assert_non_null(arena_copy(arena, "abc", 3));
    assert_null(arena_printf(arena, "%d", 1));
    assert_string_equal(arena_printf(arena, "%d-%s", 1, "x"), "1-x");
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    arena_free(arena);
}

static void test_text_grows_and_remembers_failure(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    struct text text;
    text_init(&text, arena);
    for (int i = 0; i < 5000; i++)
        text_printf(&text, "%04d", i);
    assert_int_equal(text.length, 20000);
    assert_string_equal(text_finish(&text) + 19996, "4999");
    for (size_t nth = 1; nth <= 4; nth++) {
        arena_fail_at(arena, nth);
        text_init(&text, arena);
        for (int i = 0; i < 1000; i++)
            text_put(&text, "abcd");
        text_put_char(&text, 'x');
        text_put_base64(&text, "abc", 3);
        assert_null(text_finish(&text));
    }
    arena_free(arena);
}

static void test_json_text_is_escaped_as_rfc_8785_says(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    struct text text;
    text_init(&text, arena);
    const char raw[] = "\x00\x08\t\n\x0b\f\r\x1f \"\\/\x7f\xe2\x82\xac";
    text_put_json(&text, raw, sizeof raw - 1);
    assert_string_equal(text_finish(&text),
                        "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/\x7f\xe2\x82\xac\"");
    arena_free(arena);
}

static void test_a_json_text_has_its_escape_at_any_place_of_any_length(void **unused)
{
    (void)unused;
    for (size_t length = 0; length < 40; length++)
        for (size_t place = 0; place <= length; place++) {
            struct arena *arena = arena_create(1 << 20);
            struct text text;
            char *raw = malloc(length + 1), wanted[64];
            memset(raw, 'a', length + 1);
            if (place < length)
                raw[place] = '\n';
            int size = place < length ? snprintf(wanted, sizeof wanted, "\"%.*s\\n%.*s\"", (int)place, raw,
                                                 (int)(length - place - 1), raw + place + 1)
                                      : snprintf(wanted, sizeof wanted, "\"%.*s\"", (int)length, raw);
            raw = realloc(raw, length ? length : 1); // behind its end nothing may be read
            text_init(&text, arena);
            text_put_json(&text, raw, length);
            assert_string_equal(text_finish(&text), wanted);
            assert_int_equal(text.length, size);
            free(raw);
            arena_free(arena);
        }
}

static void test_whole_numbers_and_long_formats_are_written_whole(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    struct text text;
    static const int64_t numbers[] = {0, 7, -1, 10, INT64_MAX, INT64_MIN};
    text_init(&text, arena);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        text_put_int(&text, numbers[i]);
        text_put_char(&text, ' ');
    }
    assert_string_equal(text_finish(&text), "0 7 -1 10 9223372036854775807 -9223372036854775808 ");
    for (int width = 0; width < 1200; width += 7) {
        text_init(&text, arena);
        text_put(&text, "<");
        text_printf(&text, "%0*d", width + 1, 5);
        text_put(&text, ">");
        assert_string_equal(text_finish(&text), arena_printf(arena, "<%0*d>", width + 1, 5));
        assert_int_equal(text.length, width + 3);
    }
    arena_free(arena);
}

static void test_error_cuts_long_texts_between_characters(void **unused)
{
    (void)unused;
    char text[400];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = 0; i < 90; i++)
            memcpy(text + shift + i * 4, "\xf0\x9f\x92\x8d", 5);
        struct ts_error error = {0};
        assert_false(error_set(&error, TS_INTERNAL, text, "%s", text));
        assert_true(utf8_is_text(error.detail, strlen(error.detail)));
        assert_true(utf8_is_text(error.reason, strlen(error.reason)));
        assert_in_range(strlen(error.detail), 252, 255);
        error_violation(&error, text, "%s", text);
        assert_true(utf8_is_text(error.violations[0].field, strlen(error.violations[0].field)));
        assert_true(utf8_is_text(error.violations[0].description, strlen(error.violations[0].description)));
    }
}

static void test_violations_stop_at_eight(void **unused)
{
    (void)unused;
    struct ts_error error = {0};
    error_set(&error, TS_NOT_FOUND, "X", "gone");
    for (int i = 0; i < 12; i++)
        assert_false(error_violation(&error, "a", "is wrong"));
    assert_int_equal(error.status, TS_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "FIELD_INVALID");
    assert_string_equal(error.detail, "a: is wrong");
    assert_int_equal(error.violation_count, 8);
    assert_false(error_violation(NULL, "a", "b"));
    assert_false(error_set(NULL, TS_INTERNAL, "a", "b"));
    assert_string_equal(error_status_name(TS_UNAUTHENTICATED), "UNAUTHENTICATED");
    assert_string_equal(error_status_name((enum ts_status)17), "UNKNOWN");
    assert_string_equal(error_status_name((enum ts_status) - 1), "UNKNOWN");
}

static void test_metadata_is_flat_json_and_never_half_a_member(void **unused)
{
    (void)unused;
    struct ts_error error = {0};
    error_metadata(&error, "current", "7");
    error_metadata(&error, "by", "a\"b\\c\n");
    assert_string_equal(error.metadata, "{\"current\":\"7\",\"by\":\"a\\u0022b\\u005cc\\u000a\"}");
    char value[600] = "";
    for (size_t length = 0; length < 599; length++) {
        struct ts_error other = {0};
        error_metadata(&other, "k", value);
        size_t written = strlen(other.metadata);
        assert_true(written == 0 || (other.metadata[0] == '{' && other.metadata[written - 1] == '}'));
        assert_true(written > 0 || length > 480);
        error_metadata(&other, "k", value);
        value[length] = 'v';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_aligned_and_apart),
        cmocka_unit_test(test_ceiling_holds_for_small_and_large_pieces),
        cmocka_unit_test(test_nth_allocation_fails_once),
        cmocka_unit_test(test_text_grows_and_remembers_failure),
        cmocka_unit_test(test_json_text_is_escaped_as_rfc_8785_says),
        cmocka_unit_test(test_a_json_text_has_its_escape_at_any_place_of_any_length),
        cmocka_unit_test(test_whole_numbers_and_long_formats_are_written_whole),
        cmocka_unit_test(test_error_cuts_long_texts_between_characters),
        cmocka_unit_test(test_violations_stop_at_eight),
        cmocka_unit_test(test_metadata_is_flat_json_and_never_half_a_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
