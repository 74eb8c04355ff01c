// SPDX-License-Identifier: Apache-2.0
// The published list of keys against the entries that added and retired them, against the keys that were
// trusted beforehand, and against what the verify page is told (data.json).
#include "verify/audit_parts.h"
#include "wire/arena.h"
#include "wire/json_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void where_of(const uint8_t kid[LOG_ENTRY_KID_BYTES], char where[AUDIT_PATH_SIZE])
{
    int at = snprintf(where, AUDIT_PATH_SIZE, "key ");
    for (size_t i = 0; i < LOG_ENTRY_KID_BYTES; i++)
        at += snprintf(where + at, AUDIT_PATH_SIZE - (size_t)at, "%02x", kid[i]);
}

static bool read_list(struct audit *audit, const char *path, struct log_keys *keys,
                      struct audit_file *ret_file, bool *ret_there)
{
    struct ts_error why = {0};
    audit_init_file(ret_file, LOG_KEYS_FILE_BYTES, "%s", path);
    *ret_there = false;
    if (!audit_fetch(audit, ret_file, 1))
        return false;
    if (ret_file->got != AUDIT_GOT)
        return true;
    *ret_there = log_keys_read((const char *)ret_file->bytes, ret_file->length, audit->arena, keys, &why);
    if (why.status == TS_RESOURCE_EXHAUSTED)
        return audit_fail_memory(audit);
    return true;
}

static const struct audit_key *find_replayed(const struct audit *audit, const struct log_key *key)
{
    for (size_t i = 0; i < audit->key_count; i++)
        if (memcmp(audit->replayed[i].digest, key->digest, HASH_BYTES) == 0)
            return &audit->replayed[i];
    return NULL;
}

// A retirement may be listed before the checkpoint that covers its entry.
static bool fits(const struct audit *audit, const struct log_key *listed, const struct audit_key *replayed)
{
    return listed->from == replayed->from &&
           (listed->last == replayed->last ||
            (replayed->last == LOG_KEYS_NO_INDEX && listed->last + 1 >= audit->size));
}

static void check_use(struct audit *audit, const struct log_key *listed, const struct audit_key *replayed)
{
    char where[AUDIT_PATH_SIZE];
    if (replayed->first_sheet == LOG_KEYS_NO_INDEX || listed->use == LOG_KEY_STATEMENT)
        return;
    snprintf(where, sizeof where, "entry %" PRIu64, replayed->first_sheet);
    audit_find(audit, "KEY_OF_ANOTHER_USE", where,
               "is by a key that is not listed for statements: a key does what it was not made for. Ask the "
               "institute why.");
}

static void check_listed(struct audit *audit, const struct log_keys *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct log_key *key = &list->keys[i];
        const struct audit_key *replayed = find_replayed(audit, key);
        char where[AUDIT_PATH_SIZE];
        where_of(key->kid, where);
        if (replayed)
            check_use(audit, key, replayed);
        if (replayed && !fits(audit, key, replayed))
            audit_find(audit, "KEYS_DIFFER", where,
                       "is listed with another first or last index than the entries say: sheets would be "
                       "taken for good or "
                       "bad wrongly. Keep keys.json and ask.");
        else if (!replayed && key->from == LOG_KEYS_NO_INDEX)
            audit_find(audit, "KEYS_BEHIND", where,
                       "is listed and not entered yet: for a moment that is normal. Audit again; if it stays "
                       "so, ask.");
        else if (!replayed && key->from < audit->size)
            audit_find(audit, "KEY_NOT_ADDED", where,
                       "is listed (%s), and no entry added it: somebody slipped a key in. Trust nothing "
                       "signed by it; keep "
                       "keys.json.",
                       log_keys_use_name(key->use));
    }
}

static void check_replayed(struct audit *audit, const struct log_keys *list)
{
    for (size_t i = 0; i < audit->key_count; i++) {
        char where[AUDIT_PATH_SIZE];
        where_of(audit->replayed[i].kid, where);
        if (!log_keys_find(list, audit->replayed[i].kid))
            audit_find(audit, "KEY_UNLISTED", where,
                       "was added by entry %" PRIu64
                       " and is not listed: sheets signed by it cannot be checked. Ask the "
                       "institute to publish it.",
                       audit->replayed[i].from);
    }
}

