// SPDX-License-Identifier: Apache-2.0
// See lp.h. No shell is between: a title is one word, whatever it holds.
#include "run/lp.h"

#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <unistd.h>

int lp_start(const char *title, const char *printer, int fd, pid_t *ret_pid)
{
    const char *words[] = {"lp", "-t", title, printer != NULL ? "-d" : NULL, printer, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int failure;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    // Without the first lp would print what comes on the client's own standard input.
    failure = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    // The client blocks signals while it waits; lp must not.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    // posix_spawn takes char pointers by history and changes none of the words (POSIX, exec, Rationale).
    if (failure == 0)
        failure =
            posix_spawnp(ret_pid, "lp", &actions, &attributes, (char *const *)(uintptr_t)words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}
