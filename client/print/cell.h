// SPDX-License-Identifier: Apache-2.0
// One field of a message as text for people or scripts.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

// Writes the values at `path` ("judgement.verdict"), with `between` in between where lists are on the way.
// Raw text: the caller makes it safe. Enums are words, instants local time for a `terminal` and RFC 3339
// UTC otherwise, bools yes or no; for a `terminal` 0 bytes are
// nothing.
void cell_write(FILE *out, const ProtobufCMessage *message, const char *path, bool terminal,
                const char *between);

// The same as a string to be freed; NULL without memory.
char *cell_text(const ProtobufCMessage *message, const char *path, bool terminal);

// Whether the descriptor has a field at this path.
bool cell_path_exists(const ProtobufCMessageDescriptor *descriptor, const char *path);
