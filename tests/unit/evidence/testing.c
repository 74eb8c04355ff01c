// SPDX-License-Identifier: Apache-2.0
// Shared parts of the tests, see testing.h.
#include "testing.h"

#include <stdlib.h>
#include <string.h>

size_t testing_bytes(const char *hex, uint8_t ret_bytes[TESTING_BYTES])
{
    size_t length = strlen(hex) / 2;
    assert_true(length <= TESTING_BYTES && strlen(hex) % 2 == 0);
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1]};
        ret_bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return length;
}

void testing_equal(const void *bytes, size_t length, const char *hex)
{
    uint8_t wanted[TESTING_BYTES];
    assert_int_equal(length, testing_bytes(hex, wanted));
    assert_memory_equal(bytes, wanted, length);
}

void *testing_exact(const void *bytes, size_t length)
{
    void *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}
