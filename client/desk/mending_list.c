// SPDX-License-Identifier: Apache-2.0
// What can be corrected of what is shown, as a list to choose from (Ctrl-K). Another act is a row.
#include <stdio.h>
#include <string.h>

#include "desk/mending.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/desk.pb-c.h"

static const Touchstone__V1__MaskedPerson *person_shown(const struct desk *desk)
{
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;

    if (desk->screen == DESK_HOME)
        return found != NULL && desk->chosen < found->n_persons ? found->persons[desk->chosen] : NULL;
    return desk->screen == DESK_RECEIPT && desk_receipt(desk) != NULL ? desk_receipt(desk)->owner : NULL;
}

// Whom the screen is about: on a receipt its owner. False when nobody.
static bool whom(const struct desk *desk, char ret_id[MENDING_ID], char ret_name[MENDING_NAME])
{
    const Touchstone__V1__MaskedPerson *person = person_shown(desk);

    if (person == NULL)
        return false;
    snprintf(ret_id, MENDING_ID, "%s", person->person_id);
    snprintf(ret_name, MENDING_NAME, "%.120s %.60s", person->name_masked, person->phone_masked);
    return true;
}

static bool is_item(const struct desk *desk)
{
    return desk->screen == DESK_ITEM && desk_item(desk) != NULL;
}

static bool may_mend_item(const struct desk *desk)
{
    return is_item(desk) && desk_item(desk)->state != TOUCHSTONE__V1__ITEM_STATE__ITEM_STATE_RELEASED &&
           desk_item(desk)->holder[0] != '\0';
}

static bool may_reject(const struct desk *desk)
{
    return may_mend_item(desk) && desk_item(desk)->state == TOUCHSTONE__V1__ITEM_STATE__ITEM_STATE_RECEIVED;
}

static bool is_rejected(const struct desk *desk)
{
    return is_item(desk) && desk_item(desk)->rejection != NULL;
}

static bool is_person(const struct desk *desk)
{
    return person_shown(desk) != NULL;
}

static bool may_merge(const struct desk *desk)
{
    return is_person(desk) && desk->mending->kept_id[0] != '\0' &&
           strcmp(desk->mending->kept_id, person_shown(desk)->person_id) != 0;
}

static void reject(struct desk *desk)
{
    dialog_open(desk, DIALOG_REJECT);
}

static void print_notice(struct desk *desk)
{
    snprintf(desk->wants_notice, sizeof desk->wants_notice, "%.15s", desk_item(desk)->item_code);
    desk_tell(desk, NOTE_PLAIN, "正在打印拒收通知单...", "Printing the notice...");
}

static void show_item_changes(struct desk *desk)
{
    changes_show(desk, false, desk_item(desk)->item_code, desk_item(desk)->name);
}

static void mend_person(struct desk *desk)
{
    whom(desk, desk->mending->gone_id, desk->mending->gone_name);
    dialog_open(desk, DIALOG_MEND_WHY);
}

static void keep(struct desk *desk)
{
    whom(desk, desk->mending->kept_id, desk->mending->kept_name);
    desk_tell(desk, NOTE_PLAIN, "保留 %s。再找出同一人的另一条，按 Ctrl-K 并入",
              "%s is kept. Find the other entry of the same person, then Ctrl-K merges it",
              desk->mending->kept_name);
}

static void merge(struct desk *desk)
{
    whom(desk, desk->mending->gone_id, desk->mending->gone_name);
    dialog_open(desk, DIALOG_MERGE);
}

static void show_person_changes(struct desk *desk)
{
    char id[MENDING_ID], name[MENDING_NAME];

    if (whom(desk, id, name))
        changes_show(desk, true, id, name);
}

static const struct {
    const char *zh, *en;
    bool (*fits)(const struct desk *desk);
    void (*begin)(struct desk *desk);
} acts[] = {
    {"更正录入", "correct what was typed", may_mend_item, mending_begin_item},
    {"更正记录", "what was changed, by whom and why", is_item, show_item_changes},
    {"拒收样品", "reject the item", may_reject, reject},
    {"打印拒收通知单", "print the notice of the rejection", is_rejected, print_notice},
    {"更正姓名或电话", "correct the name or phone", is_person, mend_person},
    {"更正与合并记录", "what was changed and merged", is_person, show_person_changes},
    {"合并：保留这一条", "merge: this entry is kept", is_person, keep},
    {"合并：将此条并入所保留的", "merge this entry into the one that is kept", may_merge, merge},
};

static int act_at(const struct desk *desk, int row)
{
    for (size_t i = 0; row >= 0 && i < sizeof acts / sizeof *acts; i++)
        if (acts[i].fits(desk) && row-- == 0)
            return (int)i;
    return -1;
}

const char *mending_act(const struct desk *desk, int row)
{
    int at = act_at(desk, row);

    return at >= 0 ? desk_say(desk, acts[at].zh, acts[at].en) : NULL;
}

void mending_open(struct desk *desk)
{
    if (act_at(desk, 0) >= 0)
        dialog_open(desk, DIALOG_MENDS);
    else
        desk_tell(desk, NOTE_PLAIN, "先选中一位委托人或打开一件样品，再按 Ctrl-K 更正",
                  "Choose a person or open an item first, then Ctrl-K corrects");
}

static void choose(struct desk *desk, int row)
{
    int at = act_at(desk, row);

    if (at < 0)
        return;
    desk->dialog = DIALOG_NONE;
    acts[at].begin(desk);
}

void mending_list_press(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_UP && desk->dialog_row > 0)
        desk->dialog_row--;
    else if (press->kind == PRESS_DOWN && act_at(desk, desk->dialog_row + 1) >= 0)
        desk->dialog_row++;
    else if (press->kind == PRESS_ENTER)
        choose(desk, desk->dialog_row);
    else if (press->kind == PRESS_CHARACTER && press->character >= '1' && press->character <= '9')
        choose(desk, (int)(press->character - '1'));
}
