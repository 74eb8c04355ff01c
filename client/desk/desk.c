// SPDX-License-Identifier: Apache-2.0
// The desk as a whole: which part takes a press, what is a scan and what a paste. See desk.h.
#include "desk/desk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/news.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "message/path.h"
#include "text/safe.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/arena.h"

enum { BOX_MOST = 60, AT_GUEST = 7 };

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
        desk_start(desk);
    else
        login_show(desk);
    return desk;
}

void desk_hold(struct held *held, struct ask *ask, ProtobufCMessage *response)
{
    desk_drop(held);
    *held = (struct held){ask->arena, response};
    ask->arena = NULL;
}

void desk_drop(struct held *held)
{
    arena_free(held->arena);
    *held = (struct held){0};
}

// The message that the answer has in this field: several answers carry the same.
static const void *part_of(const struct held *held, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        held->message != NULL
            ? protobuf_c_message_descriptor_get_field_by_name(held->message->descriptor, name)
            : NULL;

    return field != NULL ? path_element(held->message, field, 0) : NULL;
}

const struct Touchstone__V1__Receipt *desk_receipt(const struct desk *desk)
{
    return part_of(&desk->receipt, "receipt");
}

const struct Touchstone__V1__Item *desk_item(const struct desk *desk)
{
    return part_of(&desk->item, "item");
}

const struct Touchstone__V1__Booking *desk_booking(const struct desk *desk)
{
    return part_of(&desk->booking, "booking");
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

const char *desk_say(const struct desk *desk, const char *zh, const char *en)
{
    return desk->chinese ? zh : en;
}

void desk_tell(struct desk *desk, enum note_kind kind, const char *zh, const char *en, ...)
{
    va_list list;

    desk->note.kind = kind;
    va_start(list, en);
    vsnprintf(desk->note.text, sizeof desk->note.text, desk->chinese ? zh : en, list);
    va_end(list);
}

void desk_invite(struct desk *desk, const struct desk_guest *guest, void *state)
{
    desk->guest = guest;
    desk->guest_state = state;
}

static bool has_role(const struct desk *desk, int role)
{
    for (size_t i = 0; i < desk->role_count; i++)
        if (desk->roles[i] == role)
            return true;
    return false;
}

bool desk_is_technician(const struct desk *desk)
{
    return has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_TECHNICIAN);
}

bool desk_is_receptionist(const struct desk *desk)
{
    return has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_RECEPTION);
}

void desk_start(struct desk *desk)
{
    desk->screen = DESK_HOME;
    parts_ask(desk, ASK_WHO, NULL, NULL);
    offline_begin(desk);
}

// The field that has the cursor; NULL when none has.
static struct field *focused_field(struct desk *desk)
{
    struct slot *slot = NULL;

    if (desk->screen == DESK_LOGIN)
        slot = form_focused(&desk->login);
    else if (desk->screen == DESK_LOCKED)
        slot = form_focused(&desk->unlock);
    else if (desk->dialog != DIALOG_NONE)
        slot = form_focused(&desk->dialog_form);
    else if (desk->screen == DESK_HOME)
        return &desk->box;
    else if (desk->screen == DESK_ITEMS)
        return &desk->items_query;
    else if (desk->screen == DESK_GUEST)
        return desk->guest->focused(desk);
    else if (desk->screen == DESK_MENDING)
        slot = form_focused(&desk->mending->form);
    else if (desk->screen == DESK_INTAKE)
        slot = form_focused(intake_form(desk->intake));
    else if (desk->screen == DESK_STORING)
        return &desk->keeping->tray.code;
    else if (desk->screen == DESK_RETURNING)
        slot = form_focused(&desk->keeping->returning.form);
    return slot != NULL && slot->kind != SLOT_TICK && slot->kind != SLOT_LIST ? &slot->field : NULL;
}

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

static void act(struct desk *desk, const struct press *press)
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

static void type(struct desk *desk, const char *text)
{
    for (; *text != '\0'; text++)
        act(desk, &(struct press){PRESS_CHARACTER, (unsigned char)*text});
}

