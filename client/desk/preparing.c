// SPDX-License-Identifier: Apache-2.0
// What a desk holds beforehand for the hours without a server: item codes and leased places. Asked for when
// nothing else goes on.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "run/request_id.h"
#include "touchstone/v1/offline.pb-c.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "touchstone/v1/queue.pb-c.h"

// One call of the desk's own. False when it cannot be made.
bool preparing_ask(struct desk *desk, enum ask_kind kind, const char *path, const char *text)
{
    char id[REQUEST_ID_SIZE];
    struct ask ask;

    if (!ask_begin(kind, &ask))
        return false;
    ask.is_quiet = true;
    if ((!ask.has_key || (request_id_make(id) && parts_set(&ask, "request_id", id))) &&
        (path == NULL || parts_set(&ask, path, text)) &&
        (kind != ASK_LEASE || parts_set(&ask, "places", desk->offline.lease_places > 1 ? "2" : "1")) &&
        (kind != ASK_CODES || parts_set(&ask, "count", "60")))
        return parts_put(desk, &ask);
    ask_free(&ask);
    return false;
}

static bool lease_is_over(const struct desk *desk)
{
    return desk->offline.lease_id[0] != '\0' && desk->offline.wall_ms >= desk->offline.lease_ends_ms;
}

// The next thing to prepare; false when all is done.
bool preparing_next(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (offline->wants_keys) {
        offline->wants_keys = false;
        return preparing_ask(desk, ASK_KEYS, NULL, NULL);
    }
    if (offline->journal == NULL || desk->now_ms < offline->after_ms)
        return false;
    if (lease_is_over(desk) && offline_waiting(desk) == 0)
        return preparing_ask(desk, ASK_RETURN_LEASE, "lease_id", offline->lease_id);
    offline->after_ms = desk->now_ms + OFFLINE_AGAIN_MS;
    if (offline_codes(desk) < OFFLINE_CODES_LOW)
        return preparing_ask(desk, ASK_CODES, "laboratory", desk->laboratory);
    if (offline->wants_leases)
        return preparing_ask(desk, ASK_LEASES, "laboratory", desk->laboratory);
    return offline_places(desk) == 0 && offline->lease_id[0] == '\0' && !offline->has_strange_lease &&
           preparing_ask(desk, ASK_LEASE_SLOTS, "laboratory", desk->laboratory);
}

void preparing_take_codes(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__ReserveItemCodesResponse *answer =
        (const Touchstone__V1__ReserveItemCodesResponse *)response;
    char codes[OFFLINE_CODES][JOURNAL_CODE], why[REASON_TEXT];
    struct ts_error error = {0};
    size_t count = 0;

    for (size_t i = 0; i < answer->n_item_codes && count < OFFLINE_CODES; i++)
        snprintf(codes[count++], JOURNAL_CODE, "%s", answer->item_codes[i]);
    if (!journal_add_codes(desk->offline.journal, desk->laboratory, (const char(*)[JOURNAL_CODE])codes, count,
                           desk->offline.wall_ms, &error))
        desk_tell(desk, NOTE_BAD, "预留的样品码存不下：%s", "The reserved codes are not kept: %s",
                  offline_why(desk, &error, why));
    desk->offline.after_ms = 0;
}

// One of this desk that its journal does not know was taken by somebody at this desk, who uses it: no second
// one is taken beside it.
void preparing_take_leases(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__ListLeasesResponse *answer = (const Touchstone__V1__ListLeasesResponse *)response;
    struct offline *offline = &desk->offline;
    char known[JOURNAL_ID] = "";

    offline->wants_leases = offline->has_strange_lease = false;
    offline->after_ms = 0;
    journal_free_lease(offline->journal, desk->laboratory, 1, offline->wall_ms, known);
    for (size_t i = 0; i < answer->n_leases; i++) {
        const Touchstone__V1__Lease *lease = answer->leases[i];

        if (strcmp(lease->desk, desk->desk) != 0 || lease->returned_at != NULL)
            continue;
        if (strcmp(known, lease->lease_id) != 0) {
            offline->has_strange_lease = true;
            continue;
        }
        snprintf(offline->lease_id, sizeof offline->lease_id, "%s", lease->lease_id);
        offline->lease_ends_ms = lease->ends != NULL ? lease->ends->seconds * 1000 : 0;
    }
}

// The session that goes on, or the next one of today.
void preparing_take_slots(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__ListSlotsResponse *answer = (const Touchstone__V1__ListSlotsResponse *)response;
    struct offline *offline = &desk->offline;

    offline->has_sessions = false;
    for (size_t i = 0; i < answer->n_slots; i++) {
        const Touchstone__V1__Slot *slot = answer->slots[i];
        int64_t ends_ms = slot->ends != NULL ? slot->ends->seconds * 1000 : 0;
        int free = slot->walk_in_quota - slot->walk_in_taken;

        if (ends_ms <= offline->wall_ms || slot->walk_in_quota == 0)
            continue;
        offline->has_sessions = true;
        offline->lease_places =
            free >= OFFLINE_PLACES_FREE ? OFFLINE_PLACES : free >= OFFLINE_PLACES_FREE / 2;
        offline->lease_ends_ms = ends_ms;
        if (offline->lease_places > 0)
            preparing_ask(desk, ASK_LEASE, "slot_id", slot->slot_id);
        return;
    }
}

void preparing_take_lease(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__LeaseWalkInsResponse *answer =
        (const Touchstone__V1__LeaseWalkInsResponse *)response;
    struct offline *offline = &desk->offline;
    struct ts_error error = {0};
    char why[REASON_TEXT];

    if (answer->lease == NULL)
        return;
    offline->after_ms = 0;
    snprintf(offline->lease_id, sizeof offline->lease_id, "%s", answer->lease->lease_id);
    if (!journal_add_lease(offline->journal, desk->laboratory, answer->lease->lease_id,
                           answer->lease->places - answer->lease->used, offline->lease_ends_ms,
                           offline->wall_ms, &error))
        desk_tell(desk, NOTE_BAD, "预留名额存不下：%s", "The leased places are not kept: %s",
                  offline_why(desk, &error, why));
}

void preparing_forget_lease(struct desk *desk)
{
    struct offline *offline = &desk->offline;
    struct ts_error error = {0};

    if (offline->journal != NULL)
        journal_add_lease(offline->journal, desk->laboratory, offline->lease_id, 0, offline->wall_ms,
                          offline->wall_ms, &error);
    offline->lease_id[0] = '\0';
}

void preparing_give_codes(struct desk *desk)
{
    struct intake *intake = desk->intake;
    size_t lacking = intake->item_count - intake->code_count;
    struct ts_error error = {0};

    // Spent before they are sent: after a power cut no other intake may have them.
    if (offline_can_keep(desk) && lacking > 0 &&
        journal_free_codes(desk->offline.journal, desk->laboratory, lacking,
                           intake->codes + intake->code_count) &&
        journal_spend_codes(desk->offline.journal,
                            (const char(*)[JOURNAL_CODE])(intake->codes + intake->code_count), lacking,
                            desk->offline.wall_ms, &error))
        intake->code_count = intake->item_count;
}

bool preparing_leave(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (offline->lease_id[0] == '\0' || offline->is_leaving || desk->is_cut_off || offline->is_local ||
        offline->journal == NULL || offline_waiting(desk) > 0)
        return false;
    offline->is_leaving = preparing_ask(desk, ASK_RETURN_LEASE, "lease_id", offline->lease_id);
    return offline->is_leaving;
}
