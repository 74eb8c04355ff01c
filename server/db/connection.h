// SPDX-License-Identifier: Apache-2.0
// One connection of a lane and its way through the states: broken -> connecting -> preparing -> ready ->
// draining -> broken again, and closed at the end. It stands on exactly one of the lane's state lists.
// Private to the pool; everything here runs on the loop, outside pool_submit unless said otherwise.
#pragma once

#include "db/ticket.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

struct db_lane;
struct db_watch;

enum connection_state {
    CONNECTION_BROKEN,     // no PGconn; the timer waits for the next attempt
    CONNECTION_CONNECTING, // PQconnectPoll
    CONNECTION_PREPARING,  // statements are being prepared
    CONNECTION_READY,
    CONNECTION_DRAINING, // takes nothing new; reconnects (or closes) when the last answer is in
    CONNECTION_CLOSED,   // the pool ends
    CONNECTION_STATE_COUNT
};

struct db_connection {
    TAILQ_ENTRY(db_connection) link; // in lane->lists[state]
    TAILQ_ENTRY(db_connection) dirty_link;
    struct db_lane *lane;
    enum connection_state state;
    PGconn *pg;             // NULL when broken or closed
    struct db_watch *watch; // NULL without a socket
    struct ticket_list sent;
    size_t in_flight;    // length of sent
    uv_timer_t timer;    // attempt's time limit, or back-off
    unsigned attempts;   // since it was last ready
    size_t to_prepare;   // Syncs still to come while preparing
    const char *failure; // set where it may not be dropped at once; dealt with at the pool's turn
    bool dirty;          // on the pool's dirty list
};

TAILQ_HEAD(connection_list, db_connection);

// Puts it on the broken list; connects on the first timer, at once.
void connection_init(struct db_connection *connection, struct db_lane *lane);
// Lets it connect when it was not in turn before and is now.
void connection_wake(struct db_connection *connection);
// Moves it to the list of a state and tells the lane.
void connection_enter(struct db_connection *connection, enum connection_state state);
// Starts an attempt. Fails into connection_lose.
void connection_start(struct db_connection *connection);
// The connection is gone or is given up: answers what was sent, frees the PGconn, waits for the next attempt
// (or is closed, when the pool closes). why: a word for the log.
void connection_lose(struct db_connection *connection, const char *why);
// Watches the socket for what is needed; a writer is watched for both, so that neither side can block the
// other. false when the socket cannot be watched.
bool connection_watch(struct db_connection *connection, int mask);
