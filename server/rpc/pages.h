// SPDX-License-Identifier: Apache-2.0
// The consumers' pages (server/web) over HTTP. Called by plain.c.
#pragma once

#include <stdbool.h>

struct net_request_head;
struct net_stream;

// False when there is no page of this path. `directory` has the public files, for the page that carries its
// data in itself.
bool pages_answer(const char *directory, struct net_stream *stream, const struct net_request_head *head);
