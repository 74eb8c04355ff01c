// SPDX-License-Identifier: Apache-2.0
// What goes on beside the screen of `touchstone desk`: a folder that is watched for pictures, the document
// camera, the program that shows a picture, and notices that are printed.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "process/child.h"
#include "terminal/print_queue.h"

struct client;
struct desk;

struct beside {
    struct child camera, notice, record;
    struct print_queue prints;
    // Where the camera writes to: a folder of this desk, gone with it.
    char folder[400], shot[512];
    unsigned shots;
    int64_t looked_ms;
};

// The folder and the camera by --pictures and --camera, else TOUCHSTONE_PICTURES and TOUCHSTONE_CAMERA, else
// the profile's. What is in the folder already is not new.
void beside_begin(struct beside *beside, struct client *client, struct desk *desk);

// Does what the desk wants, and tells it what has become of the rest.
void beside_look(struct beside *beside, struct desk *desk, int64_t now_ms);

// How long until it should look again; -1: whenever.
int beside_wait_ms(const struct beside *beside);

void beside_end(struct beside *beside);
