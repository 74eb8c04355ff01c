// SPDX-License-Identifier: Apache-2.0
// Signed notes, see note.h.
#include "evidence/note.h"

#include "evidence/hash.h"
#include "evidence/lines.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"
#include "wire/utf8.h"

#include <string.h>
#include <utf8proc.h>

static const char DASH[] = "\xE2\x80\x94 "; // U+2014 and a space

void note_key_id(enum note_key kind, const char *name, const uint8_t *key, size_t length,
                 uint8_t ret_id[NOTE_KEY_ID_BYTES])
{
    enum { HEAD_BYTES = 512 };
    char head[HEAD_BYTES + 2];
    uint8_t hash[HASH_BYTES];
    size_t name_length = strnlen(name, HEAD_BYTES); // longer ones are no names
    memcpy(head, name, name_length);
    head[name_length] = '\n';
    head[name_length + 1] = (char)kind;
    if (kind == NOTE_ED25519)
        hash_of_two(head, name_length + 2, key, length, hash);
    else
        hash_of(key, length, hash);
    memcpy(ret_id, hash, NOTE_KEY_ID_BYTES);
}

static bool is_space(int32_t character)
{
    utf8proc_category_t category = utf8proc_category(character);
    return character == 0xFEFF || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC;
}

bool note_is_name(const char *name, size_t length)
{
    if (length == 0 || length > 255 || !utf8_is_text(name, length))
        return false;
    for (size_t at = 0; at < length;) {
        int32_t character;
        at += utf8_next(name + at, length - at, &character);
        if (character == '+' || is_space(character))
            return false;
    }
    return true;
}

void note_put_body(struct text *text, const char *body, size_t length)
{
    text_append(text, body, length);
    text_put_char(text, '\n');
}

void note_put_signature(struct text *text, const char *name, const uint8_t key_id[NOTE_KEY_ID_BYTES],
                        const uint8_t *signature, size_t length)
{
    uint8_t both[NOTE_KEY_ID_BYTES + NOTE_SIGNATURE_BYTES];
    if (length > NOTE_SIGNATURE_BYTES) {
        text->failed = true;
        return;
    }
    memcpy(both, key_id, NOTE_KEY_ID_BYTES);
    memcpy(both + NOTE_KEY_ID_BYTES, signature, length);
    text_put(text, DASH);
    text_put(text, name);
    text_put_char(text, ' ');
    text_put_base64(text, both, NOTE_KEY_ID_BYTES + length);
    text_put_char(text, '\n');
}

static bool refuse(struct ts_error *error, const char *why)
{
    return error_set(error, TS_DATA_LOSS, "E_NOTE", "The signed note is broken: %s.", why);
}

// UTF-8 without control characters but line feeds.
static bool is_clean(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < 0x20 && bytes[i] != '\n')
            return false;
    return utf8_is_text(bytes, length);
}

// The last blank line; NULL when there is none behind a text.
static const char *find_blank(const char *bytes, size_t length)
{
    for (size_t i = length; i >= 2; i--)
        if (bytes[i - 1] == '\n' && bytes[i - 2] == '\n')
            return bytes + i - 1;
    return NULL;
}

static bool read_signature(const char *line, size_t length, struct arena *arena,
                           struct note_signature *ret_signature, struct ts_error *error)
{
    size_t dash = sizeof DASH - 1, bytes;
    if (length < dash || memcmp(line, DASH, dash) != 0)
        return refuse(error, "a line of signature does not begin with a dash");
    const char *name = line + dash, *end = line + length, *space = memchr(name, ' ', length - dash);
    if (!space || !note_is_name(name, (size_t)(space - name)))
        return refuse(error, "a line of signature has no name of a key");
    size_t text_length = (size_t)(end - space - 1);
    uint8_t *both = arena_alloc(arena, text_length + 3);
    if (!both)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Out of memory.");
    if (!lines_base64(space + 1, text_length, both, NOTE_KEY_ID_BYTES + NOTE_SIGNATURE_BYTES, &bytes) ||
        bytes <= NOTE_KEY_ID_BYTES)
        return refuse(error, "a signature is not base64 of a key id and more");
    *ret_signature = (struct note_signature){.name = name,
                                             .name_length = (size_t)(space - name),
                                             .bytes = both + NOTE_KEY_ID_BYTES,
                                             .length = bytes - NOTE_KEY_ID_BYTES};
    memcpy(ret_signature->key_id, both, NOTE_KEY_ID_BYTES);
    return true;
}

bool note_read(const char *bytes, size_t length, struct arena *arena, struct note *ret_note,
               struct ts_error *error)
{
    struct note note = {.body = bytes};
    if (length > NOTE_BYTES || !is_clean(bytes, length))
        return refuse(error, "it is too long, no UTF-8 or holds a control character");
    const char *blank = find_blank(bytes, length), *line;
    size_t line_length;
    if (!blank || blank == bytes || bytes[length - 1] != '\n')
        return refuse(error, "no blank line parts a text from its signatures");
    note.body_length = (size_t)(blank - bytes);
    struct lines lines = {blank + 1, bytes + length};
    while (lines_next(&lines, &line, &line_length)) {
        if (note.count == NOTE_SIGNATURES)
            return refuse(error, "it has more than 32 signatures");
        if (!read_signature(line, line_length, arena, &note.signatures[note.count++], error))
            return false;
    }
    if (note.count == 0)
        return refuse(error, "it has no signature");
    *ret_note = note;
    return true;
}

bool note_is_by(const struct note_signature *signature, const char *name,
                const uint8_t key_id[NOTE_KEY_ID_BYTES])
{
    return signature->name_length == strlen(name) &&
           memcmp(signature->name, name, signature->name_length) == 0 &&
           memcmp(signature->key_id, key_id, NOTE_KEY_ID_BYTES) == 0;
}

const struct note_signature *note_find(const struct note *note, const char *name,
                                       const uint8_t key_id[NOTE_KEY_ID_BYTES])
{
    for (size_t i = 0; i < note->count; i++)
        if (note_is_by(&note->signatures[i], name, key_id))
            return &note->signatures[i];
    return NULL;
}
