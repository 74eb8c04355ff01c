// SPDX-License-Identifier: Apache-2.0
// What stands in a JSON string as it is: everything but quotes, backslashes and control characters (RFC 8259
// section 7), looked for eight bytes at a time. For the reader and the writer of JSON.
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { JSON_WORD_BYTES = sizeof(uint64_t) };

#define JSON_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t json_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return le64toh(word); // the first byte lowest
}

// The top bit of every byte that is a quote, a backslash or a control character; bytes above the lowest such
// one may be marked wrongly.
static inline uint64_t json_mark_special(uint64_t word)
{
    uint64_t control = word - JSON_BYTES(0x20);
    uint64_t quote = (word ^ JSON_BYTES('"')) - JSON_BYTES(1);
    uint64_t backslash = (word ^ JSON_BYTES('\\')) - JSON_BYTES(1);
    return (control | quote | backslash) & ~word & JSON_BYTES(0x80);
}

// Of the lowest mark, from 0; of none nothing is promised.
static inline size_t json_first_mark(uint64_t marks)
{
    return (size_t)__builtin_ctzll(marks) / 8;
}

// How many bytes from the first on stand as they are.
static inline size_t json_plain_length(const char *bytes, size_t length)
{
    size_t at = 0;
    for (; length - at >= JSON_WORD_BYTES; at += JSON_WORD_BYTES) {
        uint64_t marks = json_mark_special(json_word(bytes + at));
        if (marks)
            return at + json_first_mark(marks);
    }
    char rest[JSON_WORD_BYTES] = {0}; // what is behind them is marked
    memcpy(rest, bytes + at, length - at);
    return at + json_first_mark(json_mark_special(json_word(rest)));
}
