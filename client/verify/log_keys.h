// SPDX-License-Identifier: Apache-2.0
// The public keys of a log, as its keys.json or data.json lists them: which key signs what, from which index
// on and until which. Who listed them is the caller's concern; that a kid is the hash of its key is checked.
#pragma once

#include "evidence/hash.h"
#include "evidence/log_entry.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

enum { LOG_KEYS_MAX = 256, LOG_KEYS_FILE_BYTES = 16 * 1024 * 1024 };

// An index that is not known yet, or that never comes.
#define LOG_KEYS_NO_INDEX UINT64_MAX

enum log_key_use {
    LOG_KEY_STATEMENT,
    LOG_KEY_LOG,
    LOG_KEY_LOG_P256,
    LOG_KEY_STATUS,
    LOG_KEY_STATUS_P256,
    LOG_KEY_SEAL,
    LOG_KEY_OTHER, // of a program newer than this one
};

struct log_key {
    uint8_t kid[LOG_ENTRY_KID_BYTES];
    uint8_t digest[HASH_BYTES]; // SHA-256 of the SubjectPublicKeyInfo
    enum log_key_use use;
    const char *name; // of its lines in notes; "" for keys that sign none
    const uint8_t *spki;
    size_t spki_length;
    uint64_t from; // LOG_KEYS_NO_INDEX while it is not entered
    uint64_t last; // LOG_KEYS_NO_INDEX while it is not retired
    bool demonstration;
};

struct log_keys {
    const char *origin;
    size_t count;
    struct log_key keys[LOG_KEYS_MAX];
};

// Everything lies in the arena. DATA_LOSS / KEYS_BROKEN when the text is no list of keys, or a key is not
// what the list says of it.
bool log_keys_read(const char *json, size_t length, struct arena *arena, struct log_keys *ret_keys,
                   struct ts_error *error);
// NULL when no listed key has this kid.
const struct log_key *log_keys_find(const struct log_keys *keys, const uint8_t kid[LOG_ENTRY_KID_BYTES]);
// "log_p256"
const char *log_keys_use_name(enum log_key_use use);
