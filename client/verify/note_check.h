// SPDX-License-Identifier: Apache-2.0
// Whether a signed note, a checkpoint or a status list, is one of a log: every key that is listed for it has
// its line, and each is good. Lines of keys that are not listed mean nothing; so that any byte that is
// changed in a listed key's line is refused, one good line is not enough.
#pragma once

#include "evidence/note.h"
#include "verify/log_keys.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ts_error;

enum note_check_of {
    NOTE_CHECK_CHECKPOINT, // by keys of use log and log_p256
    NOTE_CHECK_STATUS,     // by keys of use status and status_p256
};

// DATA_LOSS with E_NOTE when it is no note, E_KEY_UNKNOWN when no key is listed for it, E_SIG when a listed
// key's line is missing or wrong; OUT_OF_MEMORY when nothing was judged. The note points into the bytes and
// the arena.
bool note_check(const char *bytes, size_t length, const struct log_keys *keys, enum note_check_of of,
                struct arena *arena, struct note *ret_note, struct ts_error *error);
