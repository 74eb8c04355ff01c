// SPDX-License-Identifier: Apache-2.0
// How a call that came as JSON over plain HTTP is answered (web.h), as reply.h is for gRPC. Called by call.c.
// A method that streams answers its pieces as one file: `is_file`.
#pragma once

#include "wire/error.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct arena;
struct net_stream;

bool web_reply_head(struct net_stream *stream, bool is_file);
// False when the client must read first, or with error set.
bool web_reply_message(struct net_stream *stream, struct arena *arena, bool is_file,
                       const ProtobufCMessage *message, struct ts_error *error);
// After the head.
void web_reply_end(struct net_stream *stream);
// {"code","reason","message"}, and "metadata" when there is any. What has begun as a file cannot end as an
// error: the client sees that it was cut.
void web_reply_error(struct net_stream *stream, struct arena *arena, bool head_sent,
                     const struct ts_error *error);

// A stream of events (WHATWG HTML 9.2): its head, and one event; NULL is a sign of life.
bool web_reply_event_head(struct net_stream *stream);
bool web_reply_event(struct net_stream *stream, const char *text, size_t length);
