// SPDX-License-Identifier: Apache-2.0
// Which part takes a key. See keys.h.
#include "desk/keys.h"

#include "desk/guest.h"
#include "desk/news.h"
#include "desk/parts.h"
#include "desk/press.h"

enum { AT_GUEST = 7 };

static void go_home(struct desk *desk)
{
    if (desk->screen == DESK_INTAKE)
        desk_tell(desk, NOTE_PLAIN, "收样表单已保留，F4 返回", "The intake is kept: F4 goes back to it");
    home_show(desk);
}

static void go_intake(struct desk *desk)
{
    if (desk->intake->is_open)
        desk->screen = DESK_INTAKE;
    else
        taking_begin(desk, NULL, "", "");
}

static void leave(struct desk *desk)
{
    bool is_shut = desk->screen == DESK_LOGIN || desk->screen == DESK_LOCKED,
         is_unfinished = desk->intake->is_open || (desk->guest != NULL && desk->guest->has_unsent(desk));

    if (is_shut && is_unfinished)
        desk_tell(desk, NOTE_BAD, "还有未完成的收样或录入：请先解锁",
                  "An intake or an entry is unfinished: unlock first");
    else if (is_unfinished || offline_waiting(desk) > 0 ||
             (desk->running != ASK_NOTHING && desk->running_is_write && !desk->running_is_quiet))
        dialog_open(desk, DIALOG_LEAVE);
    else if (!preparing_leave(desk))
        desk->wants_end = true;
}

static void change_language(struct desk *desk)
{
    desk->chinese = !desk->chinese;
    desk->note.kind = NOTE_NONE;
}

static void help(struct desk *desk)
{
    dialog_open(desk, DIALOG_HELP);
}

static void all_deliveries(struct desk *desk)
{
    look_deliveries(desk, "");
}

// From the reception to the guest's view and back, for who has both roles.
static void change_view(struct desk *desk)
{
    bool to_guest = desk->screen != DESK_GUEST;

    if (desk->guest == NULL || (to_guest && !desk_is_technician(desk)))
        desk_tell(desk, NOTE_BAD, "您在这里没有检测角色", "You do not have the technician's role here");
    else if (!to_guest && !desk_is_receptionist(desk))
        desk_tell(desk, NOTE_BAD, "您在这里没有接待角色", "You do not have the reception's role here");
    else if (to_guest)
        desk->guest->show(desk);
    else
        home_show(desk);
    desk->prefers_guest = desk->screen == DESK_GUEST;
}

// Keys that mean the same everywhere once somebody is logged in; behind DESK_GUEST's own only the first ones.
static bool press_everywhere(struct desk *desk, int kind)
{
    static const struct {
        int kind;
        void (*act)(struct desk *desk);
    } keys[] = {
        {PRESS_F1, help},
        {PRESS_F2, change_language},
        {PRESS_F9, login_lock},
        {PRESS_F10, leave},
        {PRESS_LEAVE, leave},
        {PRESS_SWITCH, change_view},
        {PRESS_KEEPING, keeping_show},
        {PRESS_F3, go_home},
        {PRESS_F4, go_intake},
        {PRESS_F6, look_items},
        {PRESS_F7, all_deliveries},
        {PRESS_F11, visit_tickets},
        {PRESS_MEND, mending_open},
        {PRESS_PRINT, prints_open},
        {PRESS_RESUME, prints_resume},
        {PRESS_PICTURE, pictures_take},
        {PRESS_VIEW, pictures_view},
        {PRESS_WAITING, waiting_show},
    };
    // Who has the bench alone sees of the reception what is kept here, and nothing else.
    bool is_at_bench = desk->guest != NULL && desk_is_technician(desk) && !desk_is_receptionist(desk);
    size_t count = desk->screen == DESK_GUEST || is_at_bench ? AT_GUEST : sizeof keys / sizeof *keys;

    for (size_t i = 0; i < count; i++)
        if (keys[i].kind == kind) {
            keys[i].act(desk);
            return true;
        }
    if (kind == PRESS_F3 && is_at_bench && desk->screen != DESK_GUEST) {
        desk->guest->show(desk);
        return true;
    }
    return false;
}

static bool guest_press(struct desk *desk, const struct press *press)
{
    return desk->guest->press(desk, press);
}

static bool is_shut_now(const struct desk *desk)
{
    return desk->screen == DESK_LOGIN || desk->screen == DESK_LOCKED;
}

// A press has led to another screen, opened a window, or changed what stands in the box. A lock and the help
// leave nothing.
static bool has_left(const struct desk *desk, enum desk_screen screen, enum desk_dialog dialog, size_t typed)
{
    bool has_window = desk->dialog != DIALOG_NONE && desk->dialog != DIALOG_HELP && desk->dialog != dialog;

    if (is_shut_now(desk) || screen == DESK_LOGIN || screen == DESK_LOCKED)
        return false;
    return desk->screen != screen || has_window || (screen == DESK_HOME && desk->box.length != typed);
}

void keys_press(struct desk *desk, const struct press *press)
{
    static parts_press *const screens[DESK_SCREENS] = {[DESK_LOGIN] = login_press,
                                                       [DESK_LOCKED] = locked_press,
                                                       [DESK_HOME] = home_press,
                                                       [DESK_INTAKE] = taking_press,
                                                       [DESK_RECEIPT] = receipt_press,
                                                       [DESK_ITEM] = item_press,
                                                       [DESK_ITEMS] = items_press,
                                                       [DESK_DELIVERIES] = deliveries_press,
                                                       [DESK_SLOTS] = slots_press,
                                                       [DESK_BOOKING] = booking_press,
                                                       [DESK_TICKETS] = tickets_press,
                                                       [DESK_GUEST] = guest_press,
                                                       [DESK_MENDING] = mending_press,
                                                       [DESK_CHANGES] = changes_press,
                                                       [DESK_AIR] = air_press,
                                                       [DESK_SLIP] = slip_press,
                                                       [DESK_WAITING] = waiting_press,
                                                       [DESK_CUSTODY] = custody_press,

                                                       [DESK_KEEPING] = keeping_press,
                                                       [DESK_STORING] = storing_press,
                                                       [DESK_RETURNING] = returning_press,
                                                       [DESK_CLOSING] = closing_press};

    bool is_shut = is_shut_now(desk);
    enum desk_screen screen = desk->screen;
    enum desk_dialog dialog = desk->dialog;
    size_t typed = desk->box.length;

    desk->press_no++;
    news_key(desk);
    if (press->kind == PRESS_ESCAPE && desk->pictures.is_shooting) {
        desk->pictures.is_shooting = desk->pictures.wants_shot = false;
        desk_tell(desk, NOTE_PLAIN, "不拍了", "The camera is stopped");
    } else if (desk->dialog != DIALOG_NONE && !is_shut) {
        dialog_press(desk, press);
    } else if (press->kind == PRESS_ESCAPE && desk->running != ASK_NOTHING && !desk->running_is_quiet) {
        desk->wants_cancel = true;
        desk_tell(desk, NOTE_PLAIN, "正在取消...", "Cancelling...");
    } else if (is_shut && press->kind == PRESS_F2) {
        change_language(desk);
    } else if (is_shut && (press->kind == PRESS_F10 || press->kind == PRESS_LEAVE)) {
        leave(desk);
    } else if (is_shut) {
        screens[desk->screen](desk, press);
    } else if (!press_everywhere(desk, press->kind)) {
        screens[desk->screen](desk, press);
    }
    if (has_left(desk, screen, dialog, typed))
        desk->left_at = desk->press_no;
}
