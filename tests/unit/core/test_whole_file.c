// SPDX-License-Identifier: Apache-2.0
// A file is written whole beside its name and renamed: what stood there stays until then, and what a killed
// process left behind is in nobody's way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/whole_file.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 4096 };

struct place {
    char folder[64], path[PATH_MAX], left_over[PATH_MAX];
    struct arena *arena;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    snprintf(place->folder, sizeof place->folder, "/tmp/whole-file-XXXXXX");
    place->arena = arena_create(64 << 10);
    *state = place;
    if (!place->arena || !mkdtemp(place->folder))
        return -1;
    snprintf(place->path, sizeof place->path, "%s/file", place->folder);
    snprintf(place->left_over, sizeof place->left_over, "%s/file.%ld.new", place->folder, (long)getpid());
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    unlink(place->path);
    unlink(place->left_over);
    rmdir(place->left_over);
    rmdir(place->folder);
    arena_free(place->arena);
    free(place);
    return 0;
}

static bool write_text(const struct place *place, const char *text)
{
    struct ts_error error = {0};
    return whole_file_write(place->path, text, strlen(text), &error);
}

static void assert_holds(const struct place *place, const char *text)
{
    struct ts_error error = {0};
    char *bytes;
    size_t length;
    assert_true(whole_file_read(place->path, FILE_BYTES, place->arena, &bytes, &length, &error));
    assert_int_equal(length, strlen(text));
    assert_memory_equal(bytes, text, length);
}

static void test_a_file_takes_the_place_of_the_one_before(void **state)
{
    assert_true(write_text(*state, "first"));
    assert_true(write_text(*state, "second, longer"));
    assert_holds(*state, "second, longer");
    assert_int_equal(access(((const struct place *)*state)->left_over, F_OK), -1);
}

static void test_what_a_killed_process_of_this_number_left_is_in_nobodys_way(void **state)
{
    const struct place *place = *state;
    FILE *left = fopen(place->left_over, "we");
    assert_non_null(left);
    assert_true(fputs("half of someth", left) >= 0);
    assert_int_equal(fclose(left), 0);
    assert_true(write_text(place, "whole"));
    assert_holds(place, "whole");
    assert_int_equal(access(place->left_over, F_OK), -1);
}

static void test_what_cannot_be_written_leaves_the_file_as_it_was(void **state)
{
    const struct place *place = *state;
    assert_true(write_text(place, "before"));
    assert_int_equal(mkdir(place->left_over, 0700), 0);
    assert_false(write_text(place, "after"));
    assert_holds(place, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file_takes_the_place_of_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_a_killed_process_of_this_number_left_is_in_nobodys_way,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_written_leaves_the_file_as_it_was, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
