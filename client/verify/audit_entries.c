// SPDX-License-Identifier: Apache-2.0
// The rules of entries (docs/evidence.md, Log entry): who may have signed one, what it may refer to, in which
// order times come. Keeps two bits for each index, and what was added and retired.
#include "verify/audit_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD_S = 300, FIRST_INDEXES = 1 << 16 };

static bool make_room(struct audit *audit, uint64_t index)
{
    uint64_t capacity = audit->states_capacity ? audit->states_capacity : FIRST_INDEXES;
    if (index < audit->states_capacity)
        return true;
    while (capacity <= index)
        capacity *= 2;
    uint8_t *more = realloc(audit->states, capacity / 4);
    if (!more)
        return audit_fail_memory(audit);
    memset(more + audit->states_capacity / 4, 0, (capacity - audit->states_capacity) / 4);
    audit->states = more;
    audit->states_capacity = capacity;
    return true;
}

static void set_state(struct audit *audit, uint64_t index, enum audit_state state)
{
    unsigned shift = 2 * (unsigned)(index % 4);
    audit->states[index / 4] =
        (uint8_t)((audit->states[index / 4] & ~(3u << shift)) | (unsigned)state << shift);
}

static void find_entry(struct audit *audit, uint64_t index, const char *code, const char *text)
{
    char where[AUDIT_PATH_SIZE];
    snprintf(where, sizeof where, "entry %" PRIu64, index);
    audit_find(audit, code, where, "%s", text);
}

static struct audit_key *find_key(struct audit *audit, const uint8_t kid[LOG_ENTRY_KID_BYTES])
{
    for (size_t i = 0; i < audit->key_count; i++)
        if (memcmp(audit->replayed[i].kid, kid, LOG_ENTRY_KID_BYTES) == 0)
            return &audit->replayed[i];
    return NULL;
}

// The key that signs statements is named in every entry but those that speak of keys.
static void check_signer(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    struct audit_key *key = find_key(audit, entry->kid);
    bool is_sheet = entry->kind == LOG_ENTRY_ISSUE || entry->kind == LOG_ENTRY_AMEND;
    if (!key)
        find_entry(audit, index, "KEY_NOT_ADDED",
                   "is by a key that no earlier entry added: nobody vouches for it. Ask the institute whose "
                   "key it is; "
                   "do not trust sheets signed by it.");
    else if (key->last != LOG_KEYS_NO_INDEX)
        find_entry(audit, index, "KEY_USED_AFTER_RETIREMENT",
                   "is by a key that was retired before: a stolen or forgotten key signs. Sheets at this "
                   "index are not "
                   "to be trusted; tell the institute and its accreditation body.");
    else
        key->last_used = index;
    if (key && is_sheet && key->first_sheet == LOG_KEYS_NO_INDEX)
        key->first_sheet = index;
}

// What a later entry may refer to: the newest valid revision of a sheet.
static bool check_ref(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    static const struct {
        const char *code, *text;
    } WRONG[] = {
        [AUDIT_NO_SHEET] = {"REF_NOT_A_SHEET",
                            "refers to an index that is no sheet: the institute cannot say which "
                            "sheet it means. Keep the files and ask."},
        [AUDIT_SUPERSEDED] = {"REF_SUPERSEDED",
                              "refers to a revision that was superseded before: two newest revisions "
                              "of one sheet would exist. Keep the files and ask."},
        [AUDIT_WITHDRAWN] = {"REF_WITHDRAWN",
                             "refers to a sheet that was withdrawn before: it cannot come back. Keep "
                             "the files and ask."},
    };
    enum audit_state state = entry->ref < index ? audit_state_of(audit, entry->ref) : AUDIT_NO_SHEET;
    if (state == AUDIT_VALID)
        return true;
    find_entry(audit, index, WRONG[state].code, WRONG[state].text);
    return false;
}

static bool apply_issue(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    check_signer(audit, index, entry);
    set_state(audit, index, AUDIT_VALID);
    return true;
}

static bool apply_amend(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    check_signer(audit, index, entry);
    if (check_ref(audit, index, entry)) {
        set_state(audit, entry->ref, AUDIT_SUPERSEDED);
        audit->report->superseded++;
    }
    set_state(audit, index, AUDIT_VALID);
    return true;
}

static bool apply_withdraw(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    check_signer(audit, index, entry);
    if (check_ref(audit, index, entry)) {
        set_state(audit, entry->ref, AUDIT_WITHDRAWN);
        audit->report->withdrawn++;
    }
    return true;
}

