// SPDX-License-Identifier: Apache-2.0
// The CMS of a PAdES B-B seal (RFC 5652, ETSI EN 319 122-1): detached, SHA-256, signed attributes
// contentType, messageDigest and signingCertificateV2 in DER order, no signingTime (PAdES keeps it in the
// PDF).
//
// signingCertificateV2 names every certificate that travels along, the signer's first, so that none of them
// can be changed or exchanged.
#pragma once

#include "signer/identity.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CMS_DIGEST_BYTES = 32, CMS_CEILING_BYTES = 12 * 1024 };

bool cms_seal(const struct identity *identity, const uint8_t digest[CMS_DIGEST_BYTES],
              uint8_t ret_cms[CMS_CEILING_BYTES], size_t *ret_length, struct ts_error *error);
