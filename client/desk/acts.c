// SPDX-License-Identifier: Apache-2.0
// What can be done with what is shown, as a list to choose from: only what would not be refused for a reason
// that the desk already sees. Another act is a row.
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"

// ---- an item
static bool is_held(const struct desk *desk)
{
    return custody_shown(desk)->custody_state == TOUCHSTONE__V1__CUSTODY_STATE__CUSTODY_STATE_HELD;
}

static bool is_mine(const struct desk *desk)
{
    return strcmp(custody_shown(desk)->holder, desk->username) == 0;
}

static bool is_stored(const struct desk *desk)
{
    return custody_shown(desk)->storage[0] != '\0';
}

static bool is_offered(const struct desk *desk)
{
    return custody_shown(desk)->hand_over != NULL;
}

static bool is_quality(const struct desk *desk)
{
    return desk_has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_QUALITY);
}

static bool is_manager(const struct desk *desk)
{
    return desk_has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_MANAGER);
}

static bool is_reception(const struct desk *desk)
{
    return desk_has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_RECEPTION);
}

static bool may_accept(const struct desk *desk)
{
    return is_offered(desk) && strcmp(custody_shown(desk)->hand_over->receiver, desk->username) == 0;
}

static bool may_unoffer(const struct desk *desk)
{
    return is_offered(desk) && (may_accept(desk) || is_mine(desk) || is_manager(desk) ||
                                strcmp(custody_shown(desk)->hand_over->offered_by, desk->username) == 0);
}

static bool may_offer(const struct desk *desk)
{
    return is_held(desk) && !is_offered(desk) && (is_mine(desk) || is_stored(desk));
}

static bool may_store(const struct desk *desk)
{
    return is_mine(desk) && !is_stored(desk) && !is_offered(desk);
}

static bool may_take_out(const struct desk *desk)
{
    return is_mine(desk) && is_stored(desk) && !is_offered(desk);
}

static bool may_use(const struct desk *desk)
{
    return is_held(desk) && is_mine(desk) && !is_offered(desk);
}

static bool may_settle(const struct desk *desk)
{
    return custody_shown(desk)->incident != NULL && is_quality(desk);
}

static bool may_dispose(const struct desk *desk)
{
    return may_offer(desk) && (is_reception(desk) || is_manager(desk));
}

static bool may_return(const struct desk *desk)
{
    return may_offer(desk) && is_reception(desk);
}

static void return_item(struct desk *desk)
{
    returning_begin(desk, "", custody_shown(desk)->item_code);
}

// ---- a receipt
static bool has_items(const struct desk *desk)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    for (size_t i = 0; i < receipt->n_items; i++)
        if (receipt->items[i]->custody_state == TOUCHSTONE__V1__CUSTODY_STATE__CUSTODY_STATE_HELD)
            return true;
    return false;
}

static bool is_valid(const struct desk *desk)
{
    return desk_receipt(desk)->voided_at == NULL;
}

static void return_all(struct desk *desk)
{
    returning_begin(desk, desk_receipt(desk)->receipt_no, "");
}

struct act {
    enum desk_screen screen;
    const char *zh, *en;
    bool (*fits)(const struct desk *desk);
    // Either a dialog, or what is done at once.
    enum desk_dialog dialog;
    void (*begin)(struct desk *desk);
};

static const struct act acts[] = {
    {DESK_CUSTODY, "称重并接收", "weigh and accept", may_accept, DIALOG_ACCEPT, NULL},
    {DESK_CUSTODY, "撤回或拒绝移交", "take the offer back, or decline it", may_unoffer, DIALOG_UNOFFER, NULL},
    {DESK_CUSTODY, "移交同事", "offer it to a colleague", may_offer, DIALOG_OFFER, NULL},
    {DESK_CUSTODY, "入柜", "put it into a store", may_store, DIALOG_STORE, NULL},
    {DESK_CUSTODY, "出柜", "take it out of its store", may_take_out, DIALOG_TAKE_OUT, NULL},
    {DESK_CUSTODY, "交还", "hand it out", may_return, DIALOG_NONE, return_item},
    {DESK_CUSTODY, "登记检测消耗", "what testing used up", may_use, DIALOG_CONSUME, NULL},
    {DESK_CUSTODY, "登记事件并冻结", "something is wrong: freeze it", is_held, DIALOG_INCIDENT, NULL},
    {DESK_CUSTODY, "事件处理完毕，解除冻结", "the incident is settled", may_settle, DIALOG_SETTLE, NULL},
    {DESK_CUSTODY, "留样", "keep a portion", may_use, DIALOG_PORTION, NULL},
    {DESK_CUSTODY, "处置", "dispose of it", may_dispose, DIALOG_DISPOSE, NULL},
    {DESK_RECEIPT, "全部交还", "hand everything out", has_items, DIALOG_NONE, return_all},
    {DESK_RECEIPT, "向委托人发送代领码", "send the owner a code for a collector", has_items, DIALOG_PROXY,
     NULL},
    {DESK_RECEIPT, "作废回执", "make the receipt void", is_valid, DIALOG_VOID, NULL},
};

static bool is_shown(const struct desk *desk)
{
    return (desk->screen == DESK_CUSTODY && custody_shown(desk) != NULL) ||
           (desk->screen == DESK_RECEIPT && desk_receipt(desk) != NULL);
}

static const struct act *act_at(const struct desk *desk, int row)
{
    for (size_t i = 0; is_shown(desk) && row >= 0 && i < sizeof acts / sizeof *acts; i++)
        if (acts[i].screen == desk->screen && acts[i].fits(desk) && row-- == 0)
            return &acts[i];
    return NULL;
}

const char *acts_name(const struct desk *desk, int row)
{
    const struct act *act = act_at(desk, row);

    return act != NULL ? desk_say(desk, act->zh, act->en) : NULL;
}

void acts_open(struct desk *desk)
{
    if (act_at(desk, 0) != NULL)
        dialog_open(desk, DIALOG_ACTS);
    else
        desk_tell(desk, NOTE_PLAIN, "您在这里没有可办理的事项", "There is nothing here for you to do");
}

static void choose(struct desk *desk, int row)
{
    const struct act *act = act_at(desk, row);

    if (act == NULL)
        return;
    desk->dialog = DIALOG_NONE;
    if (act->begin != NULL)
        act->begin(desk);
    else
        dialog_open(desk, act->dialog);
}

void acts_press(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_UP && desk->dialog_row > 0)
        desk->dialog_row--;
    else if (press->kind == PRESS_DOWN && act_at(desk, desk->dialog_row + 1) != NULL)
        desk->dialog_row++;
    else if (press->kind == PRESS_ENTER)
        choose(desk, desk->dialog_row);
    else if (press->kind == PRESS_CHARACTER && press->character >= '1' && press->character <= '9')
        choose(desk, (int)(press->character - '1'));
}
