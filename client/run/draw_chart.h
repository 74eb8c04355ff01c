// SPDX-License-Identifier: Apache-2.0
// quality chart: a control chart's picture from the server into a file.
#pragma once

struct client;
struct command;

int draw_chart_run(struct client *client, const struct command *command);
