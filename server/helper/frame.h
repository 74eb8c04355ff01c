// SPDX-License-Identifier: Apache-2.0
// Frames between the daemon and its helpers: 4-byte big-endian length, then one message
// (proto/touchstone/internal/v1/helpers.proto). Blocking; a descriptor with a time-out of its own
// (SO_RCVTIMEO, SO_SNDTIMEO) makes a late frame a broken one.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEAD_BYTES = 4, FRAME_CEILING_BYTES = 16 * 1024 * 1024 };

enum frame_outcome {
    FRAME_READ,
    FRAME_END,   // the other side ended between two frames
    FRAME_BROKEN // cut in the middle, over the ceiling, or no memory
};

// On FRAME_READ the caller frees *ret_bytes. A frame without a message has length 0.
enum frame_outcome frame_read(int fd, size_t ceiling_bytes, uint8_t **ret_bytes, size_t *ret_length);
bool frame_write(int fd, const uint8_t *bytes, size_t length);
// The length that a head announces.
size_t frame_announced(const uint8_t head[FRAME_HEAD_BYTES]);
