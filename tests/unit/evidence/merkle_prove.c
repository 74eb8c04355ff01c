// SPDX-License-Identifier: Apache-2.0
// See merkle_prove.h: PATH and SUBPROOF of RFC 6962 sections 2.1.1 and 2.1.2, without
// recursion: both walk down from the root, and what they pass on the way is the proof from its end.
#include "merkle_prove.h"

#include <string.h>

// The leaves [first, first + count) of a tree. Where a walk from the root goes, `first` is a multiple of the
// largest power of two below or at `count`.
struct span {
    uint64_t first, count;
};

struct proof {
    merkle_source *source;
    void *context;
    uint8_t (*hashes)[HASH_BYTES];
    size_t count;
};

// The largest power of two below `count`, which is at least 2 (RFC 6962: k < n <= 2k).
static uint64_t split(uint64_t count)
{
    return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

// The root over a span's leaves, from complete subtrees: the largest first, the smallest hashed first.
static bool root_over(struct span span, merkle_source *source, void *context, uint8_t ret_root[HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    bool begun = false;
    if (span.count == 0)
        hash_of("", 0, ret_root);
    uint64_t end = span.first + span.count;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!(span.count >> level & 1))
            continue;
        end -= UINT64_C(1) << level;
        if (!source(context, level, end >> level, begun ? hash : ret_root))
            return false;
        if (begun)
            merkle_node(hash, ret_root, ret_root);
        begun = true;
    }
    return true;
}

static bool add(struct proof *proof, struct span span)
{
    return proof->count < MERKLE_PROOF_HASHES &&
           root_over(span, proof->source, proof->context, proof->hashes[proof->count++]);
}

static void turn_round(struct proof *proof)
{
    uint8_t kept[HASH_BYTES];
    for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
        j--;
        memcpy(kept, proof->hashes[i], HASH_BYTES);
        memcpy(proof->hashes[i], proof->hashes[j], HASH_BYTES);
        memcpy(proof->hashes[j], kept, HASH_BYTES);
    }
}

// Goes one step down to the half with leaf `index`, adding the other half's root.
static bool step_down(struct span *span, uint64_t index, struct proof *proof)
{
    uint64_t left = split(span->count);
    struct span lower = {span->first, left}, upper = {span->first + left, span->count - left};
    bool goes_left = index < upper.first;
    *span = goes_left ? lower : upper;
    return add(proof, goes_left ? upper : lower);
}

bool merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_source *source, void *context,
                            uint8_t ret_proof[MERKLE_PROOF_HASHES][HASH_BYTES], size_t *ret_count)
{
    struct proof proof = {.source = source, .context = context, .hashes = ret_proof};
    struct span span = {0, size};
    if (size > MERKLE_SIZE_CEILING || index >= size)
        return false;
    while (span.count > 1)
        if (!step_down(&span, index, &proof))
            return false;
    turn_round(&proof);
    *ret_count = proof.count;
    return true;
}

bool merkle_prove_consistency(uint64_t old_size, uint64_t new_size, merkle_source *source, void *context,
                              uint8_t ret_proof[MERKLE_PROOF_HASHES][HASH_BYTES], size_t *ret_count)
{
    struct proof proof = {.source = source, .context = context, .hashes = ret_proof};
    struct span span = {0, new_size};
    if (new_size > MERKLE_SIZE_CEILING || old_size > new_size)
        return false;
    // Down to the subtree whose last leaf is the old tree's last.
    while (old_size > 0 && span.first + span.count != old_size)
        if (!step_down(&span, old_size - 1, &proof))
            return false;
    // The old tree itself is known to who checks.
    if (old_size > 0 && span.first != 0 && !add(&proof, span))
        return false;
    turn_round(&proof);
    *ret_count = proof.count;
    return true;
}

bool merkle_root_from(uint64_t size, merkle_source *source, void *context, uint8_t ret_root[HASH_BYTES])
{
    return size <= MERKLE_SIZE_CEILING && root_over((struct span){0, size}, source, context, ret_root);
}
