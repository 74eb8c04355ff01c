// SPDX-License-Identifier: Apache-2.0
// A mark from a checkpoint, see mark_recover.h. Both lines are checked: one key alone may have been stolen.
#include "signer/mark_recover.h"

#include "evidence/checkpoint.h"
#include "evidence/note_line.h"
#include "signer/secret_file.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <string.h>

enum { ARENA_BYTES = 1024 * 1024 };

static bool refuse(struct ts_error *error, const char *path, const char *why)
{
    return error_set(error, TS_FAILED_PRECONDITION, "CHECKPOINT_BROKEN", "%s: %s", path, why);
}

static bool is_signed(const struct signer *signer, const struct note *note)
{
    static const struct {
        enum signing_keys_note key;
        enum note_key kind;
    } LINES[] = {{SIGNING_KEYS_LOG, NOTE_ED25519}, {SIGNING_KEYS_LOG_P256, NOTE_P256}};
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        const struct signing_key *key = &signer->keys.notes[LINES[i].key];
        if (!note_line_is_good(note, LINES[i].kind, signer->origin, key->spki, key->spki_length))
            return false;
    }
    return true;
}

static bool read_note(const struct signer *signer, const char *path, const char *text, size_t length,
                      struct arena *arena, struct mark *ret_mark, struct ts_error *error)
{
    struct checkpoint checkpoint;
    struct note note;
    if (!note_read(text, length, arena, &note, error) ||
        !checkpoint_read(note.body, note.body_length, &checkpoint, error))
        return refuse(error, path, "is no checkpoint");
    if (!checkpoint_is_of(&checkpoint, signer->origin))
        return refuse(error, path, "is of another log; give its name with --origin");
    if (!is_signed(signer, &note))
        return refuse(error, path, "is not signed by both log keys of this folder");
    ret_mark->size = checkpoint.size;
    memcpy(ret_mark->root, checkpoint.root, HASH_BYTES);
    return true;
}

static bool read_checkpoint(const struct signer *signer, const char *path, struct mark *ret_mark,
                            struct ts_error *error)
{
    char *text;
    size_t length;
    if (!secret_file_read(path, false, &text, &length, error))
        return false;
    struct arena *arena = arena_create(ARENA_BYTES);
    bool fine = arena ? read_note(signer, path, text, length, arena, ret_mark, error)
                      : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    arena_free(arena);
    secret_file_free(text, length);
    return fine;
}

bool mark_recover(const struct signer *signer, const char *path, struct mark *ret_mark,
                  struct ts_error *error)
{
    struct mark made, there;
    if (!read_checkpoint(signer, path, &made, error) || !mark_lock(&signer->mark, error))
        return false;
    bool fine = mark_read(&signer->mark, &there, NULL) && there.size >= made.size
                    ? error_set(error, TS_FAILED_PRECONDITION, "MARK_AHEAD",
                                "the mark is at %" PRIu64 " already, the checkpoint at %" PRIu64
                                "; nothing was changed",
                                there.size, made.size)
                    : mark_move(&signer->mark, &made, error);
    mark_unlock(&signer->mark);
    if (fine)
        *ret_mark = made;
    return fine;
}
