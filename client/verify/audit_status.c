// SPDX-License-Identifier: Apache-2.0
// Status lists of an audit: every shard has one, by the right keys, and at the size it names it says what the
// entries say. Kept as they came, which is small; inflated one at a time.
#include "verify/audit_parts.h"
#include "verify/note_check.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OLD_S = 7 * 24 * 3600,
    AHEAD_S = 300,
    BEHIND_S = 3600,
    FILE_BYTES = 64 * 1024,
    ARENA_BYTES = 1024 * 1024,
};

static void where_of(uint64_t shard, char where[AUDIT_PATH_SIZE])
{
    snprintf(where, AUDIT_PATH_SIZE, "status/%" PRIu64, shard);
}

static void check_time(struct audit *audit, const char *where, uint64_t time)
{
    uint64_t now = audit->order->now;
    if (time > now + AHEAD_S)
        audit_find(audit, "STATUS_TIME", where,
                   "was signed at a time that is still to come: look at both clocks.");
    else if (now > time && now - time > OLD_S)
        audit_find(audit, "STATUS_OLD", where,
                   "was signed %" PRIu64
                   " days ago: withdrawals since then may be missing. Fetch it from the institute "
                   "itself; if it is as old there, ask why.",
                   (now - time) / (24 * 3600));
}

static bool keep(struct audit *audit, size_t shard, const struct note *note, const struct status_list *list)
{
    struct audit_status *status = &audit->statuses[shard];
    char *body = malloc(note->body_length + 1);
    if (!body)
        return audit_fail_memory(audit);
    memcpy(body, note->body, note->body_length);
    free(status->body);
    *status = (struct audit_status){
        .size = list->size, .time = list->unix_time, .body = body, .length = note->body_length};
    return true;
}

static bool find_broken(struct audit *audit, const char *where, const struct ts_error *why)
{
    if (why->status == TS_RESOURCE_EXHAUSTED)
        return audit_fail_memory(audit);
    audit_find(audit, "STATUS_BROKEN", where,
               "cannot be believed (%s: %s): somebody changed it on its way, or the institute did not sign "
               "it. Do not rely "
               "on the status of these sheets; fetch it again, keep both.",
               why->reason, why->detail);
    return true;
}

static bool is_of_origin(const struct status_list *list, const char *origin)
{
    return list->origin_length == strlen(origin) && memcmp(list->origin, origin, list->origin_length) == 0;
}

static bool take(struct audit *audit, size_t shard, const struct audit_file *file, bool is_last_try,
                 bool *ret_ahead)
{
    struct ts_error why = {0};
    struct status_list *list;
    struct note note;
    char where[AUDIT_PATH_SIZE];
    bool done = true;
    where_of(shard, where);
    struct arena *arena = arena_create(ARENA_BYTES);
    list = arena ? arena_alloc(arena, sizeof *list) : NULL;
    if (!list) {
        done = audit_fail_memory(audit);
    } else if (file->got == AUDIT_TOO_LONG) {
        error_set(&why, TS_DATA_LOSS, "E_STATUS", "it is longer than any list can be");
        done = find_broken(audit, where, &why);
    } else if (!note_check((const char *)file->bytes, file->length, audit->keys, NOTE_CHECK_STATUS, arena,
                           &note, &why) ||
               !status_list_read(note.body, note.body_length, list, &why)) {
        done = find_broken(audit, where, &why);
    } else if (!is_of_origin(list, audit->report->origin) || list->shard != shard ||
               list->size <= (uint64_t)shard << STATUS_LIST_SHARD_SHIFT) {
        audit_find(
            audit, "STATUS_OF_ANOTHER", where,
            "is the list of another log or shard: somebody serves one list for another. Keep it and ask.");
    } else if (list->size > audit->size) {
        *ret_ahead = true;
        if (is_last_try)
            audit_find(audit, "STATUS_AHEAD", where,
                       "was made from a tree of %" PRIu64 " entries, of which only %" PRIu64
                       " are shown: entries are hidden from you. Keep the files and ask.",
                       list->size, audit->size);
    } else {
        check_time(audit, where, list->unix_time);
        done = keep(audit, shard, &note, list);
    }
    arena_free(arena);
    return done;
}

// Asks for the lists that are still missing. `ret_again`: one was absent or newer than the checkpoint.
static bool read_missing(struct audit *audit, bool is_last_try, bool *seen, bool *ret_again)
{
    struct audit_file files[AUDIT_BATCH];
    size_t shards[AUDIT_BATCH], count;
    for (size_t next = 0; next < audit->shard_count;) {
        for (count = 0; count < AUDIT_BATCH && next < audit->shard_count; next++)
            if (!seen[next]) {
                audit_init_file(&files[count], FILE_BYTES, "status/%zu", next);
                shards[count++] = next;
            }
        bool done = audit_fetch(audit, files, count);
        for (size_t i = 0; done && i < count; i++) {
            bool is_ahead = false;
            if (files[i].got != AUDIT_ABSENT)
                done = take(audit, shards[i], &files[i], is_last_try, &is_ahead);
            else if (is_last_try)
                audit_find(
                    audit, "STATUS_MISSING", files[i].path,
                    "is not there: nobody can tell which of these sheets are withdrawn. Ask the institute.");
            seen[shards[i]] = files[i].got != AUDIT_ABSENT && !is_ahead;
            *ret_again = *ret_again || !seen[shards[i]];
        }
        audit_free_files(files, count);
        if (!done)
            return false;
    }
    return true;
}

