// SPDX-License-Identifier: Apache-2.0
// Finds what a JSON file says that its message has no field for. The daemon's answers may carry more than
// this client knows (wire/json_message.h skips it); a file that a person wrote may not: a mistyped key would
// silently be lost.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct ts_error;

// `json` has been read as this message before. INVALID_ARGUMENT / USAGE naming the first unknown key by its
// path, "items[0].bogus", and the one that may have been meant.
bool unknown_key_refuse(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                        struct arena *arena, struct ts_error *error);
