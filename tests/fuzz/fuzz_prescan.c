// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: whatever the pre-scan lets through must unpack, survive the rules, and pack again.
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"
#include "wire/prescan.h"
#include "wire/rules.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *descriptor = &touchstone__v1__register_intake_request__descriptor;
    struct ts_error error = {0};
    if (!prescan_message(descriptor, data, size, &error))
        return 0;
    struct arena *arena = arena_create(64 << 20);
    ProtobufCAllocator allocator = arena_allocator(arena);
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, size, data);
    struct json_text json;
    if (!message)
        abort();
    rules_check(message, &error);
    if (!json_message_write_for_sql(message, arena, &json, &error))
        abort();
    arena_free(arena);
    return 0;
}
