// SPDX-License-Identifier: Apache-2.0
// Depth first, without following links and without leaving the file system. An initdb whose daemon was killed
// may have a process that still writes for a moment: then names come and go meanwhile, and it is begun again.
#include "db/cluster_remove.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <time.h>

enum { ATTEMPTS = 100 };

static const struct timespec pause_between = {.tv_nsec = 20 * 1000 * 1000};

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts;
    (void)type;
    (void)place;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

bool cluster_remove_tree(const char *path)
{
    struct stat facts;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int done = nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT), why = errno;
        if (lstat(path, &facts) != 0 && errno == ENOENT)
            return true;
        errno = why;
        if (done != 0 && why != ENOTEMPTY && why != EEXIST && why != ENOENT)
            return false;
        nanosleep(&pause_between, NULL);
    }
    return false;
}
