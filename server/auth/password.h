// SPDX-License-Identifier: Apache-2.0
// Staff passwords: argon2id (RFC 9106) in its encoded form. Slow by design: only worker threads call
// these, never the loop.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stdint.h>

struct password_cost {
    uint32_t memory_kib;
    uint32_t passes;
    uint32_t lanes;
};

enum { PASSWORD_HASH_SIZE = 160 };

// Encoded hash with a fresh salt. RESOURCE_EXHAUSTED when memory fails.
bool password_hash(const struct password_cost *cost, const char *password,
                   char ret_encoded[PASSWORD_HASH_SIZE], struct ts_error *error);

// True when `password` made `encoded`. Takes the same time for a wrong one, which is no error. Where it could
// not be found out there is one: RESOURCE_EXHAUSTED when memory fails, INTERNAL/PASSWORD_HASH_DAMAGED.
bool password_verify(const char *encoded, const char *password, struct ts_error *error);
