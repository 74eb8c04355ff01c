// SPDX-License-Identifier: Apache-2.0
// The fork and exec behind child.h: everything that is prepared before the fork, and the fork itself. Only
// child.c uses it.
#pragma once

#include "core/child.h"

#include <stdbool.h>
#include <sys/types.h>

struct child_spawn {
    char **argv, **envp; // copies; envp NULL: ours
    char *user, *directory;
    int death_signal;
    bool with_channel, log_lines;
};

// Our ends; -1 where there is none. Both are close-on-exec and non-blocking.
struct child_ends {
    int channel, lines;
};

// On failure everything is undone; child_spawn_done() is fine then too.
bool child_spawn_init(struct child_spawn *spawn, const struct child_config *config, struct ts_error *error);
void child_spawn_done(struct child_spawn *spawn);
// The process id, or -1: USER_UNKNOWN, CHILD_FAILED.
pid_t child_spawn_run(const struct child_spawn *spawn, struct child_ends *ret_ends, struct ts_error *error);
