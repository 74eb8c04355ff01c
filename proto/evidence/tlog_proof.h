// SPDX-License-Identifier: Apache-2.0
// The proof that a sheet carries (C2SP tlog-proof): the index of its entry, the hashes from the leaf to the
// root, and the checkpoint with its signatures. The optional line of extra data is never written and refused.
#pragma once

#include "evidence/merkle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;
struct ts_error;

struct tlog_proof {
    uint64_t index;
    size_t count;
    uint8_t hashes[MERKLE_PROOF_HASHES][HASH_BYTES];
    const char *checkpoint; // the signed note, in the proof
    size_t checkpoint_length;
};

void tlog_proof_write(struct text *text, uint64_t index, const uint8_t (*hashes)[HASH_BYTES], size_t count,
                      const char *checkpoint, size_t checkpoint_length);
// DATA_LOSS / E_PROOF when the bytes are none. The note in it is not looked into.
bool tlog_proof_read(const char *bytes, size_t length, struct tlog_proof *ret_proof, struct ts_error *error);
