// SPDX-License-Identifier: Apache-2.0
// Steps that screens share: the cursor of a list, leaving for the box, beginning and sending a call.
#include "desk/parts.h"

#include <stdio.h>
#include <string.h>

#include "desk/press.h"
#include "run/request_id.h"

bool parts_move(struct desk *desk, int kind, size_t count)
{
    if (kind == PRESS_UP && desk->chosen > 0)
        desk->chosen--;
    else if (kind == PRESS_DOWN && desk->chosen + 1 < count)
        desk->chosen++;
    return kind == PRESS_UP || kind == PRESS_DOWN;
}

bool parts_begin_next(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_ESCAPE || press->kind == PRESS_CHARACTER)
        home_show(desk);
    return desk->screen == DESK_HOME && press->kind == PRESS_CHARACTER && home_press(desk, press);
}

bool parts_begin(struct desk *desk, enum ask_kind kind, struct ask *ret_ask)
{
    char id[REQUEST_ID_SIZE];

    if (!ask_begin(kind, ret_ask)) {
        desk_tell(desk, NOTE_BAD, "内存不足", "Out of memory");
        return false;
    }
    if (!ret_ask->has_key || (request_id_make(id) && parts_set(ret_ask, "request_id", id)))
        return true;
    desk_tell(desk, NOTE_BAD, "%s", "%s", ret_ask->error.detail);
    ask_free(ret_ask);
    return false;
}

bool parts_end(struct desk *desk, struct ask *ask, bool is_filled)
{
    if (is_filled)
        return parts_put(desk, ask);
    desk_tell(desk, NOTE_BAD, "%s", "%s", ask->error.detail);
    ask_free(ask);
    return false;
}

bool parts_look(struct desk *desk, enum ask_kind kind, const char *path, const char *text, bool is_quiet)
{
    struct ask ask;

    if (!parts_begin(desk, kind, &ask))
        return false;
    ask.is_quiet = is_quiet;
    return parts_end(desk, &ask, parts_set(&ask, path, text));
}

bool parts_fill(struct ask *ask, const struct form *form)
{
    char value[FIELD_BYTES];

    for (size_t i = 0; i < form->count; i++) {
        form_value(&form->slots[i], value);
        if (value[0] != '\0' && !parts_set(ask, form->slots[i].key, value))
            return false;
    }
    return true;
}

bool parts_has_role(const struct desk *desk, int role)
{
    for (size_t i = 0; i < desk->role_count; i++)
        if (desk->roles[i] == role)
            return true;
    return false;
}

void parts_back(struct desk *desk, enum desk_screen to)
{
    desk->dialog = DIALOG_NONE;
    if (desk->screen == DESK_LOCKED)
        desk->before_lock = to;
    else
        desk->screen = to;
}
