// SPDX-License-Identifier: Apache-2.0
// The public files of the log (docs/log.md): tiles, entries, status lists, keys, and the checkpoint that
// promises them. Every daemon writes them from the database into a directory of its own, the checkpoint last,
// so that what is served always proves itself. The files are the log: anybody may copy and serve them.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db_pool;
struct publisher;
struct workers;

// `directory` and `host` are copied.
struct publisher *publisher_create(struct db_pool *pool, struct workers *workers, const char *directory,
                                   const char *host, struct ts_error *error);
// Brings the files up to the newest checkpoint; `done` is called from the loop, once. One at a time. What
// could not be written is logged and tried again the next time.
void publisher_run(struct publisher *publisher, void (*done)(void *context), void *context);
// The size of the checkpoint whose files are all there.
uint64_t publisher_size(const struct publisher *publisher);
// After this `done` is not called any more. Frees once what is under way has ended.
void publisher_free(struct publisher *publisher);
