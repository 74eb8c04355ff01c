// SPDX-License-Identifier: Apache-2.0
// Keeps the public log, in the background (docs/log.md): enters what waits in batches, has the statements and
// the checkpoint signed, signs the status lists anew, publishes. One daemon at a time does so, by a lease;
// every daemon publishes. Each step is one statement or one request to the signer and may be repeated:
// whatever dies on the way, the next look goes on from what the database holds.
//
// The signer's mark tells how far it has promised. A database that is shorter was restored from an old
// backup: then nothing is entered, or numbers of the log would be given twice.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db_pool;
struct helper;
struct issuing;
struct log_works;
struct uv_loop_s;
struct workers;

struct log_works_config {
    struct db_pool *pool;
    struct workers *workers;
    struct helper *signer;
    const char *host, *directory;   // of the public files; copied
    void (*entered)(void *context); // a checkpoint covers sheets that can now be drawn
    // At each look: why no sheet can be issued, and what must be done before that happens; either may be
    // NULL. The words hold until the next call.
    void (*told)(void *context, const char *halted, const char *notice);
    void *context;
};

struct log_works *log_works_create(struct uv_loop_s *loop, const struct log_works_config *config,
                                   struct ts_error *error);
// There may be something to enter now.
void log_works_wake(struct log_works *works);
// Whether it is known if sheets can be issued: after the first look, or when the signer has not answered for
// a while (then what is released waits for it). What was in the way a second ago may be mended: it is looked
// at again.
bool log_works_is_settled(struct log_works *works);
// Why no sheet can be issued, for a person; NULL while one can.
const char *log_works_halted(const struct log_works *works);
const struct issuing *log_works_issuing(const struct log_works *works);
// Before the signer, which is borrowed, is freed. Frees once the loop has run.
void log_works_free(struct log_works *works);
