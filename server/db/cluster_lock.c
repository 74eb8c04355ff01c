// SPDX-License-Identifier: Apache-2.0
// The line is only a message: whether the lock is held is decided by flock alone, so a line left by a killed
// holder deceives nobody.
#include "db/cluster_lock.h"
#include "core/clock.h"
#include "db/cluster_process.h"
#include "wire/error.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

struct lock_line {
    char use[8];   // "serve" or "admin"
    char state[8]; // "start" or "ready"
    int pid;
};

static const char *use_name(enum db_cluster_use use)
{
    return use == DB_CLUSTER_SERVE ? "serve" : "admin";
}

static bool write_line(int fd, enum db_cluster_use use, const char *state)
{
    // Of fixed width: a reader sees the old line or the new one, never a mixture of lengths.
    char line[64];
    int length = snprintf(line, sizeof(line), "%s %10d %s\n", use_name(use), (int)getpid(), state);
    return pwrite(fd, line, (size_t)length, 0) == length && ftruncate(fd, length) == 0;
}

static bool read_line(int fd, struct lock_line *ret)
{
    char line[64] = "";
    memset(ret, 0, sizeof(*ret));
    return pread(fd, line, sizeof(line) - 1, 0) > 0 &&
           sscanf(line, "%7s %d %7s", ret->use, &ret->pid, ret->state) == 3;
}

// Until the line is written, the holder ends, or the time is over.
static void await_change(int watch, int pid, uint64_t end_ms)
{
    char events[4096];
    struct pollfd items[2] = {{.fd = watch, .events = POLLIN},
                              {.fd = pid > 0 ? cluster_process_descriptor(pid) : -1, .events = POLLIN}};
    uint64_t now = clock_monotonic_ms(NULL);
    // A holder that cannot be watched has just ended, or has not yet written its line: look again soon.
    uint64_t limit = items[1].fd >= 0 && watch >= 0 ? 10000 : 20;
    if (now < end_ms)
        poll(items, 2, (int)(end_ms - now < limit ? end_ms - now : limit));
    if (items[0].revents && read(watch, events, sizeof(events)) < 0)
        errno = 0; // nothing to read: look anyway
    if (items[1].fd >= 0)
        close(items[1].fd);
}

// One look: true when there is nothing to wait for.
static bool decide(int fd, enum db_cluster_use use, enum cluster_lock_result *ret_result, int *ret_pid,
                   struct ts_error *error)
{
    struct lock_line line;
    *ret_pid = 0;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_result = write_line(fd, use, "start") ? CLUSTER_LOCK_TAKEN : CLUSTER_LOCK_FAILED;
        if (*ret_result == CLUSTER_LOCK_FAILED)
            error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot write the lock file: %s",
                      strerror(errno));
        return true;
    }
    if (!read_line(fd, &line))
        return false;
    *ret_pid = line.pid;
    if (strcmp(line.use, "serve") != 0)
        return false;
    if (use == DB_CLUSTER_SERVE) {
        *ret_result = CLUSTER_LOCK_FAILED;
        error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_IN_USE",
                  "another touchstoned (process %d) runs on this state directory", line.pid);
        return true;
    }
    *ret_result = CLUSTER_LOCK_ATTACHED;
    return strcmp(line.state, "ready") == 0;
}

static enum cluster_lock_result take(int fd, int watch, enum db_cluster_use use, uint64_t timeout_ms,
                                     struct ts_error *error)
{
    uint64_t end = clock_monotonic_ms(NULL) + timeout_ms;
    enum cluster_lock_result result = CLUSTER_LOCK_FAILED;
    int pid = 0;
    while (!decide(fd, use, &result, &pid, error)) {
        if (clock_monotonic_ms(NULL) >= end) {
            error_set(error, TS_UNAVAILABLE, "CLUSTER_IN_USE", "process %d holds the state directory", pid);
            return CLUSTER_LOCK_FAILED;
        }
        await_change(watch, pid, end);
    }
    return result;
}

enum cluster_lock_result cluster_lock_take(const char *home, enum db_cluster_use use, uint64_t timeout_ms,
                                           int *ret_fd, struct ts_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/lock", home);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "cannot open %s: %s", path,
                  strerror(errno));
        return CLUSTER_LOCK_FAILED;
    }
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch >= 0)
        inotify_add_watch(watch, path, IN_MODIFY);
    enum cluster_lock_result result = take(fd, watch, use, timeout_ms, error);
    if (watch >= 0)
        close(watch);
    if (result == CLUSTER_LOCK_TAKEN)
        *ret_fd = fd;
    else
        close(fd);
    return result;
}

bool cluster_lock_set_ready(int fd, enum db_cluster_use use)
{
    return write_line(fd, use, "ready");
}
