// SPDX-License-Identifier: Apache-2.0
// Hashes, frontier and the checking of proofs, see merkle.h. The two checks follow RFC 9162 sections 2.1.3.2
// and 2.1.4.2, whose hashes are those of RFC 6962.
#include "evidence/merkle.h"

#include <string.h>

void merkle_leaf(const void *entry, size_t length, uint8_t ret_hash[HASH_BYTES])
{
    static const uint8_t LEAF = 0x00;
    hash_of_two(&LEAF, 1, entry, length, ret_hash);
}

void merkle_node(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES],
                 uint8_t ret_hash[HASH_BYTES])
{
    uint8_t both[1 + 2 * HASH_BYTES] = {0x01};
    memcpy(both + 1, left, HASH_BYTES);
    memcpy(both + 1 + HASH_BYTES, right, HASH_BYTES);
    hash_of(both, sizeof both, ret_hash);
}

void merkle_append(struct merkle_frontier *frontier, const uint8_t leaf[HASH_BYTES])
{
    uint8_t carried[HASH_BYTES];
    unsigned level = 0;
    memcpy(carried, leaf, HASH_BYTES);
    for (; frontier->size >> level & 1; level++)
        merkle_node(frontier->hashes[level], carried, carried);
    memcpy(frontier->hashes[level], carried, HASH_BYTES);
    frontier->size++;
}

void merkle_root(const struct merkle_frontier *frontier, uint8_t ret_root[HASH_BYTES])
{
    bool begun = false;
    if (frontier->size == 0)
        hash_of("", 0, ret_root);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!(frontier->size >> level & 1))
            continue;
        if (begun)
            merkle_node(frontier->hashes[level], ret_root, ret_root);
        else
            memcpy(ret_root, frontier->hashes[level], HASH_BYTES);
        begun = true;
    }
}

void merkle_root_of(const uint8_t (*hashes)[HASH_BYTES], size_t count, uint8_t ret_root[HASH_BYTES])
{
    struct merkle_frontier frontier = {.size = 0};
    for (size_t i = 0; i < count; i++)
        merkle_append(&frontier, hashes[i]);
    merkle_root(&frontier, ret_root);
}

bool merkle_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[HASH_BYTES],
                            const uint8_t (*proof)[HASH_BYTES], size_t count, const uint8_t root[HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    if (size > MERKLE_SIZE_CEILING || index >= size)
        return false;
    uint64_t node = index, last = size - 1;
    memcpy(hash, leaf, HASH_BYTES);
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if (node & 1 || node == last) {
            merkle_node(proof[i], hash, hash);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(hash, proof[i], hash);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && memcmp(hash, root, HASH_BYTES) == 0;
}

static bool is_empty_root(const uint8_t root[HASH_BYTES])
{
    uint8_t empty[HASH_BYTES];
    hash_of("", 0, empty);
    return memcmp(root, empty, HASH_BYTES) == 0;
}

// Both sizes differ and neither is 0.
static bool check_growth(uint64_t old_size, uint64_t new_size, const uint8_t old_root[HASH_BYTES],
                         const uint8_t new_root[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES], size_t count)
{
    uint8_t older[HASH_BYTES], newer[HASH_BYTES];
    bool is_power = (old_size & (old_size - 1)) == 0; // then the proof leaves out the old root itself
    if (count < 1)
        return false;
    uint64_t node = old_size - 1, last = new_size - 1;
    for (; node & 1; node >>= 1)
        last >>= 1;
    memcpy(older, is_power ? old_root : proof[0], HASH_BYTES);
    memcpy(newer, older, HASH_BYTES);
    for (size_t i = is_power ? 0 : 1; i < count; i++) {
        if (last == 0)
            return false;
        if (node & 1 || node == last) {
            merkle_node(proof[i], older, older);
            merkle_node(proof[i], newer, newer);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(newer, proof[i], newer);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && memcmp(older, old_root, HASH_BYTES) == 0 && memcmp(newer, new_root, HASH_BYTES) == 0;
}

bool merkle_check_consistency(uint64_t old_size, uint64_t new_size, const uint8_t old_root[HASH_BYTES],
                              const uint8_t new_root[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES],
                              size_t count)
{
    if (new_size > MERKLE_SIZE_CEILING || old_size > new_size)
        return false;
    if (old_size == 0 && !is_empty_root(old_root))
        return false;
    if (old_size == new_size)
        return count == 0 && memcmp(old_root, new_root, HASH_BYTES) == 0;
    if (old_size == 0)
        return count == 0;
    return check_growth(old_size, new_size, old_root, new_root, proof, count);
}
