// SPDX-License-Identifier: Apache-2.0
// The body of a checkpoint (C2SP tlog-checkpoint): origin, size, root. Extension lines are refused:
// Touchstone writes none, and no monitor could audit them.
#pragma once

#include "evidence/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;
struct ts_error;

struct checkpoint {
    const char *origin; // in the body
    size_t origin_length;
    uint64_t size;
    uint8_t root[HASH_BYTES];
};

void checkpoint_write(struct text *text, const char *origin, uint64_t size, const uint8_t root[HASH_BYTES]);
// DATA_LOSS / E_CHECKPOINT when the body of a note is no checkpoint.
bool checkpoint_read(const char *body, size_t length, struct checkpoint *ret_checkpoint,
                     struct ts_error *error);
bool checkpoint_is_of(const struct checkpoint *checkpoint, const char *origin);
