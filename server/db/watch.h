// SPDX-License-Identifier: Apache-2.0
// One uv_poll on a duplicate of libpq's socket. libpq closes and reopens its socket while it tries hosts, and
// the kernel gives the number away again at once, so the poll holds its own descriptor and knows the socket
// by its inode. Used by connection.c only.
#pragma once

#include <stdbool.h>

struct db_watch;
struct uv_loop_s;
struct uv_poll_s;

// events: UV_READABLE | UV_WRITABLE, or a negative uv error.
typedef void watch_event(void *context, int status, int events);

// NULL when the socket cannot be watched (no descriptor, no memory).
struct db_watch *watch_create(struct uv_loop_s *loop, int socket, watch_event *event, void *context);
// True when this watch still belongs to that socket number's present owner.
bool watch_is_for(const struct db_watch *watch, int socket);
// Changes the mask when it differs. false on error.
bool watch_set(struct db_watch *watch, int mask);
// Stops at once (before PQfinish); the memory goes with the loop, then closed(context of close) is called.
void watch_close(struct db_watch *watch, void (*closed)(void *context), void *context);
