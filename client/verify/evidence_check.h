// SPDX-License-Identifier: Apache-2.0
// The statement and the proof that a sheet carries (docs/evidence.md): whether they say the same as its
// record and as each other, and whether they are signed by listed keys. Without a list nothing is said of who
// signed.
#pragma once

#include "evidence/log_entry.h"
#include "evidence/statement.h"
#include "verify/log_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

struct evidence_check {
    const uint8_t *record, *cose, *proof;
    size_t record_length, cose_length, proof_length;
    const struct log_keys *keys; // NULL: signatures are not checked
    struct arena *arena;
};

// What was found, filled as far as it could be read.
struct evidence_facts {
    uint8_t kid[LOG_ENTRY_KID_BYTES];
    uint8_t sid[HASH_BYTES];
    struct statement statement;
    struct log_entry entry;
    uint64_t log_size; // of the checkpoint
};

// DATA_LOSS with the first of E_CBOR, E_COSE, E_ALG, E_KEY_UNKNOWN, E_SIG, E_SCHEMA, E_KEY_RETIRED, E_RECORD
// (of another record) and E_FIELDS (the record says something else) as its reason; OUT_OF_MEMORY when nothing
// was judged.
bool evidence_check_statement(const struct evidence_check *check, struct evidence_facts *ret_facts,
                              struct ts_error *error);
// After it: E_PROOF, E_NOTE, E_CHECKPOINT, and with keys E_KEY_UNKNOWN and E_SIG.
bool evidence_check_log(const struct evidence_check *check, struct evidence_facts *facts,
                        struct ts_error *error);
