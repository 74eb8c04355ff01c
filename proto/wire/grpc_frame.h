// SPDX-License-Identifier: Apache-2.0
// The length-prefixed message of gRPC: one byte that says whether it is compressed, four bytes of length, the
// message. Where messages begin has no relation to how the bytes arrive, so the parser takes any piece. A
// length that only lies takes no memory: the buffer grows with what has come.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRPC_FRAME_PREFIX 5

struct arena;
struct ts_error;

enum grpc_frame_result {
    GRPC_FRAME_MORE,    // everything was taken, the message goes on
    GRPC_FRAME_MESSAGE, // a message is whole; call again with the rest for the next one
    GRPC_FRAME_FAILED
};

struct grpc_frame {
    size_t ceiling; // of one message, in bytes
    struct arena *arena;
    uint8_t prefix[GRPC_FRAME_PREFIX];
    size_t prefix_have;
    bool compressed;
    uint8_t *message; // in the arena; valid after GRPC_FRAME_MESSAGE; never NULL then
    size_t length;
    size_t have;
    size_t capacity;
};

// The arena gets up to 4/3 of a message's length.
void grpc_frame_init(struct grpc_frame *frame, struct arena *arena, size_t ceiling_bytes);
// Fails with RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE, OUT_OF_MEMORY) or INTERNAL (FRAME_INVALID: a flag other
// than 0 and 1). The caller decides about compressed messages. *ret_taken is how much of `bytes` was used.
enum grpc_frame_result grpc_frame_feed(struct grpc_frame *frame, const uint8_t *bytes, size_t length,
                                       size_t *ret_taken, struct ts_error *error);
// Between two messages: at the end of a stream anything else is a truncated message.
bool grpc_frame_is_idle(const struct grpc_frame *frame);
void grpc_frame_write_prefix(uint8_t ret_prefix[GRPC_FRAME_PREFIX], bool compressed, uint32_t length);
