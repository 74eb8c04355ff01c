// SPDX-License-Identifier: Apache-2.0
// Session tokens: 128 random bits, 32 hex digits on the wire, known to the database only as SHA-256.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOKEN_BYTES = 16, TOKEN_TEXT_SIZE = 2 * TOKEN_BYTES + 1, TOKEN_HASH_BYTES = 32 };

// Fresh random token; fails with INTERNAL when the kernel gives no randomness.
bool token_create(char ret_text[TOKEN_TEXT_SIZE], struct ts_error *error);

// SHA-256 of the 16 bytes that `text` spells; fails with UNAUTHENTICATED for anything but 32 lower-case hex
// digits, and with RESOURCE_EXHAUSTED when OpenSSL has no memory for it.
bool token_hash(const char *text, size_t length, uint8_t ret_hash[TOKEN_HASH_BYTES], struct ts_error *error);

// The token of an "authorization: Bearer <token>" header; NULL when it is of another form.
const char *token_of_header(const char *header);
