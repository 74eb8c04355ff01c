// SPDX-License-Identifier: Apache-2.0
// Tells recipients of their sheets, in the background, by the hook program: ready, amended, withdrawn. The
// program is the operator's: it gets one JSON object on its standard input, and its exit status says what
// became of it (docs/sheet-life.md). A lease in the database decides who tells whom, so any number of daemons
// may do it; what dies on the way is told again.
//
// The address goes to the program and nowhere else: neither it nor the program's words are logged.
#pragma once

#include <stdint.h>

struct db_pool;
struct deliveries;
struct ts_error;
struct uv_loop_s;

struct deliveries_config {
    struct db_pool *pool;
    const char *program; // path of the hook program; copied
    const char *host;    // of [public]; copied
    uint64_t deadline_ms;
};

struct deliveries *deliveries_create(struct uv_loop_s *loop, const struct deliveries_config *config,
                                     struct ts_error *error);
// Ends what runs; frees once the loop has run. NULL is fine.
void deliveries_free(struct deliveries *deliveries);
