// SPDX-License-Identifier: Apache-2.0
// Whether a note bears the line of a key. The one place beside the signer where a key meets this library: the
// client checks published notes with it and the daemon those that it recovers from, and two checks of one
// signature could come to differ (docs/decisions/note-line.md).
#pragma once

#include "evidence/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the SubjectPublicKeyInfo in DER is of that kind: Ed25519, or EC on P-256.
bool note_line_is_key(enum note_key kind, const uint8_t *spki, size_t length);
// The id that stands in the lines of this key. False when it is not of that kind.
bool note_line_id(enum note_key kind, const char *name, const uint8_t *spki, size_t length,
                  uint8_t ret_id[NOTE_KEY_ID_BYTES]);
// Whether the note has a line of this key, and each such line is a signature of the body. Without memory it
// is false too, and OpenSSL's queue of errors tells why.
bool note_line_is_good(const struct note *note, enum note_key kind, const char *name, const uint8_t *spki,
                       size_t length);
