// SPDX-License-Identifier: Apache-2.0
// The keys of statements, log and status lists, in one folder, each in a file of its own. Of several
// statement keys the newest alone signs: the older ones are there to be told to the log.
#pragma once

#include "evidence/cose.h"
#include "wire/error.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIGNING_KEYS_STATEMENTS = 9 };

// The keys of notes; each signs one line.
enum signing_keys_note {
    SIGNING_KEYS_LOG,
    SIGNING_KEYS_LOG_P256,
    SIGNING_KEYS_STATUS,
    SIGNING_KEYS_STATUS_P256,
    SIGNING_KEYS_NOTES
};

struct signing_key {
    EVP_PKEY *key;
    uint8_t *spki; // OPENSSL_malloc'ed
    size_t spki_length;
};

struct signing_keys {
    size_t statement_count;                                 // 0 = there are no keys at all
    struct signing_key statements[SIGNING_KEYS_STATEMENTS]; // newest first
    struct signing_key notes[SIGNING_KEYS_NOTES];
    uint8_t kid[COSE_KID_BYTES]; // of statements[0]
};

// Where they are. Without a passphrase they are plain and for demonstration only, and their names say so.
struct signing_keys_place {
    const char *folder;
    char *passphrase; // NULL = demonstration
};

// The name of the mark that goes with them (signer/mark.h).
const char *signing_keys_mark(const struct signing_keys_place *place);
// Makes the keys that are missing, with a mark of an empty log. Refuses when a log has begun: its keys are
// then lost, not missing. Whatever ends it half way, the next call goes on.
bool signing_keys_make(const struct signing_keys_place *place, const char *origin, struct ts_error *error);
// One more statement key, the newest.
bool signing_keys_renew(const struct signing_keys_place *place, struct ts_error *error);
// All of them. When there is none at all, statement_count is 0; when only some are there it fails.
bool signing_keys_read(const struct signing_keys_place *place, struct signing_keys *ret_keys,
                       struct ts_error *error);
void signing_keys_done(struct signing_keys *keys);
