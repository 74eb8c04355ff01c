// SPDX-License-Identifier: Apache-2.0
// The registry of codes: each version's hash is an entry, and each version begins with all of the one before,
// unchanged. What a code in a signed statement means can then never become something else.
#include "evidence/lines.h"
#include "verify/audit_parts.h"
#include "wire/arena.h"
#include "wire/json_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES = 16 * 1024 * 1024, ARENA_BYTES = 256 * 1024 * 1024, CODES = 200000 };

struct meaning {
    const char *kind;
    uint64_t code, since;
    uint8_t hash[HASH_BYTES]; // of its bytes in the file, which are canonical
};

struct version {
    struct arena *arena;
    uint64_t number;
    size_t count;
    struct meaning *meanings;
};

static bool read_number(struct json_reader *json, uint64_t *ret_number)
{
    char *text;
    size_t length;
    return json_reader_string(json, &text, &length) &&
           (lines_number(text, length, ret_number) || json_reader_fail(json, "a number is none"));
}

static bool read_meaning(struct arena *arena, const char *text, size_t length, struct meaning *ret_meaning)
{
    struct json_reader json;
    struct meaning meaning = {.kind = NULL};
    const char *name;
    char *kind;
    size_t name_length, kind_length;
    bool first = true, whole;
    hash_of(text, length, meaning.hash);
    json_reader_init(&json, text, length, arena);
    whole = json_reader_enter(&json, JSON_OBJECT);
    while (whole && json_reader_next_member(&json, &first, &name, &name_length)) {
        if (json_reader_is_key(name, name_length, "kind")) {
            whole = json_reader_string(&json, &kind, &kind_length);
            meaning.kind = whole ? kind : NULL;
        } else if (json_reader_is_key(name, name_length, "code")) {
            whole = read_number(&json, &meaning.code);
        } else if (json_reader_is_key(name, name_length, "since")) {
            whole = read_number(&json, &meaning.since);
        } else {
            whole = json_reader_skip(&json, NULL, NULL);
        }
    }
    *ret_meaning = meaning;
    return whole && json_reader_finish(&json) && meaning.kind && meaning.code > 0 && meaning.since > 0;
}

static int compare(const struct meaning *one, const struct meaning *other)
{
    int order = strcmp(one->kind, other->kind);
    return order != 0 ? order : (one->code > other->code) - (one->code < other->code);
}

