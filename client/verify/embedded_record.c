// SPDX-License-Identifier: Apache-2.0
// Reads facts from the embedded record, see embedded_record.h.
#include "verify/embedded_record.h"

#include "verify/memory.h"
#include "wire/arena.h"
#include "wire/json_reader.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 8 * 1024 * 1024 };

static void read_text(struct json_reader *reader, char *ret_text, size_t size)
{
    char *text;
    size_t length;
    if (json_reader_peek(reader) != JSON_STRING || !json_reader_string(reader, &text, &length) ||
        length >= size) {
        json_reader_fail(reader, "a short text was expected");
        return;
    }
    memcpy(ret_text, text, length);
    ret_text[length] = '\0';
}

static void read_member(struct json_reader *reader, const char *wanted, char *ret_text, size_t size)
{
    const char *key;
    size_t length;
    bool first = true;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return;
    while (json_reader_next_member(reader, &first, &key, &length))
        if (json_reader_is_key(key, length, wanted))
            read_text(reader, ret_text, size);
        else
            json_reader_skip(reader, NULL, NULL);
}

static bool read_top(struct json_reader *reader, struct embedded_record *record)
{
    const char *key;
    size_t length;
    bool first = true, told = false;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return false;
    while (json_reader_next_member(reader, &first, &key, &length))
        if (json_reader_is_key(key, length, "sheet_no"))
            read_text(reader, record->sheet_no, sizeof record->sheet_no);
        else if (json_reader_is_key(key, length, "revision"))
            read_text(reader, record->revision, sizeof record->revision);
        else if (json_reader_is_key(key, length, "specimen"))
            told = json_reader_bool(reader, &record->specimen);
        else if (json_reader_is_key(key, length, "institute"))
            read_member(reader, "name_zh", record->institute, sizeof record->institute);
        else if (json_reader_is_key(key, length, "item"))
            read_member(reader, "code", record->item_code, sizeof record->item_code);
        else
            json_reader_skip(reader, NULL, NULL);
    return told;
}

bool embedded_record_read(const uint8_t *bytes, size_t length, struct embedded_record *ret_record)
{
    struct embedded_record record = {.specimen = false};
    struct json_reader reader;
    uint8_t digest[EVP_MAX_MD_SIZE];
    struct arena *arena = arena_create(ARENA_BYTES);
    if (!arena) {
        memory_missed();
        return false;
    }
    json_reader_init(&reader, (const char *)bytes, length, arena);
    bool digested = EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) == 1;
    bool fine = read_top(&reader, &record) && json_reader_finish(&reader) && record.sheet_no[0] && digested;
    if (reader.out_of_memory || !digested)
        memory_missed();
    arena_free(arena);
    for (size_t i = 0; fine && i < 32; i++)
        snprintf(record.sha256 + 2 * i, 3, "%02x", digest[i]);
    if (fine)
        *ret_record = record;
    return fine;
}
