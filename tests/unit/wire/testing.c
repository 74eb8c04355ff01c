// SPDX-License-Identifier: Apache-2.0
// Shared parts of the tests, see testing.h.
#include "testing.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "touchstone/v1/audit.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/sheet.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"
#include "wire/arena.h"
#include "wire/field.h"

#include <stdlib.h>
#include <string.h>

const ProtobufCMessageDescriptor *const testing_descriptors[] = {
    &touchstone__v1__register_intake_request__descriptor,
    &touchstone__v1__register_intake_response__descriptor,
    &touchstone__v1__list_tests_response__descriptor,
    &touchstone__v1__list_staff_response__descriptor,
    &touchstone__v1__list_history_response__descriptor,
    &touchstone__v1__create_staff_request__descriptor,
    &touchstone__v1__list_tests_request__descriptor,
    &touchstone__v1__download_sheet_response__descriptor,
    &touchstone__v1__who_am_iresponse__descriptor,
    &touchstone__v1__date__descriptor,
    &touchstone__internal__v1__signer_request__descriptor,
    &touchstone__internal__v1__rpc_status__descriptor,
};
const size_t testing_descriptor_count = sizeof testing_descriptors / sizeof testing_descriptors[0];

uint64_t testing_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545F4914F6CDD1D);
}

size_t testing_below(uint64_t *state, size_t bound)
{
    return (size_t)(testing_random(state) >> 16) % bound;
}

static const char *const texts[] = {
    "a",
    "750.0",
    "金戒指 足金",
    "\"\\/\b\f\n\r\t\x01\x1f",
    "Ünïcödé",
    "💍 ring",
    "x\xC2\x85y",
    "null",
    " ",
    "{}",
    "00000000-0000-4000-8000-000000000000",
    "a long text that does not fit into a short buffer, said twice, said twice"};

static char *random_text(struct arena *arena, uint64_t *state)
{
    const char *a = texts[testing_below(state, sizeof texts / sizeof texts[0])];
    const char *b = texts[testing_below(state, sizeof texts / sizeof texts[0])];
    char *text = arena_printf(arena, "%s%s", a, testing_below(state, 2) ? b : "");
    assert_non_null(text);
    return text;
}

static void fill_value(const ProtobufCFieldDescriptor *field, void *value, struct arena *arena,
                       uint64_t *state)
{
    int64_t number = (int64_t)testing_random(state) >> testing_below(state, 64);
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        *(char **)value = random_text(arena, state);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData *bytes = value;
        bytes->len = 1 + testing_below(state, 40);
        bytes->data = arena_alloc(arena, bytes->len);
        memset(bytes->data, (int)number, bytes->len);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        *(ProtobufCMessage **)value = testing_message(field->descriptor, arena, state);
    } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumDescriptor *kind = field->descriptor;
        *(int *)value = kind->values[testing_below(state, kind->n_values)].value;
    } else if (field->type == PROTOBUF_C_TYPE_BOOL) {
        *(protobuf_c_boolean *)value = number & 1;
    } else {
        memcpy(value, &number, field_size(field->type));
    }
}

static void fill_field(const ProtobufCFieldDescriptor *field, ProtobufCMessage *message, struct arena *arena,
                       uint64_t *state)
{
    char *base = (char *)message;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*(uint32_t *)(base + field->quantifier_offset) != 0)
            return;
        *(uint32_t *)(base + field->quantifier_offset) = field->id;
    }
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        fill_value(field, base + field->offset, arena, state);
        return;
    }
    size_t count = testing_below(state, 4);
    char *elements = arena_array(arena, count, field_size(field->type));
    assert_non_null(elements);
    for (size_t i = 0; i < count; i++)
        fill_value(field, elements + i * field_size(field->type), arena, state);
    *(size_t *)(base + field->quantifier_offset) = count;
    *(char **)(base + field->offset) = elements;
}

ProtobufCMessage *testing_message(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
                                  uint64_t *state)
{
    ProtobufCMessage *message = arena_array(arena, 1, descriptor->sizeof_message);
    assert_non_null(message);
    protobuf_c_message_init(descriptor, message);
    if (descriptor == &google__protobuf__timestamp__descriptor) {
        Google__Protobuf__Timestamp *at = (Google__Protobuf__Timestamp *)message;
        at->seconds = (int64_t)testing_below(state, 253402300799);
        at->nanos = testing_below(state, 2) ? (int32_t)testing_below(state, 1000000) * 1000 : 0;
    } else if (descriptor == &touchstone__v1__date__descriptor) {
        Touchstone__V1__Date *date = (Touchstone__V1__Date *)message;
        date->year = 1 + (int32_t)testing_below(state, 9999);
        date->month = 1 + (int32_t)testing_below(state, 12);
        date->day = 1 + (int32_t)testing_below(state, 28);
    } else {
        for (unsigned i = 0; i < descriptor->n_fields; i++)
            if (testing_below(state, 8) || descriptor->n_fields < 3)
                fill_field(&descriptor->fields[i], message, arena, state);
    }
    return message;
}

uint8_t *testing_pack(const ProtobufCMessage *message, size_t *ret_length)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = malloc(length ? length : 1);
    assert_non_null(bytes);
    assert_int_equal(protobuf_c_message_pack(message, bytes), length);
    *ret_length = length;
    return bytes;
}

void *testing_exact(const void *bytes, size_t length)
{
    void *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    return copy;
}
