// SPDX-License-Identifier: Apache-2.0
// What the two files of the log's works share: log_works.c, which looks, enters and publishes, and
// log_works_promise.c, which has checkpoints and status lists signed. A step ends by the next one, by
// log_works_look, log_works_end or log_works_fail.
#pragma once

#include "db/pool.h"
#include "lab/helper.h"
#include "lab/issuing.h"
#include "lab/log_batch.h"
#include "lab/log_messages.h"
#include "lab/log_works.h"

#include <openssl/sha.h>
#include <uv.h>

enum { LOG_WORKS_HASH_BYTES = SHA256_DIGEST_LENGTH, LOG_WORKS_NUMBER_SIZE = 24 };

struct log_works {
    struct log_works_config config;
    struct publisher *publisher;
    uv_timer_t timer;
    struct db_ticket *ticket;
    struct arena *arena; // of one step
    struct log_batch *batch;
    char holder[LOG_MESSAGES_NAME_SIZE];
    uint8_t kid[LOG_BATCH_KID_BYTES];
    bool is_known, is_foreign; // the signer's keys are entered; its log is another
    uint64_t signer_life, mark, begun_ms;
    char size[LOG_WORKS_NUMBER_SIZE], shard[LOG_WORKS_NUMBER_SIZE]; // being signed
    uint8_t *root;
    bool is_forked;              // the signer said that the log does not continue its mark
    bool has_taken, has_entered; // in this cycle: a checkpoint comes first
    bool has_news;               // a status list was signed that is not published
    uint64_t published_ms;
    bool busy, asked_again, stopping;
    const char *halted;
    struct issuing issuing;
    int most; // requests in a batch; 1 while one that the signer refuses is looked for
    bool has_looked;
    uint64_t created_ms, told_ms;
};

// The works rest for so long, then look again.
void log_works_end(struct log_works *works, uint64_t delay_ms);
// The step has failed: told in the log, and tried again after a while.
void log_works_fail(struct log_works *works, const char *step, const struct ts_error *error);
void log_works_look(struct log_works *works);

void log_works_submit(struct log_works *works, size_t statement, const struct db_value *values,
                      db_done *done);
// The rows, or NULL when the step has failed.
const PGresult *log_works_rows(struct log_works *works, const char *step, const struct db_outcome *outcome);
void log_works_ask(struct log_works *works, struct log_message message, helper_done *done);
// The signer's answer, or NULL when the step has failed.
const Touchstone__Internal__V1__SignerReply *log_works_reply(struct log_works *works, const char *step,
                                                             const uint8_t *bytes, size_t length);

// Has a checkpoint over the whole log signed, and stores it.
void log_works_checkpoint(struct log_works *works);
// Has the status list of a shard signed, and stores it.
void log_works_status(struct log_works *works, const char *shard);
