// SPDX-License-Identifier: Apache-2.0
// The upper side of net: one HTTP/2 request, and the table of handlers through which rpc/dispatch hears of
// it. All of it on the loop's thread.
#pragma once

#include "net/header.h"
#include "net/request_head.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Lifetime. A stream begins with `head` and ends with `closed`, which comes exactly once for every stream
// that had its `head`, and last: from the peer's RST or hang-up, after our answer has left, or when the
// server closes. The pointer is good until `closed` has returned; whoever keeps it drops it there. Nothing
// calls `closed` from inside a net_stream_* function, so a handler never loses its stream under its feet:
// a peer that has vanished meanwhile only makes the functions answer false or do nothing.
// Handlers may call any net_stream_* function of any stream. They may not run the loop or free the server.
//
// Order: head, message*, half_close, closed. `broken` may come once instead of the rest up to closed.
// After `net_stream_finish`, `net_stream_send_data(end)`, `net_stream_reset` or `broken` no message and no
// half_close come any more. Bytes handed to a handler are good during the call only.
struct net_stream;
struct ts_error;

struct net_handlers {
    // May answer at once.
    void (*head)(void *context, struct net_stream *stream, const struct net_request_head *head);
    // One whole gRPC message, already inflated. Of streams that are not gRPC the whole body, once, when the
    // handler asked for it (net_stream_take_body); else it is thrown away.
    void (*message)(void *context, struct net_stream *stream, const uint8_t *bytes, size_t length);
    // The client has sent all it will send.
    void (*half_close)(void *context, struct net_stream *stream);
    // What the client sends cannot be read any further; answer with this error:
    // RESOURCE_EXHAUSTED/MESSAGE_TOO_LARGE (above the ceiling, also after inflating), INTERNAL/FRAME_INVALID,
    // INTERNAL/FRAME_TRUNCATED (END_STREAM inside a message), INTERNAL/COMPRESSED_WITHOUT_ENCODING,
    // UNIMPLEMENTED/ENCODING_UNKNOWN (net adds grpc-accept-encoding to the answer),
    // INVALID_ARGUMENT/TIMEOUT_INVALID, INVALID_ARGUMENT/COMPRESSION_INVALID.
    void (*broken)(void *context, struct net_stream *stream, const struct ts_error *error);
    // The last call. `h2_error` is 0 when the stream ended well.
    void (*closed)(void *context, struct net_stream *stream, uint32_t h2_error);
    // After net_stream_send_message or _data was refused: the queue is below its low mark again.
    void (*writable)(void *context, struct net_stream *stream);
};

// A pointer of the handler's own; NULL at first.
void net_stream_set_user(struct net_stream *stream, void *user);
void *net_stream_user(const struct net_stream *stream);
const struct net_request_head *net_stream_head(const struct net_stream *stream);

// The largest message this stream may send; until set, limits.message_bytes holds. Set it in `head`.
void net_stream_set_message_ceiling(struct net_stream *stream, size_t bytes);

// Of a stream that is not gRPC: collects the body, at most so many bytes, and tells it as one message before
// half_close; no message when it is empty. Call it in `head`.
void net_stream_take_body(struct net_stream *stream, size_t ceiling);

// Whether the message that is being handled came compressed.
bool net_stream_message_was_compressed(const struct net_stream *stream);

// The response head; at most once. Names and values are copied. False when the stream is over, a head was
// sent before, or memory failed.
bool net_stream_send_head(struct net_stream *stream, int http_status, const struct net_header *headers,
                          size_t count);
// Adds the gRPC prefix and copies into the stream's output queue. A message fits when the queue is empty or
// stays within limits.stream_output_bytes; else false, and `writable` follows. False too when the stream is
// over or has no head yet.
bool net_stream_send_message(struct net_stream *stream, const uint8_t *bytes, size_t length);
// The same, gzip-compressed with the flag set; only when head->accepts_gzip and the response head named
// grpc-encoding: gzip.
bool net_stream_send_message_gzip(struct net_stream *stream, const uint8_t *bytes, size_t length);
// Plain HTTP: bytes as they are; `end` ends the stream. Same rules.
bool net_stream_send_data(struct net_stream *stream, const uint8_t *bytes, size_t length, bool end);
// Bytes in the output queue that HTTP/2 has not taken yet.
size_t net_stream_queued_bytes(const struct net_stream *stream);

// Ends the answer with trailers, after everything queued. Without a head before it, the answer is
// Trailers-Only: ":status 200", content-type application/grpc, and these fields in one block.
void net_stream_finish(struct net_stream *stream, const struct net_header *trailers, size_t count);
// Drops the stream and what is queued: RST_STREAM with a code of RFC 9113 section 7 (8 is CANCEL).
void net_stream_reset(struct net_stream *stream, uint32_t h2_error);
