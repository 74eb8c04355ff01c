// SPDX-License-Identifier: Apache-2.0
// A pull parser for JSON (RFC 8259): the caller asks for what it expects. Text is checked as UTF-8, depth is
// bounded, and after the first error every call fails, so that callers may check late. The text is copied
// into the arena once, and strings are decoded where they stand in that copy. Used by json_message_read.c and
// rpc_status.c; fit for small texts read by hand.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_READER_DEPTH 32

struct arena;

enum json_kind {
    JSON_END, // of the text; also after an error
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

struct json_reader {
    struct arena *arena;
    char *at;
    char *end; // a NUL stands here
    unsigned depth;
    bool out_of_memory;
    const char *wrong; // what was wrong first, in a few words; NULL when nothing
};

// Without memory for the copy every call fails, with out_of_memory set.
void json_reader_init(struct json_reader *reader, const char *json, size_t length, struct arena *arena);
// What comes next; consumes only white space.
enum json_kind json_reader_peek(struct json_reader *reader);
// Enters an object or array; false when something else stands there.
bool json_reader_enter(struct json_reader *reader, enum json_kind kind);
// Goes to the next element and stays in front of it; false at the end of the array, which is then left.
// `*first` is true before the first call.
bool json_reader_next_element(struct json_reader *reader, bool *first);
// The same for the members of an object. The key is decoded and not NUL-terminated.
bool json_reader_next_member(struct json_reader *reader, bool *first, const char **ret_key,
                             size_t *ret_length);
// The same for who guesses the key: when it is `*key` of `*length`, nothing else is looked at and both stay
// as they are; else they become what the key is. NULL is no guess.
bool json_reader_next_expected(struct json_reader *reader, bool *first, const char **key, size_t *length);
// Whether a member's key is this word.
bool json_reader_is_key(const char *key, size_t length, const char *wanted);
bool json_reader_string(struct json_reader *reader, char **ret_text, size_t *ret_length);
// The number as it stands in the text, not NUL-terminated.
bool json_reader_number(struct json_reader *reader, const char **ret_text, size_t *ret_length);
// A whole number; "1e3" and "1.0" are refused.
bool json_reader_int(struct json_reader *reader, int64_t *ret_number);
bool json_reader_bool(struct json_reader *reader, bool *ret_value);
// Any value with all that is in it; the piece of text it spans may be asked for.
// Both outputs may be NULL.
bool json_reader_skip(struct json_reader *reader, const char **ret_text, size_t *ret_length);
// Nothing but white space is left and nothing was wrong.
bool json_reader_finish(struct json_reader *reader);
bool json_reader_fail(struct json_reader *reader, const char *wrong);
