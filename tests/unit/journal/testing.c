// SPDX-License-Identifier: Apache-2.0
// See testing.h.
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/item_code.h"

// Whether this call fails; it is noted.
static bool fails(struct fake *fake, char what)
{
    size_t length = strlen(fake->calls);

    if (length + 1 < sizeof fake->calls)
        fake->calls[length] = what;
    if (fake->fail_what != what || --fake->fail_at != 0)
        return false;
    errno = fake->code;
    return true;
}

static ssize_t write_at(void *context, int fd, const void *bytes, size_t length, off_t at)
{
    struct fake *fake = context;

    if (fails(fake, 'w')) {
        if (!fake->is_half)
            return -1;
        // Half of it, and the rest fails.
        fake->fail_at = 1;
        fake->is_half = false;
        return pwrite(fd, bytes, length / 2, at);
    }
    return pwrite(fd, bytes, length, at);
}

static int sync_data(void *context, int fd)
{
    return fails(context, 's') ? -1 : fdatasync(fd);
}

static int sync_folder(void *context, int fd)
{
    return fails(context, 'f') ? -1 : fsync(fd);
}

static int cut(void *context, int fd, off_t length)
{
    return fails(context, 'c') ? -1 : ftruncate(fd, length);
}

int testing_begin(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    snprintf(bench->folder, sizeof bench->folder, "/tmp/journal_test_XXXXXX");
    if (mkdtemp(bench->folder) == NULL)
        return -1;
    snprintf(bench->path, sizeof bench->path, "%s/intake.journal", bench->folder);
    bench->keys.count = 1;
    snprintf(bench->keys.keys[0].key_id, 37, "0f4c2d18-6f0d-4a3e-9a51-1f5a7d0c9b01");
    memset(bench->keys.keys[0].bytes, 7, JOURNAL_KEY_BYTES);
    bench->fake.system = (struct journal_system){&bench->fake, write_at, sync_data, sync_folder, cut};
    *state = bench;
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

int testing_end(void **state)
{
    struct bench *bench = *state;

    journal_close(bench->journal);
    nftw(bench->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(bench);
    return 0;
}

struct journal *testing_open(struct bench *bench, const char *desk)
{
    struct journal_settings settings = {.path = bench->path,
                                        .desk = desk,
                                        .keys = &bench->keys,
                                        .now_ms = NOW,
                                        .system = &bench->fake.system};

    journal_close(bench->journal);
    bench->journal = NULL;
    bench->error = (struct ts_error){0};
    bench->journal = journal_open(&settings, &bench->error);
    return bench->journal;
}

const char *testing_id(int number)
{
    static char id[JOURNAL_ID];

    snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", number);
    return id;
}

const char *testing_code(int number)
{
    static char code[ITEM_CODE_SIZE];
    char payload[16];

    snprintf(payload, sizeof payload, "%08d", number);
    item_code_append_check(payload, code);
    return code;
}

bool testing_add(struct bench *bench, int number)
{
    char codes[1][JOURNAL_CODE], request[32];
    struct journal_intake intake = {.request_id = testing_id(number),
                                    .user = "reception",
                                    .method = "/touchstone.v1.DeskService/RegisterIntake",
                                    .line = "王** 1 件 戒指",
                                    .laboratory = "JEW",
                                    .codes = (const char(*)[JOURNAL_CODE])codes,
                                    .code_count = 1,
                                    .request = (const uint8_t *)request,
                                    .request_bytes = sizeof request,
                                    .taken_at_ms = NOW + number,
                                    .now_ms = NOW + number};

    snprintf(codes[0], sizeof codes[0], "%s", testing_code(number));
    memset(request, number, sizeof request);
    bench->error = (struct ts_error){0};
    return journal_add(bench->journal, &intake, &bench->error);
}

uint8_t *testing_read(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *ret_size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*ret_size + 1);
    assert_int_equal(fread(bytes, 1, *ret_size, file), *ret_size);
    fclose(file);
    return bytes;
}

void testing_write(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}
