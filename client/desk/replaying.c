// SPDX-License-Identifier: Apache-2.0
// Sends what was kept here, one entry after the other, between what persons ask for: the journal says which
// is due and what an answer means, and the desk tells it.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/reason.h"
#include "journal/offline.h"
#include "rpc/outcome.h"
#include "touchstone/v1/desk.pb-c.h"

static bool send(struct desk *desk, struct journal *journal, size_t index)
{
    struct offline *offline = &desk->offline;
    Touchstone__V1__RegisterIntakeRequest *request;
    struct ts_error error = {0};
    char why[REASON_TEXT];
    struct ask ask;

    if (!ask_begin(ASK_REPLAY, &ask))
        return false;
    ask.is_quiet = true;
    request = offline_request(journal, index, ask.arena, &error);
    if (request == NULL) {
        ask_free(&ask);
        offline->resend_ms = desk->now_ms + OFFLINE_AGAIN_MS;
        desk_tell(desk, NOTE_BAD, "读不出离线收样：%s", "What was kept cannot be read: %s",
                  offline_why(desk, &error, why));
        return false;
    }
    ask.request = &request->base;
    snprintf(offline->sending, sizeof offline->sending, "%s", journal_entry(journal, index)->request_id);
    offline->sends_other = journal == offline->other;
    return parts_put(desk, &ask);
}

bool replaying_next(struct desk *desk)
{
    struct offline *offline = &desk->offline;
    struct journal *journals[] = {offline->journal, offline->other};
    size_t index;

    if (desk->now_ms < offline->resend_ms)
        return false;
    for (size_t i = 0; i < sizeof journals / sizeof *journals; i++)
        if (journals[i] != NULL && journal_next(journals[i], offline->wall_ms, &index) == JOURNAL_SEND)
            return send(desk, journals[i], index);
    return false;
}

static void tell_verdict(struct desk *desk, const struct journal_entry *entry, enum journal_verdict verdict)
{
    size_t left = offline_waiting(desk);
    const char *why = desk->chinese ? reason_say(entry->reason, true) : NULL;

    if (why == NULL)
        why = entry->outcome;

    if (verdict == JOURNAL_IS_BOOKED && entry->outcome[0] != '\0') {
        desk_tell(desk, NOTE_BAD, "离线收样早已入账：回执 %s。此后的改动不在其中：请在那里更正",
                  "It was booked before: receipt %s. What was changed since is not in it: correct it there",
                  entry->receipt_no);
        return;
    }
    switch (verdict) {
    case JOURNAL_IS_BOOKED:
        desk_tell(desk, NOTE_GOOD, "离线收样 %s 已入账：回执 %s（还有 %zu 份）",
                  "Kept as %s, now booked: receipt %s (%zu more)",
                  entry->code_count > 0 ? entry->codes[0] : entry->line, entry->receipt_no, left);
        break;
    case JOURNAL_IS_CONFLICT:
        desk_tell(desk, NOTE_BAD, "离线收样不能入账：%s Ctrl-O 处理（后面的等着它）",
                  "What was kept cannot be booked: %s Ctrl-O decides (what is behind it waits)", why);
        break;
    case JOURNAL_LOG_IN:
        desk->offline.needs_login = true;
        break;
    default:
        desk->offline.resend_ms = desk->now_ms + OFFLINE_RESEND_MS;
    }
}

static void settle(struct desk *desk, const struct rpc_outcome *outcome, const char *receipt_no)
{
    struct offline *offline = &desk->offline;
    struct journal *journal = offline->sends_other ? offline->other : offline->journal;
    enum journal_verdict verdict = JOURNAL_AGAIN;
    struct ts_error error = {0};
    char why[REASON_TEXT];
    size_t index;

    // The other one may have been closed meanwhile: its entry is sent again when it is opened.
    if (journal == NULL || !journal_find(journal, offline->sending, &index))
        return;
    if (!journal_settle(journal, index, outcome, receipt_no, offline->wall_ms, &verdict, &error)) {
        offline->resend_ms = desk->now_ms + OFFLINE_AGAIN_MS;
        desk_tell(desk, NOTE_BAD, "入账结果写不进本机日志，稍后再试：%s",
                  "The outcome cannot be written into the journal; it is tried again: %s",
                  offline_why(desk, &error, why));
        return;
    }
    tell_verdict(desk, journal_entry(journal, index), verdict);
}

void replaying_answered(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__RegisterIntakeResponse *answer =
        (const Touchstone__V1__RegisterIntakeResponse *)response;
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};

    settle(desk, &outcome, answer->receipt != NULL ? answer->receipt->receipt_no : "");
}

void replaying_failed(struct desk *desk, const struct rpc_outcome *outcome)
{
    settle(desk, outcome, "");
}
