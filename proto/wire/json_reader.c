// SPDX-License-Identifier: Apache-2.0
// The pull parser, see json_reader.h. It keeps no stack of its own: the caller's nesting is the stack, depth
// is counted.
#include "wire/json_reader.h"

#include "wire/arena.h"
#include "wire/utf8.h"

#include <endian.h>
#include <string.h>

void json_reader_init(struct json_reader *reader, const char *json, size_t length, struct arena *arena)
{
    *reader = (struct json_reader){.arena = arena, .start = json, .at = json, .end = json + length};
}

bool json_reader_fail(struct json_reader *reader, const char *wrong)
{
    if (!reader->wrong)
        reader->wrong = wrong;
    reader->at = reader->end; // nothing more is found
    return false;
}

static bool fail_memory(struct json_reader *reader)
{
    reader->out_of_memory = true;
    return json_reader_fail(reader, "is too large");
}

static void skip_space(struct json_reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r'))
        reader->at++;
}

static bool take(struct json_reader *reader, char character)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != character)
        return false;
    reader->at++;
    return true;
}

enum json_kind json_reader_peek(struct json_reader *reader)
{
    skip_space(reader);
    if (reader->at == reader->end)
        return JSON_END;
    switch (*reader->at) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

bool json_reader_enter(struct json_reader *reader, enum json_kind kind)
{
    if (!take(reader, kind == JSON_OBJECT ? '{' : '['))
        return json_reader_fail(reader, kind == JSON_OBJECT ? "is no object" : "is no array");
    if (++reader->depth > JSON_READER_DEPTH)
        return json_reader_fail(reader, "is nested too deep");
    return true;
}

// Shared by both containers: true in front of the next entry, false behind the closing bracket.
static bool next_entry(struct json_reader *reader, bool *first, char closing)
{
    if (take(reader, closing)) {
        reader->depth--;
        return false;
    }
    if (!*first && !take(reader, ','))
        return json_reader_fail(reader, "lacks a comma or a closing bracket");
    *first = false;
    if (json_reader_peek(reader) == JSON_END)
        return json_reader_fail(reader, "ends too early");
    return true;
}

bool json_reader_next_element(struct json_reader *reader, bool *first)
{
    return next_entry(reader, first, ']');
}

// Four hex digits.
static bool take_hex(struct json_reader *reader, uint32_t *ret_number)
{
    uint32_t number = 0;
    if (reader->end - reader->at < 4)
        return false;
    for (int i = 0; i < 4; i++, reader->at++) {
        char c = *reader->at;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        number = number * 16 + digit;
    }
    *ret_number = number;
    return true;
}

// The character of a \u escape, of two for a surrogate pair. Half a pair and NUL are no characters.
static bool take_unicode(struct json_reader *reader, uint32_t *ret_character)
{
    uint32_t high, low;
    if (!take_hex(reader, &high) || high == 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return false;
    if (high < 0xD800 || high > 0xDBFF) {
        *ret_character = high;
        return true;
    }
    if (reader->end - reader->at < 2 || reader->at[0] != '\\' || reader->at[1] != 'u')
        return false;
    reader->at += 2;
    if (!take_hex(reader, &low) || low < 0xDC00 || low > 0xDFFF)
        return false;
    *ret_character = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static size_t put_utf8(char *to, uint32_t character)
{
    if (character < 0x80) {
        to[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3F));
    to[0] = (char)(leads[length] | character);
    return length;
}

// Behind the backslash: writes what the escape means and returns its length, 0 when there is no such escape.
static size_t take_escape(struct json_reader *reader, char *to)
{
    static const char meanings[][2] = {{'"', '"'},  {'\\', '\\'}, {'/', '/'},  {'b', '\b'},
                                       {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'}};
    if (reader->at == reader->end)
        return 0;
    char kind = *reader->at++;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i][0] == kind) {
            *to = meanings[i][1];
            return 1;
        }
    }
    uint32_t character;
    return kind == 'u' && take_unicode(reader, &character) ? put_utf8(to, character) : 0;
}

#define BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

// The top bit of every byte below `limit` (at most 128); bytes above the lowest such one may be marked
// wrongly.
static uint64_t mark_below(uint64_t word, unsigned limit)
{
    return (word - BYTES(limit)) & ~word & BYTES(0x80);
}

// How many of the next eight bytes, from the first on, are ASCII and neither quote, backslash nor control
// character.
static size_t count_plain(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    word = le64toh(word);
    uint64_t marks = (word & BYTES(0x80)) | mark_below(word, 0x20) | mark_below(word ^ BYTES('"'), 1) |
                     mark_below(word ^ BYTES('\\'), 1);
    return marks ? (size_t)__builtin_ctzll(marks) / 8 : sizeof word;
}

// Goes to the next quote, backslash or control character. Whether all on the way was ASCII: then it need not
// be checked as UTF-8.
static bool skip_plain(struct json_reader *reader)
{
    const char *at = reader->at;
    bool ascii = true;
    for (size_t plain = 8; plain == 8 && reader->end - at >= 8;) {
        plain = count_plain(at);
        at += plain;
        const char *run = at;
        while (plain < 8 && at < reader->end && (unsigned char)*at >= 0x80)
            at++;
        if (at > run) {
            ascii = false;
            plain = 8; // a word again behind other characters
        }
    }
    for (; at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
        ascii &= (unsigned char)*at < 0x80;
    reader->at = at;
    return ascii;
}

// From the first backslash on: decodes into the arena, which holds it because decoding never lengthens.
static bool decode_rest(struct json_reader *reader, const char *start, char **ret_text, size_t *ret_length)
{
    const char *closing = reader->at;
    while (closing < reader->end && *closing != '"')
        closing += *closing == '\\' && reader->end - closing > 1 ? 2 : 1;
    char *text = arena_alloc(reader->arena, (size_t)(closing - start) + 1);
    if (!text)
        return fail_memory(reader);
    size_t length = (size_t)(reader->at - start);
    memcpy(text, start, length);
    while (reader->at < reader->end && *reader->at == '\\') {
        reader->at++;
        size_t taken = take_escape(reader, text + length);
        if (!taken)
            return json_reader_fail(reader, "has a wrong escape");
        length += taken;
        const char *run = reader->at;
        skip_plain(reader);
        memcpy(text + length, run, (size_t)(reader->at - run));
        length += (size_t)(reader->at - run);
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    return true;
}

// Behind the opening quote. A text without escapes stays where it is (ret_text points into the JSON).
static bool read_string(struct json_reader *reader, const char **ret_text, size_t *ret_length,
                        bool *ret_decoded)
{
    const char *start = reader->at;
    bool ascii = skip_plain(reader);
    const char *text = start;
    size_t length = (size_t)(reader->at - start);
    *ret_decoded = reader->at < reader->end && *reader->at == '\\';
    if (*ret_decoded) {
        char *decoded = NULL;
        if (!decode_rest(reader, start, &decoded, &length))
            return false;
        text = decoded;
    }
    if (reader->at == reader->end || *reader->at != '"')
        return json_reader_fail(reader, "has a text that is not closed or holds a control character");
    reader->at++;
    if ((!ascii || *ret_decoded) && !utf8_is_text(text, length))
        return json_reader_fail(reader, "is not UTF-8");
    *ret_text = text;
    *ret_length = length;
    return true;
}

bool json_reader_next_member(struct json_reader *reader, bool *first, const char **ret_key,
                             size_t *ret_length)
{
    bool decoded = false;
    if (!next_entry(reader, first, '}'))
        return false;
    if (!take(reader, '"') || !read_string(reader, ret_key, ret_length, &decoded))
        return json_reader_fail(reader, "lacks a key");
    if (!take(reader, ':') || json_reader_peek(reader) == JSON_END)
        return json_reader_fail(reader, "lacks a colon or a value");
    return true;
}

bool json_reader_is_key(const char *key, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(key, wanted, length) == 0;
}

bool json_reader_string(struct json_reader *reader, char **ret_text, size_t *ret_length)
{
    const char *text;
    size_t length;
    bool decoded;
    if (!take(reader, '"'))
        return json_reader_fail(reader, "is no text");
    if (!read_string(reader, &text, &length, &decoded))
        return false;
    char *copy = decoded ? (char *)text : arena_copy(reader->arena, text, length);
    if (!copy)
        return fail_memory(reader);
    *ret_text = copy;
    *ret_length = length;
    return true;
}

static bool take_digits(struct json_reader *reader)
{
    const char *first = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > first;
}

static bool is_at(const struct json_reader *reader, const char *one_of)
{
    return reader->at < reader->end && *reader->at && strchr(one_of, *reader->at);
}

bool json_reader_number(struct json_reader *reader, const char **ret_text, size_t *ret_length)
{
    skip_space(reader);
    const char *start = reader->at;
    if (is_at(reader, "-"))
        reader->at++;
    bool zero = is_at(reader, "0");
    const char *first = reader->at;
    bool held = take_digits(reader) && (!zero || reader->at == first + 1);
    if (held && is_at(reader, ".")) {
        reader->at++;
        held = take_digits(reader);
    }
    if (held && is_at(reader, "eE")) {
        reader->at++;
        if (is_at(reader, "+-"))
            reader->at++;
        held = take_digits(reader);
    }
    if (!held)
        return json_reader_fail(reader, "is no number");
    *ret_text = start;
    *ret_length = (size_t)(reader->at - start);
    return true;
}

bool json_reader_int(struct json_reader *reader, int64_t *ret_number)
{
    const char *text;
    size_t length;
    if (!json_reader_number(reader, &text, &length))
        return false;
    bool negative = *text == '-';
    int64_t number = 0;
    for (size_t i = negative; i < length; i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9)
            return json_reader_fail(reader, "is no whole number");
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, negative ? digit : -digit, &number))
            return json_reader_fail(reader, "is too large a number");
    }
    *ret_number = number;
    return true;
}

static bool take_word(struct json_reader *reader, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return json_reader_fail(reader, "has an unknown word");
    reader->at += length;
    return true;
}

bool json_reader_bool(struct json_reader *reader, bool *ret_value)
{
    enum json_kind kind = json_reader_peek(reader);
    if (kind != JSON_TRUE && kind != JSON_FALSE)
        return json_reader_fail(reader, "is neither true nor false");
    if (!take_word(reader, kind == JSON_TRUE ? "true" : "false"))
        return false;
    *ret_value = kind == JSON_TRUE;
    return true;
}

static bool skip_value(struct json_reader *reader);

static bool skip_container(struct json_reader *reader, enum json_kind kind)
{
    bool first = true;
    const char *key;
    size_t length;
    if (!json_reader_enter(reader, kind))
        return false;
    while (kind == JSON_OBJECT ? json_reader_next_member(reader, &first, &key, &length)
                               : json_reader_next_element(reader, &first))
        if (!skip_value(reader))
            return false;
    return !reader->wrong;
}

// At most JSON_READER_DEPTH calls deep.
static bool skip_value(struct json_reader *reader)
{
    const char *text;
    size_t length;
    bool value;
    switch (json_reader_peek(reader)) {
    case JSON_OBJECT:
        return skip_container(reader, JSON_OBJECT);
    case JSON_ARRAY:
        return skip_container(reader, JSON_ARRAY);
    case JSON_STRING:
        reader->at++;
        return read_string(reader, &text, &length, &value);
    case JSON_NUMBER:
        return json_reader_number(reader, &text, &length);
    case JSON_TRUE:
    case JSON_FALSE:
        return json_reader_bool(reader, &value);
    case JSON_NULL:
        return take_word(reader, "null");
    case JSON_END:
        break;
    }
    return json_reader_fail(reader, "ends too early");
}

bool json_reader_skip(struct json_reader *reader, const char **ret_text, size_t *ret_length)
{
    skip_space(reader);
    const char *start = reader->at;
    if (!skip_value(reader))
        return false;
    if (ret_text)
        *ret_text = start;
    if (ret_length)
        *ret_length = (size_t)(reader->at - start);
    return true;
}

bool json_reader_finish(struct json_reader *reader)
{
    skip_space(reader);
    if (!reader->wrong && reader->at < reader->end)
        json_reader_fail(reader, "goes on behind its end");
    return !reader->wrong;
}
