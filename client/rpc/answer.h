// SPDX-License-Identifier: Apache-2.0
// What the headers and trailers of one answer said, and the error that follows from them. Fed line by
// line; knows nothing of libcurl. "Trailers-Only" answers need no case of their own: a status is a
// status wherever it stands.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct rpc_outcome;

enum { ANSWER_NO_STATUS = -1 };

struct answer {
    int http_status;
    bool is_grpc;
    // ANSWER_NO_STATUS until it came.
    int grpc_status;
    // In the arena; NULL when absent.
    const char *message;
    const char *details;
    struct arena *arena;
};

void answer_init(struct answer *answer, struct arena *arena);

// One header line as it came, with or without its line end. False without memory.
bool answer_header(struct answer *answer, const char *line, size_t length);

// The outcome that follows once the stream has ended.
void answer_conclude(const struct answer *answer, struct rpc_outcome *ret_outcome);
