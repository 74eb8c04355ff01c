// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of the log (RFC 6962 section 2.1): hashes, a frontier that grows by appending, and the
// checking of proofs. They are made where the tree is kept, in the database
// (migrations/functions/72_log.sql).
#pragma once

#include "evidence/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// No proof has more hashes: an inclusion proof one per level, a consistency proof one more.
enum { MERKLE_LEVELS = 64, MERKLE_PROOF_HASHES = 65 };

// The largest size of a tree. Statements count to 2^48; sums of sizes and indexes stay far from overflow.
#define MERKLE_SIZE_CEILING (UINT64_C(1) << 62)

void merkle_leaf(const void *entry, size_t length, uint8_t ret_hash[HASH_BYTES]);
// `ret_hash` may be one of the two.
void merkle_node(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES],
                 uint8_t ret_hash[HASH_BYTES]);

// Enough of a tree to append to it: for each bit set in `size`, the root of the complete subtree of that
// level. Zeroed, it is the empty tree.
struct merkle_frontier {
    uint64_t size;
    uint8_t hashes[MERKLE_LEVELS][HASH_BYTES];
};

void merkle_append(struct merkle_frontier *frontier, const uint8_t leaf[HASH_BYTES]);
void merkle_root(const struct merkle_frontier *frontier, uint8_t ret_root[HASH_BYTES]);
// The root over `count` hashes as leaves; of none, that of the empty tree.
void merkle_root_of(const uint8_t (*hashes)[HASH_BYTES], size_t count, uint8_t ret_root[HASH_BYTES]);

// Whether `leaf` is number `index` in the tree of `size` with this root.
bool merkle_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[HASH_BYTES],
                            const uint8_t (*proof)[HASH_BYTES], size_t count, const uint8_t root[HASH_BYTES]);
// Whether the newer tree begins with the older one. Equal sizes need equal roots and no proof; everything
// begins with the empty tree, whose root must then be the empty one.
bool merkle_check_consistency(uint64_t old_size, uint64_t new_size, const uint8_t old_root[HASH_BYTES],
                              const uint8_t new_root[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES],
                              size_t count);
