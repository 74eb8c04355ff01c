// SPDX-License-Identifier: Apache-2.0
// What the disk can do to a journal: cut it at every byte, change every byte, be full, fail to sync, lose the
// power between any two calls. No intake that was said to be saved is lost or taken for another.
#include "testing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/record.h"
#include "journal/scan.h"

enum { INTAKES = 3 };

// A journal of three intakes; where each record ends.
static uint8_t *three(struct bench *bench, size_t *ret_size, size_t ends[INTAKES + 1])
{
    struct stat about;

    assert_non_null(testing_open(bench, "D1"));
    stat(bench->path, &about);
    ends[0] = (size_t)about.st_size;
    for (int i = 1; i <= INTAKES; i++) {
        assert_true(testing_add(bench, i));
        stat(bench->path, &about);
        ends[i] = (size_t)about.st_size;
    }
    journal_close(bench->journal);
    bench->journal = NULL;
    return testing_read(bench->path, ret_size);
}

static void expect_first(struct bench *bench, size_t count)
{
    assert_int_equal(journal_count(bench->journal), count);
    for (size_t i = 0; i < count; i++) {
        uint8_t *bytes;
        size_t length;

        assert_string_equal(journal_entry(bench->journal, i)->request_id, testing_id((int)i + 1));
        assert_true(journal_request(bench->journal, i, &bytes, &length, NULL));
        assert_int_equal(length, 32);
        assert_int_equal(bytes[31], i + 1);
        free(bytes);
    }
}

static size_t whole_before(const size_t ends[INTAKES + 1], size_t size)
{
    size_t count = 0;

    while (count < INTAKES && ends[count + 1] <= size)
        count++;
    return count;
}

static void test_cut_at_every_byte_the_tail_is_told_and_set_aside(void **state)
{
    struct bench *bench = *state;
    size_t size, ends[INTAKES + 1];
    uint8_t *whole = three(bench, &size, ends);

    for (size_t cut = ends[0]; cut <= size; cut++) {
        const struct journal_about *about;
        size_t count = whole_before(ends, cut), kept;
        uint8_t *tail;

        testing_write(bench->path, whole, cut);
        assert_non_null(testing_open(bench, "D1"));
        about = journal_about(bench->journal);
        expect_first(bench, count);
        assert_int_equal(about->torn_bytes, cut - ends[count]);
        assert_int_equal(about->damaged_at_byte, 0);
        if (about->torn_bytes > 0) {
            tail = testing_read(about->torn_path, &kept);
            assert_int_equal(kept, about->torn_bytes);
            assert_memory_equal(tail, whole + ends[count], kept);
            free(tail);
            remove(about->torn_path);
        }
        // It goes on, and is whole afterwards.
        assert_true(testing_add(bench, (int)count + 1));
        assert_non_null(testing_open(bench, "D1"));
        assert_int_equal(journal_about(bench->journal)->torn_bytes, 0);
        expect_first(bench, count + 1);
    }
    free(whole);
}

static void test_zeros_where_a_record_was_being_written_are_a_torn_tail(void **state)
{
    struct bench *bench = *state;
    size_t size, ends[INTAKES + 1];
    uint8_t *whole = three(bench, &size, ends);

    // The file was made longer before the bytes came: from any byte behind the head on there are zeros.
    for (size_t from = ends[2]; from <= size - 16; from++) {
        if (from > ends[2] && from < ends[2] + 24)
            continue;
        uint8_t *zeroed = malloc(size);

        memcpy(zeroed, whole, from);
        memset(zeroed + from, 0, size - from);
        testing_write(bench->path, zeroed, size);
        free(zeroed);
        assert_non_null(testing_open(bench, "D1"));
        assert_int_equal(journal_about(bench->journal)->torn_bytes, size - ends[2]);
        expect_first(bench, 2);
    }
    free(whole);
}

