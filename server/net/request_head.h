// SPDX-License-Identifier: Apache-2.0
// The head of a request as the `head` handler receives it. Everything in it lives until the stream's
// `closed` handler has returned. Absent texts are NULL, except method and path, which are never NULL.
#pragma once

#include "net/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_request_head {
    const char *method; // "POST"
    const char *path;   // "/touchstone.v1.DeskService/GetItem", with query; "" for CONNECT
    const char *scheme;
    const char *authority;
    const char *content_type;
    const char *te;
    const char *user_agent;
    const char *authorization;
    const char *grpc_encoding;        // how the client's messages are compressed
    const char *grpc_accept_encoding; // what it can read
    const char *peer;                 // "127.0.0.1", without port
    bool is_grpc;                     // POST with content type application/grpc, +anything, or ;parameters
    bool accepts_gzip;                // grpc_accept_encoding contains gzip
    bool has_timeout;
    uint64_t timeout_ms;              // rounded up; as the client said it, not clamped
    const struct net_header *headers; // all but pseudo-headers, in order; names in lower case
    size_t header_count;
};

// The first header of that (lower-case) name, else NULL. "-bin" values are still base64.
const char *request_head_find(const struct net_request_head *head, const char *name);
