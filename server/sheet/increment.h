// SPDX-License-Identifier: Apache-2.0
// The objects of the one incremental update: who refers to whom, and the new cross-reference table.
#pragma once

#include "sheet/drawn.h"
#include "sheet/record_facts.h"
#include "sheet/seal_input.h"

struct text;

// Where the writer left what is only known afterwards.
struct increment {
    size_t hole;       // of the "<" of the signature's contents
    size_t byte_range; // of the first character after "/ByteRange "
};

enum { INCREMENT_BYTE_RANGE_SIZE = 48 };

// Appends to `text`, which holds the drawn PDF. `hole_bytes` is the room for the signature.
void increment_put(struct text *text, const struct drawn *drawn, const struct record_facts *facts,
                   const struct seal_input *input, size_t hole_bytes, struct increment *ret_increment);
