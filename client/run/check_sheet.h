// SPDX-License-Identifier: Apache-2.0
// `touchstone verify FILE`: the findings of client/verify, told. Asks no server.
#pragma once

struct client;
struct command;

// Exit code 0 when the file is good, 1 when it is refused, 2 when it cannot be read.
int check_sheet_run(struct client *client, const struct command *command);
