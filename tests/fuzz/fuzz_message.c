// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: every message of every method, picked by the first two bytes. A request goes the
// dispatcher's way: pre-scan, unpack, rules, JSON for SQL. An answer goes the client's: what can be printed
// as JSON reads back as the same JSON, and makes the same bytes.
#include "rpc/method.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"
#include "wire/json_wire.h"
#include "wire/prescan.h"
#include "wire/rules.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 2 };

// Generated from the schema: the messages alone, so that no fuzzer needs the whole daemon.
extern const struct rpc_method message_table[];
extern const size_t message_table_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void take_request(const ProtobufCMessage *message, struct arena *arena, struct ts_error *error)
{
    struct json_text json;
    if (!rules_check(message, error))
        return;
    if (json_message_write_for_sql(message, arena, &json, error))
        check(strlen(json.text) == json.length);
}

// Bytes made of JSON at once say what the message says.
static void check_wire(const ProtobufCMessage *message, const struct json_text *json, struct arena *arena,
                       struct ts_error *error)
{
    const uint8_t *bytes;
    size_t length;
    struct json_text again;
    ProtobufCAllocator allocator = arena_allocator(arena);
    check(json_wire_write(message->descriptor, json->text, json->length, arena, &bytes, &length, error));
    message = protobuf_c_message_unpack(message->descriptor, &allocator, length, bytes);
    check(message && json_message_write(message, arena, &again, error));
    check(strcmp(json->text, again.text) == 0);
}

static void take_answer(const ProtobufCMessage *message, struct arena *arena, struct ts_error *error)
{
    struct json_text first, second;
    if (!json_message_write(message, arena, &first, error))
        return;
    check_wire(message, &first, arena, error);
    message = json_message_read(message->descriptor, first.text, first.length, arena, error);
    check(message && json_message_write(message, arena, &second, error));
    check(strcmp(first.text, second.text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ts_error error = {0};
    if (size < HEAD_BYTES)
        return 0;
    const struct rpc_method *method = &message_table[((data[0] & 0x7F) << 8 | data[1]) % message_table_count];
    bool is_answer = data[0] & 0x80;
    data += HEAD_BYTES;
    size -= HEAD_BYTES;
    const ProtobufCMessageDescriptor *descriptor = is_answer ? method->response : method->request;
    if (!prescan_message(descriptor, data, size, &error))
        return 0;
    struct arena *arena = arena_create(64 << 20);
    ProtobufCAllocator allocator = arena_allocator(arena);
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, size, data);
    check(message);
    if (is_answer)
        take_answer(message, arena, &error);
    else
        take_request(message, arena, &error);
    arena_free(arena);
    return 0;
}
