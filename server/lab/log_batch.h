// SPDX-License-Identifier: Apache-2.0
// One batch of the log: the requests that wait, each sheet's statement at the index that it will have, and
// what is then asked of the database. Used by log_works.c; pure but for the salts.
#pragma once

#include "db/value.h"
#include "wire/error.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { LOG_BATCH_MOST = 250, LOG_BATCH_VALUES = 5, LOG_BATCH_KID_BYTES = 8 };

struct log_batch {
    struct arena *arena;
    const char *head; // the index of the first
    size_t count;
    const char *requests[LOG_BATCH_MOST]; // their numbers
    uint8_t *payloads[LOG_BATCH_MOST];    // empty where there is no sheet
    size_t payload_lengths[LOG_BATCH_MOST];
    uint8_t *coses[LOG_BATCH_MOST];
    size_t cose_lengths[LOG_BATCH_MOST];
    size_t sheets;      // how many have a payload
    const char *parked; // "{7,9}": requests whose sheets cannot be stated; NULL: none
};

// From the rows of log_take. Everything lives in the arena.
bool log_batch_read(const PGresult *rows, struct arena *arena, struct log_batch *ret_batch,
                    struct ts_error *error);
// A packed SignerRequest for its statements, in the arena; not to be asked when there are none.
bool log_batch_ask(const struct log_batch *batch, uint8_t **ret_request, size_t *ret_length,
                   struct ts_error *error);
// Takes the envelopes from the signer's packed reply.
bool log_batch_take(struct log_batch *batch, const uint8_t *reply, size_t length, struct ts_error *error);
// The parameters of log_append.
bool log_batch_values(const struct log_batch *batch, const uint8_t kid[LOG_BATCH_KID_BYTES],
                      struct db_value ret_values[LOG_BATCH_VALUES], struct ts_error *error);
