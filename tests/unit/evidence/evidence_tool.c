// SPDX-License-Identifier: Apache-2.0
// Layer evidence as a program, for tests/sheet/test_evidence.py, which has an implementation of its own: each
// line of the input is a command with its arguments in hex or decimal ("-" is nothing), and is answered by
// one line.
#include "evidence/checkpoint.h"
#include "evidence/cose.h"
#include "evidence/digits.h"
#include "evidence/note.h"
#include "evidence/statement.h"
#include "evidence/status_list.h"
#include "evidence/tlog_proof.h"
#include "merkle_prove.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20, ARGUMENTS = 6 };

struct bytes {
    uint8_t *at;
    size_t length;
};

// In memory of its exact size, so that reading past it is seen.
static struct bytes from_hex(const char *hex)
{
    struct bytes bytes = {.length = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2};
    bytes.at = malloc(bytes.length ? bytes.length : 1);
    for (size_t i = 0; i < bytes.length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1]};
        bytes.at[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return bytes;
}

static void put_hex(const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        printf("%02x", ((const uint8_t *)bytes)[i]);
    putchar('\n');
}

static void put_answer(bool fine, const void *bytes, size_t length, const struct ts_error *error)
{
    if (fine)
        put_hex(bytes, length);
    else
        printf("%s %s\n", error->reason, error->detail);
}

static void digits(struct arena *arena, char **argument)
{
    struct bytes bytes = from_hex(argument[0]);
    char *text = arena_alloc(arena, DIGITS_TEXT_SIZE(bytes.length));
    digits_write(bytes.at, bytes.length, text);
    puts(text);
    free(bytes.at);
}

static void undigits(struct arena *arena, char **argument)
{
    size_t length = strcmp(argument[0], "-") == 0 ? 0 : strlen(argument[0]), read;
    uint8_t *bytes = arena_alloc(arena, DIGITS_BYTES_SIZE(length));
    if (digits_read(argument[0], length, bytes, &read))
        put_hex(bytes, read);
    else
        puts("E_DIGITS");
}

static void statement(struct arena *arena, char **argument)
{
    struct bytes payload = from_hex(argument[0]);
    struct statement read;
    struct ts_error error;
    uint8_t again[8192];
    size_t length = 0;
    bool fine = statement_read(payload.at, payload.length, arena, &read, &error);
    put_answer(fine, again, fine && statement_write(&read, again, sizeof again, &length) ? length : 0,
               &error);
    free(payload.at);
}

// INDEX SALT RECORD
static void record(struct arena *arena, char **argument)
{
    struct bytes salt = from_hex(argument[1]), json = from_hex(argument[2]);
    struct ts_error error;
    uint8_t *payload = NULL;
    size_t length = 0;
    bool fine = statement_from_record((const char *)json.at, json.length, strtoull(argument[0], NULL, 10),
                                      salt.at, arena, &payload, &length, &error);
    put_answer(fine, payload, length, &error);
    free(salt.at);
    free(json.at);
}

static void envelope(struct arena *arena, char **argument)
{
    struct bytes bytes = from_hex(argument[0]);
    struct cose cose;
    struct ts_error error;
    (void)arena;
    bool fine = cose_read(bytes.at, bytes.length, &cose, &error);
    put_answer(fine, cose.payload, fine ? cose.payload_length : 0, &error);
    free(bytes.at);
}

// KID PAYLOAD
static void signing(struct arena *arena, char **argument)
{
    struct bytes kid = from_hex(argument[0]), payload = from_hex(argument[1]);
    uint8_t bytes[COSE_TO_BE_SIGNED_BYTES];
    size_t length = 0;
    (void)arena;
    if (cose_to_be_signed(payload.at, payload.length, kid.at, bytes, &length))
        put_hex(bytes, length);
    else
        puts("too long");
    free(kid.at);
    free(payload.at);
}

// INDEX SIZE LEAF ROOT PROOF
static void inclusion(struct arena *arena, char **argument)
{
    struct bytes leaf = from_hex(argument[2]), root = from_hex(argument[3]), proof = from_hex(argument[4]);
    (void)arena;
    puts(merkle_check_inclusion(strtoull(argument[0], NULL, 10), strtoull(argument[1], NULL, 10), leaf.at,
                                (const uint8_t(*)[HASH_BYTES])proof.at, proof.length / HASH_BYTES, root.at)
             ? "yes"
             : "no");
    free(leaf.at);
    free(root.at);
    free(proof.at);
}

// OLD NEW OLD_ROOT NEW_ROOT PROOF
static void consistency(struct arena *arena, char **argument)
{
    struct bytes older = from_hex(argument[2]), newer = from_hex(argument[3]), proof = from_hex(argument[4]);
    (void)arena;
    puts(merkle_check_consistency(strtoull(argument[0], NULL, 10), strtoull(argument[1], NULL, 10), older.at,
                                  newer.at, (const uint8_t(*)[HASH_BYTES])proof.at, proof.length / HASH_BYTES)
             ? "yes"
             : "no");
    free(older.at);
    free(newer.at);
    free(proof.at);
}

