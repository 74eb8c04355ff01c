// SPDX-License-Identifier: Apache-2.0
// Writes DER (X.690) from the end to the front: the content of a value stands before its length is needed.
// A writer that ran out of room remembers it; der_start is then NULL.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DER_INTEGER = 0x02,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xA0,
};

struct der {
    uint8_t *bytes;
    size_t size;
    size_t at; // first byte written
    bool full;
};

void der_init(struct der *der, uint8_t *bytes, size_t size);
// The place before which the next value will stand; der_wrap closes everything written since.
size_t der_mark(const struct der *der);
void der_put(struct der *der, const void *bytes, size_t length);
void der_wrap(struct der *der, uint8_t tag, size_t mark);
// A primitive value with its tag.
void der_value(struct der *der, uint8_t tag, const void *bytes, size_t length);
const uint8_t *der_start(const struct der *der);
size_t der_length(const struct der *der);
// X.690 11.6: -1, 0, 1.
int der_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);
