// SPDX-License-Identifier: Apache-2.0
// The header of a journal and the sealing of its records: AES-256-GCM with a key of the journal's own, drawn
// from the institute's by HKDF-SHA256 (RFC 5869), and a random nonce for each record. A copy of a journal
// goes on by itself at another desk, so a counted nonce would come twice under one key. What is associated -
// header, number, the tag of the record before - makes each record fit in one place of one journal only.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/keys.h"

struct ts_error;

enum {
    SEAL_HEADER_BYTES = 128,
    SEAL_NONCE_BYTES = 12,
    SEAL_TAG_BYTES = 16,
    SEAL_DESK_BYTES = 16,
};

struct seal_header {
    uint8_t journal_id[16], key_id[16];
    int64_t created_at_ms;
    char desk[SEAL_DESK_BYTES];
};

void seal_header_write(const struct seal_header *header, uint8_t ret_bytes[SEAL_HEADER_BYTES]);
// Whether a file that begins so says that it is a journal.
bool seal_is_begun(const uint8_t bytes[SEAL_HEADER_BYTES]);
// Of a format that is not known here.
bool seal_is_newer(const uint8_t bytes[SEAL_HEADER_BYTES]);
// False when they are no header: another file, another version, or damaged.
bool seal_header_read(const uint8_t bytes[SEAL_HEADER_BYTES], struct seal_header *ret_header);

// A random one (RFC 9562, version 4). False when the system gives no random bytes.
bool seal_id_make(uint8_t ret_id[16]);

// "0b8f..." of 36 signs to 16 bytes and back.
bool seal_id_read(const char *text, uint8_t ret_id[16]);
void seal_id_write(const uint8_t id[16], char ret_text[37]);

struct seal {
    uint8_t key[JOURNAL_KEY_BYTES];
    uint8_t header[SEAL_HEADER_BYTES];
};

// The journal's own key from the institute's.
bool seal_begin(struct seal *seal, const uint8_t institute_key[JOURNAL_KEY_BYTES],
                const uint8_t header[SEAL_HEADER_BYTES], struct ts_error *error);

struct seal_place {
    uint64_t number; // of the record, from 0
    uint8_t tag_before[SEAL_TAG_BYTES];
};

// Into `ret_nonce` and `ret_sealed`, which has room for length + SEAL_TAG_BYTES.
bool seal_close(const struct seal *seal, const struct seal_place *place, const uint8_t *plain, size_t length,
                uint8_t ret_nonce[SEAL_NONCE_BYTES], uint8_t *ret_sealed, struct ts_error *error);

// `length` of the sealed bytes, tag included; `ret_plain` has room for what is left without it. False: it is
// not what was sealed for this place.
bool seal_open(const struct seal *seal, const struct seal_place *place, const uint8_t nonce[SEAL_NONCE_BYTES],
               const uint8_t *sealed, size_t length, uint8_t *ret_plain);

// The raw primitives, for the wrapped keys: AES-256-GCM with associated data in one piece.
struct seal_associated {
    const uint8_t *bytes;
    size_t length;
};
bool seal_encrypt(const uint8_t key[JOURNAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES],
                  struct seal_associated associated, const uint8_t *plain, size_t length,
                  uint8_t *ret_sealed);
bool seal_decrypt(const uint8_t key[JOURNAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES],
                  struct seal_associated associated, const uint8_t *sealed, size_t length,
                  uint8_t *ret_plain);
