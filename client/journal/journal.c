// SPDX-License-Identifier: Apache-2.0
// See journal.h: opening, entries, adding, resolving.
#include "journal/journal.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/user_file.h"
#include "journal/record.h"
#include "journal/state.h"
#include "wire/error.h"

bool journal_path(const char *profile, char ret_path[PATH_MAX], struct ts_error *error)
{
    return user_file_path(USER_STATE, ret_path, error, "journal/%s/intake.journal", profile);
}

static bool visit(void *context, const struct scan_position *position, const struct record *record,
                  struct ts_error *error)
{
    return state_take(context, position, record, error);
}

struct journal *journal_open(const struct journal_settings *settings, struct ts_error *error)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    snprintf(journal->desk, sizeof journal->desk, "%s", settings->desk);
    if (journal_file_open(&journal->file, settings, visit, journal, &journal->about, error))
        return journal;
    state_done(journal);
    free(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    journal_file_close(&journal->file);
    state_done(journal);
    free(journal);
}

const struct journal_about *journal_about(const struct journal *journal)
{
    return &journal->about;
}

size_t journal_count(const struct journal *journal)
{
    return journal->count;
}

const struct journal_entry *journal_entry(const struct journal *journal, size_t index)
{
    return index < journal->count ? &journal->entries[index].entry : NULL;
}

static bool has_number(const struct journal_entry *entry, const char *number)
{
    for (size_t i = 0; i < entry->code_count; i++)
        if (strcmp(entry->codes[i], number) == 0)
            return true;
    return strcmp(entry->request_id, number) == 0;
}

