// SPDX-License-Identifier: Apache-2.0
// What the tests of the database share: a private cluster in a directory of its own, SQL on the side, and a
// loop that runs until something has happened. Every failure ends the test.
#pragma once

#include "db/private_cluster.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct fixture {
    char directory[256]; // temporary; removed by fixture_close
    struct db_cluster *cluster;
};

#define FIXTURE_PATIENCE_MS 120000

// A temporary directory that PostgreSQL's user may pass through; name is appended (for spaces and such).
void fixture_make_directory(char *ret_path, size_t size, const char *name);
void fixture_remove_directory(const char *path);

void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

// As superuser in the database touchstone, on a connection of its own.
void fixture_sql(const struct fixture *fixture, const char *sql);
// First value of the first row as a number, -1 without rows.
long fixture_number(const struct fixture *fixture, const char *sql);
// The same by a connection string.
void fixture_sql_at(const char *conninfo, const char *sql);
long fixture_number_at(const char *conninfo, const char *sql);

// Turns the loop until the condition holds; fails the test after FIXTURE_PATIENCE_MS.
void fixture_run_until(uv_loop_t *loop, bool (*condition)(void *context), void *context);
// Runs what is left and closes the loop; it must close with 0.
void fixture_close_loop(uv_loop_t *loop);
