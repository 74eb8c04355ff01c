// SPDX-License-Identifier: Apache-2.0
// A failed call told to a person: what happened, which fields were wrong, what to do. And its exit code.
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct arena;
struct print_style;
struct rpc_outcome;
struct ts_error;

// The exit code of a failed call. `is_write`: it may have changed something.
int failure_exit_code(const struct rpc_outcome *outcome, bool is_write);

// The exit code of a mistake that no call made.
int failure_local_exit_code(const struct ts_error *error);

// One line what happened, one per field violation and per member of the metadata, one what to do.
// `hint` replaces the last when it is not NULL; "" leaves it out. The arena is for reading the metadata.
void failure_tell(FILE *talk, const struct print_style *style, const struct ts_error *error, const char *hint,
                  struct arena *arena);
