// SPDX-License-Identifier: Apache-2.0
// The calls by which a journal comes to the disk, so that tests can make each fail and see their order. Each
// is as the system's own: -1 and errno.
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct journal_system {
    void *context;
    ssize_t (*write_at)(void *context, int fd, const void *bytes, size_t length, off_t at);
    // fdatasync of the file.
    int (*sync_data)(void *context, int fd);
    // fsync of the folder that got a name.
    int (*sync_folder)(void *context, int fd);
    int (*cut)(void *context, int fd, off_t length);
};

// The system itself.
const struct journal_system *journal_system_real(void);
