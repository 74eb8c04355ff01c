// SPDX-License-Identifier: Apache-2.0
// Log-in and log-out: calls whose answer also changes what is kept on this machine.
#pragma once

struct client;
struct command;

int enter_login(struct client *client, const struct command *command);
int enter_logout(struct client *client, const struct command *command);
