// SPDX-License-Identifier: Apache-2.0
// The pull parser, see json_reader.h. It keeps no stack of its own: the caller's nesting is the stack, depth
// is counted. It works on a copy with a NUL behind it, which nothing takes: so nothing looks for the end.
#include "wire/json_reader.h"

#include "wire/arena.h"
#include "wire/json_plain.h"
#include "wire/utf8.h"

#include <string.h>

enum { UTF8_MOST = 4 };

void json_reader_init(struct json_reader *reader, const char *json, size_t length, struct arena *arena)
{
    static char nothing[JSON_WORD_BYTES];
    *reader = (struct json_reader){.arena = arena, .at = nothing, .end = nothing};
    char *copy = length < SIZE_MAX - JSON_WORD_BYTES ? arena_alloc(arena, length + JSON_WORD_BYTES) : NULL;
    if (!copy) {
        reader->out_of_memory = true;
        reader->wrong = "is too large";
        return;
    }
    if (length)
        memcpy(copy, json, length);
    memset(copy + length, 0, JSON_WORD_BYTES); // the sentinel, and what is read of a word behind it
    reader->at = copy;
    reader->end = copy + length;
}

bool json_reader_fail(struct json_reader *reader, const char *wrong)
{
    if (!reader->wrong)
        reader->wrong = wrong;
    reader->at = reader->end; // nothing more is found
    return false;
}

// The next character that is no space; NUL at the end.
static char next_char(struct json_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r')
        reader->at++;
    return *reader->at;
}

static bool take(struct json_reader *reader, char character)
{
    if (next_char(reader) != character)
        return false;
    reader->at++;
    return true;
}

enum json_kind json_reader_peek(struct json_reader *reader)
{
    switch (next_char(reader)) {
    case '\0':
        return JSON_END;
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
    char character = next_char(reader);
    if (character == closing) {
        reader->at++;
        reader->depth--;
        return false;
    }
    if (!*first) {
        if (character != ',')
            return json_reader_fail(reader, "lacks a comma or a closing bracket");
        reader->at++;
        character = next_char(reader);
    }
    *first = false;
    return character != '\0' || json_reader_fail(reader, "ends too early");
}

bool json_reader_next_element(struct json_reader *reader, bool *first)
{
    return next_entry(reader, first, ']');
}

// Four hex digits.
static bool take_hex(struct json_reader *reader, uint32_t *ret_number)
{
    uint32_t number = 0;
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
    if (reader->at[0] != '\\' || reader->at[1] != 'u')
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
    char kind = *reader->at++; // the NUL of the end is no escape
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i][0] == kind) {
            *to = meanings[i][1];
            return 1;
        }
    }
    uint32_t character;
    return kind == 'u' && take_unicode(reader, &character) ? put_utf8(to, character) : 0;
}

// Goes to the next quote, backslash or control character, the end's NUL among them. Whether all on the way
// was ASCII: then it need not be checked as UTF-8.
static bool skip_plain(struct json_reader *reader)
{
    uint64_t word, marks, passed = 0;
    for (;; reader->at += JSON_WORD_BYTES) {
        word = json_word(reader->at);
        marks = json_mark_special(word);
        if (marks)
            break;
        passed |= word;
    }
    uint64_t before = (marks & -marks) - 1; // the bits below the first mark
    reader->at += json_first_mark(marks);
    return ((passed | (word & before)) & JSON_BYTES(0x80)) == 0;
}

// From the first backslash on to the closing quote. What is kept is decoded where it stands, which never
// lengthens it; what is only skipped stays as it was written. Its end is told.
static bool take_escapes(struct json_reader *reader, bool is_kept, bool *ascii, char **ret_end)
{
    char *end = reader->at;
    while (*reader->at == '\\') {
        char character[UTF8_MOST];
        reader->at++;
        size_t taken = take_escape(reader, character);
        if (!taken)
            return json_reader_fail(reader, "has a wrong escape");
        const char *run = reader->at;
        *ascii &= skip_plain(reader);
        size_t length = (size_t)(reader->at - run);
        if (is_kept) {
            memcpy(end, character, taken);
            memmove(end + taken, run, length);
        }
        end = is_kept ? end + taken + length : reader->at;
    }
    *ret_end = end;
    return true;
}

