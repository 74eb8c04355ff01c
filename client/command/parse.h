// SPDX-License-Identifier: Apache-2.0
// Turns argv into an invocation by the grammar. Knows nothing of files, servers or requests.
#pragma once

#include <stdbool.h>

struct arena;
struct grammar;
struct invocation;
struct ts_error;

// Parses argv[1..argc-1]. Values point into argv. On a usage mistake returns false with
// INVALID_ARGUMENT and reason USAGE; ret_invocation then still tells which command was meant.
bool parse_line(const struct grammar *grammar, int argc, char **argv, struct arena *arena,
                struct invocation *ret_invocation, struct ts_error *error);
