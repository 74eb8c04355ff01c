// SPDX-License-Identifier: Apache-2.0
// See spawn.h.
#include "process/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <unistd.h>

static int give_files(posix_spawn_file_actions_t *actions, int in, int out)
{
    // Without a file it would read what comes on this program's own standard input.
    int failure = in >= 0 ? posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO)
                          : posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    for (int fd = STDOUT_FILENO; failure == 0 && fd <= STDERR_FILENO; fd++)
        failure = posix_spawn_file_actions_adddup2(actions, out, fd);
    return failure;
}

int spawn_start(const struct spawn *spawn, pid_t *ret_pid)
{
    char *const *environment = spawn->environment != NULL ? spawn->environment : environ;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int failure;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // The client blocks signals while it waits; a program must not.
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, (short)(POSIX_SPAWN_SETSIGMASK | (spawn->has_group ? POSIX_SPAWN_SETPGROUP : 0)));
    failure = give_files(&actions, spawn->in, spawn->out);
    // posix_spawn takes char pointers by history and changes none of the words (POSIX, exec, Rationale).
    if (failure == 0)
        failure = posix_spawnp(ret_pid, spawn->words[0], &actions, &attributes,
                               (char *const *)(uintptr_t)spawn->words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}
