// SPDX-License-Identifier: Apache-2.0
// Runs what the desk prints (desk/prints.h), by this very program, and asks the printer how it is: the
// screen never waits for either.
#pragma once

#include <stdint.h>

#include "process/child.h"

struct client;
struct desk;

struct print_queue {
    struct child job, state;
    int64_t asked_ms;
};

// Which printers the desk has; before any thread is started, for what is run is told by the environment which
// profile is meant.
void print_queue_begin(struct print_queue *queue, const struct client *client, struct desk *desk);

void print_queue_look(struct print_queue *queue, struct desk *desk, int64_t now_ms);

// How long until it should look again.
int print_queue_wait_ms(const struct print_queue *queue);

// A label that is being printed is on the disk: print resume prints it.
void print_queue_end(struct print_queue *queue);
