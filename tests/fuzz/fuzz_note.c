// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: notes, checkpoints, proofs and status lists. What is read is written again to the same
// text (a status list to the same states), so that nothing has two forms.
#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "evidence/status_list.h"
#include "evidence/tlog_proof.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 8 << 20, INPUT_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void check_text(struct text *text, const char *bytes, size_t length)
{
    check(text_finish(text) != NULL);
    check(text->length == length && memcmp(text->bytes, bytes, length) == 0);
}

static void try_note(const char *bytes, size_t length, struct arena *arena)
{
    struct note note;
    struct text text;
    if (!note_read(bytes, length, arena, &note, NULL))
        return;
    check(note.count > 0 && note.count <= NOTE_SIGNATURES && note.body_length < length);
    text_init(&text, arena);
    note_put_body(&text, note.body, note.body_length);
    for (size_t i = 0; i < note.count; i++) {
        const char *name = arena_copy(arena, note.signatures[i].name, note.signatures[i].name_length);
        check(name && note_is_name(name, note.signatures[i].name_length));
        note_put_signature(&text, name, note.signatures[i].key_id, note.signatures[i].bytes,
                           note.signatures[i].length);
    }
    check_text(&text, bytes, length);
}

static void try_checkpoint(const char *bytes, size_t length, struct arena *arena)
{
    struct checkpoint checkpoint;
    struct text text;
    if (!checkpoint_read(bytes, length, &checkpoint, NULL) ||
        memchr(checkpoint.origin, '\0', checkpoint.origin_length))
        return; // a body of a note has no NUL
    text_init(&text, arena);
    checkpoint_write(&text, arena_copy(arena, checkpoint.origin, checkpoint.origin_length), checkpoint.size,
                     checkpoint.root);
    check_text(&text, bytes, length);
}

static void try_proof(const char *bytes, size_t length, struct arena *arena)
{
    struct tlog_proof *proof = arena_alloc(arena, sizeof *proof);
    struct text text;
    if (!tlog_proof_read(bytes, length, proof, NULL))
        return;
    text_init(&text, arena);
    tlog_proof_write(&text, proof->entry, proof->index, (const uint8_t(*)[HASH_BYTES])proof->hashes,
                     proof->count, proof->checkpoint, proof->checkpoint_length);
    check_text(&text, bytes, length);
}

static void try_status(const char *bytes, size_t length, struct arena *arena)
{
    struct status_list *list = arena_alloc(arena, sizeof *list), *again = arena_alloc(arena, sizeof *again);
    struct text text;
    if (!status_list_read(bytes, length, list, NULL) || memchr(list->origin, '\0', list->origin_length))
        return;
    text_init(&text, arena);
    status_list_write(&text, arena_copy(arena, list->origin, list->origin_length), list->shard, list->size,
                      list->unix_time, list->states, sizeof list->states);
    check(text_finish(&text) && status_list_read(text.bytes, text.length, again, NULL));
    check(memcmp(list->states, again->states, sizeof list->states) == 0 && list->size == again->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    if (size > INPUT_BYTES)
        return 0;
    struct arena *arena = arena_create(ARENA_BYTES);
    check(arena != NULL);
    try_note(text, size, arena);
    try_checkpoint(text, size, arena);
    try_proof(text, size, arena);
    try_status(text, size, arena);
    arena_free(arena);
    return 0;
}
