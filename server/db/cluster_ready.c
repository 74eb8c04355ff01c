// SPDX-License-Identifier: Apache-2.0
// postmaster.pid (src/include/utils/pidfile.h): line 1 is the process, line 8 its status, "ready" once it
// accepts connections; crash recovery comes before that.
#include "db/cluster_ready.h"
#include "core/clock.h"
#include "db/cluster_process.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define STATUS_LINE 8

int cluster_ready_watch(const char *data)
{
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch >= 0 && inotify_add_watch(watch, data, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        close(watch);
        return -1;
    }
    return watch;
}

static bool says_ready(const char *data, pid_t pid)
{
    char path[PATH_MAX], text[2048];
    snprintf(path, sizeof(path), "%s/postmaster.pid", data);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (length <= 0)
        return false;
    text[length] = 0;
    if (strtol(text, NULL, 10) != pid)
        return false;
    const char *line = text;
    for (int i = 1; line && i < STATUS_LINE; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line && strncmp(line, "ready", 5) == 0;
}

static void drain(int watch)
{
    char events[4096];
    while (watch >= 0 && read(watch, events, sizeof(events)) > 0)
        ;
}

bool cluster_ready_await(int watch, const char *data, pid_t pid, uint64_t timeout_ms)
{
    uint64_t end = clock_monotonic_ms(NULL) + timeout_ms, now;
    struct pollfd items[2] = {{.fd = watch, .events = POLLIN},
                              {.fd = cluster_process_descriptor(pid), .events = POLLIN}};
    bool ready = false;
    while (!(ready = says_ready(data, pid)) && (now = clock_monotonic_ms(NULL)) < end && !items[1].revents) {
        uint64_t left = end - now, limit = watch >= 0 && items[1].fd >= 0 ? 10000 : 50;
        if (poll(items, 2, (int)(left < limit ? left : limit)) < 0 && errno != EINTR)
            break;
        drain(watch);
    }
    if (items[1].fd >= 0)
        close(items[1].fd);
    return ready;
}
