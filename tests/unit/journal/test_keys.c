// SPDX-License-Identifier: Apache-2.0
// The keys that stay at a desk open by the password and by nothing else.
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void make(struct bench *bench, struct journal_keys *keys)
{
    setenv("XDG_STATE_HOME", bench->folder, 1);
    *keys = bench->keys;
    snprintf(keys->username, sizeof keys->username, "reception");
    snprintf(keys->display_name, sizeof keys->display_name, "王 接待");
    snprintf(keys->desk, sizeof keys->desk, "D1");
    snprintf(keys->laboratory, sizeof keys->laboratory, "JEW");
    snprintf(keys->time_zone, sizeof keys->time_zone, "Asia/Shanghai");
    keys->keys[1] = keys->keys[0];
    keys->keys[1].bytes[31] = 0xfe;
    keys->count = 2;
}

static void test_the_password_opens_them_and_another_does_not(void **state)
{
    struct bench *bench = *state;
    struct journal_keys keys, opened = {0};
    struct ts_error error = {0};

    make(bench, &keys);
    assert_false(journal_keys_open("here", "reception", "secret", &opened, &error));
    assert_string_equal(error.reason, "JOURNAL_NO_KEYS");
    assert_true(journal_keys_keep("here", &keys, "secret", &error));
    assert_true(journal_keys_open("here", "reception", "secret", &opened, &error));
    assert_memory_equal(&opened, &keys, sizeof keys);
    opened.count = 0;
    assert_false(journal_keys_open("here", "reception", "Secret", &opened, &error));
    assert_string_equal(error.reason, "JOURNAL_PASSWORD");
    assert_int_equal(opened.count, 0);
    assert_false(journal_keys_open("elsewhere", "reception", "secret", &opened, &error));
    assert_false(journal_keys_keep("here", &(struct journal_keys){.username = "../x"}, "secret", &error));
}

static void test_a_file_without_a_time_zone_opens_too(void **state)
{
    struct bench *bench = *state;
    struct journal_keys keys, opened = {0};
    struct ts_error error = {0};

    make(bench, &keys);
    keys.time_zone[0] = '\0';
    assert_true(journal_keys_keep("here", &keys, "secret", &error));
    assert_true(journal_keys_open("here", "reception", "secret", &opened, &error));
    assert_string_equal(opened.time_zone, "");
    assert_int_equal(opened.count, 2);
}

static void test_a_changed_file_opens_nothing_and_the_file_says_nothing(void **state)
{
    struct bench *bench = *state;
    struct journal_keys keys, opened;
    struct ts_error error = {0};
    char path[160];
    struct stat about;
    uint8_t *bytes;
    size_t size;

    make(bench, &keys);
    assert_true(journal_keys_keep("here", &keys, "secret", &error));
    snprintf(path, sizeof path, "%s/touchstone/journal/here/reception.keys", bench->folder);
    stat(path, &about);
    assert_int_equal(about.st_mode & 0777, 0600);
    bytes = testing_read(path, &size);
    assert_null(memmem(bytes, size, keys.keys[0].bytes, 16));
    assert_null(memmem(bytes, size, "0707070707", 10));
    // Of the head, the salt, the nonce, the sealed and the tag one byte each; memory is not asked for by a
    // changed head.
    for (size_t at = 3; at < size; at += at < 20 ? 17 : 16) {
        bytes[at] ^= 0x80;
        testing_write(path, bytes, size);
        bytes[at] ^= 0x80;
        assert_false(journal_keys_open("here", "reception", "secret", &opened, &error));
    }
    for (size_t length = 0; length < size; length += 31) {
        testing_write(path, bytes, length);
        assert_false(journal_keys_open("here", "reception", "secret", &opened, &error));
    }
    free(bytes);
}

#define IN_A_FOLDER(name) cmocka_unit_test_setup_teardown(name, testing_begin, testing_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_the_password_opens_them_and_another_does_not),
        IN_A_FOLDER(test_a_file_without_a_time_zone_opens_too),
        IN_A_FOLDER(test_a_changed_file_opens_nothing_and_the_file_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
