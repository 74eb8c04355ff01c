// SPDX-License-Identifier: Apache-2.0
// The certificates that travel inside a seal, as DER and parsed.
#pragma once

#include "wire/error.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CERTIFICATES_CEILING = 4 };

struct certificates {
    size_t count;
    X509 *parsed[CERTIFICATES_CEILING];
    uint8_t *der[CERTIFICATES_CEILING]; // OPENSSL_malloc'ed
    size_t length[CERTIFICATES_CEILING];
};

// From PEM: the signer's first, then each one's issuer; a root behind others is left out.
bool certificates_read(const char *pem, size_t length, struct certificates *ret_certificates,
                       struct ts_error *error);
void certificates_done(struct certificates *certificates);
// The mark of a demonstration certificate stands in its subject's organisation.
bool certificates_are_demonstration(const struct certificates *certificates);

#define CERTIFICATES_DEMONSTRATION "样张 SPECIMEN"
