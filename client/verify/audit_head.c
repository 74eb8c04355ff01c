// SPDX-License-Identifier: Apache-2.0
// What an audit begins with: the keys, the checkpoint that is promised now, the one that was promised before.
#include "evidence/checkpoint.h"
#include "verify/audit_parts.h"
#include "verify/note_check.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHECKPOINT_BYTES = 64 * 1024 };

// A log of more entries than there could ever be sheets: following it would never end.
#define SIZE_CEILING (UINT64_C(1) << 40)

// The keys to check by: those that are trusted, or for want of such the log's own.
static bool read_keys(struct audit *audit, bool *ret_goes_on)
{
    struct audit_file file;
    struct ts_error why = {0};
    if (audit->order->pinned) {
        audit->keys = audit->order->pinned;
        return true;
    }
    struct log_keys *keys = arena_alloc(audit->arena, sizeof *keys);
    audit_init_file(&file, LOG_KEYS_FILE_BYTES, "keys.json");
    if (!keys)
        return audit_fail_memory(audit);
    if (!audit_fetch(audit, &file, 1)) {
        audit_free_files(&file, 1);
        return false;
    }
    bool read = file.got == AUDIT_GOT &&
                log_keys_read((const char *)file.bytes, file.length, audit->arena, keys, &why);
    audit_free_files(&file, 1);
    if (why.status == TS_RESOURCE_EXHAUSTED)
        return audit_fail_memory(audit);
    if (!read) {
        audit_find(audit, "KEYS_BROKEN", "keys.json",
                   "is missing or broken (%s): nothing can be checked without the keys. Give those that you "
                   "trust with "
                   "--keys FILE.",
                   why.status ? why.detail : "it is not there");
        *ret_goes_on = false;
        return true;
    }
    audit->keys = keys;
    audit_find(audit, "KEYS_TAKEN", "keys.json",
               "is the log's own list of keys: the log was checked against itself. Give the keys that you "
               "got elsewhere "
               "with --keys FILE.");
    return true;
}

static bool find_forged(struct audit *audit, const struct ts_error *why)
{
    if (why->status == TS_RESOURCE_EXHAUSTED)
        return audit_fail_memory(audit);
    audit_find(audit, "CHECKPOINT_FORGED", "checkpoint",
               "is not signed by the log's keys (%s: %s): somebody changed it on its way, or it is another "
               "log. Trust "
               "nothing below it; fetch it again, keep both.",
               why->reason, why->detail);
    return true;
}

static bool take_checkpoint(struct audit *audit, const struct audit_file *file, bool *ret_goes_on)
{
    struct audit_report *report = audit->report;
    struct checkpoint checkpoint;
    struct ts_error why = {0};
    struct note note;
    const char *copy = arena_copy(audit->arena, file->bytes, file->length);
    *ret_goes_on = false;
    if (!copy)
        return audit_fail_memory(audit);
    if (!note_check(copy, file->length, audit->keys, NOTE_CHECK_CHECKPOINT, audit->arena, &note, &why) ||
        !checkpoint_read(note.body, note.body_length, &checkpoint, &why))
        return find_forged(audit, &why);
    if (!checkpoint_is_of(&checkpoint, audit->keys->origin) ||
        strlen(audit->keys->origin) >= sizeof report->origin) {
        audit_find(audit, "CHECKPOINT_OF_ANOTHER", "checkpoint",
                   "is of the log %.*s, the keys are of %.100s: ask the institute which is its log.",
                   (int)(checkpoint.origin_length < 100 ? checkpoint.origin_length : 100), checkpoint.origin,
                   audit->keys->origin);
        return true;
    }
    if (checkpoint.size > SIZE_CEILING)
        return error_set(audit->error, TS_FAILED_PRECONDITION, "LOG_TOO_LONG",
                         "the log claims %" PRIu64 " entries, more than this program follows",
                         checkpoint.size);
    if (checkpoint.size < report->size) // read before, while the log was growing
        return find_forged(audit, &(struct ts_error){.status = TS_DATA_LOSS,
                                                     .reason = "ROLLED_BACK",
                                                     .detail = "it became shorter while it was read"});
    snprintf(report->origin, sizeof report->origin, "%s", audit->keys->origin);
    report->size = audit->size = checkpoint.size;
    memcpy(report->root, checkpoint.root, HASH_BYTES);
    report->checkpoint = copy;
    report->checkpoint_length = file->length;
    *ret_goes_on = true;
    return true;
}

bool audit_head_checkpoint(struct audit *audit, bool *ret_goes_on)
{
    struct audit_file file;
    audit_init_file(&file, CHECKPOINT_BYTES, "checkpoint");
    bool done = audit_fetch(audit, &file, 1);
    *ret_goes_on = false;
    if (done && file.got == AUDIT_GOT)
        done = take_checkpoint(audit, &file, ret_goes_on);
    else if (done && file.got == AUDIT_TOO_LONG)
        done = find_forged(audit, &(struct ts_error){.status = TS_DATA_LOSS,
                                                     .reason = "E_NOTE",
                                                     .detail = "it is longer than any checkpoint can be"});
    else if (done)
        audit_find(audit, "CHECKPOINT_MISSING", "checkpoint",
                   "is not there: either this is no log of Touchstone, or it promises nothing yet. Look at "
                   "the address; "
                   "a log that had one before and has none now hides something.");
    audit_free_files(&file, 1);
    return done;
}

// The earlier promise: by the same keys, of the same log, and no longer than the one of today.
static bool read_since(struct audit *audit)
{
    const struct audit_order *order = audit->order;
    struct checkpoint checkpoint;
    struct ts_error why = {0};
    struct note note;
    if (!order->since)
        return true;
    if (!note_check(order->since, order->since_length, audit->keys, NOTE_CHECK_CHECKPOINT, audit->arena,
                    &note, &why) ||
        !checkpoint_read(note.body, note.body_length, &checkpoint, &why) ||
        !checkpoint_is_of(&checkpoint, audit->report->origin)) {
        if (why.status == TS_RESOURCE_EXHAUSTED)
            return audit_fail_memory(audit);
        audit_find(audit, "SINCE_FOREIGN", "checkpoint",
                   "is not by the keys of your earlier checkpoint: another log has taken this one's place, "
                   "or your file is "
                   "another's. Keep both and ask the institute.");
        return true;
    }
    audit->report->since_size = checkpoint.size;
    if (checkpoint.size > audit->size) {
        audit_find(audit, "ROLLED_BACK", "checkpoint",
                   "has %" PRIu64 " entries, your earlier one had %" PRIu64
                   ": entries that were promised are gone. Keep both; together they prove it.",
                   audit->size, checkpoint.size);
        return true;
    }
    audit->has_since = true;
    memcpy(audit->since_root, checkpoint.root, HASH_BYTES);
    return true;
}

bool audit_head(struct audit *audit, bool *ret_goes_on)
{
    *ret_goes_on = true;
    if (!read_keys(audit, ret_goes_on))
        return false;
    if (!*ret_goes_on)
        return true;
    return audit_head_checkpoint(audit, ret_goes_on) && (!*ret_goes_on || read_since(audit));
}
