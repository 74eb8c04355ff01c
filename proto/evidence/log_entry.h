// SPDX-License-Identifier: Apache-2.0
// An entry of the public log: 64 bytes, the leaf data of its Merkle tree (docs/evidence.md, Log entry). It
// shows times, counts, amendments and withdrawals, and nothing of a result.
#pragma once

#include "evidence/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_ENTRY_BYTES = 64, LOG_ENTRY_KID_BYTES = 8 };

// The ref of an entry that refers to none.
#define LOG_ENTRY_NO_REF UINT64_MAX

enum log_entry_kind {
    LOG_ENTRY_ISSUE = 1,      // digest = sid
    LOG_ENTRY_AMEND = 2,      // digest = new sid, ref = superseded index
    LOG_ENTRY_WITHDRAW = 3,   // digest = zeros, ref = withdrawn index
    LOG_ENTRY_REGISTRY = 4,   // digest = SHA-256 of a version of the code registry
    LOG_ENTRY_KEY_ADD = 5,    // digest = SHA-256 of the SubjectPublicKeyInfo
    LOG_ENTRY_KEY_RETIRE = 6, // ref = last index that the key of kid signed validly
    LOG_ENTRY_SEALED = 7,     // digest = SHA-256 of the file, ref = index
};

struct log_entry {
    enum log_entry_kind kind;
    uint8_t reason;
    uint64_t unix_ms;
    uint64_t ref;
    uint8_t digest[HASH_BYTES];
    uint8_t kid[LOG_ENTRY_KID_BYTES];
};

void log_entry_write(const struct log_entry *entry, uint8_t ret_bytes[LOG_ENTRY_BYTES]);
// False for bytes that are no entry: another mark, an unknown kind, or a ref or digest that the kind has not.
bool log_entry_read(const uint8_t *bytes, size_t length, struct log_entry *ret_entry);
// What names a sheet's revision in the log: of the payload only, never of the COSE bytes, whose signature
// could be written in a second way.
void log_entry_sid(const uint8_t *payload, size_t length, uint8_t ret_sid[HASH_BYTES]);
