// SPDX-License-Identifier: Apache-2.0
// A program that runs beside the screen: without a shell, its words kept away from the terminal, with a
// deadline, and ended with all that it started.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ts_error;

struct child {
    // 0: nothing runs.
    pid_t pid;
    int words_fd;
    int64_t until_ms;
    // Once it has ended by itself; else -1.
    int exit_code;
    // The beginning of what it said.
    char said[240];
    size_t said_length;
};

enum child_state { CHILD_NONE, CHILD_RUNS, CHILD_DONE, CHILD_FAILED, CHILD_LATE };

// `words` ends with NULL; its first is looked for in PATH. False with *error.
bool child_start(struct child *child, const char *const *words, int64_t until_ms, struct ts_error *error);

// What became of it; DONE, FAILED and LATE are told once. After its deadline it is ended.
enum child_state child_look(struct child *child, int64_t now_ms);

// Lets it go on by itself, whatever becomes of this program.
void child_leave(struct child *child);

// Ends it and what it started.
void child_stop(struct child *child);