bool journal_find(const struct journal *journal, const char *number, size_t *ret_index)
{
    // The newest first: a code stays with the entry that was sent in another's place.
    for (size_t i = journal->count; i-- > 0;) {
        if (!has_number(&journal->entries[i].entry, number))
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

size_t journal_waiting(const struct journal *journal)
{
    size_t count = 0;

    for (size_t i = 0; i < journal->count; i++)
        count += journal->entries[i].entry.state == JOURNAL_WAITING ||
                 journal->entries[i].entry.state == JOURNAL_CONFLICT;
    return count;
}

bool journal_request(const struct journal *journal, size_t index, uint8_t **ret_bytes, size_t *ret_length,
                     struct ts_error *error)
{
    struct record record;
    uint8_t *plain;
    size_t length;

    if (index >= journal->count)
        return error_set(error, TS_NOT_FOUND, "JOURNAL_ENTRY", "there is no such entry");
    if (!journal_file_read(&journal->file, &journal->entries[index].position, &plain, &length, error))
        return false;
    if (!record_read(plain, length, &record)) {
        free(plain);
        return error_set(error, TS_DATA_LOSS, "JOURNAL_DAMAGED", "the entry cannot be read");
    }
    *ret_length = record.fields[INTAKE_REQUEST].length;
    memmove(plain, record.fields[INTAKE_REQUEST].bytes, *ret_length);
    *ret_bytes = plain;
    return true;
}

// Whether an entry that is not in place of this one has the code.
static bool is_code_taken(const struct journal *journal, const char *code, const char *replaces)
{
    for (size_t i = 0; i < journal->count; i++) {
        const struct journal_entry *entry = &journal->entries[i].entry;

        if (entry->state == JOURNAL_REPLACED ||
            (replaces != NULL && strcmp(entry->request_id, replaces) == 0))
            continue;
        for (size_t j = 0; j < entry->code_count; j++)
            if (strcmp(entry->codes[j], code) == 0)
                return true;
    }
    return false;
}

static bool may_add(const struct journal *journal, const struct journal_intake *intake, const char *replaces,
                    struct ts_error *error)
{
    if (intake->code_count > JOURNAL_CODES || strlen(intake->request_id) != JOURNAL_ID - 1)
        return error_set(error, TS_INVALID_ARGUMENT, "JOURNAL_ENTRY", "this is no intake for the journal");
    for (size_t i = 0; i < intake->code_count; i++)
        if (strlen(intake->codes[i]) != JOURNAL_CODE - 1 ||
            is_code_taken(journal, intake->codes[i], replaces))
            return error_set(error, TS_ALREADY_EXISTS, "JOURNAL_CODE_USED",
                             "Item code %.9s is another intake's in this journal. Take the next.",
                             intake->codes[i]);
    return true;
}

// The same entry once more is what was wanted already.
static bool is_there(const struct journal *journal, const struct journal_intake *intake, bool *ret_is_same)
{
    const struct state_entry *held = state_find(journal, intake->request_id);
    uint8_t *bytes;
    size_t length;

    if (held == NULL)
        return false;
    *ret_is_same = false;
    if (journal_request(journal, (size_t)(held - journal->entries), &bytes, &length, NULL)) {
        *ret_is_same = length == intake->request_bytes && memcmp(bytes, intake->request, length) == 0;
        free(bytes);
    }
    return true;
}

static bool append_intake(struct journal *journal, const struct journal_intake *intake, const char *replaces,
                          const char *by, const char *reason, struct ts_error *error)
{
    struct record record = {.kind = RECORD_INTAKE, .at_ms = intake->now_ms};
    char codes[JOURNAL_CODES * (JOURNAL_CODE - 1) + 1], taken[24];

    for (size_t i = 0; i < intake->code_count; i++)
        memcpy(codes + i * (JOURNAL_CODE - 1), intake->codes[i], JOURNAL_CODE - 1);
    snprintf(taken, sizeof taken, "%" PRId64, intake->taken_at_ms);
    record_put_text(&record, INTAKE_REQUEST_ID, intake->request_id);
    record_put_text(&record, INTAKE_USER, intake->user);
    record_put_text(&record, INTAKE_METHOD, intake->method);
    record_put_text(&record, INTAKE_LINE, intake->line);
    record_put_text(&record, INTAKE_LABORATORY, intake->laboratory);
    record_put_text(&record, INTAKE_LEASE, intake->lease_id);
    record_put(&record, INTAKE_CODES, codes, intake->code_count * (JOURNAL_CODE - 1));
    record_put_text(&record, INTAKE_TAKEN_AT, taken);
    record_put_text(&record, INTAKE_REPLACES, replaces);
    record_put_text(&record, INTAKE_BY, by);
    record_put_text(&record, INTAKE_REASON, reason);
    record_put(&record, INTAKE_REQUEST, intake->request, intake->request_bytes);
    return state_append(journal, &record, error);
}

bool journal_add(struct journal *journal, const struct journal_intake *intake, struct ts_error *error)
{
    bool is_same;

    if (is_there(journal, intake, &is_same))
        return is_same || error_set(error, TS_ALREADY_EXISTS, "JOURNAL_ID_USED",
                                    "Another intake stands in the journal under this request id.");
    return may_add(journal, intake, NULL, error) && append_intake(journal, intake, "", "", "", error);
}

bool journal_replace(struct journal *journal, size_t index, const struct journal_intake *replacement,
                     const char *by, const char *reason, struct ts_error *error)
{
    const struct journal_entry *old = journal_entry(journal, index);
    char replaces[JOURNAL_ID];

    // Only a refusal says for sure that the old key did nothing. Where that key is forgotten the codes do:
    // the server has each of them on one intake only.
    if (old == NULL || (old->state != JOURNAL_CONFLICT &&
                        !(journal_is_forgotten(old, replacement->now_ms) && old->code_count > 0)))
        return error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_NOT_REFUSED",
                         "Only what the server refused can be sent otherwise. Replay it first.");
    snprintf(replaces, sizeof replaces, "%s", old->request_id);
    if (state_find(journal, replacement->request_id) != NULL)
        return error_set(error, TS_ALREADY_EXISTS, "JOURNAL_ID_USED",
                         "the new entry needs its own request id");
    return may_add(journal, replacement, replaces, error) &&
           append_intake(journal, replacement, replaces, by, reason, error);
}

bool journal_set_aside(struct journal *journal, size_t index, const char *by, const char *reason,
                       int64_t now_ms, struct ts_error *error)
{
    struct record record = {.kind = RECORD_SET_ASIDE, .at_ms = now_ms};
    const struct journal_entry *entry = journal_entry(journal, index);

    if (entry == NULL || (entry->state != JOURNAL_WAITING && entry->state != JOURNAL_CONFLICT))
        return error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_SETTLED", "this entry is settled already");
    record_put_text(&record, OUTCOME_REQUEST_ID, entry->request_id);
    record_put_text(&record, OUTCOME_WHAT, by);
    record_put_text(&record, OUTCOME_WHY, reason);
    return state_append(journal, &record, error);
}
