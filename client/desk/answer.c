// SPDX-License-Identifier: Apache-2.0
// What comes back from the server, and what goes to it: answers to the part that waits for them, failures to
// the person.
#include <string.h>

#include "desk/air.h"
#include "desk/desk.h"
#include "desk/guest.h"
#include "desk/parts.h"
#include "desk/reason.h"
#include "rpc/outcome.h"
#include "touchstone/v1/catalogue.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"

// The next page of a list of the catalogue, or its first.
static void ask_list(struct desk *desk, enum ask_kind kind, const char *page_token)
{
    struct ask ask;

    if (!ask_begin(kind, &ask))
        return;
    if (parts_set(&ask, "laboratory", desk->laboratory) &&
        (kind == ASK_FORM || parts_set(&ask, "page.page_size", "200")) &&
        (page_token[0] == '\0' || parts_set(&ask, "page.page_token", page_token)))
        parts_put(desk, &ask);
    else
        ask_free(&ask);
}

static void who(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    (void)ask;
    login_who(desk, response);
    // Choices of an open intake point into it.
    if (desk->intake->is_open && desk->catalogue->is_whole)
        return;
    if (catalogue_begin(desk->catalogue))
        ask_list(desk, ASK_FORM, "");
}

static void logged_in(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    (void)ask;
    login_answered(desk, response);
}

static void form(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    (void)ask;
    kept_catalogue_add(desk, KEPT_FORM, response);
    catalogue_take_form(desk->catalogue, (Touchstone__V1__GetIntakeFormResponse *)response);
    ask_list(desk, ASK_PRODUCTS, "");
}

static void products(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__ListProductsResponse *list = (Touchstone__V1__ListProductsResponse *)response;
    bool has_more = list->next_page_token[0] != '\0';

    (void)ask;
    kept_catalogue_add(desk, KEPT_PRODUCTS, response);
    catalogue_take_products(desk->catalogue, list);
    ask_list(desk, has_more ? ASK_PRODUCTS : ASK_METHODS, list->next_page_token);
}

static void methods(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__ListMethodsResponse *list = (Touchstone__V1__ListMethodsResponse *)response;

    (void)ask;
    kept_catalogue_add(desk, KEPT_METHODS, response);
    catalogue_take_methods(desk->catalogue, list);
    if (list->next_page_token[0] != '\0')
        ask_list(desk, ASK_METHODS, list->next_page_token);
    else {
        desk->catalogue->is_whole = true;
        kept_catalogue_save(desk);
    }
}

static void persons(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk_hold(&desk->persons, ask, response);
    home_persons(desk);
}

static void revealed(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk_hold(&desk->revealed, ask, response);
    desk->revealed_until_ms = desk->now_ms + DESK_REVEAL_MS;
    desk->dialog = DIALOG_NONE;
}

static void registered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk_hold(&desk->receipt, ask, response);
    taking_registered(desk);
}

static void receipt(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    if (ask->is_quiet && desk->screen != DESK_RECEIPT)
        return;
    if (!ask->is_quiet)
        desk->chosen = 0;
    desk_hold(&desk->receipt, ask, response);
    if (desk->screen != DESK_LOCKED)
        desk->screen = DESK_RECEIPT;
}

static void item(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    if (ask->is_quiet && desk->screen != DESK_ITEM)
        return;
    desk_hold(&desk->item, ask, response);
    if (desk->screen != DESK_LOCKED)
        desk->screen = DESK_ITEM;
}

static void items(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__ListItemsResponse *list = (Touchstone__V1__ListItemsResponse *)response;

    if (!ask->is_quiet || desk->chosen >= list->n_items)
        desk->chosen = 0;
    desk_hold(&desk->items, ask, response);
}

static void deliveries(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__ListDeliveriesResponse *list = (Touchstone__V1__ListDeliveriesResponse *)response;

    if (!ask->is_quiet || desk->chosen >= list->n_deliveries)
        desk->chosen = 0;
    desk_hold(&desk->deliveries, ask, response);
}

