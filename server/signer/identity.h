// SPDX-License-Identifier: Apache-2.0
// The sealing key with its certificates: read once at start, kept in memory only.
#pragma once

#include "signer/certificates.h"
#include "wire/error.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <time.h>

struct identity {
    EVP_PKEY *key;
    struct certificates certificates; // the signer's first, no root unless it is alone
    bool demonstration;
};

// A production key: PKCS#8 PEM encrypted with the passphrase in a file, and a PEM file with the certificate
// and its chain. Files that others may read are refused, as is a demonstration certificate.
bool identity_read(const char *key_path, const char *passphrase_path, const char *certificate_path,
                   struct identity *ret_identity, struct ts_error *error);
// The demonstration key in `directory`, made there when there is none.
bool identity_demonstrate(const char *directory, struct identity *ret_identity, struct ts_error *error);
void identity_done(struct identity *identity);
// Whether the signer's certificate is valid at `now`.
bool identity_is_valid(const struct identity *identity, time_t now);
// Whole days until the certificate ends; below 0 when it has ended.
int identity_days_left(const struct identity *identity);
