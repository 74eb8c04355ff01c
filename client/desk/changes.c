// SPDX-License-Identifier: Apache-2.0
// The list of what was changed of an item or a person: who, when, from what to what, and why. A merge that
// stands is undone from here.
#include <stdio.h>
#include <string.h>

#include "desk/mending.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/desk.pb-c.h"

static const Touchstone__V1__IntakeCorrection *chosen(const struct desk *desk)
{
    const Touchstone__V1__GetCorrectionsResponse *list =
        (Touchstone__V1__GetCorrectionsResponse *)desk->changes.message;

    return list != NULL && desk->chosen < list->n_corrections ? list->corrections[desk->chosen] : NULL;
}

void changes_look(struct desk *desk)
{
    parts_ask(desk, ASK_CHANGES, desk->mending->is_person ? "person_id" : "item_code", desk->mending->target);
}

void changes_show(struct desk *desk, bool of_person, const char *target, const char *title)
{
    struct mending *mending = desk->mending;

    mending->is_person = of_person;
    snprintf(mending->target, sizeof mending->target, "%.47s", target);
    snprintf(mending->title, sizeof mending->title, "%.199s", title);
    mending->from = (int)desk->screen;
    // Back where it was when the list is left.
    desk->changes_chosen = desk->chosen;
    desk->chosen = 0;
    desk_drop(&desk->changes);
    desk->screen = DESK_CHANGES;
    changes_look(desk);
}

void changes_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk_hold(&desk->changes, ask, response);
    if (chosen(desk) == NULL)
        desk->chosen = 0;
}

bool changes_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__GetCorrectionsResponse *list =
        (Touchstone__V1__GetCorrectionsResponse *)desk->changes.message;
    const Touchstone__V1__IntakeCorrection *one = chosen(desk);

    switch (press->kind) {
    case PRESS_UP:
        desk->chosen -= desk->chosen > 0;
        return true;
    case PRESS_DOWN:
        desk->chosen += list != NULL && desk->chosen + 1 < list->n_corrections;
        return true;
    case PRESS_F12:
        if (one == NULL || one->merge_id[0] == '\0') {
            desk_tell(desk, NOTE_PLAIN, "光标所在不是可撤销的合并；录入错误再更正一次即可",
                      "This row is no merge that stands; a correction is corrected again");
            return true;
        }
        snprintf(desk->mending->merge_id, sizeof desk->mending->merge_id, "%.47s", one->merge_id);
        dialog_open(desk, DIALOG_UNMERGE);
        return true;
    case PRESS_ESCAPE:
        desk->screen = (enum desk_screen)desk->mending->from;
        desk->chosen = desk->changes_chosen;
        return true;
    default:
        return false;
    }
}
