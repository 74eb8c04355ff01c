// SPDX-License-Identifier: Apache-2.0
// Bytes as digits, see digits.h.
#include "evidence/digits.h"

enum { GROUP_BYTES = 7, GROUP_DIGITS = 17 };

// How many digits a group of so many bytes takes: the fewest that hold 256^n - 1.
static const uint8_t DIGITS[GROUP_BYTES + 1] = {0, 3, 5, 8, 10, 13, 15, GROUP_DIGITS};

size_t digits_write(const void *bytes, size_t length, char *ret_text)
{
    const uint8_t *at = bytes;
    size_t written = 0;
    while (length > 0) {
        size_t group = length < GROUP_BYTES ? length : GROUP_BYTES;
        uint64_t value = 0;
        for (size_t i = group; i-- > 0;)
            value = value << 8 | at[i];
        for (size_t i = DIGITS[group]; i-- > 0; value /= 10)
            ret_text[written + i] = (char)('0' + value % 10);
        written += DIGITS[group];
        at += group;
        length -= group;
    }
    ret_text[written] = '\0';
    return written;
}

// One group's digits to its bytes; false when they stand for more than the bytes hold.
static bool read_group(const char *text, size_t group, uint8_t *ret_bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < DIGITS[group]; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0'); // at most 10^17
    }
    for (size_t i = 0; i < group; i++, value >>= 8)
        ret_bytes[i] = (uint8_t)value;
    return value == 0;
}

bool digits_read(const char *text, size_t length, uint8_t *ret_bytes, size_t *ret_length)
{
    size_t written = 0;
    while (length > 0) {
        size_t group = 0;
        if (length >= GROUP_DIGITS)
            group = GROUP_BYTES;
        else
            for (size_t i = 1; i < GROUP_BYTES; i++)
                if (DIGITS[i] == length)
                    group = i;
        if (group == 0 || !read_group(text, group, ret_bytes + written))
            return false;
        text += DIGITS[group];
        length -= DIGITS[group];
        written += group;
    }
    *ret_length = written;
    return true;
}
