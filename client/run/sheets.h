// SPDX-License-Identifier: Apache-2.0
// Sheets as files and on paper.
#pragma once

struct client;
struct command;

// sheet fetch NO -o FILE: the file appears whole and checked, or not at all.
int sheets_fetch_public(struct client *client, const struct command *command);
int sheets_fetch(struct client *client, const struct command *command);
// sheet slip ITEM -o FILE: the same of an item's slip.
int sheets_slip(struct client *client, const struct command *command);

// sheet print NO: to the printer by lp (CUPS), or with --output as sheets_fetch.
int sheets_print(struct client *client, const struct command *command);
