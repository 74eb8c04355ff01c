// SPDX-License-Identifier: Apache-2.0
// The incremental parser of gRPC messages, see grpc_frame.h. Its states follow from the counters: prefix
// incomplete, message incomplete, message whole.
#include "wire/grpc_frame.h"

#include "wire/arena.h"
#include "wire/error.h"

#include <string.h>

enum { FIRST_CAPACITY = 65536, GROWTH = 4 };

void grpc_frame_init(struct grpc_frame *frame, struct arena *arena, size_t ceiling_bytes)
{
    *frame = (struct grpc_frame){.ceiling = ceiling_bytes, .arena = arena};
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool read_prefix(struct grpc_frame *frame, struct ts_error *error)
{
    const uint8_t *prefix = frame->prefix;
    if (prefix[0] > 1)
        return error_set(error, TS_INTERNAL, "FRAME_INVALID", "The message's compression flag is %u.",
                         prefix[0]);
    frame->compressed = prefix[0] == 1;
    frame->length = (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 8 | prefix[4];
    if (frame->length > frame->ceiling)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE",
                         "The message has %zu bytes; at most %zu are taken.", frame->length, frame->ceiling);
    return true;
}

// The next of the length's own quarters, quarters of quarters ...: so all that were before it take a third of
// the message, whatever its length.
static size_t next_capacity(const struct grpc_frame *frame)
{
    size_t capacity = frame->length;
    while (capacity > FIRST_CAPACITY && capacity / GROWTH + 1 > frame->capacity)
        capacity = capacity / GROWTH + 1;
    return capacity;
}

// Room for at least one more byte, and for all that a message of honest length still needs soon.
static bool grow(struct grpc_frame *frame, struct ts_error *error)
{
    size_t capacity = next_capacity(frame);
    uint8_t *message = arena_alloc(frame->arena, capacity);
    if (!message)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The message needs too much memory.");
    if (frame->have)
        memcpy(message, frame->message, frame->have);
    frame->message = message;
    frame->capacity = capacity;
    return true;
}

static void start_over(struct grpc_frame *frame)
{
    frame->prefix_have = 0;
    frame->message = NULL;
    frame->length = frame->have = frame->capacity = 0;
}

static size_t take(uint8_t *to, size_t *have, size_t wanted, const uint8_t *bytes, size_t length)
{
    size_t taken = smaller(wanted - *have, length);
    if (taken)
        memcpy(to + *have, bytes, taken);
    *have += taken;
    return taken;
}

static bool is_whole(const struct grpc_frame *frame)
{
    return frame->prefix_have == GRPC_FRAME_PREFIX && frame->message && frame->have == frame->length;
}

enum grpc_frame_result grpc_frame_feed(struct grpc_frame *frame, const uint8_t *bytes, size_t length,
                                       size_t *ret_taken, struct ts_error *error)
{
    if (is_whole(frame))
        start_over(frame);
    size_t taken = 0;
    if (frame->prefix_have < GRPC_FRAME_PREFIX) {
        taken = take(frame->prefix, &frame->prefix_have, GRPC_FRAME_PREFIX, bytes, length);
        if (frame->prefix_have == GRPC_FRAME_PREFIX && !read_prefix(frame, error))
            return GRPC_FRAME_FAILED;
    }
    *ret_taken = taken;
    if (frame->prefix_have < GRPC_FRAME_PREFIX)
        return GRPC_FRAME_MORE;
    while (!frame->message || (frame->have < frame->length && taken < length)) {
        if (frame->have == frame->capacity && !grow(frame, error))
            return GRPC_FRAME_FAILED;
        taken += take(frame->message, &frame->have, frame->capacity, bytes + taken, length - taken);
    }
    *ret_taken = taken;
    return is_whole(frame) ? GRPC_FRAME_MESSAGE : GRPC_FRAME_MORE;
}

bool grpc_frame_is_idle(const struct grpc_frame *frame)
{
    return frame->prefix_have == 0 || is_whole(frame);
}

void grpc_frame_write_prefix(uint8_t ret_prefix[GRPC_FRAME_PREFIX], bool compressed, uint32_t length)
{
    ret_prefix[0] = compressed ? 1 : 0;
    for (int i = 0; i < 4; i++)
        ret_prefix[1 + i] = (uint8_t)(length >> (24 - 8 * i));
}
