// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR, see cbor.h.
#include "evidence/cbor.h"

#include "evidence/nfc.h"
#include "wire/utf8.h"

#include <string.h>

enum { DIRECT = 23, ONE_BYTE = 24, EIGHT_BYTES = 27, MAJOR_SHIFT = 5, ARGUMENT_MASK = 31 };

void cbor_writer_init(struct cbor_writer *writer, uint8_t *bytes, size_t size)
{
    *writer = (struct cbor_writer){.bytes = bytes, .size = size};
}

static void put_raw(struct cbor_writer *writer, const void *bytes, size_t length)
{
    if (writer->full || length > writer->size - writer->length) {
        writer->full = true;
        return;
    }
    if (length)
        memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
}

void cbor_put(struct cbor_writer *writer, enum cbor_kind kind, uint64_t argument)
{
    uint8_t head[9], major = (uint8_t)(kind << MAJOR_SHIFT);
    if (argument <= DIRECT) {
        head[0] = (uint8_t)(major | argument);
        put_raw(writer, head, 1);
        return;
    }
    unsigned power = argument > UINT32_MAX ? 3 : argument > UINT16_MAX ? 2 : argument > UINT8_MAX ? 1 : 0;
    size_t width = (size_t)1 << power;
    head[0] = (uint8_t)(major | (ONE_BYTE + power));
    for (size_t i = width; i > 0; i--, argument >>= 8)
        head[i] = (uint8_t)argument;
    put_raw(writer, head, 1 + width);
}

void cbor_put_bytes(struct cbor_writer *writer, const void *bytes, size_t length)
{
    cbor_put(writer, CBOR_BYTES, length);
    put_raw(writer, bytes, length);
}

void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length)
{
    cbor_put(writer, CBOR_TEXT, length);
    put_raw(writer, text, length);
}

void cbor_put_bool(struct cbor_writer *writer, bool value)
{
    cbor_put(writer, CBOR_SIMPLE, value ? CBOR_TRUE : CBOR_FALSE);
}

void cbor_put_null(struct cbor_writer *writer)
{
    cbor_put(writer, CBOR_SIMPLE, CBOR_NULL);
}

// The head alone; NULL, or what is wrong.
static const char *read_head(struct cbor_reader *reader, struct cbor_item *ret_item)
{
    if (reader->at == reader->end)
        return "it ends too early";
    uint8_t head = *reader->at++;
    unsigned low = head & ARGUMENT_MASK;
    *ret_item = (struct cbor_item){.kind = (enum cbor_kind)(head >> MAJOR_SHIFT), .argument = low};
    if (low <= DIRECT)
        return NULL;
    if (low > EIGHT_BYTES)
        return "a length is indefinite or reserved";
    if (ret_item->kind == CBOR_SIMPLE)
        return "a value is neither null nor true nor false"; // a float, or a simple value in its longer form
    size_t width = (size_t)1 << (low - ONE_BYTE);
    if ((size_t)(reader->end - reader->at) < width)
        return "it ends too early";
    ret_item->argument = 0;
    for (size_t i = 0; i < width; i++)
        ret_item->argument = ret_item->argument << 8 | *reader->at++;
    uint64_t least = low == ONE_BYTE ? DIRECT + 1 : UINT64_C(1) << (4 * width);
    if (ret_item->argument < least)
        return "a number is not in its shortest form";
    return NULL;
}

static bool is_string(const struct cbor_item *item)
{
    return item->kind == CBOR_BYTES || item->kind == CBOR_TEXT;
}

// Head and, of a string, content.
static const char *read_item(struct cbor_reader *reader, struct cbor_item *ret_item)
{
    const char *wrong = read_head(reader, ret_item);
    if (wrong || !is_string(ret_item))
        return wrong;
    if (ret_item->argument > (uint64_t)(reader->end - reader->at))
        return "it ends too early";
    ret_item->bytes = reader->at;
    reader->at += ret_item->argument;
    return NULL;
}

// What of one item alone can be told.
static const char *check_item(const struct cbor_item *item)
{
    if (item->kind == CBOR_SIMPLE && (item->argument < CBOR_FALSE || item->argument > CBOR_NULL))
        return "a value is neither null nor true nor false";
    if (item->kind == CBOR_TAG && item->argument != CBOR_TAG_SIGN1)
        return "a tag is not 18";
    if ((item->kind == CBOR_ARRAY || item->kind == CBOR_MAP) && item->argument > CBOR_ITEMS)
        return "an array or a map has more than 64 items";
    if (item->kind == CBOR_TEXT && !utf8_is_text((const char *)item->bytes, (size_t)item->argument))
        return "a text is not UTF-8";
    if (item->kind == CBOR_TEXT && !nfc_is((const char *)item->bytes, (size_t)item->argument))
        return "a text is not in Unicode's form NFC";
    return NULL;
}

// A container that is not yet read to its end.
struct level {
    bool is_map, at_value;
    uint64_t left;      // items, or keys and values together
    const uint8_t *key; // the one before, with its head; NULL before the first
    size_t key_length;
    const uint8_t *key_begins; // the one being read
};

// RFC 8949 4.2.1: by the bytes of the encoded keys.
static bool is_ascending(const struct level *map, size_t length)
{
    size_t shorter = length < map->key_length ? length : map->key_length;
    int order = map->key ? memcmp(map->key, map->key_begins, shorter) : -1;
    return order < 0 || (order == 0 && map->key_length < length);
}

// One item of `level` has been read up to `at`.
static const char *end_item(struct level *level, const uint8_t *at)
{
    level->left--;
    if (!level->is_map)
        return NULL;
    if (!level->at_value) {
        size_t length = (size_t)(at - level->key_begins);
        if (!is_ascending(level, length))
            return "the keys of a map do not ascend";
        level->key = level->key_begins;
        level->key_length = length;
    }
    level->at_value = !level->at_value;
    return NULL;
}

static bool is_open(const struct cbor_item *item)
{
    return item->kind == CBOR_ARRAY || item->kind == CBOR_MAP || item->kind == CBOR_TAG;
}

const char *cbor_check(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return "it ends too early"; // and `bytes` may be NULL, to which nothing may be added
    struct cbor_reader reader = {bytes, bytes + length};
    struct level levels[1 + CBOR_DEPTH] = {{.left = 1}};
    size_t depth = 0;
    while (levels[0].left > 0) {
        struct cbor_item item;
        levels[depth].key_begins = reader.at;
        const char *wrong = read_item(&reader, &item);
        if (!wrong)
            wrong = check_item(&item);
        if (!wrong && is_open(&item) && depth == CBOR_DEPTH)
            wrong = "it is nested too deep";
        if (wrong)
            return wrong;
        if (is_open(&item))
            levels[++depth] = (struct level){.is_map = item.kind == CBOR_MAP,
                                             .left = item.kind == CBOR_TAG   ? 1
                                                     : item.kind == CBOR_MAP ? 2 * item.argument
                                                                             : item.argument};
        else
            wrong = end_item(&levels[depth], reader.at);
        for (; !wrong && depth > 0 && levels[depth].left == 0; depth--)
            wrong = end_item(&levels[depth - 1], reader.at);
        if (wrong)
            return wrong;
    }
    return reader.at == reader.end ? NULL : "something stands behind its end";
}

bool cbor_read(struct cbor_reader *reader, struct cbor_item *ret_item)
{
    return read_item(reader, ret_item) == NULL;
}

bool cbor_is_next(const struct cbor_reader *reader, enum cbor_kind kind)
{
    return reader->at < reader->end && *reader->at >> MAJOR_SHIFT == (uint8_t)kind;
}
