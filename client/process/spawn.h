// SPDX-License-Identifier: Apache-2.0
// Starts a program without a shell: a word is one word, whatever it holds.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
    // Ends with NULL; the first is looked for in PATH.
    const char *const *words;
    // NULL: this program's own.
    char *const *environment;
    // The file it reads; -1: nothing.
    int in;
    // Takes what it says, also of its errors.
    int out;
    // In a group of its own, so that it can be ended with all that it started.
    bool has_group;
};

// 0, or what went wrong (errno).
int spawn_start(const struct spawn *spawn, pid_t *ret_pid);
