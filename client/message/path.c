// SPDX-License-Identifier: Apache-2.0
// Walks and grows messages by their protobuf-c descriptors: see path.h. Arrays grow by doubling inside
// the arena, which frees all of it at once.
#include "message/path.h"

#include <string.h>

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/field.h"

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
}

void *path_place(ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field)
{
    return (char *)owner + field->offset;
}

static const void *place_of(const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field)
{
    return (const char *)owner + field->offset;
}

ProtobufCMessage *path_new_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);

    if (message != NULL)
        protobuf_c_message_init(descriptor, message);
    return message;
}

size_t path_count(const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)(const void *)((const char *)owner + field->quantifier_offset);
    return *(void *const *)place_of(owner, field) != NULL;
}

ProtobufCMessage *path_element(const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field, size_t i)
{
    if (i >= path_count(owner, field))
        return NULL;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return (*(ProtobufCMessage *const *const *)place_of(owner, field))[i];
    return *(ProtobufCMessage *const *)place_of(owner, field);
}

bool path_append(struct arena *arena, ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field,
                 void **ret_place, struct ts_error *error)
{
    size_t *count = (size_t *)(void *)((char *)owner + field->quantifier_offset);
    char **elements = path_place(owner, field);
    size_t size = field_size(field->type), n = *count;

    // Capacity is the next power of two: the array moves when the count reaches one.
    if ((n & (n - 1)) == 0) {
        char *grown = arena_array(arena, n == 0 ? 1 : n * 2, size);

        if (grown == NULL)
            return no_memory(error);
        if (n > 0)
            memcpy(grown, *elements, n * size);
        *elements = grown;
    }
    *ret_place = *elements + n * size;
    memset(*ret_place, 0, size);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        ProtobufCMessage *element = path_new_message(arena, field->descriptor);

        if (element == NULL)
            return no_memory(error);
        *(ProtobufCMessage **)*ret_place = element;
    }
    *count = n + 1;
    return true;
}

// One step down: the sub-message that `field` names, made or appended as asked.
static bool step_down(struct arena *arena, ProtobufCMessage **message, const ProtobufCFieldDescriptor *field,
                      bool adds, struct ts_error *error)
{
    void *place;

    if (adds && !path_append(arena, *message, field, &place, error))
        return false;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = path_count(*message, field);

        if (count == 0)
            return error_set(error, TS_INVALID_ARGUMENT, "NOTHING_BEGUN", "no element of %s is begun yet",
                             field->name);
        *message = path_element(*message, field, count - 1);
        return true;
    }
    place = path_place(*message, field);
    if (*(ProtobufCMessage **)place == NULL)
        *(ProtobufCMessage **)place = path_new_message(arena, field->descriptor);
    if (*(ProtobufCMessage **)place == NULL)
        return no_memory(error);
    *message = *(ProtobufCMessage **)place;
    return true;
}

bool path_open(struct arena *arena, ProtobufCMessage *message, const char *path, ProtobufCMessage **ret_owner,
               const ProtobufCFieldDescriptor **ret_field, struct ts_error *error)
{
    for (;;) {
        size_t length = strcspn(path, ".+");
        bool adds = path[length] == '+';
        char name[64] = "";
        const ProtobufCFieldDescriptor *field = NULL;

        if (length < sizeof name) {
            memcpy(name, path, length);
            field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        }
        path += length + adds;
        if (field == NULL || (*path == '.' && field->type != PROTOBUF_C_TYPE_MESSAGE))
            return error_set(error, TS_INTERNAL, "BAD_PATH", "%s has no field %s",
                             message->descriptor->short_name, name);
        if (*path == '\0') {
            *ret_owner = message;
            *ret_field = field;
            return true;
        }
        path++;
        if (!step_down(arena, &message, field, adds, error))
            return false;
    }
}
