// SPDX-License-Identifier: Apache-2.0
// See program.h. Its words are those of the C locale, so that they can be read by a program.
#include "process/program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process/spawn.h"

enum { WAIT_MS = 10000 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// What is more than the room is read and dropped, so that the program can end. False when it takes too long.
static bool read_all(int fd, char *text, size_t size)
{
    int64_t until = now_ms() + WAIT_MS;
    size_t length = 0;
    char more[512];

    for (;;) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        int64_t left = until - now_ms();
        ssize_t got;

        if (left <= 0 || (poll(&one, 1, (int)left) < 0 && errno != EINTR))
            break;
        if (one.revents == 0)
            continue;
        got = read(fd, more, sizeof more);
        if (got <= 0) {
            text[length] = '\0';
            return true;
        }
        if ((size_t)got > size - 1 - length)
            got = (ssize_t)(size - 1 - length);
        memcpy(text + length, more, (size_t)got);
        length += (size_t)got;
    }
    text[length] = '\0';
    return false;
}

int program_run(const char *const *words, int fd, char *ret_text, size_t size)
{
    gchar **environment;
    int pipes[2], status = 0, failure;
    bool has_ended;
    pid_t pid;

    ret_text[0] = '\0';
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return PROGRAM_ABSENT;
    environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C", TRUE);
    failure = spawn_start(
        &(struct spawn){.words = words, .environment = environment, .in = fd, .out = pipes[1]}, &pid);
    g_strfreev(environment);
    close(pipes[1]);
    if (failure != 0) {
        close(pipes[0]);
        return PROGRAM_ABSENT;
    }
    has_ended = read_all(pipes[0], ret_text, size);
    close(pipes[0]);
    if (!has_ended)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return !has_ended ? PROGRAM_LATE : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
