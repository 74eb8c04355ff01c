// SPDX-License-Identifier: Apache-2.0
// See state.h.
#include "journal/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/record.h"
#include "wire/error.h"

enum { CODE_SIGNS = JOURNAL_CODE - 1 };

static bool reserve(void **list, size_t count, size_t *capacity, size_t size, size_t more,
                    struct ts_error *error)
{
    size_t wanted = *capacity == 0 ? 16 : *capacity;
    void *grown;

    while (wanted < count + more)
        wanted *= 2;
    if (wanted <= *capacity)
        return true;
    grown = realloc(*list, wanted * size);
    if (grown == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    *list = grown;
    *capacity = wanted;
    return true;
}

// Room for what the record brings, before it is written: what is on the disk is never told to have failed.
static bool make_room(struct journal *journal, const struct record *record, struct ts_error *error)
{
    switch (record->kind) {
    case RECORD_INTAKE:
        return reserve((void **)&journal->entries, journal->count, &journal->capacity,
                       sizeof *journal->entries, 1, error);
    case RECORD_CODES:
        return reserve((void **)&journal->codes, journal->code_count, &journal->code_capacity,
                       sizeof *journal->codes, record->fields[CODES_CODES].length / CODE_SIGNS, error);
    case RECORD_LEASE:
        return reserve((void **)&journal->leases, journal->lease_count, &journal->lease_capacity,
                       sizeof *journal->leases, 1, error);
    default:
        return true;
    }
}

struct state_entry *state_find(const struct journal *journal, const char *request_id)
{
    for (size_t i = 0; i < journal->count; i++)
        if (strcmp(journal->entries[i].entry.request_id, request_id) == 0)
            return &journal->entries[i];
    return NULL;
}

static void code_at(const struct record_field *field, size_t place, char ret_code[JOURNAL_CODE])
{
    memcpy(ret_code, field->bytes + place * CODE_SIGNS, CODE_SIGNS);
    ret_code[CODE_SIGNS] = '\0';
}

static void take_code(struct journal *journal, const char *code)
{
    for (size_t i = 0; i < journal->code_count; i++)
        if (strcmp(journal->codes[i].code, code) == 0)
            journal->codes[i].is_gone = true;
}

static void read_entry(const struct record *record, struct journal_entry *entry)
{
    const struct record_field *codes = &record->fields[INTAKE_CODES];

    record_text(record, INTAKE_REQUEST_ID, entry->request_id, sizeof entry->request_id);
    record_text(record, INTAKE_USER, entry->user, sizeof entry->user);
    record_text(record, INTAKE_METHOD, entry->method, sizeof entry->method);
    record_text(record, INTAKE_LINE, entry->line, sizeof entry->line);
    record_text(record, INTAKE_LABORATORY, entry->laboratory, sizeof entry->laboratory);
    record_text(record, INTAKE_LEASE, entry->lease_id, sizeof entry->lease_id);
    record_text(record, INTAKE_REPLACES, entry->replaces, sizeof entry->replaces);
    entry->saved_at_ms = record->at_ms;
    entry->taken_at_ms = record_number(record, INTAKE_TAKEN_AT);
    while (entry->code_count < JOURNAL_CODES && (entry->code_count + 1) * CODE_SIGNS <= codes->length) {
        code_at(codes, entry->code_count, entry->codes[entry->code_count]);
        entry->code_count++;
    }
}

// The one that it replaces; *ret_place is where the new one goes.
static void replace(struct journal *journal, const struct record *record, const struct journal_entry *entry,
                    size_t *ret_place)
{
    struct state_entry *old = entry->replaces[0] != '\0' ? state_find(journal, entry->replaces) : NULL;

    *ret_place = journal->count - 1;
    if (old == NULL)
        return;
    old->entry.state = JOURNAL_REPLACED;
    old->entry.settled_at_ms = record->at_ms;
    record_text(record, INTAKE_BY, old->entry.resolved_by, sizeof old->entry.resolved_by);
    record_text(record, INTAKE_REASON, old->entry.outcome, sizeof old->entry.outcome);
    *ret_place = (size_t)(old - journal->entries) + 1;
}

static void take_intake(struct journal *journal, const struct scan_position *position,
                        const struct record *record)
{
    struct state_entry made = {.position = *position};
    size_t place;

    read_entry(record, &made.entry);
    memset(&journal->entries[journal->count++], 0, sizeof *journal->entries);
    journal->entries[journal->count - 1].entry.request_id[0] = '\0';
    replace(journal, record, &made.entry, &place);
    memmove(&journal->entries[place + 1], &journal->entries[place],
            (journal->count - 1 - place) * sizeof *journal->entries);
    journal->entries[place] = made;
    for (size_t i = 0; i < made.entry.code_count; i++)
        take_code(journal, made.entry.codes[i]);
}

static void take_codes(struct journal *journal, const struct record *record)
{
    const struct record_field *codes = &record->fields[CODES_CODES];

    for (size_t i = 0; (i + 1) * CODE_SIGNS <= codes->length; i++) {
        struct state_code *code = &journal->codes[journal->code_count++];

        memset(code, 0, sizeof *code);
        record_text(record, CODES_DESK, code->desk, sizeof code->desk);
        record_text(record, CODES_LABORATORY, code->laboratory, sizeof code->laboratory);
        code_at(codes, i, code->code);
    }
}

// They went to the server: nothing else is given these codes.
static void take_spent(struct journal *journal, const struct record *record)
{
    const struct record_field *codes = &record->fields[SPENT_CODES];
    char code[JOURNAL_CODE];

    for (size_t i = 0; (i + 1) * CODE_SIGNS <= codes->length; i++) {
        code_at(codes, i, code);
        take_code(journal, code);
    }
}

// The lease that is known already, or a new one.
static struct state_lease *lease_of(struct journal *journal, const struct record *record)
{
    char id[JOURNAL_ID];

