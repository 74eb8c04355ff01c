// SPDX-License-Identifier: Apache-2.0
// A line between pool and server in the test's own loop, which counts what passes and breaks one connection
// after a stated number of bytes: the chaos proxy where thousands of cuts are made.
#pragma once

#include "fixture.h"
#include <stddef.h>

enum cut_direction { CUT_UP, CUT_DOWN, CUT_DIRECTION_COUNT }; // up is client to server

enum cut_manner {
    CUT_NOT,    // everything passes and is counted
    CUT_CLOSED, // both ends are closed
    CUT_SILENT  // nothing passes any more, until one end gives up (for the server's that is its keepalive)
};

#define CUT_COUNTED_MAX 2

struct cut_plan {
    enum cut_manner manner;
    unsigned connection; // 0 is the first that is made
    enum cut_direction direction;
    size_t bytes; // after so many
};

struct cut_line;

// Listens at once; a session's first connections are numbered in the order in which they are made.
struct cut_line *cut_line_open(uv_loop_t *loop, const struct fixture *fixture, const char *directory,
                               const struct cut_plan *plan);
// What passed so far on one of the first CUT_COUNTED_MAX connections.
size_t cut_line_passed(const struct cut_line *line, unsigned connection, enum cut_direction direction);
bool cut_line_is_cut(const struct cut_line *line);
// Begins to close; freed by the loop.
void cut_line_close(struct cut_line *line);