static void test_every_changed_byte_is_told_and_stops_the_replay(void **state)
{
    struct bench *bench = *state;
    size_t size, ends[INTAKES + 1], index;
    uint8_t *whole = three(bench, &size, ends);

    for (size_t at = 0; at < size; at++) {
        const struct journal_about *about;
        size_t count;

        whole[at] ^= 0x40;
        testing_write(bench->path, whole, size);
        whole[at] ^= 0x40;
        if (at < ends[0]) {
            assert_null(testing_open(bench, "D1"));
            assert_string_equal(bench->error.reason, "JOURNAL_FORMAT");
            continue;
        }
        assert_non_null(testing_open(bench, "D1"));
        about = journal_about(bench->journal);
        count = whole_before(ends, at);
        // Never a torn tail: nothing that was whole is put aside or written over.
        assert_int_equal(about->torn_bytes, 0);
        assert_int_equal(about->damaged_at_byte, ends[count]);
        assert_true(strstr(about->damage, "damaged") != NULL);
        expect_first(bench, count);
        if (count > 0)
            assert_int_equal(journal_next(bench->journal, NOW, &index), JOURNAL_PERSON);
        assert_false(testing_add(bench, 9));
        assert_string_equal(bench->error.reason, "JOURNAL_DAMAGED");
    }
    free(whole);
}

// Whole records with right sums, each in the wrong place.
static void test_records_cannot_be_left_out_swapped_or_put_in(void **state)
{
    struct bench *bench = *state;
    size_t size, ends[INTAKES + 1];
    uint8_t *whole = three(bench, &size, ends), *moved = malloc(2 * size);
    size_t first = ends[1] - ends[0], second = ends[2] - ends[1];

    assert_int_equal(first, second);
    // Without the first.
    memcpy(moved, whole, ends[0]);
    memcpy(moved + ends[0], whole + ends[1], size - ends[1]);
    testing_write(bench->path, moved, size - first);
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_about(bench->journal)->damaged_at_byte, ends[0]);
    // The second before the first.
    memcpy(moved + ends[1], whole + ends[0], first);
    memcpy(moved + ends[2], whole + ends[2], size - ends[2]);
    testing_write(bench->path, moved, size);
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_about(bench->journal)->damaged_at_byte, ends[0]);
    // The last twice.
    memcpy(moved, whole, size);
    memcpy(moved + size, whole + ends[2], size - ends[2]);
    testing_write(bench->path, moved, size + size - ends[2]);
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_about(bench->journal)->damaged_at_byte, size);
    free(moved);
    free(whole);
}

// Two copies went on apart: what one wrote fits no place of the other.
static void test_a_record_of_a_copy_does_not_fit_the_other_copy(void **state)
{
    struct bench *bench = *state;
    size_t size, ends[INTAKES + 1], one_size, other_size;
    uint8_t *whole = three(bench, &size, ends), *one, *other;

    assert_non_null(testing_open(bench, "D1"));
    assert_true(testing_add(bench, 4) && testing_add(bench, 5));
    one = testing_read(bench->path, &one_size);
    journal_close(bench->journal);
    bench->journal = NULL;
    testing_write(bench->path, whole, size);
    assert_non_null(testing_open(bench, "D1"));
    assert_true(testing_add(bench, 6) && testing_add(bench, 7));
    other = testing_read(bench->path, &other_size);
    assert_int_equal(one_size, other_size);
    // The fourth of one, the fifth of the other: number and sums are right.
    memcpy(one + (one_size + size) / 2, other + (one_size + size) / 2, (one_size - size) / 2);
    testing_write(bench->path, one, one_size);
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_about(bench->journal)->damaged_at_byte, (one_size + size) / 2);
    assert_true(strstr(journal_about(bench->journal)->damage, "altered") != NULL);
    free(whole);
    free(one);
    free(other);
}

static void test_it_is_saved_only_after_the_sync(void **state)
{
    struct bench *bench = *state;

    assert_non_null(testing_open(bench, "D1"));
    // Header, its sync, the folder's; then the one before anything of it is believed.
    assert_string_equal(bench->fake.calls, "wsfs");
    memset(bench->fake.calls, 0, sizeof bench->fake.calls);
    assert_true(testing_add(bench, 1));
    assert_string_equal(bench->fake.calls, "ws");
    memset(bench->fake.calls, 0, sizeof bench->fake.calls);
    assert_non_null(testing_open(bench, "D1"));
    assert_string_equal(bench->fake.calls, "s");
}

