// SPDX-License-Identifier: Apache-2.0
// The commands that only write what the program knows of itself: help, version, completion, man.
#pragma once

struct client;
struct command;

int words_help(struct client *client, const struct command *command);
int words_version(struct client *client, const struct command *command);
int words_completion(struct client *client, const struct command *command);
int words_manual(struct client *client, const struct command *command);
