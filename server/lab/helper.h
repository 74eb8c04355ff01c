// SPDX-License-Identifier: Apache-2.0
// A helper process (touchstone-render, touchstone-signer) on the loop: one framed request, one framed
// reply, in order. Frames: 4-byte big-endian length, then a message, over one socket that is the helper's
// standard input and output. core/child keeps the process alive. Owned by lab/sheets.c.
//
// When a helper dies or answers late it is started again; the request under way is answered as failed, and
// its owner decides whether to ask again.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct helper;
struct uv_loop_s;

struct helper_config {
    const char *name;        // for the log
    const char *const *argv; // argv[0] is the path; NULL-terminated; copied
    const char *user;        // NULL or "" = ours
    size_t reply_bytes;      // ceiling of a reply
    uint64_t deadline_ms;    // of one request
};

// bytes is NULL on failure. Called from the loop exactly once per request; bytes live during the call.
typedef void helper_done(void *context, const uint8_t *bytes, size_t length);

struct helper *helper_create(struct uv_loop_s *loop, const struct helper_config *config,
                             struct ts_error *error);
// One request after the other; up to 8 wait behind the one under way. The frame's payload is copied. False
// when it is not running, or 8 wait.
bool helper_ask(struct helper *helper, const uint8_t *bytes, size_t length, helper_done *done, void *context);
bool helper_is_idle(const struct helper *helper);
// It runs, idle or busy.
bool helper_is_up(const struct helper *helper);
// How often its process was started again.
uint64_t helper_restarts(const struct helper *helper);
// False when it has ended several times in a row just after its start: it will not run until somebody mends
// it.
bool helper_can_run(const struct helper *helper);
const char *helper_name(const struct helper *helper);
// Ends the process and frees once the loop has run. A request under way is not answered any more.
void helper_free(struct helper *helper);
