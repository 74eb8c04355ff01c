// SPDX-License-Identifier: Apache-2.0
// SHA-256 of up to two pieces. Never fails and allocates nothing, so that no caller has to tell a wrong hash
// from missing memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 32 };

void hash_of(const void *bytes, size_t length, uint8_t ret_hash[HASH_BYTES]);
// Of both pieces, one after the other.
void hash_of_two(const void *first, size_t first_length, const void *second, size_t second_length,
                 uint8_t ret_hash[HASH_BYTES]);
