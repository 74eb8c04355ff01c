// SPDX-License-Identifier: Apache-2.0
// Labels and documents of the desk on paper: what client/printer draws and sends.
#pragma once

struct client;
struct command;

// label print, label preview, label bag.
int print_out_label(struct client *client, const struct command *command);
int print_out_bag(struct client *client, const struct command *command);
// receipt print, receipt agreement.
int print_out_receipt(struct client *client, const struct command *command);
int print_out_agreement(struct client *client, const struct command *command);
// item print-rejection.
int print_out_rejection(struct client *client, const struct command *command);
// ticket print.
int print_out_ticket(struct client *client, const struct command *command);
// print resume, print list, print state.
int print_out_resume(struct client *client, const struct command *command);
int print_out_list(struct client *client, const struct command *command);
int print_out_state(struct client *client, const struct command *command);
// layout show.
int print_out_layout(struct client *client, const struct command *command);
