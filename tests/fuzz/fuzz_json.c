// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any text is read or refused; what was read can be written, and reads back the same.
#include "touchstone/v1/bench.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"
#include "wire/json_wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *descriptor = &touchstone__v1__list_tests_response__descriptor;
    struct arena *arena = arena_create(64 << 20);
    struct ts_error error = {0};
    ProtobufCMessage *message = json_message_read(descriptor, (const char *)data, size, arena, &error);
    struct json_text first, second;
    const uint8_t *bytes;
    size_t length;
    // Both readers read and refuse the same.
    if (json_wire_write(descriptor, (const char *)data, size, arena, &bytes, &length, &error) != !!message)
        abort();
    if (message) {
        if (!json_message_write(message, arena, &first, &error))
            abort();
        message = json_message_read(descriptor, first.text, first.length, arena, &error);
        if (!message || !json_message_write(message, arena, &second, &error) ||
            strcmp(first.text, second.text) != 0)
            abort();
    }
    arena_free(arena);
    return 0;
}
