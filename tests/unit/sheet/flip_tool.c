// SPDX-License-Identifier: Apache-2.0
// Flips the bits of a sheet and of what proves it, one after the other, and says what the verifier makes of
// each: for tests/outside/test_flips.py and tests/long/test_flips.py. The files lie in one folder: sheet.pdf,
// results.json, sheet.cose, sheet.tlog-proof, checkpoint, status, data.json.
#include "evidence/checkpoint.h"
#include "evidence/status_list.h"
#include "verify/evidence_check.h"
#include "verify/note_check.h"
#include "verify/verify.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, BITS = 8, TAIL_BYTES = 256 };

struct file {
    uint8_t *bytes;
    size_t length;
};

struct flips {
    struct arena *kept; // the keys
    struct log_keys *keys;
    struct file record, cose;
};

static struct file load(const char *folder, const char *name)
{
    char path[4096];
    struct file file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    file.length = (size_t)ftell(stream);
    rewind(stream);
    // A tail's room behind it, so that something can be appended.
    file.bytes = calloc(1, file.length + TAIL_BYTES);
    if (!file.bytes || fread(file.bytes, 1, file.length, stream) != file.length)
        exit(2);
    fclose(stream);
    return file;
}

static struct arena *new_arena(void)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    if (!arena)
        exit(2);
    return arena;
}

// ---- what is asked of the verifier; each answers a code, "accepted" when there is none

static const char *judge_pdf(const struct flips *flips, const uint8_t *bytes, size_t length)
{
    static struct verify_report report;
    const struct verify_trust trust = {NULL, flips->keys};
    struct ts_error error;
    return verify_pdf(bytes, length, &trust, &report, &error) ? "accepted" : report.code;
}

static const char *judge_evidence(const struct flips *flips, const struct file *cose,
                                  const struct file *proof)
{
    static struct ts_error error;
    struct arena *arena = new_arena();
    struct evidence_facts facts;
    const struct evidence_check check = {.record = flips->record.bytes,
                                         .record_length = flips->record.length,
                                         .cose = cose->bytes,
                                         .cose_length = cose->length,
                                         .proof = proof ? proof->bytes : NULL,
                                         .proof_length = proof ? proof->length : 0,
                                         .keys = flips->keys,
                                         .arena = arena};
    bool fine = evidence_check_statement(&check, &facts, &error) &&
                (!proof || evidence_check_log(&check, &facts, &error));
    arena_free(arena);
    return fine ? "accepted" : error.reason;
}

static const char *judge_statement(const struct flips *flips, const uint8_t *bytes, size_t length)
{
    const struct file cose = {(uint8_t *)bytes, length};
    return judge_evidence(flips, &cose, NULL);
}

static const char *judge_proof(const struct flips *flips, const uint8_t *bytes, size_t length)
{
    const struct file proof = {(uint8_t *)bytes, length};
    return judge_evidence(flips, &flips->cose, &proof);
}

static const char *judge_note(const struct flips *flips, const uint8_t *bytes, size_t length,
                              enum note_check_of of)
{
    static struct ts_error error;
    static struct status_list list;
    struct checkpoint checkpoint;
    struct note note;
    struct arena *arena = new_arena();
    const char *origin = flips->keys->origin, *code = "accepted";
    if (!note_check((const char *)bytes, length, flips->keys, of, arena, &note, &error) ||
        !(of == NOTE_CHECK_CHECKPOINT ? checkpoint_read(note.body, note.body_length, &checkpoint, &error)
                                      : status_list_read(note.body, note.body_length, &list, &error)))
        code = error.reason;
    else if (of == NOTE_CHECK_CHECKPOINT && !checkpoint_is_of(&checkpoint, origin))
        code = "E_CHECKPOINT";
    else if (of == NOTE_CHECK_STATUS && (list.shard != 0 || list.origin_length != strlen(origin) ||
                                         memcmp(list.origin, origin, list.origin_length) != 0))
        code = "E_STATUS";
    arena_free(arena);
    return code;
}

static const char *judge_checkpoint(const struct flips *flips, const uint8_t *bytes, size_t length)
{
    return judge_note(flips, bytes, length, NOTE_CHECK_CHECKPOINT);
}

static const char *judge_status(const struct flips *flips, const uint8_t *bytes, size_t length)
{
    return judge_note(flips, bytes, length, NOTE_CHECK_STATUS);
}

typedef const char *judge_fn(const struct flips *, const uint8_t *, size_t);

static const struct {
    const char *name;
    judge_fn *judge;
} PARTS[] = {{"sheet.pdf", judge_pdf},
             {"sheet.cose", judge_statement},
             {"sheet.tlog-proof", judge_proof},
             {"checkpoint", judge_checkpoint},
             {"status", judge_status}};

