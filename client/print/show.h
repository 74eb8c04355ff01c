// SPDX-License-Identifier: Apache-2.0
// An answer on standard output: by its view, as JSON, or a single field.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct print_style;
struct ts_error;
struct view;

// Shows the answer as the view says. `talk` gets what is not data ("no tests"). False with *error when memory
// ended before all was shown.
bool show_view(FILE *out, FILE *talk, const struct print_style *style, const struct view *view,
               const ProtobufCMessage *message, struct ts_error *error);

// One line of a single object: the label for a terminal, the key for a script. A terminal gets no line for
// an empty text.
void show_line(FILE *out, const struct print_style *style, const char *label, const char *key,
               const char *text);

// The whole answer as one JSON object and a line feed.
bool show_json(FILE *out, const ProtobufCMessage *message, struct arena *arena, struct ts_error *error);

// The values at one path, a line each. INVALID_ARGUMENT when the answer has no such field.
bool show_field(FILE *out, const ProtobufCMessage *message, const char *path, struct ts_error *error);