static void test_a_full_disk_is_told_and_leaves_nothing_half(void **state)
{
    struct bench *bench = *state;

    assert_non_null(testing_open(bench, "D1"));
    assert_true(testing_add(bench, 1));
    for (int half = 0; half < 2; half++) {
        bench->fake.fail_what = 'w';
        bench->fake.fail_at = 1;
        bench->fake.is_half = half;
        bench->fake.code = half ? ENOSPC : EDQUOT;
        assert_false(testing_add(bench, 2));
        assert_string_equal(bench->error.reason, "JOURNAL_DISK_FULL");
        assert_int_equal(journal_count(bench->journal), 1);
    }
    bench->fake.fail_what = 0;
    assert_true(testing_add(bench, 2));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_about(bench->journal)->torn_bytes, 0);
    expect_first(bench, 2);
}

static void test_a_folder_that_may_not_be_written_is_told_with_what_to_do(void **state)
{
    struct bench *bench = *state;
    const int codes[] = {EROFS, EACCES, EPERM};

    assert_non_null(testing_open(bench, "D1"));
    assert_true(testing_add(bench, 1));
    for (size_t i = 0; i < 3; i++) {
        bench->fake.fail_what = 'w';
        bench->fake.fail_at = 1;
        bench->fake.code = codes[i];
        assert_false(testing_add(bench, 2));
        assert_string_equal(bench->error.reason, "JOURNAL_READ_ONLY");
        assert_non_null(strstr(bench->error.detail, "XDG_STATE_HOME"));
        assert_non_null(strstr(bench->error.metadata, bench->path));
    }
    bench->fake.fail_what = 0;
    assert_true(testing_add(bench, 2));
    expect_first(bench, 2);
}

// Nothing is said to be damaged or altered, nothing is added, and the file stays what it is.
static void test_a_journal_of_a_newer_program_is_left_to_it(void **state)
{
    struct bench *bench = *state;
    const char *const desks[] = {"D1", ""};
    uint8_t *whole, *now, frame[SCAN_HEAD_BYTES + 10 + SEAL_TAG_BYTES],
        plain[10] = {RECORD_KINDS + 7}; // no fields
    size_t size, now_size;
    struct seal seal;

    assert_non_null(testing_open(bench, "D1"));
    journal_close(bench->journal);
    bench->journal = NULL;
    whole = testing_read(bench->path, &size);
    // Another format.
    whole[6] = '2';
    testing_write(bench->path, whole, size);
    for (size_t i = 0; i < 2; i++) {
        assert_null(testing_open(bench, desks[i]));
        assert_string_equal(bench->error.reason, "JOURNAL_NEWER");
    }
    now = testing_read(bench->path, &now_size);
    assert_int_equal(now_size, size);
    assert_memory_equal(now, whole, size);
    free(now);
    // The same format, and a record that is not known here.
    whole[6] = '1';
    assert_true(seal_begin(&seal, bench->keys.keys[0].bytes, whole, NULL));
    assert_true(scan_frame(&seal, &(struct seal_place){0}, plain, sizeof plain, frame, NULL));
    whole = realloc(whole, size + sizeof frame);
    memcpy(whole + size, frame, sizeof frame);
    testing_write(bench->path, whole, size + sizeof frame);
    assert_non_null(testing_open(bench, "D1"));
    assert_string_equal(journal_about(bench->journal)->damage_reason, "JOURNAL_NEWER");
    assert_null(strstr(journal_about(bench->journal)->damage, "altered"));
    assert_int_equal(journal_about(bench->journal)->damaged_at_byte, size);
    assert_false(testing_add(bench, 1));
    assert_string_equal(bench->error.reason, "JOURNAL_NEWER");
    free(whole);
}

static void test_a_failed_sync_is_never_believed_again(void **state)
{
    struct bench *bench = *state;

    assert_non_null(testing_open(bench, "D1"));
    bench->fake.fail_what = 's';
    bench->fake.fail_at = 1;
    bench->fake.code = EIO;
    assert_false(testing_add(bench, 1));
    assert_string_equal(bench->error.reason, "JOURNAL_WRITE");
    bench->fake.fail_what = 0;
    assert_false(testing_add(bench, 1));
    assert_string_equal(bench->error.reason, "JOURNAL_BROKEN");
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_count(bench->journal), 0);
    assert_true(testing_add(bench, 1));
}

