// SPDX-License-Identifier: Apache-2.0
// The public files as they lie in a directory (docs/log.md): /log/... and /s/data.json. Called by plain.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// No public file is larger: a registry of some 30,000 codes.
enum { PUBLIC_FILES_CEILING_BYTES = 4 << 20 };

struct net_request_head;
struct net_stream;

// The bytes of the file of a path such as "/log/checkpoint", to be freed; NULL when it cannot be served.
uint8_t *public_files_read(const char *directory, const char *path, size_t length, size_t *ret_length);
// False when the path is none of these; else it was answered, if only with 404.
bool public_files_answer(const char *directory, struct net_stream *stream,
                         const struct net_request_head *head);