static void photographed(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk->dialog = DIALOG_NONE;
    pictures_used(desk);
    desk_hold(&desk->item, ask, response);
    desk_tell(desk, NOTE_GOOD, "照片已存", "The picture is kept");
}

static void collected(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk->dialog = DIALOG_NONE;
    desk_hold(&desk->receipt, ask, response);
    desk_tell(desk, NOTE_GOOD, "已登记领取", "Collected");
}

static void delivery(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    (void)ask;
    (void)response;
    desk_tell(desk, NOTE_GOOD, "已登记", "Done");
    desk->looked_ms = 0;
}

static void (*const takers[ASK_KINDS])(struct desk *desk, struct ask *ask, ProtobufCMessage *response) = {
    [ASK_WHO] = who,
    [ASK_LOGIN] = logged_in,
    [ASK_FORM] = form,
    [ASK_PRODUCTS] = products,
    [ASK_METHODS] = methods,
    [ASK_PERSONS] = persons,
    [ASK_REVEAL] = revealed,
    [ASK_REGISTER] = registered,
    [ASK_RECEIPT] = receipt,
    [ASK_ITEM] = item,
    [ASK_ITEMS] = items,
    [ASK_RETURN] = returning_answered,
    [ASK_RETURN_ITEM] = returning_answered,
    [ASK_RETURN_OF] = returning_answered,
    [ASK_WEIGH] = returning_answered,
    [ASK_PRESENT] = returning_answered,
    [ASK_PICTURE] = custody_answered,
    [ASK_CUSTODY] = custody_answered,
    [ASK_HOLDERS] = custody_answered,
    [ASK_STORAGES] = custody_answered,
    [ASK_OFFER] = custody_answered,
    [ASK_ACCEPT] = custody_answered,
    [ASK_UNOFFER] = custody_answered,
    [ASK_STORE] = custody_answered,
    [ASK_TAKE_OUT] = custody_answered,
    [ASK_CONSUME] = custody_answered,
    [ASK_INCIDENT] = custody_answered,
    [ASK_SETTLE] = custody_answered,
    [ASK_PORTION] = custody_answered,
    [ASK_DISPOSE] = custody_answered,
    [ASK_PROXY] = custody_answered,
    [ASK_VOID] = custody_answered,
    [ASK_OFFERS] = keeping_answered,
    [ASK_STORED] = keeping_answered,
    [ASK_UNCOLLECTED] = keeping_answered,
    [ASK_UNACCOUNTED] = keeping_answered,
    [ASK_TRAY] = storing_answered,
    [ASK_TRAY_STORE] = storing_answered,
    [ASK_TRAY_OUT] = storing_answered,
    [ASK_CLOSE_DAY] = custody_answered,
    [ASK_REOPEN_DAY] = custody_answered,
    [ASK_PHOTO] = photographed,
    [ASK_COLLECT] = collected,
    [ASK_DELIVERIES] = deliveries,
    [ASK_DELIVERY_COLLECTED] = delivery,
    [ASK_DELIVERY_RETRY] = delivery,
    [ASK_SLOTS] = visit_answered,
    [ASK_BOOK] = visit_answered,
    [ASK_BOOKING] = visit_answered,
    [ASK_ARRIVE] = visit_answered,
    [ASK_CANCEL_BOOKING] = visit_answered,
    [ASK_TICKETS] = visit_answered,
    [ASK_TAKE_TICKET] = visit_answered,
    [ASK_CALL] = visit_answered,
    [ASK_RECALL] = visit_answered,
    [ASK_SKIP] = visit_answered,
    [ASK_START] = visit_answered,
    [ASK_FINISH] = visit_answered,
    [ASK_REJECT] = mending_answered,
    [ASK_MEND_REVEAL] = mending_answered,
    [ASK_MEND_PERSON] = mending_answered,
    [ASK_MEND_ITEM] = mending_answered,
    [ASK_MERGE] = mending_answered,
    [ASK_UNMERGE] = mending_answered,
    [ASK_CHANGES] = changes_answered,
    [ASK_AIR] = air_answered,
    [ASK_AIR_PLAN] = air_answered,
    [ASK_AIR_CREW] = air_answered,
    [ASK_AIR_READY] = air_answered,
    [ASK_MOVE] = visit_answered,
    [ASK_PROBE] = offline_answered,
    [ASK_KEYS] = offline_answered,
    [ASK_CODES] = offline_answered,
    [ASK_LEASES] = offline_answered,
    [ASK_LEASE_SLOTS] = offline_answered,
    [ASK_LEASE] = offline_answered,
    [ASK_RETURN_LEASE] = offline_answered,
    [ASK_REPLAY] = offline_answered,
    [ASK_SET_ASIDE] = offline_answered,
};

