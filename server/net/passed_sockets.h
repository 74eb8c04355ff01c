// SPDX-License-Identifier: Apache-2.0
// Listening sockets that whoever started us has opened already: systemd's socket units, or the program that
// holds a socket while one daemon takes over from another (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, from
// descriptor 3). Called by serve.c before any other process is started.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

enum { PASSED_SOCKETS_MOST = 8, PASSED_SOCKETS_FIRST = 3 };

struct passed_sockets {
    int descriptors[PASSED_SOCKETS_MOST];
    size_t count;
};

// None when the variables are not there or meant for another process; they are removed, so that no child
// takes them for its own, and no child inherits the sockets. FAILED_PRECONDITION/PASSED_SOCKET when one of
// them is not a TCP socket, or when there are too many.
bool passed_sockets_take(struct passed_sockets *ret_sockets, struct ts_error *error);
