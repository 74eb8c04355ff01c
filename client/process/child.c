// SPDX-License-Identifier: Apache-2.0
// See child.h.
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/spawn.h"
#include "wire/error.h"

bool child_start(struct child *child, const char *const *words, int64_t until_ms, struct ts_error *error)
{
    int ends[2], failure;

    child_stop(child);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_set(error, TS_INTERNAL, "PROCESS", "%s", strerror(errno));
    *child = (struct child){.words_fd = ends[0], .until_ms = until_ms, .exit_code = -1};
    failure = spawn_start(&(struct spawn){.words = words, .in = -1, .out = ends[1], .has_group = true},
                          &child->pid);
    close(ends[1]);
    if (failure == 0)
        return true;
    close(ends[0]);
    *child = (struct child){0};
    return error_set(error, TS_INVALID_ARGUMENT, "PROCESS", "%.60s: %s", words[0], strerror(failure));
}

static void hear(struct child *child)
{
    char text[256];
    ssize_t got;

    while ((got = read(child->words_fd, text, sizeof text)) > 0) {
        size_t room = sizeof child->said - 1 - child->said_length,
               kept = (size_t)got < room ? (size_t)got : room;

        memcpy(child->said + child->said_length, text, kept);
        child->said_length += kept;
        child->said[child->said_length] = '\0';
    }
}

static void end(struct child *child)
{
    close(child->words_fd);
    child->pid = 0;
    // One line of it is told.
    child->said[strcspn(child->said, "\r\n")] = '\0';
}

enum child_state child_look(struct child *child, int64_t now_ms)
{
    int status;

    if (child->pid == 0)
        return CHILD_NONE;
    hear(child);
    if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
        hear(child);
        end(child);
        child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CHILD_DONE : CHILD_FAILED;
    }
    if (now_ms < child->until_ms)
        return CHILD_RUNS;
    child_stop(child);
    return CHILD_LATE;
}

void child_leave(struct child *child)
{
    if (child->pid != 0)
        end(child);
}

void child_stop(struct child *child)
{
    if (child->pid == 0)
        return;
    kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    end(child);
}