// What was looked for and is wanted no more: whoever asked has gone elsewhere, opened a window or types the
// next thing. Its answer must not take them away from there, nor move the cursor of another list.
static bool is_left(const struct desk *desk, const struct ask *ask)
{
    static const bool looks[ASK_KINDS] = {
        [ASK_RECEIPT] = true, [ASK_ITEM] = true,    [ASK_ITEMS] = true,       [ASK_DELIVERIES] = true,
        [ASK_SLOTS] = true,   [ASK_BOOKING] = true, [ASK_TICKETS] = true,     [ASK_CUSTODY] = true,
        [ASK_OFFERS] = true,  [ASK_STORED] = true,  [ASK_UNCOLLECTED] = true, [ASK_UNACCOUNTED] = true,
        [ASK_CHANGES] = true, [ASK_AIR] = true};

    if (ask->kind == ASK_PERSONS)
        return desk->asked[0] == '\0' || (desk->screen != DESK_HOME && desk->screen != DESK_LOCKED);
    return looks[ask->kind] && desk->left_at > ask->press_no;
}

// What the form that is filled in calls the field.
static const char *label_of(const struct desk *desk, const char *field)
{
    const struct slot *slot = form_find(desk->dialog == DIALOG_NONE && desk->screen == DESK_RETURNING
                                            ? &desk->keeping->returning.form
                                            : &desk->dialog_form,
                                        field);

    return slot != NULL ? desk_say(desk, slot->zh, slot->en) : field;
}

// To the person.
static void tell_failure(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome)
{
    const struct ts_error *error = &outcome->error;
    const char *said = reason_say(error->reason, desk->chinese),
               *detail = said != NULL ? said : error->detail;
    char details[300];

    if (outcome->fate == RPC_INTERRUPTED)
        desk_tell(desk, ask->is_write ? NOTE_BAD : NOTE_PLAIN,
                  ask->is_write ? "已取消；可能已经生效，请查询后再做" : "已取消",
                  ask->is_write ? "Cancelled; it may have been done: look before you repeat it"
                                : "Cancelled");
    else if (outcome->fate == RPC_NOT_SENT)
        desk_tell(desk, NOTE_BAD, "连不上服务器，什么也没有做：%s",
                  "The server cannot be reached and nothing was done: %s", detail);
    else if (outcome->fate == RPC_NO_ANSWER)
        desk_tell(desk, NOTE_BAD, "没有答复：%s", "No answer: %s", detail);
    else if (error->violation_count > 0)
        desk_tell(desk, NOTE_BAD, "不接受：%s %s", "Not accepted: %s %s",
                  label_of(desk, error->violations[0].field),
                  reason_rule(error->violations[0].description, desk->chinese));
    else {
        reason_details(error->metadata, desk->chinese, details, sizeof details);
        desk_tell(desk, NOTE_BAD, "%s%s", "%s%s", detail, details);
    }
}

