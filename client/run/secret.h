// SPDX-License-Identifier: Apache-2.0
// Passwords: from a file named by a flag, from standard input, or asked without echo. Never from the
// command line or the environment.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;
struct ts_error;

// Fills every secret field that the command's arguments name. CANCELLED with reason INTERRUPTED when the
// person gave up.
bool secret_fill(struct client *client, ProtobufCMessage *request, struct ts_error *error);

// One password that is no field: from the file that the flag names, else asked with this question.
bool secret_read(struct client *client, const char *flag, const char *question, char *ret_secret, size_t size,
                 struct ts_error *error);

// Wipes those fields again.
void secret_wipe(struct client *client, ProtobufCMessage *request);
