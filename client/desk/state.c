// SPDX-License-Identifier: Apache-2.0
// See state.h.
#include "desk/state.h"

#include <stdarg.h>
#include <stdio.h>

#include "message/path.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/arena.h"

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

bool desk_has_role(const struct desk *desk, int role)
{
    for (size_t i = 0; i < desk->role_count; i++)
        if (desk->roles[i] == role)
            return true;
    return false;
}

bool desk_is_technician(const struct desk *desk)
{
    return desk_has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_TECHNICIAN);
}

bool desk_is_receptionist(const struct desk *desk)
{
    return desk_has_role(desk, TOUCHSTONE__V1__ROLE__ROLE_RECEPTION);
}
