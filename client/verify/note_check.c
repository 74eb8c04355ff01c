// SPDX-License-Identifier: Apache-2.0
// Signed notes by listed keys, see note_check.h.
#include "verify/note_check.h"

#include "evidence/note_line.h"
#include "verify/memory.h"
#include "wire/error.h"

// Which keys sign what, and how.
static const struct {
    enum note_check_of of;
    enum log_key_use use;
    enum note_key kind;
} SIGNERS[] = {
    {NOTE_CHECK_CHECKPOINT, LOG_KEY_LOG, NOTE_ED25519},
    {NOTE_CHECK_CHECKPOINT, LOG_KEY_LOG_P256, NOTE_P256},
    {NOTE_CHECK_STATUS, LOG_KEY_STATUS, NOTE_ED25519},
    {NOTE_CHECK_STATUS, LOG_KEY_STATUS_P256, NOTE_P256},
};

// How many keys of this use have a good line; false at the first that has not.
static bool check_use(const struct note *note, const struct log_keys *keys, enum log_key_use use,
                      enum note_key kind, size_t *count, struct ts_error *error)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct log_key *key = &keys->keys[i];
        if (key->use != use)
            continue;
        memory_begin();
        if (!note_line_is_good(note, kind, key->name, key->spki, key->spki_length))
            return memory_was_missed()
                       ? error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory")
                       : error_set(error, TS_DATA_LOSS, "E_SIG",
                                   "the line of the key %.100s (%s) is missing or wrong", key->name,
                                   log_keys_use_name(use));
        (*count)++;
    }
    return true;
}

bool note_check(const char *bytes, size_t length, const struct log_keys *keys, enum note_check_of of,
                struct arena *arena, struct note *ret_note, struct ts_error *error)
{
    struct note note;
    size_t count = 0;
    if (!note_read(bytes, length, arena, &note, error))
        return false;
    for (size_t i = 0; i < sizeof SIGNERS / sizeof SIGNERS[0]; i++)
        if (SIGNERS[i].of == of && !check_use(&note, keys, SIGNERS[i].use, SIGNERS[i].kind, &count, error))
            return false;
    if (count == 0)
        return error_set(error, TS_DATA_LOSS, "E_KEY_UNKNOWN", "no key is listed that could have signed it");
    *ret_note = note;
    return true;
}
