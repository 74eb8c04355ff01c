// SPDX-License-Identifier: Apache-2.0
// The seal of a sheet: one incremental update behind the drawn PDF that holds the record, the descriptive
// data and a signature field whose value covers every byte but the hole that it lies in (PAdES B-B,
// ETSI EN 319 142-1). In between, touchstone-signer makes the signature over the digest.
//
// The drawn PDF must be the renderer's: version 1.4 with a classic cross-reference table, one revision. Any
// other is refused, because an increment of the wrong kind loses its signature in some readers.
#pragma once

#include "sheet/seal_input.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

// Room for the signature with a timestamp of a commercial authority (4 to 7 KiB) added later.
enum { SEAL_HOLE_BYTES = 12 * 1024, SEAL_DIGEST_BYTES = 32 };

struct seal_draft {
    uint8_t *bytes; // in the arena given to seal_prepare
    size_t length;
    size_t hole;                       // where the hole's "<" stands
    uint8_t digest[SEAL_DIGEST_BYTES]; // SHA-256 of everything outside the hole
};

bool seal_prepare(const struct seal_input *input, struct arena *arena, struct seal_draft *ret_draft,
                  struct ts_error *error);
// Puts the CMS (DER) into the hole. The draft's bytes are then the sealed sheet.
bool seal_finish(struct seal_draft *draft, const uint8_t *cms, size_t cms_length, struct ts_error *error);