// Behind the opening quote, to behind the closing one.
static bool take_text(struct json_reader *reader, bool is_kept, char **ret_text, size_t *ret_length)
{
    char *start = reader->at;
    bool ascii = skip_plain(reader);
    char *end = reader->at;
    if (*end == '\\' && !take_escapes(reader, is_kept, &ascii, &end))
        return false;
    if (*reader->at != '"')
        return json_reader_fail(reader, "has a text that is not closed or holds a control character");
    if (!ascii && !utf8_is_text(start, (size_t)(end - start)))
        return json_reader_fail(reader, "is not UTF-8");
    reader->at++;
    *ret_text = start;
    *ret_length = (size_t)(end - start);
    return true;
}

static bool take_key(struct json_reader *reader, bool is_kept, const char **ret_key, size_t *ret_length)
{
    char *key;
    if (!take(reader, '"') || !take_text(reader, is_kept, &key, ret_length))
        return json_reader_fail(reader, "lacks a key");
    if (!take(reader, ':') || next_char(reader) == '\0')
        return json_reader_fail(reader, "lacks a colon or a value");
    *ret_key = key;
    return true;
}

static bool next_member(struct json_reader *reader, bool is_kept, bool *first, const char **ret_key,
                        size_t *ret_length)
{
    return next_entry(reader, first, '}') && take_key(reader, is_kept, ret_key, ret_length);
}

bool json_reader_next_member(struct json_reader *reader, bool *first, const char **ret_key,
                             size_t *ret_length)
{
    return next_member(reader, true, first, ret_key, ret_length);
}

// In front of an entry: whether it begins with this key, which needs no escape, written in the shortest way.
static bool take_expected(struct json_reader *reader, const char *key, size_t length)
{
    char *at = reader->at;
    if ((size_t)(reader->end - at) < length + 3 || at[0] != '"' || memcmp(at + 1, key, length) != 0 ||
        at[length + 1] != '"' || at[length + 2] != ':')
        return false;
    reader->at = at + length + 3;
    return true;
}

bool json_reader_next_expected(struct json_reader *reader, bool *first, const char **key, size_t *length)
{
    if (!next_entry(reader, first, '}'))
        return false;
    if (*key && take_expected(reader, *key, *length))
        return next_char(reader) != '\0' || json_reader_fail(reader, "lacks a colon or a value");
    return take_key(reader, true, key, length);
}

bool json_reader_is_key(const char *key, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(key, wanted, length) == 0;
}

bool json_reader_string(struct json_reader *reader, char **ret_text, size_t *ret_length)
{
    if (!take(reader, '"'))
        return json_reader_fail(reader, "is no text");
    if (!take_text(reader, true, ret_text, ret_length))
        return false;
    (*ret_text)[*ret_length] = '\0'; // at the latest over the closing quote
    return true;
}

static bool take_digits(struct json_reader *reader)
{
    const char *first = reader->at;
    while (*reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > first;
}

static bool is_at(const struct json_reader *reader, const char *one_of)
{
    return *reader->at && strchr(one_of, *reader->at);
}

bool json_reader_number(struct json_reader *reader, const char **ret_text, size_t *ret_length)
{
    next_char(reader);
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
    while (kind == JSON_OBJECT ? next_member(reader, false, &first, &key, &length)
                               : json_reader_next_element(reader, &first))
        if (!skip_value(reader))
            return false;
    return !reader->wrong;
}

// At most JSON_READER_DEPTH calls deep.
static bool skip_value(struct json_reader *reader)
{
    const char *number;
    char *text;
    size_t length;
    bool value;
    switch (json_reader_peek(reader)) {
    case JSON_OBJECT:
        return skip_container(reader, JSON_OBJECT);
    case JSON_ARRAY:
        return skip_container(reader, JSON_ARRAY);
    case JSON_STRING:
        reader->at++;
        return take_text(reader, false, &text, &length);
    case JSON_NUMBER:
        return json_reader_number(reader, &number, &length);
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
    next_char(reader);
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
    next_char(reader);
    if (!reader->wrong && reader->at < reader->end)
        json_reader_fail(reader, "goes on behind its end");
    return !reader->wrong;
}
