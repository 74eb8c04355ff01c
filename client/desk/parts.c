// SPDX-License-Identifier: Apache-2.0
// Steps that screens share: a call that is begun, filled and sent, the cursor of a list, what a form refuses.
#include "desk/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk/press.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "run/request_id.h"

bool parts_set(struct ask *ask, const char *path, const char *text)
{
    const char *kept = ask_text(ask, text);

    if (kept == NULL)
        return error_set(&ask->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return value_set(ask->arena, ask->request, path, kept, &ask->error);
}

bool parts_set_version(struct ask *ask, int64_t version)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, version);
    return parts_set(ask, "version", text);
}

bool parts_set_slot(struct ask *ask, const struct form *form, const char *key)
{
    char value[FIELD_BYTES];

    form_value(form_find(form, key), value);
    return value[0] == '\0' || parts_set(ask, key, value);
}

bool parts_waits(const struct desk *desk)
{
    for (size_t i = 0; i < desk->queue.count; i++)
        if (!desk->queue.asks[i].is_quiet)
            return true;
    return desk->running != ASK_NOTHING && !desk->running_is_quiet;
}

bool parts_put(struct desk *desk, struct ask *ask)
{
    ask->press_no = desk->press_no;
    // What a person wants goes before what the desk looks at by itself.
    // What it sends by itself is short, and not known to be done when it is broken off.
    if (!ask->is_quiet && desk->running != ASK_NOTHING && desk->running_is_quiet && !desk->running_is_write)
        desk->wants_cancel = true;
    if (ask_put(&desk->queue, ask))
        return true;
    desk_tell(desk, NOTE_BAD, "还在等服务器，请稍候（Esc 取消）",
              "Still waiting for the server (Esc cancels)");
    return false;
}

bool parts_ask(struct desk *desk, enum ask_kind kind, const char *path, const char *text)
{
    struct ask ask;

    if (!ask_begin(kind, &ask)) {
        desk_tell(desk, NOTE_BAD, "内存不足", "Out of memory");
        return false;
    }
    if (path != NULL && !parts_set(&ask, path, text)) {
        desk_tell(desk, NOTE_BAD, "%s", "%s", ask.error.detail);
        ask_free(&ask);
        return false;
    }
    return parts_put(desk, &ask);
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

// The same cases as client/rpc/retry.c: after these nobody knows.
bool parts_is_unknown(const struct rpc_outcome *outcome)
{
    if (outcome->fate != RPC_ANSWERED)
        return outcome->fate == RPC_NO_ANSWER || outcome->fate == RPC_INTERRUPTED ||
               outcome->fate == RPC_NOT_TAKEN;
    return outcome->error.status == TS_UNKNOWN || outcome->error.status == TS_CANCELLED ||
           outcome->error.status == TS_DEADLINE_EXCEEDED ||
           strcmp(outcome->error.reason, "OUTCOME_UNKNOWN") == 0;
}

bool parts_move(struct desk *desk, int kind, size_t count)
{
    if (kind == PRESS_UP && desk->chosen > 0)
        desk->chosen--;
    else if (kind == PRESS_DOWN && desk->chosen + 1 < count)
        desk->chosen++;
    return kind == PRESS_UP || kind == PRESS_DOWN;
}

void parts_tell_field(struct desk *desk, const struct form *form, enum form_result result)
{
    if (result == FORM_FULL)
        desk_tell(desk, NOTE_BAD, "最多 %zu 个字符", "At most %zu characters",
                  form->slots[form->focus].field.most);
    else if (result == FORM_REFUSED)
        desk_tell(desk, NOTE_BAD, "不接受控制字符", "Control characters are not accepted");
    else if (result == FORM_NO_MATCH)
        desk_tell(desk, NOTE_BAD, "没有符合的选项", "No choice has this in it");
    else if (result == FORM_NO_NUMBER)
        desk_tell(desk, NOTE_BAD, "离开的那一项应为数字", "The field that was left must be a number");
}

void parts_back(struct desk *desk, enum desk_screen to)
{
    desk->dialog = DIALOG_NONE;
    if (desk->screen == DESK_LOCKED)
        desk->before_lock = to;
    else
        desk->screen = to;
}
