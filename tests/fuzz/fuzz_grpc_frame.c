// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a stream in pieces gives the same messages as the stream at once. The first byte is the
// size of the pieces.
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/grpc_frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A sum over all messages and how the stream ended.
static uint64_t digest(const uint8_t *data, size_t size, size_t piece)
{
    struct arena *arena = arena_create(64 << 20);
    struct grpc_frame frame;
    struct ts_error error = {0};
    uint64_t sum = 14695981039346656037u;
    grpc_frame_init(&frame, arena, 100000);
    for (size_t at = 0, taken = 0; at < size; at += taken) {
        size_t length = size - at < piece ? size - at : piece;
        enum grpc_frame_result result = grpc_frame_feed(&frame, data + at, length, &taken, &error);
        if (result == GRPC_FRAME_FAILED) {
            sum ^= (uint64_t)error.status;
            break;
        }
        if (taken == 0)
            abort();
        if (result == GRPC_FRAME_MESSAGE)
            for (size_t i = 0; i < frame.length; i++)
                sum = (sum ^ frame.message[i] ^ (frame.compressed ? 256u : 0u)) * 1099511628211u;
    }
    sum = sum * 2 + grpc_frame_is_idle(&frame);
    arena_free(arena);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t piece = data[0] ? data[0] : 1;
    if (digest(data + 1, size - 1, size) != digest(data + 1, size - 1, piece))
        abort();
    return 0;
}
