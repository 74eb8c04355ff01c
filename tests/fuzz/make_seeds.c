// SPDX-License-Identifier: Apache-2.0
// Makes the seeds that hold a seal, for a key that exists only while this runs: nothing of it is committed.
// Run by the build: make_seeds SHEET CMS PEM DRAWN JPEG. What each target expects stands in its head.
#include "testing.h"

#include "render/photo_jpeg.h"
#include "render/picture.h"
#include "signer/cms.h"
#include "wire/arena.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

enum { PART_CMS, PART_TRUST = 2 };

static FILE *begin(const char *path)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

static void put(FILE *file, const void *bytes, size_t length)
{
    assert_int_equal(fwrite(bytes, 1, length, file), length);
}

static void write_cms(const char *path, const struct identity *identity, const uint8_t *digest)
{
    uint8_t cms[CMS_CEILING_BYTES];
    size_t length;
    struct ts_error error = {.status = TS_OK};
    FILE *file = begin(path);
    assert_true(cms_seal(identity, digest, cms, &length, &error));
    fputc(PART_CMS, file);
    put(file, digest, SEAL_DIGEST_BYTES);
    put(file, cms, length);
    assert_int_equal(fclose(file), 0);
}

static void write_trust(const char *path, const struct identity *identity)
{
    FILE *file = begin(path);
    fputc(PART_TRUST, file);
    assert_int_equal(PEM_write_X509(file, identity->certificates.parsed[0]), 1);
    assert_int_equal(fclose(file), 0);
}

static void write_drawn(const char *path)
{
    char record[4096];
    size_t length;
    uint8_t *pdf = testing_pdf(&length, false);
    size_t record_length = strlen(testing_record(record, sizeof record, true, ""));
    const uint8_t head[] = {(uint8_t)(record_length >> 8), (uint8_t)record_length};
    FILE *file = begin(path);
    put(file, head, sizeof head);
    put(file, record, record_length);
    put(file, pdf, length);
    assert_int_equal(fclose(file), 0);
    free(pdf);
}

// With an EXIF block that says "turn it".
static void write_jpeg(const char *path)
{
    static const uint8_t exif[] = {0xFF, 0xE1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0,    0,    'M', 'M',
                                   0,    42,   0,    0,    0,   8,   0,   1,   0x01, 0x12, 0,   3,
                                   0,    0,    0,    1,    0,   6,   0,   0,   0,    0,    0,   0};
    uint8_t pixels[24 * 10 * 3], *jpeg;
    size_t length;
    struct picture picture = {.pixels = pixels, .width = 24, .height = 10, .orientation = 1};
    FILE *file = begin(path);
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * i);
    assert_true(photo_jpeg_encode(&picture, &jpeg, &length, NULL));
    put(file, jpeg, 2);
    put(file, exif, sizeof exif);
    put(file, jpeg + 2, length - 2);
    assert_int_equal(fclose(file), 0);
    free(jpeg);
}

int main(int argc, char **argv)
{
    struct identity identity;
    struct seal_draft sheet;
    struct arena *arena = arena_create(64 << 20);
    if (argc != 6)
        return 2;
    testing_identity(&identity);
    testing_seal(&identity, arena, &sheet);
    FILE *file = begin(argv[1]);
    put(file, sheet.bytes, sheet.length);
    assert_int_equal(fclose(file), 0);
    write_cms(argv[2], &identity, sheet.digest);
    write_trust(argv[3], &identity);
    write_drawn(argv[4]);
    write_jpeg(argv[5]);
    identity_done(&identity);
    arena_free(arena);
    return 0;
}
