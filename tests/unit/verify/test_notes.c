// SPDX-License-Identifier: Apache-2.0
// Lists of keys and notes signed by them. Keys, body and lines were made by python3-cryptography, not by this
// project; the body is the checkpoint of an empty log.
#include "verify/log_keys.h"
#include "verify/note_check.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, NOTE_SIZE = 2048 };

static const char KEYS[] =
    "{\"origin\":\"lab.example/"
    "log\",\"keys\":[{\"kid\":\"48affd115c0dbef2\",\"use\":\"log\",\"spki\":\"MCowBQYDK2VwAyEA0IjyU/"
    "15Y23mdhMAQxM26hXiaVnaVvnZlfEERF4rXKk=\",\"name\":\"lab.example/"
    "log\",\"from\":\"0\",\"last\":null,\"demonstration\":false},{\"kid\":\"d4ed0da50cdb759a\",\"use\":\"log_"
    "p256\",\"spki\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeXs7JhSdDvzBRnMYoHJjWyT+8Dj3iPDV1l6XKk8/"
    "KGjMSsZIZdIJoYfq96lYggUE2NF0/Y6bUn26OamZ25ImEw==\",\"name\":\"lab.example/"
    "log\",\"from\":\"0\",\"last\":null,\"demonstration\":false}]}";
static const char BODY[] = "lab.example/log\n"
                           "0\n"
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
static const char ED25519_LINE[] =
    "\xE2\x80\x94 lab.example/log "
    "tNdevPCiGgg53JutTFrCewwkh6WkS9sHS8KG1ra2+kEECLvlsyee9rChS/nc8d2JkUp0YxCQSQiY/kfjvi3geWdj0gM=\n";
static const char P256_LINE[] =
    "\xE2\x80\x94 lab.example/log "
    "1O0NpTBEAiAX6jCHtPRdocASxjQg95xXThlWkFdcnv2bEpu+kdzxSQIgLqGjPzIa7r1zUwPo+FBljKwzg3qnNFYswN0ATuwvKiY=\n";
static const char STRANGER_LINE[] =
    "\xE2\x80\x94 witness.example/w "
    "l0rborIOi4gDiX3BEi5o42AI9y8JUNNq/e3+dyZyLtuBKfr6Um8LGAnEXpwYFF6FN30cD37gT3yd1lu5bghxtChqTQw=\n";

static struct log_keys *read_keys(const char *json, struct arena *arena)
{
    struct ts_error error = {0};
    struct log_keys *keys = arena_alloc(arena, sizeof *keys);
    assert_non_null(keys);
    if (!log_keys_read(json, strlen(json), arena, keys, &error))
        fail_msg("%s", error.detail);
    return keys;
}

// The text with its first `old` made `new`.
static void replace(const char *text, const char *old, const char *new, char *ret_text, size_t size)
{
    const char *at = strstr(text, old);
    assert_non_null(at);
    int length = snprintf(ret_text, size, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    assert_true(length > 0 && (size_t)length < size);
}

static void refuses_keys(const char *old, const char *new)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = arena_alloc(arena, sizeof *keys);
    struct ts_error error = {0};
    char text[NOTE_SIZE];
    replace(KEYS, old, new, text, sizeof text);
    assert_false(log_keys_read(text, strlen(text), arena, keys, &error));
    assert_string_equal(error.reason, "KEYS_BROKEN");
    arena_free(arena);
}

// The reason of the refusal; "" when the note is good.
static const char *reason_of(const char *note_text, size_t length, struct log_keys *keys,
                             enum note_check_of of)
{
    static struct ts_error error;
    struct arena *arena = arena_create(ARENA_BYTES);
    struct note note;
    char *exact = malloc(length);
    memcpy(exact, note_text, length);
    error = (struct ts_error){0};
    bool good = note_check(exact, length, keys, of, arena, &note, &error);
    assert_true(good == (error.reason[0] == '\0'));
    free(exact);
    arena_free(arena);
    return error.reason;
}

static size_t write_note(const char *first, const char *second, const char *third, char ret_text[NOTE_SIZE])
{
    int length = snprintf(ret_text, NOTE_SIZE, "%s\n%s%s%s", BODY, first, second, third);
    assert_true(length > 0 && length < NOTE_SIZE);
    return (size_t)length;
}

static void test_a_list_of_keys_tells_uses_and_indexes(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    char text[NOTE_SIZE];
    replace(KEYS, "\"from\":\"0\",\"last\":null", "\"from\":7,\"last\":\"9\"", text, sizeof text);
    struct log_keys *keys = read_keys(text, arena);
    (void)unused;
    assert_string_equal(keys->origin, "lab.example/log");
    assert_int_equal(keys->count, 2);
    assert_int_equal(keys->keys[0].use, LOG_KEY_LOG);
    assert_int_equal(keys->keys[0].from, 7);
    assert_int_equal(keys->keys[0].last, 9);
    assert_int_equal(keys->keys[1].use, LOG_KEY_LOG_P256);
    assert_int_equal(keys->keys[1].from, 0);
    assert_true(keys->keys[1].last == LOG_KEYS_NO_INDEX);
    assert_ptr_equal(log_keys_find(keys, keys->keys[1].kid), &keys->keys[1]);
    assert_null(log_keys_find(keys, (const uint8_t *)"stranger"));
    arena_free(arena);
}

