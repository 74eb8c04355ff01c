// SPDX-License-Identifier: Apache-2.0
// Lists of public keys, see log_keys.h.
#include "verify/log_keys.h"

#include "evidence/lines.h"
#include "evidence/note_line.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <string.h>

enum { SPKI_BYTES = 1024 };

static const char *const USES[] = {
    [LOG_KEY_STATEMENT] = "statement",
    [LOG_KEY_LOG] = "log",
    [LOG_KEY_LOG_P256] = "log_p256",
    [LOG_KEY_STATUS] = "status",
    [LOG_KEY_STATUS_P256] = "status_p256",
    [LOG_KEY_SEAL] = "seal",
    [LOG_KEY_OTHER] = "other",
};

const char *log_keys_use_name(enum log_key_use use)
{
    return USES[use];
}

static enum log_key_use use_of(const char *text)
{
    for (int use = 0; use < LOG_KEY_OTHER; use++)
        if (strcmp(text, USES[use]) == 0)
            return (enum log_key_use)use;
    return LOG_KEY_OTHER;
}

static bool read_hex(const char *text, size_t length, uint8_t *ret_bytes, size_t count)
{
    static const char DIGITS[] = "0123456789abcdef";
    if (length != 2 * count)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] ? strchr(DIGITS, text[i]) : NULL;
        if (!digit)
            return false;
        ret_bytes[i / 2] = (uint8_t)(ret_bytes[i / 2] << 4 | (digit - DIGITS));
    }
    return true;
}

// An index: a number, the same as a text, or null.
static bool read_index(struct json_reader *json, uint64_t *ret_index)
{
    const char *number;
    char *text;
    size_t length;
    if (json_reader_peek(json) == JSON_NULL)
        return json_reader_skip(json, NULL, NULL);
    if (json_reader_peek(json) == JSON_NUMBER)
        return json_reader_number(json, &number, &length) &&
               (lines_number(number, length, ret_index) || json_reader_fail(json, "an index is none"));
    return json_reader_string(json, &text, &length) &&
           (lines_number(text, length, ret_index) || json_reader_fail(json, "an index is none"));
}

static bool read_spki(struct json_reader *json, struct log_key *key)
{
    char *text;
    size_t length;
    uint8_t *spki = arena_alloc(json->arena, SPKI_BYTES);
    if (!spki) {
        json->out_of_memory = true;
        return json_reader_fail(json, "out of memory");
    }
    if (!json_reader_string(json, &text, &length))
        return false;
    if (!lines_base64(text, length, spki, SPKI_BYTES, &key->spki_length))
        return json_reader_fail(json, "a key is not base64");
    key->spki = spki;
    return true;
}

static bool read_text(struct json_reader *json, const char **ret_text)
{
    char *text;
    size_t length;
    if (!json_reader_string(json, &text, &length))
        return false;
    if (strlen(text) != length)
        return json_reader_fail(json, "a text holds a NUL");
    *ret_text = text;
    return true;
}

static bool read_kid(struct json_reader *json, struct log_key *key)
{
    char *kid;
    size_t length;
    return json_reader_string(json, &kid, &length) &&
           (read_hex(kid, length, key->kid, sizeof key->kid) ||
            json_reader_fail(json, "a kid is not 16 hexadecimal digits"));
}

static bool read_use(struct json_reader *json, struct log_key *key)
{
    const char *use;
    if (!read_text(json, &use))
        return false;
    key->use = use_of(use);
    return true;
}

static bool read_name(struct json_reader *json, struct log_key *key)
{
    return read_text(json, &key->name);
}

static bool read_from(struct json_reader *json, struct log_key *key)
{
    return read_index(json, &key->from);
}

static bool read_last(struct json_reader *json, struct log_key *key)
{
    return read_index(json, &key->last);
}

static bool read_demonstration(struct json_reader *json, struct log_key *key)
{
    return json_reader_bool(json, &key->demonstration);
}

// Which members of a key were there; each must be, so that no changed name hides a value.
enum {
    HAS_KID = 1,
    HAS_USE = 2,
    HAS_NAME = 4,
    HAS_SPKI = 8,
    HAS_FROM = 16,
    HAS_LAST = 32,
    HAS_DEMONSTRATION = 64,
    HAS_ALL = 127
};

