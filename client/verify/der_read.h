// SPDX-License-Identifier: Apache-2.0
// Reads DER (X.690) strictly: definite lengths in their shortest form, and nothing left over. Everything
// points into the caller's bytes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct der_span {
    const uint8_t *at;
    size_t length;
};

// Takes the next value off `rest`. `ret_inside` its content, `ret_whole` with tag and length; both may be
// NULL.
bool der_read(struct der_span *rest, uint8_t tag, struct der_span *ret_inside, struct der_span *ret_whole);
// Takes exactly these bytes off `rest`.
bool der_read_exactly(struct der_span *rest, const uint8_t *bytes, size_t length);
