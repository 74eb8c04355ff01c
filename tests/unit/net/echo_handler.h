// SPDX-License-Identifier: Apache-2.0
// A small upper side of net for tests: answers what it is sent and keeps a diary of the handler calls. By
// path:
//   /echo.Echo/Unary    one message back at half-close, then status 0
//   /echo.Echo/Stream   the message back ECHO_STREAM_COUNT times, waiting for `writable` when refused
//   /echo.Echo/Early    UNAUTHENTICATED at once, from inside `head`
//   /echo.Echo/Hang     never answers
//   /echo.Echo/Gzip     like Unary, compressed
//   /echo.Echo/Reset    RST CANCEL from inside `message`
//   any GET             200 "path"; other plain requests 415
#pragma once

#include "net/stream.h"

#include <stdbool.h>
#include <stddef.h>

enum { ECHO_STREAM_COUNT = 200 };

struct echo_call;

struct echo {
    size_t heads, messages, half_closes, brokens, closeds, writables;
    size_t message_bytes;
    size_t open; // must be 0 at the end: closed comes exactly once
    uint32_t last_h2_error;
    char last_broken[48];
    struct echo_call *calls;
};

const struct net_handlers *echo_handlers(void);
// Finishes all calls that hang with status 0.
void echo_release(struct echo *echo);