// In ascending order, so that no code can stand there twice.
static bool read_meanings(struct json_reader *json, struct version *version)
{
    bool first = true;
    const char *text;
    size_t length;
    if (!json_reader_enter(json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(json, &first)) {
        struct meaning *meaning = &version->meanings[version->count];
        if (version->count == CODES || !json_reader_skip(json, &text, &length) ||
            !read_meaning(version->arena, text, length, meaning))
            return json_reader_fail(json, "an entry cannot be read");
        if (version->count > 0 && compare(meaning - 1, meaning) >= 0)
            return json_reader_fail(json, "its codes are not in order, or one is there twice");
        version->count++;
    }
    return !json->wrong;
}

// NULL, or what is wrong with it.
static const char *read_version(const struct audit_file *file, struct version *version)
{
    struct json_reader json;
    const char *name;
    size_t length;
    bool first = true, whole;
    version->meanings = arena_array(version->arena, CODES + 1, sizeof *version->meanings);
    if (!version->meanings)
        return "there is no memory to read it";
    json_reader_init(&json, (const char *)file->bytes, file->length, version->arena);
    whole = json_reader_enter(&json, JSON_OBJECT);
    while (whole && json_reader_next_member(&json, &first, &name, &length)) {
        if (json_reader_is_key(name, length, "version"))
            whole = read_number(&json, &version->number);
        else if (json_reader_is_key(name, length, "entries"))
            whole = read_meanings(&json, version);
        else
            whole = json_reader_skip(&json, NULL, NULL);
    }
    if (whole && json_reader_finish(&json))
        return NULL;
    return json.wrong ? json.wrong : "it is no registry";
}

static void find_swapped(struct audit *audit, const char *path, const struct meaning *meaning)
{
    audit_find(audit, "MEANING_CHANGED", path,
               "gives another meaning to %.20s %" PRIu64
               ", or drops it: what older sheets say would become something else. The institute signed both; "
               "keep both "
               "versions as evidence.",
               meaning->kind, meaning->code);
}

// What was there is still there and the same; what is new says since when.
static void check_growth(struct audit *audit, const char *path, const struct version *old,
                         const struct version *new)
{
    size_t at = 0;
    for (size_t i = 0; i < new->count; i++) {
        const struct meaning *meaning = &new->meanings[i];
        int order = at < old->count ? compare(&old->meanings[at], meaning) : 1;
        if (order == 0 && memcmp(old->meanings[at].hash, meaning->hash, HASH_BYTES) == 0) {
            at++;
        } else if (order <= 0) {
            find_swapped(audit, path, &old->meanings[at]);
            return;
        } else if (meaning->since != new->number) {
            audit_find(audit, "REGISTRY_BROKEN", path,
                       "says that %.20s %" PRIu64 " came with another version. Ask why.", meaning->kind,
                       meaning->code);
            return;
        }
    }
    if (at < old->count)
        find_swapped(audit, path, &old->meanings[at]);
}

static bool has_digest(const struct audit_file *file, const uint8_t digest[HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    hash_of(file->bytes, file->length, hash);
    return memcmp(hash, digest, HASH_BYTES) == 0;
}

// Reads one version; the newer one takes the older one's place.
static bool check_version(struct audit *audit, size_t place, const struct audit_file *file,
                          struct version *last)
{
    struct version version = {.arena = arena_create(ARENA_BYTES)};
    const char *why;
    if (!version.arena)
        return audit_fail_memory(audit);
    if (file->got != AUDIT_GOT) {
        audit_find(audit, "REGISTRY_MISSING", file->path,
                   "is not there: codes of this version cannot be read. Ask the institute for it.");
    } else if (!has_digest(file, audit->registries[place])) {
        audit_find(audit, "REGISTRY_DIFFERS", file->path,
                   "is not the one whose hash the log holds: codes may have got other meanings. Keep it, "
                   "fetch it again or "
                   "from a mirror.");
    } else if ((why = read_version(file, &version)) || version.number != place + 1) {
        audit_find(audit, "REGISTRY_BROKEN", file->path,
                   "is signed, and cannot be read: %s. Ask the institute.",
                   why ? why : "its number is another");
    } else {
        check_growth(audit, file->path, last, &version);
        arena_free(last->arena);
        *last = version;
        return true;
    }
    arena_free(version.arena);
    return true;
}

// A version may be published a moment before its entry.
static bool look_ahead(struct audit *audit)
{
    struct audit_file file;
    audit_init_file(&file, FILE_BYTES, "registry/%zu.json", audit->registry_count + 1);
    bool done = audit_fetch(audit, &file, 1);
    if (done && file.got != AUDIT_ABSENT)
        audit_find(audit, "REGISTRY_EARLY", file.path,
                   "is published and not in the log yet: for a moment that is normal. Audit again; if it "
                   "stays so, ask.");
    audit_free_files(&file, 1);
    return done;
}

bool audit_registry(struct audit *audit)
{
    struct version last = {.arena = NULL};
    bool done = true;
    for (size_t i = 0; done && i < audit->registry_count; i++) {
        struct audit_file file;
        audit_init_file(&file, FILE_BYTES, "registry/%zu.json", i + 1);
        done = audit_fetch(audit, &file, 1) && check_version(audit, i, &file, &last);
        audit_free_files(&file, 1);
    }
    arena_free(last.arena);
    audit->report->registries = audit->registry_count;
    return done && look_ahead(audit);
}