static void scanned(struct desk *desk, const char *text, size_t count)
{
    enum desk_screen screen = desk->screen;
    struct code code;

    // A security key types like a scanner. Its Enter does not log in either.
    if (desk->screen == DESK_LOGIN || desk->screen == DESK_LOCKED) {
        type(desk, text);
        return;
    }
    desk->press_no++;
    news_key(desk);
    if (count >= BURST_BYTES) {
        desk_tell(desk, NOTE_BAD, "一次来了 %zu 个字符，不是码：未采用",
                  "%zu characters came at once, which is no code: nothing was taken", count);
        return;
    }
    code_decide(text, true, &code);
    if (desk->dialog != DIALOG_NONE)
        desk_tell(desk, NOTE_BAD, "扫到%s %.60s：请先完成或按 Esc 关闭此窗口",
                  "Scanned %s %.60s: finish this first, or close it with Esc",
                  code_name(code.kind, desk->chinese), text);
    else if (desk->screen == DESK_GUEST)
        desk->guest->scanned(desk, &code, text);
    else if (desk->screen == DESK_INTAKE)
        taking_scanned(desk, &code, text);
    else if (code.kind == CODE_ITEM && (desk->screen == DESK_CUSTODY || desk->screen == DESK_KEEPING))
        custody_show(desk, code.text);
    else if (desk->screen == DESK_STORING)
        storing_scanned(desk, &code);
    else if (desk->screen == DESK_RETURNING)
        returning_scanned(desk, &code);
    else
        home_scanned(desk, &code);
    if (desk->screen != screen)
        desk->left_at = desk->press_no;
}

// Does what was held back.
static void flush(struct desk *desk)
{
    char text[BURST_BYTES];
    size_t count;

    if (desk->burst.length == 0)
        return;
    if (burst_take(&desk->burst, desk->now_ms, text, &count))
        scanned(desk, text, count);
    else
        type(desk, text);
    explicit_bzero(text, sizeof text);
}

static void end_paste(struct desk *desk)
{
    struct field *field = focused_field(desk);
    struct paste *paste = &desk->paste;

    paste->is_on = false;
    news_key(desk);
    if (field == NULL) {
        desk_tell(desk, NOTE_BAD, "此处不能粘贴", "Nothing can be pasted here");
    } else if (paste->count > field->most) {
        desk_tell(desk, NOTE_BAD, "粘贴了 %zu 个字符，此处最多 %zu 个：未采用",
                  "%zu characters were pasted; this field takes %zu: nothing was taken", paste->count,
                  field->most);
    } else if (paste->has_line) {
        desk_tell(desk, NOTE_BAD, "粘贴的内容有多行：未采用", "Several lines were pasted: nothing was taken");
    } else {
        for (size_t at = 0; at < paste->text.length;) {
            struct press press = {.kind = PRESS_CHARACTER};

            at += safe_decode(paste->text.text + at, paste->text.length - at, &press.character);
            act(desk, &press);
        }
    }
    explicit_bzero(paste, sizeof *paste);
}

static void take_paste(struct desk *desk, const struct press *press)
{
    struct paste *paste = &desk->paste;

    if (press->kind == PRESS_PASTE_END) {
        end_paste(desk);
    } else if (press->kind == PRESS_ENTER) {
        // One at the end is a copied line's; with more behind it there are several lines.
        paste->ended_line = paste->count > 0;
    } else {
        paste->has_line = paste->has_line || paste->ended_line;
        paste->count++;
        field_insert(&paste->text, press->kind == PRESS_CHARACTER ? press->character : ' ');
    }
}

void desk_press(struct desk *desk, const struct press *press, int64_t now_ms)
{
    desk->now_ms = desk->pressed_ms = now_ms;
    if (desk->paste.is_on) {
        take_paste(desk, press);
        return;
    }
    if (press->kind == PRESS_PASTE_BEGIN) {
        flush(desk);
        desk->paste = (struct paste){.is_on = true};
        field_init(&desk->paste.text, FIELD_BYTES / 4);
        return;
    }
    switch (burst_press(&desk->burst, press, now_ms)) {
    case BURST_HELD:
    case BURST_SWALLOWED:
        return;
    case BURST_SCANNED:
        flush(desk);
        desk->burst.awaits_enter = false;
        return;
    default:
        flush(desk);
    }
    if (burst_press(&desk->burst, press, now_ms) != BURST_HELD)
        act(desk, press);
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
        flush(desk);
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
