// SPDX-License-Identifier: Apache-2.0
// What the tests of layer evidence share: cmocka's includes, bytes from and to hex.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TESTING_BYTES = 4096 };

// Bytes of a hex text without spaces; their number is returned.
size_t testing_bytes(const char *hex, uint8_t ret_bytes[TESTING_BYTES]);
// Fails unless the bytes are those of the hex text.
void testing_equal(const void *bytes, size_t length, const char *hex);
// A copy of the exact size, so that reading past it is seen. Free with free().
void *testing_exact(const void *bytes, size_t length);
