// SPDX-License-Identifier: Apache-2.0
// Prints for the desk without waiting: labels are put into the spool and sent by a process of their own, a
// document goes to lp. What became of them is told when it is known.
#pragma once

#include <limits.h>
#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

#include "process/child.h"

struct client;
struct desk;

struct printing {
    // What runs.
    struct child labels, document;
    // More labels were kept meanwhile.
    bool again;
    // The newest document, and whether its time is by the institute's clock.
    char path[PATH_MAX];
    bool is_by_institute;
    bool stays_told; // a warning of the slip, which the end of its labels does not take away
};

// The slip of a receipt without a number (layout "provisional") and a label for each of its items.
void printing_slip(struct printing *printing, struct client *client, struct desk *desk,
                   const ProtobufCMessage *slip);

// Tells what has ended since.
void printing_look(struct printing *printing, struct desk *desk);

// What the printer did not get is kept in the spool.
void printing_end(struct printing *printing);