static bool apply_registry(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    check_signer(audit, index, entry);
    if (audit->registry_count == AUDIT_REGISTRIES)
        return true;
    if (audit->registry_count == audit->registry_capacity) {
        size_t capacity = audit->registry_capacity ? audit->registry_capacity * 2 : 64;
        void *more = realloc(audit->registries, capacity * HASH_BYTES);
        if (!more)
            return audit_fail_memory(audit);
        audit->registries = more;
        audit->registry_capacity = capacity;
    }
    memcpy(audit->registries[audit->registry_count++], entry->digest, HASH_BYTES);
    return true;
}

static bool apply_key_add(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    if (memcmp(entry->kid, entry->digest, sizeof entry->kid) != 0)
        find_entry(audit, index, "KEY_ENTRY_WRONG",
                   "adds a key under an id that is not its own: keep the files and ask.");
    else if (find_key(audit, entry->kid))
        find_entry(
            audit, index, "KEY_ADDED_TWICE",
            "adds a key that was added before: a retired key would come back. Keep the files and ask.");
    else if (audit->key_count == AUDIT_REPLAYED_KEYS)
        find_entry(audit, index, "KEYS_TOO_MANY",
                   "adds more keys than any institute has; this program follows 1024.");
    else {
        struct audit_key *key = &audit->replayed[audit->key_count++];
        *key = (struct audit_key){.from = index,
                                  .last = LOG_KEYS_NO_INDEX,
                                  .last_used = LOG_KEYS_NO_INDEX,
                                  .first_sheet = LOG_KEYS_NO_INDEX};
        memcpy(key->kid, entry->kid, sizeof key->kid);
        memcpy(key->digest, entry->digest, sizeof key->digest);
    }
    return true;
}

static bool apply_key_retire(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    struct audit_key *key = find_key(audit, entry->kid);
    if (!key)
        find_entry(audit, index, "KEY_NOT_ADDED",
                   "retires a key that no earlier entry added: keep the files and ask.");
    else if (key->last != LOG_KEYS_NO_INDEX)
        find_entry(audit, index, "KEY_RETIRED_TWICE",
                   "retires a key for the second time: keep the files and ask.");
    else if (entry->ref >= index || (key->last_used != LOG_KEYS_NO_INDEX && entry->ref < key->last_used))
        find_entry(audit, index, "KEY_RETIREMENT_WRONG",
                   "retires a key from an index on that it had signed beyond, or that is to come: sheets "
                   "that were good "
                   "when issued would no longer be. Keep the files and ask.");
    if (key && key->last == LOG_KEYS_NO_INDEX)
        key->last = entry->ref;
    return true;
}

static bool apply_sealed(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    check_signer(audit, index, entry);
    if (entry->ref >= index || audit_state_of(audit, entry->ref) == AUDIT_NO_SHEET)
        find_entry(audit, index, "REF_NOT_A_SHEET",
                   "names the file of an index that is no sheet: keep the files and ask.");
    return true;
}

static void check_time(struct audit *audit, uint64_t index, const struct log_entry *entry)
{
    struct audit_report *report = audit->report;
    if (index == 0)
        report->first_ms = report->last_ms = entry->unix_ms;
    if (entry->unix_ms < report->last_ms)
        find_entry(audit, index, "TIME_BACK",
                   "is older than the entry before it: the institute's clock was set back. Order is by "
                   "index, so nothing "
                   "is lost; ask if it happens often.");
    else
        report->last_ms = entry->unix_ms;
    if (entry->unix_ms / 1000 > audit->order->now + AHEAD_S)
        find_entry(audit, index, "TIME_AHEAD", "has a time that is still to come: look at both clocks.");
}

bool audit_entry(struct audit *audit, uint64_t index, const uint8_t *bytes, size_t length)
{
    static bool (*const APPLY[])(struct audit *, uint64_t, const struct log_entry *) = {
        [LOG_ENTRY_ISSUE] = apply_issue,       [LOG_ENTRY_AMEND] = apply_amend,
        [LOG_ENTRY_WITHDRAW] = apply_withdraw, [LOG_ENTRY_REGISTRY] = apply_registry,
        [LOG_ENTRY_KEY_ADD] = apply_key_add,   [LOG_ENTRY_KEY_RETIRE] = apply_key_retire,
        [LOG_ENTRY_SEALED] = apply_sealed,
    };
    struct log_entry entry;
    if (!log_entry_read(bytes, length, &entry)) {
        find_entry(audit, index, "ENTRY_BROKEN",
                   "is no entry of this kind of log: it hides what was done. Keep the files as evidence and "
                   "tell the "
                   "institute and its accreditation body.");
        audit->is_partial = true;
        return true;
    }
    if (index == audit->next_status)
        audit_status_reached(audit, index, &entry);
    check_time(audit, index, &entry);
    audit->report->kinds[entry.kind]++;
    return make_room(audit, index) && APPLY[entry.kind](audit, index, &entry);
}
