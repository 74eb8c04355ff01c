// SPDX-License-Identifier: Apache-2.0
// `touchstone log audit`: replays a public log from its files and tells what is wrong with it.
#pragma once

struct client;
struct command;

int audit_log_run(struct client *client, const struct command *command);
