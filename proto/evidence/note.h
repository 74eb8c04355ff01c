// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note): a text, a blank line, lines of signatures. Built and taken apart here;
// signing and checking of signatures are the caller's. Lines of unknown keys are kept and mean nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct text;
struct ts_error;

enum {
    NOTE_KEY_ID_BYTES = 4,
    NOTE_SIGNATURES = 32,
    NOTE_SIGNATURE_BYTES = 6000, // a post-quantum one is nearly 5 kB
    NOTE_BYTES = 256 * 1024,
    NOTE_ED25519_BYTES = 32, // of a public key
};

// The type bytes of signed-note.
enum note_key { NOTE_ED25519 = 0x01, NOTE_P256 = 0x02 };

struct note_signature {
    const char *name; // in the note
    size_t name_length;
    uint8_t key_id[NOTE_KEY_ID_BYTES];
    const uint8_t *bytes; // in the arena
    size_t length;
};

struct note {
    const char *body; // what is signed, with its last line feed; in the note
    size_t body_length;
    size_t count;
    struct note_signature signatures[NOTE_SIGNATURES];
};

// Ed25519: `key` is the 32 bytes of RFC 8032. P-256: the SubjectPublicKeyInfo in DER, whose hash alone is the
// id; its signatures are ECDSA-Sig-Value in DER over the SHA-256 of the body.
void note_key_id(enum note_key kind, const char *name, const uint8_t *key, size_t length,
                 uint8_t ret_id[NOTE_KEY_ID_BYTES]);
// Whether a name may stand in a line of signature.
bool note_is_name(const char *name, size_t length);
// The body, which ends in a line feed, and the blank line; then each signature.
void note_put_body(struct text *text, const char *body, size_t length);
void note_put_signature(struct text *text, const char *name, const uint8_t key_id[NOTE_KEY_ID_BYTES],
                        const uint8_t *signature, size_t length);
// DATA_LOSS / E_NOTE when the bytes are no note.
bool note_read(const char *bytes, size_t length, struct arena *arena, struct note *ret_note,
               struct ts_error *error);
// Whether a line names this key.
bool note_is_by(const struct note_signature *signature, const char *name,
                const uint8_t key_id[NOTE_KEY_ID_BYTES]);
// The first line by this key, or NULL.
const struct note_signature *note_find(const struct note *note, const char *name,
                                       const uint8_t key_id[NOTE_KEY_ID_BYTES]);
