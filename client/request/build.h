// SPDX-License-Identifier: Apache-2.0
// The request of a command from what the command line gave: every argument with a field path is one
// assignment, in the order of the line.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct command;
struct invocation;
struct profile;
struct ts_error;

// Fills `request` (already made, perhaps from a file). Files are read here; secrets are left to
// run/secret.c. Every mistake names the flag.
bool build_request(const struct command *command, const struct invocation *invocation,
                   const struct profile *profile, struct arena *arena, ProtobufCMessage *request,
                   struct ts_error *error);