static void failed(struct desk *desk, struct ask *ask, const struct rpc_outcome *outcome)
{
    bool is_answered = outcome->fate == RPC_ANSWERED;

    if (offline_failed(desk, ask, outcome))
        return;
    if (is_answered && outcome->error.status == TS_UNAUTHENTICATED && ask->kind != ASK_LOGIN) {
        login_show(desk);
        desk_tell(desk, NOTE_BAD, "会话已结束，请重新登录；填写的内容都保留着",
                  "The session has ended. Log in again; what you filled in is kept");
        return;
    }
    if (ask->is_quiet && !ask_is_guests(ask->kind))
        return;
    // Told to reception without saying which of both: the booking itself was just shown.
    if (ask->kind == ASK_AIR && is_answered &&
        (outcome->error.status == TS_NOT_FOUND || outcome->error.status == TS_PERMISSION_DENIED)) {
        air_unplanned(desk);
        return;
    }
    // Six letters that happen to look like a booking code are a name after all.
    if (ask->kind == ASK_BOOKING && is_answered && outcome->error.status == TS_NOT_FOUND &&
        !is_left(desk, ask) && strpbrk(desk->typed.text, "0123456789") == NULL) {
        home_find(desk);
        return;
    }
    if (ask_is_guests(ask->kind) && desk->guest->failed(desk, ask, outcome))
        return;
    tell_failure(desk, ask, outcome);
    if (ask->kind == ASK_REGISTER)
        taking_failed(desk, outcome);
    else if (ask->kind == ASK_MEND_ITEM || ask->kind == ASK_MEND_PERSON)
        mending_failed(desk, outcome);
    else if (ask->kind == ASK_RETURN || ask->kind == ASK_PRESENT || ask->kind == ASK_WEIGH)
        returning_failed(desk, ask->kind, outcome);
    else if (ask->kind == ASK_TRAY || ask->kind == ASK_TRAY_STORE || ask->kind == ASK_TRAY_OUT)
        storing_failed(desk, ask->kind);
    else if (ask->has_key) {
        dialog_failed(desk, ask->kind, outcome);
        tickets_refused(desk, ask->kind);
    } else if (desk->is_cut_off && offline_can_keep(desk) && ask->kind == ASK_PERSONS &&
               outcome->fate != RPC_INTERRUPTED)
        desk_tell(desk, NOTE_BAD, "连不上服务器，查不了：回车按新委托人收样（姓名、电话重填）",
                  "No server, nothing can be looked up: Enter takes in a new person (name and phone anew)");
}

static void wipe_password(struct ask *ask)
{
    char *password = ask->kind == ASK_LOGIN && ask->arena != NULL
                         ? ((Touchstone__V1__LoginRequest *)ask->request)->password
                         : NULL;

    if (password != NULL)
        explicit_bzero(password, strlen(password));
}

// Nobody there who could do anything.
static bool is_away(const struct rpc_outcome *outcome)
{
    return outcome->fate == RPC_NOT_SENT || outcome->fate == RPC_NO_ANSWER ||
           (outcome->fate == RPC_ANSWERED && outcome->error.status == TS_UNAVAILABLE);
}

void desk_answer(struct desk *desk, struct ask *ask, ProtobufCMessage *response,
                 const struct rpc_outcome *outcome)
{
    desk->running = ASK_NOTHING;
    desk->wants_cancel = false;
    if (response == NULL && (is_away(outcome) || desk->ran_out))
        desk->is_cut_off = true;
    else if (response != NULL || outcome->fate == RPC_ANSWERED)
        desk->is_cut_off = false;
    if (response == NULL)
        failed(desk, ask, outcome);
    else if (ask_is_guests(ask->kind))
        desk->guest->answered(desk, ask, response);
    else if (!is_left(desk, ask))
        takers[ask->kind](desk, ask, response);
    wipe_password(ask);
    ask_free(ask);
}
