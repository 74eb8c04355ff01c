// SPDX-License-Identifier: Apache-2.0
// What comes from the keyboard: typed, from a scanner, or pasted. See keys.h.
#include <string.h>

#include "desk/desk.h"
#include "desk/guest.h"
#include "desk/keys.h"
#include "desk/news.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "text/safe.h"

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

static void type(struct desk *desk, const char *text)
{
    for (; *text != '\0'; text++)
        keys_press(desk, &(struct press){PRESS_CHARACTER, (unsigned char)*text});
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
void typing_flush(struct desk *desk)
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
            keys_press(desk, &press);
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
        typing_flush(desk);
        desk->paste = (struct paste){.is_on = true};
        field_init(&desk->paste.text, FIELD_BYTES / 4);
        return;
    }
    switch (burst_press(&desk->burst, press, now_ms)) {
    case BURST_HELD:
    case BURST_SWALLOWED:
        return;
    case BURST_SCANNED:
        typing_flush(desk);
        desk->burst.awaits_enter = false;
        return;
    default:
        typing_flush(desk);
    }
    if (burst_press(&desk->burst, press, now_ms) != BURST_HELD)
        keys_press(desk, press);
}
