// SPDX-License-Identifier: Apache-2.0
// Walks the wire bytes of a message before protobuf-c unpacks them, because protobuf-c checks neither depth
// nor counts nor text: every message that arrives goes through here first. Allocates nothing.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRESCAN_DEPTH 32      // messages in messages
#define PRESCAN_FIELDS 20000  // fields in the whole message, the unknown ones too
#define PRESCAN_ELEMENTS 1000 // elements of one repeated field

struct ts_error;

// False with INVALID_ARGUMENT and a field violation that names the path (items[2].tests[0].method_id), or
// with reason MESSAGE_MALFORMED when the bytes are no message at all.
bool prescan_message(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                     struct ts_error *error);
