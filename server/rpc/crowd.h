// SPDX-License-Identifier: Apache-2.0
// How many streams without an end are open at once, in all and of one address (one IPv4 address or one
// IPv6 /64), so that who opens all that there are leaves none for the walls of the house. Counted exactly:
// a place is taken when a call begins and given back when it ends. Owned by dispatch.c.
#pragma once

#include "net/address_book.h"

#include <stdbool.h>
#include <stdint.h>

// Walls and desks, not a hall of phones: those follow their own number.
enum { CROWD_MOST = 200, CROWD_MOST_OF_ADDRESS = 50 };

enum crowd_answer { CROWD_ENTERED, CROWD_FULL, CROWD_ADDRESS_FULL };

struct crowd {
    struct address_book addresses; // freed as places are given back
    uint64_t open;
};

// One more of this address, written without port. Only who has entered leaves.
enum crowd_answer crowd_enter(struct crowd *crowd, const char *peer);
void crowd_leave(struct crowd *crowd, const char *peer);
