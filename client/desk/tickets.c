// SPDX-License-Identifier: Apache-2.0
// The keys of the queue: what comes next for a number, and the question before one is finished that took
// nothing in.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "run/request_id.h"
#include "touchstone/v1/open_day.pb-c.h"

static void send(struct desk *desk, enum ask_kind kind, const char *ticket_no)
{
    struct sent *sent = &desk->ticket_sent;
    struct ask ask;

    // What may have been done is asked again by its own key.
    if (!sent->is_unsettled || sent->kind != kind || strcmp(sent->about, ticket_no) != 0) {
        *sent = (struct sent){.kind = kind};
        snprintf(sent->about, sizeof sent->about, "%.15s", ticket_no);
        if (!request_id_make(sent->key))
            return;
    }
    if (ask_begin(kind, &ask))
        parts_end(desk, &ask,
                  parts_set(&ask, "request_id", sent->key) &&
                      parts_set(&ask, "laboratory", desk->laboratory) &&
                      parts_set(&ask, "ticket_no", ticket_no));
}

static bool is_under_way(const struct desk *desk, enum ask_kind kind)
{
    return kind != ASK_NOTHING && (desk->running == kind || ask_waits(&desk->queue, kind));
}

const char *tickets_starts(const struct desk *desk)
{
    const struct sent *sent = &desk->ticket_sent;

    return sent->kind == ASK_START && (sent->is_unsettled || is_under_way(desk, ASK_START)) ? sent->about
                                                                                            : "";
}

void tickets_refused(struct desk *desk, enum ask_kind kind)
{
    const struct sent *sent = &desk->ticket_sent;

    if (kind == ASK_START && sent->kind == kind && !sent->is_unsettled && desk->intake->is_open &&
        strcmp(desk->intake->ticket, sent->about) == 0)
        desk->intake->ticket[0] = '\0';
}

// Registering ends a number: one that is served still has taken nothing in.
static void ask_to_finish(struct desk *desk, const char *ticket_no)
{
    dialog_open(desk, DIALOG_FINISH);
    snprintf(desk->dialog_target, sizeof desk->dialog_target, "%.15s", ticket_no);
}

void tickets_finish(struct desk *desk, bool yes)
{
    const Touchstone__V1__ListTicketsResponse *list =
        (Touchstone__V1__ListTicketsResponse *)desk->tickets.message;

    if (yes) {
        send(desk, ASK_FINISH, desk->dialog_target);
        return;
    }
    // Whom this desk called is served still; a desk that was closed meanwhile knows it again.
    for (size_t i = 0; list != NULL && i < list->n_tickets; i++)
        if (strcmp(list->tickets[i]->ticket_no, desk->dialog_target) == 0 && !desk->intake->is_open &&
            strcmp(list->tickets[i]->room, desk->room[0] != '\0' ? desk->room : desk->desk) == 0) {
            snprintf(desk->serves_ticket, sizeof desk->serves_ticket, "%.15s", desk->dialog_target);
            desk_tell(desk, NOTE_PLAIN, "%s 仍在办理：F3 找人后收样",
                      "%s is served still: find the person (F3)", desk->serves_ticket);
        }
}

// What Enter does with a number is what comes next for it.
static void go_on(struct desk *desk, const Touchstone__V1__Ticket *ticket, bool skips)
{
    static const enum ask_kind kinds[] = {[TOUCHSTONE__V1__TICKET_STATE__TICKET_STATE_CALLED] = ASK_START,
                                          [TOUCHSTONE__V1__TICKET_STATE__TICKET_STATE_SERVING] = ASK_FINISH,
                                          [TOUCHSTONE__V1__TICKET_STATE__TICKET_STATE_SKIPPED] = ASK_RECALL,
                                          [TOUCHSTONE__V1__TICKET_STATE__TICKET_STATE_LEFT] = ASK_NOTHING};
    size_t state = (size_t)ticket->ticket_state;
    enum ask_kind kind = skips ? ASK_SKIP : state < sizeof kinds / sizeof *kinds ? kinds[state] : ASK_NOTHING;
    const struct sent *sent = &desk->ticket_sent;

    // The row shows what was before the answer: a second press is no second act.
    if (is_under_way(desk, sent->kind))
        desk_tell(desk, NOTE_PLAIN, "正在办理 %s，请稍候（Esc 取消等待）",
                  "%s is under way (Esc stops waiting)", sent->about);
    // What may have been done is asked again before anything else: the row shows already what came of it.
    else if (sent->is_unsettled && strcmp(sent->about, ticket->ticket_no) == 0)
        send(desk, sent->kind, ticket->ticket_no);
    else if (kind == ASK_NOTHING)
        desk_tell(desk, NOTE_PLAIN, "%s 还没有叫到：F5 叫下一位", "%s was not called yet: F5 calls the next",
                  ticket->ticket_no);
    else if (kind == ASK_FINISH)
        ask_to_finish(desk, ticket->ticket_no);
    else
        send(desk, kind, ticket->ticket_no);
}

bool tickets_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__ListTicketsResponse *list =
        (Touchstone__V1__ListTicketsResponse *)desk->tickets.message;
    const Touchstone__V1__Ticket *ticket = visit_ticket(desk);

    if (parts_move(desk, press->kind, list != NULL ? list->n_tickets : 0))
        return true;
    switch (press->kind) {
    case PRESS_F5:
        dialog_open(desk, DIALOG_ROOM);
        return true;
    case PRESS_F8:
        dialog_open(desk, DIALOG_TICKET);
        return true;
    case PRESS_ENTER:
    case PRESS_F12:
        if (ticket != NULL)
            go_on(desk, ticket, press->kind == PRESS_F12);
        return true;
    default:
        return home_begin_next(desk, press);
    }
}
