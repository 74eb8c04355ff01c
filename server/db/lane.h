// SPDX-License-Identifier: Apache-2.0
// The connections of one class with the acts that wait for them. Private to the pool.
#pragma once

#include "db/connection.h"
#include "db/statement.h"
#include "db/ticket.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_pool;

enum { LANE_ORIGINS = 256 }; // two that share a place share their turns

struct db_lane {
    struct db_pool *pool;
    enum db_class class;
    struct db_connection *connections; // count of them
    size_t count, in_flight_max;
    size_t statement_count; // of this class
    struct connection_list lists[CONNECTION_STATE_COUNT];
    struct ticket_list waiting;
    size_t waiting_count;
    uint64_t turns, last_turn[LANE_ORIGINS]; // when acts of an origin were last sent from the queue
    uint64_t outage_since_ms; // loop time at which the last ready connection went; 0 = never had one
    char options[320];        // "-c ..." of the class
};

// count 0 is a lane without connections. false without memory.
bool lane_init(struct db_lane *lane, struct db_pool *pool, enum db_class class, size_t count,
               size_t in_flight_max);
void lane_done(struct db_lane *lane);

// The ready connection with least in flight, NULL when all are full or none is ready.
struct db_connection *lane_choose(struct db_lane *lane);
bool lane_has_ready(const struct db_lane *lane);
// True when acts may be queued although no connection is ready.
bool lane_may_wait(const struct db_lane *lane);
// Sends waiting acts while there is room.
void lane_dispatch(struct db_lane *lane);
void lane_queue(struct db_lane *lane, struct db_ticket *ticket);
void lane_unqueue(struct db_lane *lane, struct db_ticket *ticket);
// Answers everything that waits as DB_UNAVAILABLE.
void lane_refuse_waiting(struct db_lane *lane);
// A lost act of this lane may have changed something.
bool lane_may_change(const struct db_lane *lane, size_t statement);