// Room for the lists of a log that may have grown; what is known stays.
static bool make_room(struct audit *audit, bool **seen)
{
    size_t count = audit->size ? (size_t)((audit->size - 1) >> STATUS_LIST_SHARD_SHIFT) + 1 : 0,
           old = audit->shard_count;
    struct audit_status *statuses = realloc(audit->statuses, (count + 1) * sizeof *statuses);
    bool *more = realloc(*seen, count + 1);
    audit->statuses = statuses ? statuses : audit->statuses;
    *seen = more ? more : *seen;
    if (!statuses || !more)
        return audit_fail_memory(audit);
    for (size_t i = old; i < count; i++) {
        audit->statuses[i] = (struct audit_status){.size = 0};
        more[i] = false;
    }
    audit->shard_count = count;
    return true;
}

// The log may grow while it is read: then a list can be newer than the checkpoint, or be about to come.
bool audit_status_read(struct audit *audit)
{
    enum { TRIES = 6 };
    bool *seen = NULL, done = make_room(audit, &seen), goes_on = true;
    for (int i = 0; done && i < TRIES; i++) {
        bool again = false, is_last = i + 1 == TRIES || !audit->order->source.wait;
        done = read_missing(audit, is_last, seen, &again);
        if (!again || is_last || !done)
            break;
        audit_wait(audit);
        done = audit_head_checkpoint(audit, &goes_on) && make_room(audit, &seen);
    }
    free(seen);
    audit->next_status = UINT64_MAX;
    for (size_t i = 0; done && i < audit->shard_count; i++)
        if (audit->statuses[i].size > 0 && audit->statuses[i].size < audit->next_status)
            audit->next_status = audit->statuses[i].size;
    audit->report->shards = audit->shard_count;
    return done;
}

static enum status_list_state expected(const struct audit *audit, uint64_t index, uint64_t size)
{
    static const enum status_list_state MEANS[] = {
        [AUDIT_NO_SHEET] = STATUS_LIST_VALID,
        [AUDIT_VALID] = STATUS_LIST_VALID,
        [AUDIT_SUPERSEDED] = STATUS_LIST_SUPERSEDED,
        [AUDIT_WITHDRAWN] = STATUS_LIST_WITHDRAWN,
    };
    return index < size ? MEANS[audit_state_of(audit, index)] : STATUS_LIST_VALID;
}

static void compare(struct audit *audit, size_t shard, const struct audit_status *status)
{
    static const char *const WORDS[] = {"valid", "superseded", "withdrawn"};
    uint64_t first = (uint64_t)shard << STATUS_LIST_SHARD_SHIFT, wrong = 0, at = 0;
    struct status_list list;
    struct ts_error why = {0};
    char where[AUDIT_PATH_SIZE];
    where_of(shard, where);
    if (!status_list_read(status->body, status->length, &list, &why)) {
        find_broken(audit, where, &why);
        return;
    }
    for (uint64_t index = first; index < first + STATUS_LIST_INDEXES; index++)
        if (status_list_of(&list, index) != expected(audit, index, status->size) && wrong++ == 0)
            at = index;
    if (wrong > 0)
        audit_find(audit, "STATUS_LIES", where,
                   "says that index %" PRIu64 " is %s; the entries say %s (%" PRIu64
                   " wrong in all): who asks for the status of this sheet is told a lie that the institute "
                   "signed. Keep "
                   "list and checkpoint as evidence.",
                   at, WORDS[status_list_of(&list, at)], WORDS[expected(audit, at, status->size)], wrong);
}

void audit_status_reached(struct audit *audit, uint64_t size, const struct log_entry *entry)
{
    audit->next_status = UINT64_MAX;
    for (size_t i = 0; i < audit->shard_count; i++) {
        const struct audit_status *status = &audit->statuses[i];
        char where[AUDIT_PATH_SIZE];
        if (status->size > size && status->size < audit->next_status)
            audit->next_status = status->size;
        if (status->size != size || status->size == 0)
            continue;
        if (!audit->is_partial)
            compare(audit, i, status);
        where_of(i, where);
        if (entry && entry->unix_ms / 1000 + BEHIND_S < status->time)
            audit_find(audit, "STATUS_BEHIND", where,
                       "was signed more than an hour after entry %" PRIu64
                       " and does not cover it: what is new is told late. Ask why.",
                       size);
    }
}

void audit_status_done(struct audit *audit)
{
    for (size_t i = 0; audit->statuses && i < audit->shard_count; i++)
        free(audit->statuses[i].body);
    free(audit->statuses);
}