static void test_a_journal_whose_beginning_failed_begins_anew(void **state)
{
    struct bench *bench = *state;
    const char fails[] = "wsf";

    for (size_t i = 0; i < 3; i++) {
        bench->fake.fail_what = fails[i];
        bench->fake.fail_at = 1;
        bench->fake.is_half = true;
        bench->fake.code = ENOSPC;
        assert_null(testing_open(bench, "D1"));
        assert_string_equal(bench->error.reason, "JOURNAL_DISK_FULL");
        bench->fake.fail_what = 0;
        assert_non_null(testing_open(bench, "D1"));
        assert_true(testing_add(bench, 1));
        assert_non_null(testing_open(bench, "D1"));
        expect_first(bench, 1);
        journal_close(bench->journal);
        bench->journal = NULL;
        remove(bench->path);
    }
}

static void test_one_process_has_it_at_a_time(void **state)
{
    struct bench *bench = *state;
    struct journal_settings settings = {
        .path = bench->path, .desk = "D1", .keys = &bench->keys, .now_ms = NOW};
    struct ts_error error = {0};
    char process[24];

    assert_non_null(testing_open(bench, "D1"));
    assert_null(journal_open(&settings, &error));
    assert_string_equal(error.reason, "JOURNAL_BUSY");
    // Who has it, and what the second one does.
    snprintf(process, sizeof process, "%ld", (long)getpid());
    assert_non_null(strstr(error.detail, "test_journal_file"));
    assert_non_null(strstr(error.detail, process));
    assert_non_null(strstr(error.detail, "--profile NAME"));
    assert_non_null(strstr(error.metadata, process));
    journal_close(bench->journal);
    bench->journal = journal_open(&settings, &error);
    assert_non_null(bench->journal);
}

static void test_another_key_or_another_file_is_told_apart(void **state)
{
    struct bench *bench = *state;

    assert_null(testing_open(bench, ""));
    assert_string_equal(bench->error.reason, "JOURNAL_NONE");
    assert_non_null(testing_open(bench, "D1"));
    assert_true(testing_add(bench, 1));
    bench->keys.keys[0].key_id[0] = 'a';
    assert_null(testing_open(bench, "D1"));
    assert_string_equal(bench->error.reason, "JOURNAL_KEY");
    // The older keys open it, too.
    bench->keys.keys[1] = bench->keys.keys[0];
    bench->keys.keys[1].key_id[0] = '0';
    bench->keys.count = 2;
    assert_non_null(testing_open(bench, "D2"));
    expect_first(bench, 1);
    assert_string_equal(journal_about(bench->journal)->desk, "D1");
}

#define IN_A_FOLDER(name) cmocka_unit_test_setup_teardown(name, testing_begin, testing_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_cut_at_every_byte_the_tail_is_told_and_set_aside),
        IN_A_FOLDER(test_zeros_where_a_record_was_being_written_are_a_torn_tail),
        IN_A_FOLDER(test_every_changed_byte_is_told_and_stops_the_replay),
        IN_A_FOLDER(test_records_cannot_be_left_out_swapped_or_put_in),
        IN_A_FOLDER(test_a_record_of_a_copy_does_not_fit_the_other_copy),
        IN_A_FOLDER(test_it_is_saved_only_after_the_sync),
        IN_A_FOLDER(test_a_full_disk_is_told_and_leaves_nothing_half),
        IN_A_FOLDER(test_a_folder_that_may_not_be_written_is_told_with_what_to_do),
        IN_A_FOLDER(test_a_journal_of_a_newer_program_is_left_to_it),
        IN_A_FOLDER(test_a_failed_sync_is_never_believed_again),
        IN_A_FOLDER(test_a_journal_whose_beginning_failed_begins_anew),
        IN_A_FOLDER(test_one_process_has_it_at_a_time),
        IN_A_FOLDER(test_another_key_or_another_file_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
