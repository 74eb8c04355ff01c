// SPDX-License-Identifier: Apache-2.0
// The making of proofs (RFC 6962 sections 2.1.1 and 2.1.2), for tests of what checks them. The proofs of real
// sheets are made where the tree is kept, in the database (migrations/functions/72_log.sql).
#pragma once

#include "evidence/merkle.h"

// Gives the hash of the complete subtree number `index` of 2^level leaves. False ends the work.
typedef bool merkle_source(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES]);

// False when the source says so, or when the index or size is not of a tree.
bool merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_source *source, void *context,
                            uint8_t ret_proof[MERKLE_PROOF_HASHES][HASH_BYTES], size_t *ret_count);
bool merkle_prove_consistency(uint64_t old_size, uint64_t new_size, merkle_source *source, void *context,
                              uint8_t ret_proof[MERKLE_PROOF_HASHES][HASH_BYTES], size_t *ret_count);
// The root of the first `size` leaves.
bool merkle_root_from(uint64_t size, merkle_source *source, void *context, uint8_t ret_root[HASH_BYTES]);