static bool read_member(struct json_reader *json, const char *name, size_t length, struct log_key *key,
                        unsigned *has)
{
    static const struct {
        const char *name;
        bool (*read)(struct json_reader *json, struct log_key *key);
        unsigned has;
    } MEMBERS[] = {
        {"kid", read_kid, HAS_KID},
        {"use", read_use, HAS_USE},
        {"name", read_name, HAS_NAME},
        {"spki", read_spki, HAS_SPKI},
        {"from", read_from, HAS_FROM},
        {"last", read_last, HAS_LAST},
        {"demonstration", read_demonstration, HAS_DEMONSTRATION},
    };
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++)
        if (json_reader_is_key(name, length, MEMBERS[i].name)) {
            *has |= MEMBERS[i].has;
            return MEMBERS[i].read(json, key);
        }
    return json_reader_skip(json, NULL, NULL);
}

// What a use asks of its key.
static bool fits_use(const struct log_key *key)
{
    switch (key->use) {
    case LOG_KEY_LOG:
    case LOG_KEY_STATUS:
        return note_line_is_key(NOTE_ED25519, key->spki, key->spki_length) &&
               note_is_name(key->name, strlen(key->name));
    case LOG_KEY_LOG_P256:
    case LOG_KEY_STATUS_P256:
        return note_line_is_key(NOTE_P256, key->spki, key->spki_length) &&
               note_is_name(key->name, strlen(key->name));
    case LOG_KEY_STATEMENT:
        return note_line_is_key(NOTE_P256, key->spki, key->spki_length);
    case LOG_KEY_SEAL:
    case LOG_KEY_OTHER:
        return true;
    }
    return false;
}

static bool read_key(struct json_reader *json, struct log_key *ret_key)
{
    struct log_key key = {.name = "", .from = LOG_KEYS_NO_INDEX, .last = LOG_KEYS_NO_INDEX};
    const char *name;
    size_t length;
    bool first = true;
    unsigned has = 0;
    if (!json_reader_enter(json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(json, &first, &name, &length))
        if (!read_member(json, name, length, &key, &has))
            return false;
    if (json->wrong)
        return false;
    if (has != HAS_ALL)
        return json_reader_fail(json, "a key lacks a member");
    hash_of(key.spki, key.spki_length, key.digest);
    if (memcmp(key.kid, key.digest, sizeof key.kid) != 0)
        return json_reader_fail(json, "a kid is not the one of its key");
    if (!fits_use(&key))
        return json_reader_fail(json, "a key is not of the kind that its use asks for");
    *ret_key = key;
    return true;
}

static bool read_keys(struct json_reader *json, struct log_keys *keys)
{
    bool first = true;
    if (!json_reader_enter(json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(json, &first)) {
        if (keys->count == LOG_KEYS_MAX)
            return json_reader_fail(json, "there are more than 256 keys");
        if (!read_key(json, &keys->keys[keys->count]))
            return false;
        if (log_keys_find(keys, keys->keys[keys->count].kid))
            return json_reader_fail(json, "a key is listed twice");
        keys->count++;
    }
    return !json->wrong;
}

bool log_keys_read(const char *json_text, size_t json_length, struct arena *arena, struct log_keys *ret_keys,
                   struct ts_error *error)
{
    struct json_reader json;
    const char *name;
    size_t length;
    bool first = true, has_keys = false, whole = true;
    ret_keys->origin = NULL;
    ret_keys->count = 0;
    json_reader_init(&json, json_text, json_length, arena);
    whole = json_reader_enter(&json, JSON_OBJECT);
    while (whole && json_reader_next_member(&json, &first, &name, &length)) {
        bool is_keys = json_reader_is_key(name, length, "keys");
        if (is_keys && has_keys)
            whole = json_reader_fail(&json, "it has two lists of keys");
        else if (is_keys)
            whole = has_keys = read_keys(&json, ret_keys);
        else if (json_reader_is_key(name, length, "origin"))
            whole = read_text(&json, &ret_keys->origin);
        else
            whole = json_reader_skip(&json, NULL, NULL);
    }
    if (whole && json_reader_finish(&json) && has_keys && ret_keys->origin && *ret_keys->origin)
        return true;
    if (json.out_of_memory)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return error_set(error, TS_DATA_LOSS, "KEYS_BROKEN", "the list of keys is broken: %s",
                     json.wrong ? json.wrong : "it lacks its origin or its keys");
}

const struct log_key *log_keys_find(const struct log_keys *keys, const uint8_t kid[LOG_ENTRY_KID_BYTES])
{
    for (size_t i = 0; i < keys->count; i++)
        if (memcmp(keys->keys[i].kid, kid, LOG_ENTRY_KID_BYTES) == 0)
            return &keys->keys[i];
    return NULL;
}
