// SPDX-License-Identifier: Apache-2.0
// A poll handle with a life of its own: a connection can already have the next one while this is still
// closing.
#include "db/watch.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

struct db_watch {
    uv_poll_t poll;
    int descriptor; // our duplicate
    dev_t device;
    ino_t inode;
    int mask;
    watch_event *event;
    void *context;
    void (*closed)(void *context);
    void *closed_context;
};

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct db_watch *watch = poll->data;
    if (status < 0)
        watch->mask = 0; // libuv has stopped the handle
    watch->event(watch->context, status, events);
}

struct db_watch *watch_create(struct uv_loop_s *loop, int socket, watch_event *event, void *context)
{
    struct stat facts;
    struct db_watch *watch = calloc(1, sizeof(*watch));
    if (!watch)
        return NULL;
    watch->event = event;
    watch->context = context;
    watch->descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (watch->descriptor < 0 || fstat(watch->descriptor, &facts) != 0 ||
        uv_poll_init(loop, &watch->poll, watch->descriptor) != 0) {
        if (watch->descriptor >= 0)
            close(watch->descriptor);
        free(watch);
        return NULL;
    }
    watch->device = facts.st_dev;
    watch->inode = facts.st_ino;
    watch->poll.data = watch;
    return watch;
}

bool watch_is_for(const struct db_watch *watch, int socket)
{
    struct stat facts;
    return fstat(socket, &facts) == 0 && facts.st_dev == watch->device && facts.st_ino == watch->inode;
}

bool watch_set(struct db_watch *watch, int mask)
{
    if (watch->mask == mask)
        return true;
    watch->mask = mask;
    return uv_poll_start(&watch->poll, mask, on_poll) == 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct db_watch *watch = handle->data;
    void (*closed)(void *context) = watch->closed;
    void *context = watch->closed_context;
    close(watch->descriptor);
    free(watch);
    closed(context);
}

void watch_close(struct db_watch *watch, void (*closed)(void *context), void *context)
{
    watch->closed = closed;
    watch->closed_context = context;
    uv_close((uv_handle_t *)&watch->poll, on_closed);
}