    record_text(record, LEASE_ID, id, sizeof id);
    for (size_t i = 0; i < journal->lease_count; i++)
        if (strcmp(journal->leases[i].lease_id, id) == 0)
            return &journal->leases[i];
    return &journal->leases[journal->lease_count++];
}

static void take_lease(struct journal *journal, const struct record *record)
{
    struct state_lease *lease = lease_of(journal, record);

    memset(lease, 0, sizeof *lease);
    record_text(record, LEASE_DESK, lease->desk, sizeof lease->desk);
    record_text(record, LEASE_LABORATORY, lease->laboratory, sizeof lease->laboratory);
    record_text(record, LEASE_ID, lease->lease_id, sizeof lease->lease_id);
    lease->places = (int)record_number(record, LEASE_PLACES);
    lease->ends_at_ms = record_number(record, LEASE_ENDS_AT);
}

static void take_outcome(struct journal *journal, const struct record *record)
{
    char request_id[JOURNAL_ID];
    struct state_entry *held;
    struct journal_entry *entry;

    record_text(record, OUTCOME_REQUEST_ID, request_id, sizeof request_id);
    held = state_find(journal, request_id);
    if (held == NULL)
        return;
    entry = &held->entry;
    entry->settled_at_ms = record->at_ms;
    record_text(record, OUTCOME_WHY, entry->outcome, sizeof entry->outcome);
    if (record->kind == RECORD_BOOKED) {
        entry->state = JOURNAL_BOOKED;
        record_text(record, OUTCOME_WHAT, entry->receipt_no, sizeof entry->receipt_no);
    } else if (record->kind == RECORD_CONFLICT) {
        entry->state = JOURNAL_CONFLICT;
        record_text(record, OUTCOME_WHAT, entry->reason, sizeof entry->reason);
    } else {
        entry->state = JOURNAL_SET_ASIDE;
        record_text(record, OUTCOME_WHAT, entry->resolved_by, sizeof entry->resolved_by);
    }
}

static void take_dropped(struct journal *journal, const struct record *record)
{
    char desk[16], laboratory[16];

    record_text(record, DROPPED_DESK, desk, sizeof desk);
    record_text(record, DROPPED_LABORATORY, laboratory, sizeof laboratory);
    for (size_t i = 0; i < journal->code_count; i++)
        if (strcmp(journal->codes[i].desk, desk) == 0 &&
            strcmp(journal->codes[i].laboratory, laboratory) == 0)
            journal->codes[i].is_gone = true;
}

static void take(struct journal *journal, const struct scan_position *position, const struct record *record)
{
    switch (record->kind) {
    case RECORD_INTAKE:
        take_intake(journal, position, record);
        break;
    case RECORD_CODES:
        take_codes(journal, record);
        break;
    case RECORD_LEASE:
        take_lease(journal, record);
        break;
    case RECORD_SPENT:
        take_spent(journal, record);
        break;
    case RECORD_DROPPED:
        take_dropped(journal, record);
        break;
    case RECORD_BOOKED:
    case RECORD_CONFLICT:
    case RECORD_SET_ASIDE:
        take_outcome(journal, record);
        break;
    default:
        break;
    }
}

bool state_take(struct journal *journal, const struct scan_position *position, const struct record *record,
                struct ts_error *error)
{
    if (!make_room(journal, record, error))
        return false;
    take(journal, position, record);
    return true;
}

bool state_append(struct journal *journal, const struct record *record, struct ts_error *error)
{
    struct scan_position position;

    if (!make_room(journal, record, error) || !journal_file_append(&journal->file, record, &position, error))
        return false;
    take(journal, &position, record);
    return true;
}

void state_done(struct journal *journal)
{
    free(journal->entries);
    free(journal->codes);
    free(journal->leases);
}
