// SPDX-License-Identifier: Apache-2.0
// The commands that look at and change profiles; none of them asks a server.
#pragma once

struct client;
struct command;

int profiles_list(struct client *client, const struct command *command);
int profiles_use(struct client *client, const struct command *command);
int profiles_set(struct client *client, const struct command *command);
