// SPDX-License-Identifier: Apache-2.0
// instrument file and test attachment: the bytes of a kept file into a file, or without one what it is.
#pragma once

struct client;
struct command;

int fetch_file_run(struct client *client, const struct command *command);
