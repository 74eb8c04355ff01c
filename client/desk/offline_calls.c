// SPDX-License-Identifier: Apache-2.0
// What the desk calls by itself and when: whether the server is back, what it prepares, what it kept; and
// what comes of it. See offline.h.
#include <string.h>

#include "desk/offline.h"
#include "desk/parts.h"
#include "rpc/outcome.h"
#include "touchstone/v1/staff.pb-c.h"

// What hangs is given up: a visitor stands there.
static void lose_patience(struct desk *desk)
{
    int64_t runs_ms = desk->now_ms - desk->running_since_ms;
    bool is_intake = desk->running == ASK_REGISTER && offline_can_keep(desk);

    if (desk->running == ASK_NOTHING || desk->ran_out ||
        runs_ms < (is_intake ? OFFLINE_PATIENCE_MS : OFFLINE_QUIET_MS) ||
        !(is_intake || desk->running_is_quiet))
        return;
    desk->ran_out = desk->wants_cancel = true;
}

static bool is_shut(const struct desk *desk)
{
    return desk->screen == DESK_LOGIN;
}

// Where nothing is being typed, and a log-in is wanted.
static void want_login(struct desk *desk)
{
    if (desk->screen != DESK_HOME || desk->dialog != DIALOG_NONE || desk->box.length > 0 ||
        desk->intake->is_open)
        return;
    login_show(desk);
    desk_tell(
        desk, NOTE_BAD, "服务器恢复了：请登录，%zu 份离线收样%s随后入账",
        "The server is back: log in, and %zu %s booked", offline_waiting(desk),
        desk_say(desk, "", offline_waiting(desk) == 1 ? "intake kept here is" : "intakes kept here are"));
}

void offline_tick(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (offline->profile[0] == '\0')
        return;
    lose_patience(desk);
    opening_again(desk);
    if (is_shut(desk) || desk->running != ASK_NOTHING || desk->queue.count > 0)
        return;
    if (offline->needs_login) {
        want_login(desk);
    } else if (desk->is_cut_off) {
        if (desk->now_ms - offline->probed_ms >= OFFLINE_PROBE_MS) {
            offline->probed_ms = desk->now_ms;
            preparing_ask(desk, ASK_PROBE, NULL, NULL);
        }
    } else if (offline->wants_catalogue && !desk->intake->is_open) {
        offline->wants_catalogue = false; // not under a form that is being filled
        parts_ask(desk, ASK_WHO, NULL, NULL);
    } else if (!offline->is_local && desk_is_receptionist(desk) && desk->catalogue->is_whole &&
               !preparing_next(desk)) {
        replaying_next(desk);
    }
}

// It is back. Who had only the password is asked to log in when the session is another's, or none.
static void take_probe(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__WhoAmIResponse *answer = (const Touchstone__V1__WhoAmIResponse *)response;
    struct offline *offline = &desk->offline;
    const char *who = answer->staff != NULL ? answer->staff->username : "";

    if (offline->is_local && strcmp(who, desk->username) != 0) {
        offline->needs_login = true;
        return;
    }
    offline->wants_catalogue = !desk->catalogue->is_whole || offline->catalogue_at_ms != 0;
    // Whoever was let in by the password alone has no roles yet, and what was kept waits for them.
    if (desk->role_count == 0)
        login_who(desk, response);
    if (offline->is_local)
        offline_begin(desk);
    desk_tell(desk, NOTE_GOOD, "服务器恢复了", "The server is back");
}

void offline_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    static void (*const takers[ASK_KINDS])(struct desk * desk, const ProtobufCMessage *response) = {
        [ASK_KEYS] = opening_take_keys,           [ASK_CODES] = preparing_take_codes,
        [ASK_LEASES] = preparing_take_leases,     [ASK_LEASE] = preparing_take_lease,
        [ASK_LEASE_SLOTS] = preparing_take_slots, [ASK_PROBE] = take_probe};

    if (ask->kind == ASK_SET_ASIDE) {
        waiting_set_aside(desk);
    } else if (ask->kind == ASK_REPLAY) {
        replaying_answered(desk, response);
    } else if (ask->kind == ASK_RETURN_LEASE) {
        preparing_forget_lease(desk);
        desk->offline.after_ms = 0;
        desk->wants_end = desk->offline.is_leaving;
    } else if (ask->kind == ASK_KEYS || desk->offline.journal != NULL || ask->kind == ASK_PROBE) {
        takers[ask->kind](desk, response);
    }
}

// The desk was started and nobody is there.
static void start_alone(struct desk *desk)
{
    if (desk->screen != DESK_HOME || desk->catalogue->is_whole || desk->offline.journal != NULL)
        return;
    if (opening_knows(desk, desk->username)) {
        login_show(desk);
        desk_tell(desk, NOTE_BAD, "连不上服务器：输入密码，可离线收样",
                  "No server: the password opens this desk for offline intake");
    } else {
        desk_tell(desk, NOTE_BAD, "连不上服务器；您没有在此工位登录过，不能离线收样",
                  "No server; you never logged in at this desk, so nothing can be taken in offline");
    }
}

bool offline_failed(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome)
{
    struct offline *offline = &desk->offline;
    char password[sizeof offline->password];

    switch (ask->kind) {
    case ASK_REPLAY:
        replaying_failed(desk, outcome);
        return true;
    case ASK_RETURN_LEASE:
        // Nothing is left of it, or it ends with its session: no reason to stay.
        preparing_forget_lease(desk);
        desk->wants_end = offline->is_leaving;
        return true;
    case ASK_PROBE:
        offline->needs_login = outcome->fate == RPC_ANSWERED && outcome->error.status == TS_UNAUTHENTICATED;
        return true;
    case ASK_KEYS:
        // Given to who has just typed a password; it is asked for again after the next log-in.
        explicit_bzero(offline->password, sizeof offline->password);
        return true;
    case ASK_CODES:
    case ASK_LEASES:
    case ASK_LEASE:
    case ASK_LEASE_SLOTS:
        return true;
    case ASK_WHO:
        if (offline->profile[0] == '\0' || !desk->is_cut_off)
            return false;
        start_alone(desk);
        return true;
    case ASK_LOGIN:
        memcpy(password, offline->password, sizeof password);
        explicit_bzero(offline->password, sizeof offline->password);
        if (desk->is_cut_off && opening_knows(desk, desk->username) &&
            opening_unlock(desk, desk->username, password))
            login_unlocked(desk);
        explicit_bzero(password, sizeof password);
        return desk->is_cut_off && desk->note.kind != NOTE_NONE;
    default:
        return false;
    }
}
