// SPDX-License-Identifier: Apache-2.0
// The journal on the command line: `touchstone journal` and `intake register --offline`. What it does is
// client/journal; here are password, connection, words and exit codes.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "journal/journal.h"
#include "journal/keys.h"

struct client;
struct command;
struct ts_error;

struct offline {
    struct journal_keys keys;
    struct journal *journal;
};

// The journal of the profile, or that of --journal, opened by the person's password. What was torn or damaged
// is told.
bool offline_open(struct client *client, struct offline *ret_offline, struct ts_error *error);
void offline_close(struct offline *offline);
int64_t offline_now_ms(void);

// The entry that a person names: a code, or a request id or its beginning.
bool offline_entry(const struct offline *offline, const char *number, size_t *ret_index,
                   struct ts_error *error);

// Sends what waits, once and in order, until a conflict or no answer. Tells each. The answer to `wanted` (a
// request id) goes to *ret_answer. Needs client_connect.
int offline_replay_all(struct client *client, struct offline *offline, const char *wanted,
                       ProtobufCMessage **ret_answer);

// Keeps the keys of the session's person, wrapped by the password. Needs client_connect.
bool offline_fetch_keys(struct client *client, const char *password, struct journal_keys *ret_keys,
                        struct ts_error *error);

// journal prepare, list, show, export, replay, resolve, retire.
int offline_prepare(struct client *client, const struct command *command);
int offline_list(struct client *client, const struct command *command);
int offline_show(struct client *client, const struct command *command);
int offline_export(struct client *client, const struct command *command);
int offline_replay(struct client *client, const struct command *command);
int offline_resolve(struct client *client, const struct command *command);
int offline_retire(struct client *client, const struct command *command);
// intake register, with --offline or without.
int offline_intake(struct client *client, const struct command *command);
