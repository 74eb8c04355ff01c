// SPDX-License-Identifier: Apache-2.0
// Writes DER, see der.h.
#include "signer/der.h"

#include <string.h>

void der_init(struct der *der, uint8_t *bytes, size_t size)
{
    *der = (struct der){bytes, size, size, false};
}

size_t der_mark(const struct der *der)
{
    return der->at;
}

void der_put(struct der *der, const void *bytes, size_t length)
{
    if (der->full || length > der->at) {
        der->full = true;
        return;
    }
    der->at -= length;
    if (length > 0)
        memcpy(der->bytes + der->at, bytes, length);
}

static void put_byte(struct der *der, size_t byte)
{
    uint8_t one = (uint8_t)byte;
    der_put(der, &one, 1);
}

void der_wrap(struct der *der, uint8_t tag, size_t mark)
{
    size_t length = mark - der->at;
    if (length < 0x80) {
        put_byte(der, length);
    } else {
        size_t count = 0;
        for (size_t rest = length; rest > 0; rest >>= 8, count++)
            put_byte(der, rest & 0xFF);
        put_byte(der, 0x80 | count);
    }
    put_byte(der, tag);
}

void der_value(struct der *der, uint8_t tag, const void *bytes, size_t length)
{
    size_t mark = der_mark(der);
    der_put(der, bytes, length);
    der_wrap(der, tag, mark);
}

const uint8_t *der_start(const struct der *der)
{
    return der->full ? NULL : der->bytes + der->at;
}

size_t der_length(const struct der *der)
{
    return der->size - der->at;
}

int der_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
    size_t shorter = a_length < b_length ? a_length : b_length;
    int order = memcmp(a, b, shorter);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a_length == b_length ? 0 : a_length < b_length ? -1 : 1;
}