static void check_pinned(struct audit *audit, const struct log_keys *list)
{
    const struct log_keys *pinned = audit->order->pinned;
    for (size_t i = 0; pinned && i < pinned->count; i++) {
        const struct log_key *mine = &pinned->keys[i], *theirs = log_keys_find(list, mine->kid);
        char where[AUDIT_PATH_SIZE];
        where_of(mine->kid, where);
        if (!theirs || theirs->use != mine->use ||
            (mine->last != LOG_KEYS_NO_INDEX && theirs->last != mine->last) ||
            (mine->from != LOG_KEYS_NO_INDEX && theirs->from != mine->from))
            audit_find(audit, "KEYS_NOT_TRUSTED", where,
                       "(%s) of your keys is not listed, or otherwise: the list is not of the institute that "
                       "you trust.",
                       log_keys_use_name(mine->use));
    }
}

static bool is_same_list(const struct log_keys *one, const struct log_keys *other)
{
    if (one->count != other->count || strcmp(one->origin, other->origin) != 0)
        return false;
    for (size_t i = 0; i < one->count; i++) {
        const struct log_key *a = &one->keys[i], *b = &other->keys[i];
        if (memcmp(a->digest, b->digest, HASH_BYTES) != 0 || a->use != b->use ||
            strcmp(a->name, b->name) != 0 || a->from != b->from || a->last != b->last ||
            a->demonstration != b->demonstration)
            return false;
    }
    return true;
}

// "lab.example" of "lab.example/log", as JSON.
static bool is_host(const char *text, size_t length, const char *origin)
{
    size_t host = strlen(origin) - (strlen(origin) > 4 ? 4 : 0);
    return length == host + 2 && memcmp(text + 1, origin, host) == 0 && strcmp(origin + host, "/log") == 0;
}

// Whether the page's registry is one whose hash the log holds, and the rest that can be proved fits.
static bool check_page_registry(struct audit *audit, const struct audit_file *file)
{
    struct json_reader json;
    const char *name, *text;
    uint8_t hash[HASH_BYTES];
    size_t length, text_length, at = audit->registry_count, fits = 0;
    bool first = true, found = false;
    json_reader_init(&json, (const char *)file->bytes, file->length, audit->arena);
    if (!json_reader_enter(&json, JSON_OBJECT))
        return !json.out_of_memory || audit_fail_memory(audit);
    while (json_reader_next_member(&json, &first, &name, &length) &&
           json_reader_skip(&json, &text, &text_length))
        if (json_reader_is_key(name, length, "registry")) {
            hash_of(text, text_length, hash);
            found = true;
        } else if (json_reader_is_key(name, length, "host")) {
            fits += is_host(text, text_length, audit->report->origin);
        } else if (json_reader_is_key(name, length, "page")) {
            fits += text_length == 3 && memcmp(text, "\"1\"", 3) == 0;
        }
    while (found && at > 0 && memcmp(audit->registries[at - 1], hash, HASH_BYTES) != 0)
        at--;
    if (!found || at == 0 || fits != 2)
        audit_find(audit, "PAGE_DIFFERS", "../s/data.json",
                   "is of another host, or has a registry that the log does not know: the page would read "
                   "codes wrongly. Keep it, "
                   "fetch it again; "
                   "check sheets with touchstone verify meanwhile.");
    return true;
}

// A mirror of the log alone has no page.
static bool check_page(struct audit *audit, const struct log_keys *list)
{
    struct log_keys *page = arena_alloc(audit->arena, sizeof *page);
    struct audit_file file = {.bytes = NULL};
    bool there = false, done = page && read_list(audit, "../s/data.json", page, &file, &there);
    if (!page)
        return audit_fail_memory(audit);
    if (done && file.got != AUDIT_ABSENT) {
        if (!there || !is_same_list(page, list))
            audit_find(audit, "PAGE_DIFFERS", "../s/data.json",
                       "lists other keys than keys.json, or is broken: the page would trust others. Keep it, "
                       "fetch it again; "
                       "check sheets with touchstone verify meanwhile.");
        else if (!audit->is_partial)
            done = check_page_registry(audit, &file);
    }
    audit_free_files(&file, 1);
    return done;
}

bool audit_keys(struct audit *audit)
{
    struct log_keys *list = arena_alloc(audit->arena, sizeof *list);
    struct audit_file file = {.bytes = NULL};
    bool there = false, done = list && read_list(audit, "keys.json", list, &file, &there);
    if (!list)
        return audit_fail_memory(audit);
    audit_free_files(&file, 1);
    if (!done)
        return false;
    if (!there || strcmp(list->origin, audit->report->origin) != 0) {
        audit_find(audit, "KEYS_BROKEN", "keys.json",
                   "is missing, broken or of another log: consumers cannot check sheets with it. Fetch it "
                   "again; if it "
                   "stays so, tell the institute.");
        return true;
    }
    audit->report->keys = list->count;
    check_pinned(audit, list);
    if (!audit->is_partial) {
        check_listed(audit, list);
        check_replayed(audit, list);
    }
    return check_page(audit, list);
}
