// SPDX-License-Identifier: Apache-2.0
// See gzip.h. Window bits 15 + 16 make zlib speak gzip instead of zlib framing.
#include "net/gzip.h"

#include "wire/error.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, FIRST_BYTES = 4096, LEVEL = 3, MEMORY_LEVEL = 8 };

static bool grow(uint8_t **bytes, size_t *capacity, size_t most)
{
    size_t wanted = *capacity ? *capacity * 2 : FIRST_BYTES;
    if (wanted > most)
        wanted = most;
    uint8_t *larger = realloc(*bytes, wanted);
    if (!larger)
        return false;
    *bytes = larger;
    *capacity = wanted;
    return true;
}

static int inflate_all(z_stream *stream, size_t ceiling, uint8_t **bytes, size_t *capacity)
{
    int code = Z_OK;
    while (code == Z_OK) {
        // One byte above the ceiling is enough to know that it is too much.
        if (stream->total_out == *capacity && (*capacity > ceiling || !grow(bytes, capacity, ceiling + 1)))
            return Z_MEM_ERROR;
        stream->next_out = *bytes + stream->total_out;
        stream->avail_out = (uInt)(*capacity - stream->total_out);
        code = inflate(stream, Z_NO_FLUSH);
    }
    return code;
}

bool gzip_inflate(const uint8_t *bytes, size_t length, size_t ceiling, uint8_t **ret_bytes,
                  size_t *ret_length, struct ts_error *error)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length};
    if (length > UINT_MAX || ceiling >= UINT_MAX || inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The message needs too much memory.");
    uint8_t *plain = NULL;
    size_t capacity = 0;
    int code = inflate_all(&stream, ceiling, &plain, &capacity);
    size_t size = stream.total_out;
    bool is_whole = code == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    if (is_whole && size <= ceiling) {
        *ret_bytes = plain;
        *ret_length = size;
        return true;
    }
    free(plain);
    if (size > ceiling)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE",
                         "The message has more than %zu bytes when decompressed.", ceiling);
    if (code == Z_MEM_ERROR)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The message needs too much memory.");
    return error_set(error, TS_INVALID_ARGUMENT, "COMPRESSION_INVALID", "The message is not gzip.");
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
