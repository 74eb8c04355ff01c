// SPDX-License-Identifier: Apache-2.0
// See gzip.h. Window bits 15 + 16 make zlib speak gzip instead of zlib framing. The declared size is the last
// field of a member (RFC 1952 2.3.1, ISIZE).
#include "net/gzip.h"

#include "wire/error.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, LEVEL = 3, MEMORY_LEVEL = 8, LEAST_BYTES = 18, SIZE_BYTES = 4 };

bool gzip_read_size(const uint8_t *bytes, size_t length, size_t *ret_size)
{
    if (length < LEAST_BYTES || bytes[0] != 0x1f || bytes[1] != 0x8b)
        return false;
    const uint8_t *end = bytes + length - SIZE_BYTES;
    *ret_size = (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
    return true;
}

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The message needs too much memory.");
}

bool gzip_inflate(const uint8_t *bytes, size_t length, size_t size, uint8_t **ret_bytes,
                  struct ts_error *error)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length};
    uint8_t *plain = length <= UINT_MAX && size <= UINT_MAX ? malloc(size + 1) : NULL;
    if (!plain || inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
        free(plain);
        return no_memory(error);
    }
    stream.next_out = plain;
    stream.avail_out = (uInt)size;
    int code = inflate(&stream, Z_FINISH);
    bool is_whole = code == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    if (is_whole) {
        *ret_bytes = plain;
        return true;
    }
    free(plain);
    return code == Z_MEM_ERROR ? no_memory(error)
                               : error_set(error, TS_INVALID_ARGUMENT, "COMPRESSION_INVALID",
                                           "The message is not gzip, or not of the size that it declares.");
}

bool gzip_deflate(const uint8_t *bytes, size_t length, uint8_t **ret_bytes, size_t *ret_length)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length};
    if (length > UINT_MAX / 2 ||
        deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    uLong most = deflateBound(&stream, (uLong)length);
    uint8_t *packed = malloc(most);
    stream.next_out = packed;
    stream.avail_out = (uInt)most;
    bool is_done = packed && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t size = stream.total_out;
    deflateEnd(&stream);
    if (!is_done) {
        free(packed);
        return false;
    }
    *ret_bytes = packed;
    *ret_length = size;
    return true;
}
