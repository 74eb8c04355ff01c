// SPDX-License-Identifier: Apache-2.0
// A command line after parsing: which command, and what was given for its arguments, in order.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct argument;
struct command;

struct given {
    const struct argument *argument;
    // NULL for switches.
    const char *value;
};

struct invocation {
    // NULL when the line names no command: then help is wanted.
    const struct command *command;
    // The noun as typed, when there is one.
    const char *noun;
    bool wants_help;
    bool wants_version;
    // In the order of the line. Points into memory that the caller gave to parse_line.
    struct given *given;
    size_t given_count;
};

// What was given last for the argument of this name, else its fallback, else NULL.
const char *invocation_value(const struct invocation *invocation, const char *name);

// Whether the argument of this name was given at all.
bool invocation_has(const struct invocation *invocation, const char *name);
