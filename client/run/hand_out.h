// SPDX-License-Identifier: Apache-2.0
// item return: an ordinary call, whose answer may forbid handing the item out.
#pragma once

struct client;
struct command;

// As call_run; exit code 6 and a warning when the item was frozen instead.
int hand_out_run(struct client *client, const struct command *command);
