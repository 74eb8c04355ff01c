// SPDX-License-Identifier: Apache-2.0
// Bare signatures in the forms that the formats of docs/evidence.md want.
#pragma once

#include "evidence/cose.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIGNATURE_BYTES = 80 }; // of any kind here

// ES256 as COSE has it: r and s, 32 bytes each (RFC 9053 section 2.1).
bool signature_es256(EVP_PKEY *key, const uint8_t *bytes, size_t length,
                     uint8_t ret_signature[COSE_SIGNATURE_BYTES]);
// For a note's line: 64 bytes of Ed25519, or the DER of ECDSA with SHA-256 when the key is P-256.
bool signature_note(EVP_PKEY *key, const uint8_t *bytes, size_t length,
                    uint8_t ret_signature[SIGNATURE_BYTES], size_t *ret_length);
