// SPDX-License-Identifier: Apache-2.0
// The desk as a whole: made and freed, and what time does. See desk.h.
#include "desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/keys.h"
#include "desk/parts.h"

enum { BOX_MOST = 60 };

struct desk *desk_create(const char *server, const char *username, const char *laboratory,
                         const char *desk_name, bool chinese)
{
    struct desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        return NULL;
    desk->catalogue = calloc(1, sizeof *desk->catalogue);
    desk->intake = calloc(1, sizeof *desk->intake);
    desk->mending = calloc(1, sizeof *desk->mending);
    desk->keeping = calloc(1, sizeof *desk->keeping);
    if (desk->catalogue == NULL || desk->intake == NULL || desk->mending == NULL || desk->keeping == NULL) {
        desk_free(desk);
        return NULL;
    }
    snprintf(desk->server, sizeof desk->server, "%s", server);
    snprintf(desk->username, sizeof desk->username, "%s", username);
    snprintf(desk->laboratory, sizeof desk->laboratory, "%s", laboratory);
    snprintf(desk->desk, sizeof desk->desk, "%s", desk_name);
    desk->chinese = chinese;
    burst_init(&desk->burst);
    field_init(&desk->box, BOX_MOST);
    field_init(&desk->items_query, BOX_MOST);
    if (username[0] != '\0')
        login_begin(desk);
    else
        login_show(desk);
    return desk;
}

static void free_keeping(struct keeping *keeping)
{
    if (keeping == NULL)
        return;
    desk_drop(&keeping->book);
    desk_drop(&keeping->holders);
    desk_drop(&keeping->storages);
    desk_drop(&keeping->picture);
    for (size_t i = 0; i < KEEPING_LISTS; i++)
        desk_drop(&keeping->lists[i]);
    free(keeping);
}

void desk_free(struct desk *desk)
{
    if (desk == NULL)
        return;
    desk_drop(&desk->persons);
    desk_drop(&desk->receipt);
    desk_drop(&desk->item);
    desk_drop(&desk->items);
    desk_drop(&desk->deliveries);
    desk_drop(&desk->revealed);
    desk_drop(&desk->slots);
    desk_drop(&desk->booking);
    desk_drop(&desk->tickets);
    desk_drop(&desk->changes);
    free_keeping(desk->keeping);
    desk_drop(&desk->air);
    ask_queue_done(&desk->queue);
    if (desk->guest != NULL)
        desk->guest->free(desk->guest_state);
    offline_done(desk);
    if (desk->catalogue != NULL)
        catalogue_done(desk->catalogue);
    free(desk->catalogue);
    free(desk->intake);
    if (desk->mending != NULL)
        explicit_bzero(desk->mending, sizeof *desk->mending);
    free(desk->mending);
    // Passwords and a token may have stood in it.
    explicit_bzero(desk, sizeof *desk);
    free(desk);
}

void desk_invite(struct desk *desk, const struct desk_guest *guest, void *state)
{
    desk->guest = guest;
    desk->guest_state = state;
}

static void lock_when_idle(struct desk *desk)
{
    if (desk->screen != DESK_LOGIN && desk->screen != DESK_LOCKED &&
        desk->now_ms - desk->pressed_ms > DESK_LOCK_MS)
        login_lock(desk);
}

void desk_tick(struct desk *desk, int64_t now_ms)
{
    desk->now_ms = now_ms;
    // The first look at the clock: nobody has been idle yet.
    if (desk->pressed_ms == 0)
        desk->pressed_ms = now_ms;
    if (burst_is_due(&desk->burst, now_ms))
        typing_flush(desk);
    if (desk->revealed.message != NULL && now_ms >= desk->revealed_until_ms)
        desk_drop(&desk->revealed);
    lock_when_idle(desk);
    offline_tick(desk);
    if (now_ms - desk->looked_ms >= DESK_LOOK_MS) {
        desk->looked_ms = now_ms;
        look_again(desk);
    }
}

int desk_wait_ms(const struct desk *desk, int64_t now_ms)
{
    int64_t look = desk->looked_ms + DESK_LOOK_MS - now_ms;
    int burst = burst_wait_ms(&desk->burst, now_ms), wait = look > 0 ? (int)look : 0;

    return burst >= 0 && burst < wait ? burst : wait;
}

bool desk_take_ask(struct desk *desk, struct ask *ret_ask)
{
    if (desk->running != ASK_NOTHING || !ask_take(&desk->queue, ret_ask))
        return false;
    desk->running = ret_ask->kind;
    desk->running_is_write = ret_ask->is_write;
    desk->running_is_quiet = ret_ask->is_quiet;
    desk->running_since_ms = desk->now_ms;
    desk->ran_out = false;
    return true;
}
