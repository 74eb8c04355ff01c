// SPDX-License-Identifier: Apache-2.0
// Reads the variables of sd_listen_fds(3), see passed_sockets.h. By hand: libsystemd for two variables would
// be one more library in the daemon.
#include "net/passed_sockets.h"

#include "wire/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// A whole positive number, or 0.
static long read_number(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    if (!text || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    long number = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : 0;
}

static bool is_tcp_socket(int fd)
{
    int type = 0, family = 0;
    socklen_t type_length = sizeof type, family_length = sizeof family;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &family_length) == 0 &&
           (family == AF_INET || family == AF_INET6);
}

bool passed_sockets_take(struct passed_sockets *ret_sockets, struct ts_error *error)
{
    long pid = read_number("LISTEN_PID"), count = read_number("LISTEN_FDS");
    memset(ret_sockets, 0, sizeof *ret_sockets);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (pid != (long)getpid() || count == 0)
        return true;
    if (count > PASSED_SOCKETS_MOST)
        return error_set(error, TS_FAILED_PRECONDITION, "PASSED_SOCKET", "At most %d sockets can be passed.",
                         PASSED_SOCKETS_MOST);
    for (int fd = PASSED_SOCKETS_FIRST; fd < PASSED_SOCKETS_FIRST + (int)count; fd++) {
        if (!is_tcp_socket(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return error_set(error, TS_FAILED_PRECONDITION, "PASSED_SOCKET",
                             "The passed descriptor %d is no TCP socket.", fd);
        ret_sockets->descriptors[ret_sockets->count++] = fd;
    }
    return true;
}
