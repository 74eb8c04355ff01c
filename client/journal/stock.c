// SPDX-License-Identifier: Apache-2.0
// What a desk holds beforehand: reserved codes and leased places, see journal.h. A block is the desk's that
// fetched it: who goes on with a copy of the journal at another desk takes none of its codes.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/record.h"
#include "journal/state.h"
#include "wire/error.h"

bool journal_add_codes(struct journal *journal, const char *laboratory, const char (*codes)[JOURNAL_CODE],
                       size_t count, int64_t now_ms, struct ts_error *error)
{
    struct record record = {.kind = RECORD_CODES, .at_ms = now_ms};
    char *packed = malloc(count * (JOURNAL_CODE - 1) + 1);
    bool done;

    if (packed == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    for (size_t i = 0; i < count; i++)
        memcpy(packed + i * (JOURNAL_CODE - 1), codes[i], JOURNAL_CODE - 1);
    record_put_text(&record, CODES_DESK, journal->desk);
    record_put_text(&record, CODES_LABORATORY, laboratory);
    record_put(&record, CODES_CODES, packed, count * (JOURNAL_CODE - 1));
    done = state_append(journal, &record, error);
    free(packed);
    return done;
}

bool journal_spend_codes(struct journal *journal, const char (*codes)[JOURNAL_CODE], size_t count,
                         int64_t now_ms, struct ts_error *error)
{
    struct record record = {.kind = RECORD_SPENT, .at_ms = now_ms};
    char packed[JOURNAL_CODES * (JOURNAL_CODE - 1)];

    if (count > JOURNAL_CODES)
        return error_set(error, TS_INVALID_ARGUMENT, "JOURNAL_ENTRY", "an intake has at most 20 items");
    for (size_t i = 0; i < count; i++)
        memcpy(packed + i * (JOURNAL_CODE - 1), codes[i], JOURNAL_CODE - 1);
    record_put(&record, SPENT_CODES, packed, count * (JOURNAL_CODE - 1));
    return state_append(journal, &record, error);
}

bool journal_add_lease(struct journal *journal, const char *laboratory, const char *lease_id, int places,
                       int64_t ends_at_ms, int64_t now_ms, struct ts_error *error)
{
    struct record record = {.kind = RECORD_LEASE, .at_ms = now_ms};
    char count[16], ends[24];

    snprintf(count, sizeof count, "%d", places);
    snprintf(ends, sizeof ends, "%" PRId64, ends_at_ms);
    record_put_text(&record, LEASE_DESK, journal->desk);
    record_put_text(&record, LEASE_LABORATORY, laboratory);
    record_put_text(&record, LEASE_ID, lease_id);
    record_put_text(&record, LEASE_PLACES, count);
    record_put_text(&record, LEASE_ENDS_AT, ends);
    return state_append(journal, &record, error);
}

static bool is_free(const struct journal *journal, const struct state_code *code, const char *laboratory)
{
    return !code->is_gone && strcmp(code->desk, journal->desk) == 0 &&
           strcmp(code->laboratory, laboratory) == 0;
}

size_t journal_codes_left(const struct journal *journal, const char *laboratory)
{
    size_t left = 0;

    for (size_t i = 0; i < journal->code_count; i++)
        left += is_free(journal, &journal->codes[i], laboratory);
    return left;
}

bool journal_free_codes(const struct journal *journal, const char *laboratory, size_t count,
                        char (*ret_codes)[JOURNAL_CODE])
{
    size_t found = 0;

    if (journal_codes_left(journal, laboratory) < count)
        return false;
    for (size_t i = 0; i < journal->code_count && found < count; i++)
        if (is_free(journal, &journal->codes[i], laboratory))
            memcpy(ret_codes[found++], journal->codes[i].code, JOURNAL_CODE);
    return true;
}

bool journal_drop_codes(struct journal *journal, const char *laboratory, int64_t now_ms,
                        struct ts_error *error)
{
    struct record record = {.kind = RECORD_DROPPED, .at_ms = now_ms};

    record_put_text(&record, DROPPED_DESK, journal->desk);
    record_put_text(&record, DROPPED_LABORATORY, laboratory);
    return state_append(journal, &record, error);
}

// Of one lease: less what the intakes of this journal take.
static int places_left(const struct journal *journal, const struct state_lease *lease)
{
    int left = lease->places;

    for (size_t i = 0; i < journal->count; i++) {
        const struct journal_entry *entry = &journal->entries[i].entry;

        if (entry->state != JOURNAL_REPLACED && entry->state != JOURNAL_SET_ASIDE &&
            strcmp(entry->lease_id, lease->lease_id) == 0)
            left -= (int)entry->code_count;
    }
    return left > 0 ? left : 0;
}

static bool is_open(const struct journal *journal, const struct state_lease *lease, const char *laboratory,
                    int64_t now_ms)
{
    return strcmp(lease->desk, journal->desk) == 0 && strcmp(lease->laboratory, laboratory) == 0 &&
           lease->ends_at_ms > now_ms;
}

bool journal_free_lease(const struct journal *journal, const char *laboratory, int places, int64_t now_ms,
                        char ret_lease_id[JOURNAL_ID])
{
    for (size_t i = 0; i < journal->lease_count; i++) {
        const struct state_lease *lease = &journal->leases[i];

        if (!is_open(journal, lease, laboratory, now_ms) || places_left(journal, lease) < places)
            continue;
        memcpy(ret_lease_id, lease->lease_id, JOURNAL_ID);
        return true;
    }
    return false;
}

int journal_places_left(const struct journal *journal, const char *laboratory, int64_t now_ms)
{
    int left = 0;

    for (size_t i = 0; i < journal->lease_count; i++)
        if (is_open(journal, &journal->leases[i], laboratory, now_ms))
            left += places_left(journal, &journal->leases[i]);
    return left;
}

bool journal_codes_of(const struct journal *journal, size_t index, char ret_laboratory[16])
{
    size_t found = 0;

    for (size_t i = 0; i < journal->code_count; i++) {
        const char *laboratory = journal->codes[i].laboratory;
        bool is_first = is_free(journal, &journal->codes[i], laboratory);

        for (size_t j = 0; j < i && is_first; j++)
            is_first = !is_free(journal, &journal->codes[j], laboratory);
        if (!is_first || found++ != index)
            continue;
        snprintf(ret_laboratory, 16, "%s", laboratory);
        return true;
    }
    return false;
}

bool journal_lease_of(const struct journal *journal, size_t index, int64_t now_ms, char ret_laboratory[16],
                      char ret_lease_id[JOURNAL_ID])
{
    size_t found = 0;

    for (size_t i = 0; i < journal->lease_count; i++) {
        const struct state_lease *lease = &journal->leases[i];

        if (!is_open(journal, lease, lease->laboratory, now_ms) || places_left(journal, lease) == 0 ||
            found++ != index)
            continue;
        snprintf(ret_laboratory, 16, "%s", lease->laboratory);
        memcpy(ret_lease_id, lease->lease_id, JOURNAL_ID);
        return true;
    }
    return false;
}
