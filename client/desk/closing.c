// SPDX-License-Identifier: Apache-2.0
// The screen of the day's close: the figures as the books stand, and everything that stands in the way, each
// with what to do and Enter to go there.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/custody_day.pb-c.h"

static const Touchstone__V1__ListUnaccountedResponse *list_of(const struct desk *desk)
{
    return (Touchstone__V1__ListUnaccountedResponse *)desk->keeping->lists[KEEPING_UNACCOUNTED].message;
}

const struct Touchstone__V1__DayClose *closing_today(const struct desk *desk)
{
    return list_of(desk) != NULL ? list_of(desk)->today : NULL;
}

void closing_look(struct desk *desk, bool is_quiet)
{
    struct ask ask;

    if (!parts_begin(desk, ASK_UNACCOUNTED, &ask))
        return;
    ask.is_quiet = is_quiet;
    parts_end(desk, &ask,
              parts_set(&ask, "laboratory", desk->keeping->laboratory) &&
                  parts_set(&ask, "page.page_size", "200"));
}

void closing_show(struct desk *desk)
{
    desk->screen = DESK_CLOSING;
    desk->chosen = 0;
    if (desk->keeping->laboratory[0] == '\0')
        snprintf(desk->keeping->laboratory, sizeof desk->keeping->laboratory, "%s", desk->laboratory);
    closing_look(desk, false);
}

// The next of the laboratories where the person has a part.
static void next_laboratory(struct desk *desk)
{
    char *shown = desk->keeping->laboratory;
    size_t at = 0;

    while (at < desk->laboratory_count && strcmp(desk->laboratories[at], shown) != 0)
        at++;
    if (desk->laboratory_count == 0)
        return;
    snprintf(shown, sizeof desk->keeping->laboratory, "%s",
             desk->laboratories[(at + 1) % desk->laboratory_count]);
    desk_drop(&desk->keeping->lists[KEEPING_UNACCOUNTED]);
    closing_show(desk);
}

bool closing_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__ListUnaccountedResponse *list = list_of(desk);
    size_t count = list != NULL ? list->n_items : 0;

    if (parts_move(desk, press->kind, count))
        return true;
    switch (press->kind) {
    case PRESS_ENTER:
        if (desk->chosen < count)
            custody_show(desk, list->items[desk->chosen]->item_code);
        return true;
    case PRESS_F5:
        next_laboratory(desk);
        return true;
    case PRESS_F8:
        dialog_open(desk, DIALOG_CLOSE_DAY);
        return true;
    case PRESS_F12:
        dialog_open(desk, DIALOG_REOPEN_DAY);
        return true;
    case PRESS_TAB:
        storing_show(desk);
        return true;
    case PRESS_ESCAPE:
        keeping_show(desk);
        return true;
    default:
        return home_begin_next(desk, press);
    }
}
