// SPDX-License-Identifier: Apache-2.0
// Reads DER strictly, see der_read.h.
#include "verify/der_read.h"

#include <string.h>

enum { LENGTH_BYTES = 3 };

bool der_read(struct der_span *rest, uint8_t tag, struct der_span *ret_inside, struct der_span *ret_whole)
{
    if (rest->length < 2 || rest->at[0] != tag)
        return false;
    size_t head = 2, length = rest->at[1];
    if (length >= 0x80) {
        size_t count = length - 0x80;
        if (count == 0 || count > LENGTH_BYTES || rest->length < 2 + count || rest->at[2] == 0)
            return false;
        length = 0;
        for (size_t i = 0; i < count; i++)
            length = length << 8 | rest->at[2 + i];
        if (length < 0x80)
            return false;
        head += count;
    }
    if (length > rest->length - head)
        return false;
    if (ret_inside)
        *ret_inside = (struct der_span){rest->at + head, length};
    if (ret_whole)
        *ret_whole = (struct der_span){rest->at, head + length};
    rest->at += head + length;
    rest->length -= head + length;
    return true;
}

bool der_read_exactly(struct der_span *rest, const uint8_t *bytes, size_t length)
{
    if (rest->length < length || memcmp(rest->at, bytes, length) != 0)
        return false;
    rest->at += length;
    rest->length -= length;
    return true;
}
