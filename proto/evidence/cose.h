// SPDX-License-Identifier: Apache-2.0
// The envelope of a statement: COSE_Sign1 (RFC 9052 section 4.2) with ES256, one protected header with
// algorithm and key id, no unprotected one, and a domain as external_aad. Written and read in one form only;
// signing and checking of the signature are the caller's.
#pragma once

#include "evidence/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

enum {
    COSE_KID_BYTES = 8,
    COSE_SIGNATURE_BYTES = 64,     // r || s
    COSE_BYTES = 900,              // ceiling of a statement with its envelope
    COSE_TO_BE_SIGNED_BYTES = 960, // the Sig_structure of the longest payload
};

// What a statement is signed under (external_aad).
#define COSE_DOMAIN "touchstone/sheet/1"

struct cose {
    const uint8_t *payload; // in the bytes that were read
    size_t payload_length;
    uint8_t kid[COSE_KID_BYTES];
    uint8_t signature[COSE_SIGNATURE_BYTES];
};

// The first 8 bytes of the SHA-256 of the SubjectPublicKeyInfo in DER.
void cose_kid(const uint8_t *spki, size_t length, uint8_t ret_kid[COSE_KID_BYTES]);
// How long the envelope of so long a payload is.
size_t cose_length(size_t payload_length);
// The Sig_structure, whose bytes are signed. False when the envelope would be longer than COSE_BYTES.
bool cose_to_be_signed(const uint8_t *payload, size_t length, const uint8_t kid[COSE_KID_BYTES],
                       uint8_t ret_bytes[COSE_TO_BE_SIGNED_BYTES], size_t *ret_length);
// The same of any protected header and domain, as RFC 9052 section 4.4 has it; false when `size` is short.
bool cose_sig_structure(const uint8_t *header, size_t header_length, const char *domain,
                        const uint8_t *payload, size_t payload_length, uint8_t *ret_bytes, size_t size,
                        size_t *ret_length);
// The envelope. False as cose_to_be_signed.
bool cose_write(const struct cose *cose, uint8_t ret_bytes[COSE_BYTES], size_t *ret_length);
// E_CBOR, E_COSE or E_ALG as the error's reason, in this order, when the bytes are not such an envelope. The
// payload is not looked into.
bool cose_read(const uint8_t *bytes, size_t length, struct cose *ret_cose, struct ts_error *error);
