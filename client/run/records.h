// SPDX-License-Identifier: Apache-2.0
// record print: makes a print and fetches it; record fetch: fetches one that was made. Into a file, whole or
// not at all.
#pragma once

struct client;
struct command;

int records_print(struct client *client, const struct command *command);
int records_fetch(struct client *client, const struct command *command);
