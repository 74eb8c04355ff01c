// SPDX-License-Identifier: Apache-2.0
// Frames between the daemon and its helpers, see frame.h.
#include "helper/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

// Bytes read before the end of the file or an error.
static size_t read_fully(int fd, uint8_t *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t count = read(fd, bytes + done, length - done);
        if (count > 0)
            done += (size_t)count;
        else if (count == 0 || errno != EINTR)
            break;
    }
    return done;
}

size_t frame_announced(const uint8_t head[FRAME_HEAD_BYTES])
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

enum frame_outcome frame_read(int fd, size_t ceiling_bytes, uint8_t **ret_bytes, size_t *ret_length)
{
    uint8_t head[FRAME_HEAD_BYTES];
    size_t got = read_fully(fd, head, sizeof head);
    if (got == 0)
        return FRAME_END;
    size_t length = frame_announced(head);
    if (got < sizeof head || length > ceiling_bytes)
        return FRAME_BROKEN;
    uint8_t *bytes = malloc(length + 1);
    if (!bytes || read_fully(fd, bytes, length) < length) {
        free(bytes);
        return FRAME_BROKEN;
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return FRAME_READ;
}

static bool write_fully(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

bool frame_write(int fd, const uint8_t *bytes, size_t length)
{
    uint8_t head[FRAME_HEAD_BYTES] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16),
                                      (uint8_t)(length >> 8), (uint8_t)length};
    return length <= UINT32_MAX && write_fully(fd, head, sizeof head) && write_fully(fd, bytes, length);
}
