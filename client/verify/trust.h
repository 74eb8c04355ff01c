// SPDX-License-Identifier: Apache-2.0
// Which certificates a verifier trusts to seal sheets.
#pragma once

#include "wire/error.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

// From a PEM text with one certificate or more: authorities, or sealing certificates themselves. The caller
// frees it with X509_STORE_free.
bool trust_read(const char *pem, size_t length, X509_STORE **ret_store, struct ts_error *error);
// Whether the first certificate was trusted at `at` (seconds since 1970); the others help to build the chain.
bool trust_holds(X509_STORE *store, X509 *const *certificates, size_t count, time_t at, const char **ret_why);