// ---- the flips; each is a line: kind, where, bit, code

static void tell(const char *kind, size_t at, int bit, const char *code)
{
    printf("%s %zu %d %s\n", kind, at, bit, code);
}

// Bit -1: one of the eight, another one at each offset.
static void flip(const struct flips *flips, judge_fn *judge, struct file *file, size_t at, int bit)
{
    uint8_t mask = (uint8_t)(1 << (bit < 0 ? (int)(at * 5 + at / BITS) % BITS : bit));
    file->bytes[at] ^= mask;
    tell("flip", at, bit, judge(flips, file->bytes, file->length));
    file->bytes[at] ^= mask;
}

static void flip_all(const struct flips *flips, judge_fn *judge, struct file *file, size_t first, size_t step,
                     bool has_every_bit)
{
    for (size_t at = first; at < file->length; at += step)
        for (int bit = has_every_bit ? 0 : -1; bit < (has_every_bit ? BITS : 0); bit++)
            flip(flips, judge, file, at, bit);
    // From the exact allocation, so that reading behind the end is seen.
    for (size_t length = first; length < file->length; length += step) {
        uint8_t *cut = malloc(length ? length : 1);
        if (!cut)
            exit(2);
        memcpy(cut, file->bytes, length);
        tell("cut", length, 0, judge(flips, cut, length));
        free(cut);
    }
}

static void append_all(const struct flips *flips, judge_fn *judge, struct file *file)
{
    for (int value = 0; value < TAIL_BYTES; value++) {
        file->bytes[file->length] = (uint8_t)value;
        tell("append", (size_t)value, 0, judge(flips, file->bytes, file->length + 1));
    }
    for (size_t count = 2; count <= TAIL_BYTES && count <= file->length;
         count++) { // zeros, and what it ends with once more
        memset(file->bytes + file->length, 0, count);
        tell("zeros", count, 0, judge(flips, file->bytes, file->length + count));
        memcpy(file->bytes + file->length, file->bytes + file->length - count, count);
        tell("again", count, 0, judge(flips, file->bytes, file->length + count));
    }
}

// ---- what is given: a line each, the part in hexadecimal and perhaps the record that goes with it

static bool read_hex(const char *text, size_t length, struct file *ret_file)
{
    *ret_file = (struct file){malloc(length / 2 + 1), length / 2};
    if (!ret_file->bytes)
        exit(2);
    for (size_t i = 0; i < length / 2; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        ret_file->bytes[i] = (uint8_t)byte;
    }
    return length % 2 == 0;
}

static void judge_given(struct flips *flips, judge_fn *judge)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0; number++) {
        const struct file kept = flips->record;
        struct file part, record = {.bytes = NULL};
        size_t words = strcspn(line, "\n"), first = strcspn(line, " \n");
        if (!read_hex(line, first, &part) ||
            (first < words && !read_hex(line + first + 1, words - first - 1, &record)))
            exit(2);
        if (record.bytes)
            flips->record = record;
        tell("given", number, 0, judge(flips, part.bytes, part.length));
        flips->record = kept;
        free(record.bytes);
        free(part.bytes);
    }
    free(line);
}

// FOLDER PART FIRST STEP all|one|none|given: "none" judges the whole part alone, "given" what standard input
// has.
int main(int argc, char **argv)
{
    struct ts_error error;
    if (argc != 6) {
        fputs("usage: flip_tool FOLDER PART FIRST STEP all|one|none|given\n", stderr);
        return 2;
    }
    struct flips flips = {.kept = new_arena()};
    struct file keys = load(argv[1], "data.json"), file = load(argv[1], argv[2]);
    flips.record = load(argv[1], "results.json");
    flips.cose = load(argv[1], "sheet.cose");
    flips.keys = arena_alloc(flips.kept, sizeof *flips.keys);
    if (!flips.keys ||
        !log_keys_read((const char *)keys.bytes, keys.length, flips.kept, flips.keys, &error)) {
        fprintf(stderr, "data.json: %s\n", error.detail);
        return 2;
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (strcmp(PARTS[i].name, argv[2]) == 0) {
            if (strcmp(argv[5], "given") == 0) {
                judge_given(&flips, PARTS[i].judge);
                break;
            }
            tell("whole", 0, 0, PARTS[i].judge(&flips, file.bytes, file.length));
            if (strcmp(argv[5], "none") == 0)
                break;
            flip_all(&flips, PARTS[i].judge, &file, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10),
                     strcmp(argv[5], "all") == 0);
            append_all(&flips, PARTS[i].judge, &file);
        }
    free(keys.bytes);
    free(file.bytes);
    free(flips.record.bytes);
    free(flips.cose.bytes);
    arena_free(flips.kept);
    return 0;
}
