// SPDX-License-Identifier: Apache-2.0
// quality chart, worksheet draw: a picture from the server into a file, named after what it shows.
#pragma once

struct client;
struct command;

// For commands whose answer has a `picture`, and whose first argument is the code of what is drawn.
int draw_picture_run(struct client *client, const struct command *command);
