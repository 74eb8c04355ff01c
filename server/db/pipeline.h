// SPDX-License-Identifier: Apache-2.0
// What goes over a ready connection: statements out, results in, each answer at its PIPELINE_SYNC. Private to
// the pool.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct db_connection;
struct db_parameters;
struct db_ticket;
struct ts_error;

// Sends the statement and its Sync; from here the connection owns the ticket. Calls nobody back. false:
// nothing of it can be committed, the connection is marked as failed, the ticket stays the caller's.
bool pipeline_send(struct db_connection *connection, struct db_ticket *ticket,
                   const struct db_parameters *parameters);
// Sends all statements of the lane to be prepared, a Sync each. false when the connection failed.
bool pipeline_prepare(struct db_connection *connection);
// Reads the socket, then takes every result that is there. May lose the connection.
void pipeline_read(struct db_connection *connection);
// Takes results already read, flushes, adjusts the mask. May lose the connection.
void pipeline_settle(struct db_connection *connection);
// Takes all results that libpq has, calls back, loses nothing.
void pipeline_drain(struct db_connection *connection);
// Ends every sent ticket of a connection whose PGconn is still there but will answer no more.
void pipeline_abandon(struct db_connection *connection);
// The notice receiver of every connection: finds commits whose wait for a standby was cancelled.
void pipeline_notice(void *connection, const PGresult *notice);
// The answers of this file, shared with pool.c's deadlines.
void pipeline_set_unknown(struct ts_error *error);
void pipeline_set_unavailable(struct ts_error *error);
