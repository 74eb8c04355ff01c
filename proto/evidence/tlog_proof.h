// SPDX-License-Identifier: Apache-2.0
// The proof that a sheet carries (C2SP tlog-proof): its entry as the line of extra data, the index, the
// hashes from the leaf to the root, and the checkpoint with its signatures. Without the entry nobody could
// check the proof who has only the file: the time at which it was entered stands nowhere else.
#pragma once

#include "evidence/log_entry.h"
#include "evidence/merkle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;
struct ts_error;

struct tlog_proof {
    uint8_t entry[LOG_ENTRY_BYTES]; // as it stands there; read it with log_entry_read
    uint64_t index;
    size_t count;
    uint8_t hashes[MERKLE_PROOF_HASHES][HASH_BYTES];
    const char *checkpoint; // the signed note, in the proof
    size_t checkpoint_length;
};

void tlog_proof_write(struct text *text, const uint8_t entry[LOG_ENTRY_BYTES], uint64_t index,
                      const uint8_t (*hashes)[HASH_BYTES], size_t count, const char *checkpoint,
                      size_t checkpoint_length);
// DATA_LOSS / E_PROOF when the bytes are none. The note in it is not looked into.
bool tlog_proof_read(const char *bytes, size_t length, struct tlog_proof *ret_proof, struct ts_error *error);
