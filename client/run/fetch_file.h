// SPDX-License-Identifier: Apache-2.0
// instrument file: the bytes of an imported file into a file, or without one what they became.
#pragma once

struct client;
struct command;

int fetch_file_run(struct client *client, const struct command *command);
