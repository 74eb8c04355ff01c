// SPDX-License-Identifier: Apache-2.0
// One request becomes one reply. The only requests are the typed ones of helpers.proto: nothing signs plain
// bytes of a caller's choice as anything but the digest of a sheet; what else is signed is read first.
#pragma once

#include "signer/signer.h"

#include <stddef.h>
#include <stdint.h>

enum { ANSWER_REQUEST_BYTES = 1024 * 1024 }; // some 1,000 statements

// NULL without memory; freed by the caller.
uint8_t *answer_request(const struct signer *signer, const uint8_t *request, size_t length,
                        size_t *ret_length);