static void test_keys_that_are_not_what_their_list_says_are_refused(void **unused)
{
    (void)unused;
    refuses_keys("\"kid\":\"", "\"kid\":\"0");
    refuses_keys("\"use\":\"log\"", "\"use\":\"log_p256\"");
    refuses_keys("\"use\":\"log_p256\"", "\"use\":\"log\"");
    refuses_keys("\"use\":\"log\"", "\"used\":\"log\"");
    refuses_keys("\"spki\":\"MC", "\"spki\":\"MD");
    refuses_keys("\"name\":\"lab.example/log\"", "\"name\":\"lab example\"");
    refuses_keys("\"from\":\"0\"", "\"from\":\"-1\"");
    refuses_keys("\"from\":\"0\"", "\"from\":1e3");
    refuses_keys("\"last\"", "\"mast\"");
    refuses_keys("\"keys\":[", "\"keys\":[],\"keys\":[");
    refuses_keys("\"origin\":", "\"originally\":");
    refuses_keys("]}", "]");
    refuses_keys("]}", "]}}");
}

static void test_a_note_with_the_lines_of_all_listed_keys_is_good_in_any_order(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = read_keys(KEYS, arena);
    char text[NOTE_SIZE];
    (void)unused;
    assert_string_equal(
        reason_of(text, write_note(ED25519_LINE, P256_LINE, "", text), keys, NOTE_CHECK_CHECKPOINT), "");
    assert_string_equal(
        reason_of(text, write_note(P256_LINE, ED25519_LINE, "", text), keys, NOTE_CHECK_CHECKPOINT), "");
    arena_free(arena);
}

static void test_the_line_of_a_key_that_is_not_listed_means_nothing(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = read_keys(KEYS, arena);
    char text[NOTE_SIZE];
    (void)unused;
    assert_string_equal(reason_of(text, write_note(STRANGER_LINE, ED25519_LINE, P256_LINE, text), keys,
                                  NOTE_CHECK_CHECKPOINT),
                        "");
    assert_string_equal(reason_of(text, write_note(STRANGER_LINE, "", "", text), keys, NOTE_CHECK_CHECKPOINT),
                        "E_SIG");
    arena_free(arena);
}

static void test_one_of_two_listed_lines_is_not_enough(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = read_keys(KEYS, arena);
    char text[NOTE_SIZE];
    (void)unused;
    assert_string_equal(reason_of(text, write_note(ED25519_LINE, "", "", text), keys, NOTE_CHECK_CHECKPOINT),
                        "E_SIG");
    assert_string_equal(reason_of(text, write_note(P256_LINE, "", "", text), keys, NOTE_CHECK_CHECKPOINT),
                        "E_SIG");
    arena_free(arena);
}

static void test_a_note_of_another_use_is_by_no_known_key(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = read_keys(KEYS, arena);
    char text[NOTE_SIZE];
    (void)unused;
    assert_string_equal(
        reason_of(text, write_note(ED25519_LINE, P256_LINE, "", text), keys, NOTE_CHECK_STATUS),
        "E_KEY_UNKNOWN");
    arena_free(arena);
}

static void test_every_flipped_bit_of_a_note_is_refused(void **unused)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct log_keys *keys = read_keys(KEYS, arena);
    char text[NOTE_SIZE];
    size_t length = write_note(ED25519_LINE, P256_LINE, "", text);
    (void)unused;
    for (size_t bit = 0; bit < 8 * length; bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        assert_string_not_equal(reason_of(text, length, keys, NOTE_CHECK_CHECKPOINT), "");
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t cut = 0; cut < length; cut++)
        assert_string_not_equal(reason_of(text, cut, keys, NOTE_CHECK_CHECKPOINT), "");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_of_keys_tells_uses_and_indexes),
        cmocka_unit_test(test_keys_that_are_not_what_their_list_says_are_refused),
        cmocka_unit_test(test_a_note_with_the_lines_of_all_listed_keys_is_good_in_any_order),
        cmocka_unit_test(test_the_line_of_a_key_that_is_not_listed_means_nothing),
        cmocka_unit_test(test_one_of_two_listed_lines_is_not_enough),
        cmocka_unit_test(test_a_note_of_another_use_is_by_no_known_key),
        cmocka_unit_test(test_every_flipped_bit_of_a_note_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
