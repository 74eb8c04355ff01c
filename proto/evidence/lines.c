// SPDX-License-Identifier: Apache-2.0
// Texts of lines, see lines.h.
#include "evidence/lines.h"

#include "evidence/hash.h"
#include "wire/base64.h"

#include <string.h>

bool lines_next(struct lines *lines, const char **ret_line, size_t *ret_length)
{
    const char *feed =
        lines->at < lines->end ? memchr(lines->at, '\n', (size_t)(lines->end - lines->at)) : NULL;
    if (!feed)
        return false;
    *ret_line = lines->at;
    *ret_length = (size_t)(feed - lines->at);
    lines->at = feed + 1;
    return true;
}

bool lines_next_is(struct lines *lines, const char *wanted)
{
    struct lines ahead = *lines;
    const char *line;
    size_t length;
    if (!lines_next(&ahead, &line, &length) || length != strlen(wanted) || memcmp(line, wanted, length) != 0)
        return false;
    *lines = ahead;
    return true;
}

bool lines_number(const char *text, size_t length, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (length == 0 || (length > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(number, UINT64_C(10), &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
            return false;
    *ret_number = number;
    return true;
}

bool lines_next_number(struct lines *lines, uint64_t *ret_number)
{
    const char *line;
    size_t length;
    return lines_next(lines, &line, &length) && lines_number(line, length, ret_number);
}

bool lines_base64(const char *text, size_t length, uint8_t *ret_bytes, size_t size, size_t *ret_length)
{
    size_t padding = 0;
    if (length == 0 || length % 4 != 0)
        return false;
    padding += text[length - 1] == '=';
    padding += text[length - 1] == '=' && text[length - 2] == '=';
    return length / 4 * 3 - padding <= size && base64_read(text, length, ret_bytes, ret_length);
}

bool lines_next_hash(struct lines *lines, uint8_t *ret_hash)
{
    const char *line;
    size_t length, bytes;
    uint8_t hash[HASH_BYTES];
    if (!lines_next(lines, &line, &length) || !lines_base64(line, length, hash, sizeof hash, &bytes) ||
        bytes != sizeof hash)
        return false;
    memcpy(ret_hash, hash, sizeof hash);
    return true;
}
