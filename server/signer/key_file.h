// SPDX-License-Identifier: Apache-2.0
// One private key in one PEM file: PKCS#8, encrypted with a passphrase in production, plain for
// demonstration.
#pragma once

#include "wire/error.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

// From PEM; `passphrase` up to its first line end, NULL for none. NULL when it cannot be read.
EVP_PKEY *key_file_parse(const char *pem, size_t length, char *passphrase);
// The file must be encrypted with the passphrase, or plain when that is NULL. KEY_FILE when it is neither.
bool key_file_read(const char *path, char *passphrase, EVP_PKEY **ret_key, struct ts_error *error);
// Appears whole, unless something is there already; that is then left as it is.
bool key_file_create(const char *folder, const char *path, EVP_PKEY *key, const char *passphrase,
                     struct ts_error *error);
