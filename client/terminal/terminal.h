// SPDX-License-Identifier: Apache-2.0
// `touchstone desk`: the reception desk on a full screen.
#pragma once

struct client;
struct command;

// Runs until the person leaves or a signal ends it; the terminal is given back as it was. Returns the exit
// code.
int terminal_desk(struct client *client, const struct command *command);

// The same, and who has both roles begins at the bench.
int terminal_bench(struct client *client, const struct command *command);