static bool subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES])
{
    const uint8_t(*leaves)[HASH_BYTES] = context;
    merkle_root_of(leaves + (index << level), (size_t)1 << level, ret_hash);
    return true;
}

// INDEX LEAVES, or OLD LEAVES: the proof to all of them.
static void prove(char **argument, bool includes)
{
    struct bytes leaves = from_hex(argument[1]);
    uint8_t hashes[MERKLE_PROOF_HASHES][HASH_BYTES];
    size_t count = 0;
    uint64_t number = strtoull(argument[0], NULL, 10), size = leaves.length / HASH_BYTES;
    bool fine = includes ? merkle_prove_inclusion(number, size, subtree, leaves.at, hashes, &count)
                         : merkle_prove_consistency(number, size, subtree, leaves.at, hashes, &count);
    if (fine)
        put_hex(hashes, count * HASH_BYTES);
    else
        puts("none");
    free(leaves.at);
}

static void include(struct arena *arena, char **argument)
{
    (void)arena;
    prove(argument, true);
}

static void grow(struct arena *arena, char **argument)
{
    (void)arena;
    prove(argument, false);
}

static void root(struct arena *arena, char **argument)
{
    struct bytes leaves = from_hex(argument[0]);
    uint8_t hash[HASH_BYTES], other[HASH_BYTES];
    size_t count = leaves.length / HASH_BYTES;
    (void)arena;
    merkle_root_of((const uint8_t(*)[HASH_BYTES])leaves.at, count, hash);
    if (!merkle_root_from(count, subtree, leaves.at, other) || memcmp(hash, other, sizeof hash) != 0)
        puts("two roots");
    else
        put_hex(hash, sizeof hash);
    free(leaves.at);
}

static void note(struct arena *arena, char **argument)
{
    struct bytes bytes = from_hex(argument[0]);
    struct note read;
    struct ts_error error;
    bool fine = note_read((const char *)bytes.at, bytes.length, arena, &read, &error);
    if (fine)
        printf("%zu ", read.count);
    put_answer(fine, read.body, fine ? read.body_length : 0, &error);
    free(bytes.at);
}

// The file of a proof with its note and its checkpoint.
static void proof(struct arena *arena, char **argument)
{
    struct bytes bytes = from_hex(argument[0]);
    struct tlog_proof read;
    struct note signed_note;
    struct checkpoint checkpoint;
    struct ts_error error;
    bool fine = tlog_proof_read((const char *)bytes.at, bytes.length, &read, &error) &&
                note_read(read.checkpoint, read.checkpoint_length, arena, &signed_note, &error) &&
                checkpoint_read(signed_note.body, signed_note.body_length, &checkpoint, &error);
    if (fine)
        printf("%02x %02x %llu %zu %llu ", read.entry[0], read.entry[LOG_ENTRY_BYTES - 1],
               (unsigned long long)read.index, read.count, (unsigned long long)checkpoint.size);
    put_answer(fine, checkpoint.root, HASH_BYTES, &error);
    free(bytes.at);
}

// The body of a status list.
static void status(struct arena *arena, char **argument)
{
    struct bytes bytes = from_hex(argument[0]);
    struct status_list *read = arena_alloc(arena, sizeof *read);
    struct ts_error error;
    bool fine = status_list_read((const char *)bytes.at, bytes.length, read, &error);
    put_answer(fine, read->states, STATUS_LIST_BYTES, &error);
    free(bytes.at);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(struct arena *arena, char **argument);
    } COMMANDS[] = {
        {"digits", digits},   {"undigits", undigits}, {"statement", statement}, {"record", record},
        {"cose", envelope},   {"signing", signing},   {"inclusion", inclusion}, {"consistency", consistency},
        {"include", include}, {"grow", grow},         {"root", root},           {"note", note},
        {"proof", proof},     {"status", status}};
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        static char nothing[] = "-";
        char *arguments[ARGUMENTS] = {nothing, nothing, nothing, nothing, nothing, nothing}, *rest = NULL;
        const char *name = strtok_r(line, " \n", &rest);
        for (size_t i = 0; i < ARGUMENTS; i++) {
            char *word = strtok_r(NULL, " \n", &rest);
            arguments[i] = word ? word : arguments[i];
        }
        struct arena *arena = arena_create(ARENA_BYTES);
        for (size_t i = 0; name && i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
            if (strcmp(COMMANDS[i].name, name) == 0)
                COMMANDS[i].run(arena, arguments);
        arena_free(arena);
        fflush(stdout);
    }
    free(line);
    return 0;
}
