// SPDX-License-Identifier: Apache-2.0
// What is due, and what an outcome means: see journal.h.
#include <stdio.h>
#include <string.h>

#include "journal/record.h"
#include "journal/state.h"
#include "rpc/outcome.h"

static const int64_t day_ms = 24LL * 3600 * 1000;

bool journal_is_forgotten(const struct journal_entry *entry, int64_t now_ms)
{
    return entry->state == JOURNAL_WAITING && now_ms - entry->saved_at_ms > JOURNAL_KEY_DAYS * day_ms;
}

enum journal_turn journal_next(const struct journal *journal, int64_t now_ms, size_t *ret_index)
{
    for (size_t i = 0; i < journal->count; i++) {
        const struct journal_entry *entry = &journal->entries[i].entry;

        if (entry->state != JOURNAL_WAITING && entry->state != JOURNAL_CONFLICT)
            continue;
        *ret_index = i;
        if (journal->about.damaged_at_byte != 0 || entry->state == JOURNAL_CONFLICT ||
            journal_is_forgotten(entry, now_ms))
            return JOURNAL_PERSON;
        return JOURNAL_SEND;
    }
    return JOURNAL_DONE;
}

// Refusals that say something about who asks or how busy the server is, and nothing about the intake. The
// server keeps none of them with the key.
static bool is_about_caller(const struct ts_error *error)
{
    return error->status == TS_UNAUTHENTICATED || error->status == TS_PERMISSION_DENIED ||
           strcmp(error->reason, "DESK_REQUIRED") == 0;
}

static bool is_for_later(const struct ts_error *error)
{
    static const char *const refused[] = {"LEASE_USED_UP", "WAIVER_QUOTA", "WALK_IN_FULL",     "SLOT_FULL",
                                          "TOUR_FULL",     "PERSON_CAP",   "MESSAGE_TOO_LARGE"};

    switch (error->status) {
    case TS_INVALID_ARGUMENT:
    case TS_NOT_FOUND:
    case TS_ALREADY_EXISTS:
    case TS_FAILED_PRECONDITION:
    case TS_ABORTED:
    case TS_OUT_OF_RANGE:
        return strcmp(error->reason, "OUTCOME_UNKNOWN") == 0;
    case TS_RESOURCE_EXHAUSTED:
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            if (strcmp(error->reason, refused[i]) == 0)
                return false;
        return true;
    default:
        return true;
    }
}

// The server refused it because it is booked: "{"receipt_no": "D1-26-000001"}" says as what. False: not that.
static bool is_booked_before(const struct ts_error *error, char ret_receipt_no[48])
{
    const char *at = strstr(error->metadata, "\"receipt_no\"");

    ret_receipt_no[0] = '\0';
    return strcmp(error->reason, "ALREADY_BOOKED") == 0 && at != NULL &&
           sscanf(at + strlen("\"receipt_no\""), " : \"%47[^\"]\"", ret_receipt_no) == 1;
}

enum journal_verdict journal_judge(const struct rpc_outcome *outcome)
{
    char receipt_no[48];

    if (outcome->fate != RPC_ANSWERED)
        return JOURNAL_AGAIN;
    if (outcome->error.status == TS_OK || is_booked_before(&outcome->error, receipt_no))
        return JOURNAL_IS_BOOKED;
    if (is_about_caller(&outcome->error))
        return JOURNAL_LOG_IN;
    return is_for_later(&outcome->error) ? JOURNAL_AGAIN : JOURNAL_IS_CONFLICT;
}

bool journal_settle(struct journal *journal, size_t index, const struct rpc_outcome *outcome,
                    const char *receipt_no, int64_t now_ms, enum journal_verdict *ret_verdict,
                    struct ts_error *error)
{
    enum journal_verdict verdict = journal_judge(outcome);
    struct record record = {.at_ms = now_ms};
    const struct journal_entry *entry = journal_entry(journal, index);
    char booked_before[48];

    *ret_verdict = verdict;
    if (entry == NULL || (verdict != JOURNAL_IS_BOOKED && verdict != JOURNAL_IS_CONFLICT))
        return entry != NULL || error_set(error, TS_NOT_FOUND, "JOURNAL_ENTRY", "there is no such entry");
    record.kind = verdict == JOURNAL_IS_BOOKED ? RECORD_BOOKED : RECORD_CONFLICT;
    record_put_text(&record, OUTCOME_REQUEST_ID, entry->request_id);
    if (is_booked_before(&outcome->error, booked_before))
        receipt_no = booked_before;
    record_put_text(&record, OUTCOME_WHAT, verdict == JOURNAL_IS_BOOKED ? receipt_no : outcome->error.reason);
    record_put_text(&record, OUTCOME_WHY, outcome->error.detail);
    return state_append(journal, &record, error);
}
