// SPDX-License-Identifier: Apache-2.0
// Whether sheets can be issued, from what the signer and the database tell: its keys, the seal's certificate,
// the log's keys, the kind of the institute. In words for who releases and for /readyz, before and after.
#pragma once

#include "touchstone/internal/v1/helpers.pb-c.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum { ISSUING_WORDS_BYTES = 512 };

struct issuing {
    bool is_known;                        // the signer has told who it is
    bool is_demonstration, is_production; // its keys; the institute
    bool is_orphaned;                     // its keys are not the log's, and no other daemon keeps that
    bool is_retired;                      // of that kind: its statement key has retired
    int64_t begins_s, ends_s;             // the seal's certificate, unix time; 0 when it cannot be read
    uint64_t stuck;                       // released sheets that can never be entered
    int64_t warned_days;                  // before its end, last told; 0: never
    char refused[ISSUING_WORDS_BYTES], notice[ISSUING_WORDS_BYTES];
};

void issuing_take_identity(struct issuing *issuing, const Touchstone__Internal__V1__SignerReply *reply);
// Of api.log_look, from the column `first` on: is the log kept by another daemon, is the institute in
// production, how many sheets are stuck. Writes warnings into the log.
void issuing_take_look(struct issuing *issuing, const PGresult *rows, int first, bool is_foreign,
                       int64_t now_s);
// Why no sheet is to be released though the log goes on; NULL when one may be.
const char *issuing_refused(const struct issuing *issuing);
// What must be done before that happens; NULL when nothing must.
const char *issuing_notice(const struct issuing *issuing);

// Why nothing may be entered in the log: its head is behind the signer's mark, or it is another log.
const char *issuing_why_halted(uint64_t head, uint64_t mark, bool is_forked);
const char *issuing_mark_lost(void);
