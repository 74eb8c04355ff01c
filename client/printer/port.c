// SPDX-License-Identifier: Apache-2.0
// See port.h. Source of ~HS: ZPL II Programming Guide, Host Status Return: three strings between STX and ETX.
// A printer goes on by itself once paper is in; so that a label is not printed twice, what it still holds is
// cancelled (~JA) when it says that something is the matter, and sent again later.
#include "printer/port.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "printer/cups.h"
#include "wire/error.h"

enum { WAIT_MS = 3000, PRINT_MS = 20000, POLL_MS = 100, ANSWER_BYTES = 512, ETX = 3 };

struct status {
    bool is_known;
    int paper_out, paused, waiting, corrupt, hot, cold, head_up, ribbon_out, left;
};

static bool fail(struct ts_error *error, const char *what)
{
    return error_set(error, TS_UNAVAILABLE, "PRINTER_STATE", "%s", what);
}

static bool wait_for(int fd, short events, int milliseconds)
{
    struct pollfd one = {.fd = fd, .events = events};
    int got;

    while ((got = poll(&one, 1, milliseconds)) < 0 && errno == EINTR)
        ;
    return got > 0 && (one.revents & events) != 0;
}

static int connect_one(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), failure = 0;
    socklen_t size = sizeof failure;

    if (fd < 0)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    if (errno == EINPROGRESS && wait_for(fd, POLLOUT, WAIT_MS) &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0)
        return fd;
    close(fd);
    return -1;
}

static int open_network(const char *printer)
{
    struct addrinfo wish = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char host[256];
    const char *colon = strrchr(printer, ':');
    int fd = -1;

    snprintf(host, sizeof host, "%.*s", colon != NULL ? (int)(colon - printer) : (int)strlen(printer),
             printer);
    if (getaddrinfo(host, colon != NULL ? colon + 1 : "9100", &wish, &list) != 0)
        return -1;
    for (const struct addrinfo *at = list; fd < 0 && at != NULL; at = at->ai_next)
        fd = connect_one(at);
    freeaddrinfo(list);
    return fd;
}

static int open_port(const char *printer, bool chinese, struct ts_error *error)
{
    int fd =
        printer[0] == '/' ? open(printer, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : open_network(printer);

    if (fd < 0)
        fail(error, chinese ? "打印机离线：无法连接 (the printer is offline)" : "the printer is offline");
    return fd;
}

static bool write_whole(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        // A printer that is gone is an error here, not the end of the program.
        ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);

        if (written < 0 && errno == ENOTSOCK)
            written = write(fd, bytes, length);
        if (written < 0 && errno == EAGAIN && wait_for(fd, POLLOUT, WAIT_MS))
            continue;
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

// Fields of one string of the answer, by their place.
static int field(const char *text, int place)
{
    while (place-- > 0 && text != NULL) {
        text = strpbrk(text, ",\003");
        if (text != NULL)
            text = *text == ETX ? NULL : text + 1;
    }
    return text != NULL ? atoi(text) : 0;
}

static bool parse(const char *answer, struct status *ret_status)
{
    const char *first = strchr(answer, 2), *second = first != NULL ? strchr(first + 1, 2) : NULL;

    if (second == NULL)
        return false;
    first++, second++;
    *ret_status = (struct status){.is_known = true,
                                  .paper_out = field(first, 1),
                                  .paused = field(first, 2),
                                  .waiting = field(first, 4),
                                  .corrupt = field(first, 9),
                                  .cold = field(first, 10),
                                  .hot = field(first, 11),
                                  .head_up = field(second, 2),
                                  .ribbon_out = field(second, 3),
                                  .left = field(second, 8)};
    return true;
}

// A device that takes and never answers is printed on blindly; is_known tells.
static bool ask(int fd, struct status *ret_status)
{
    char answer[ANSWER_BYTES + 1];
    size_t length = 0;
    int ends = 0;

    *ret_status = (struct status){.is_known = false};
    if (!write_whole(fd, "~HS\r\n", 5))
        return false;
    while (ends < 3 && length < ANSWER_BYTES && wait_for(fd, POLLIN, WAIT_MS)) {
        ssize_t got = read(fd, answer + length, ANSWER_BYTES - length);

        if (got <= 0)
            return false;
        for (ssize_t i = 0; i < got; i++)
            ends += answer[length + (size_t)i] == ETX;
        length += (size_t)got;
    }
    answer[length] = '\0';
    return ends >= 3 && parse(answer, ret_status);
}

static const char *trouble(const struct status *status, bool chinese)
{
    const struct {
        int is_set;
        const char *english, *chinese;
    } signs[] = {
        {status->head_up, "the printer's head is open", "打印头未合上 (the printer's head is open)"},
        {status->paper_out, "the printer is out of paper", "打印机缺纸 (the printer is out of paper)"},
        {status->ribbon_out, "the printer is out of ribbon", "打印机缺碳带 (the printer is out of ribbon)"},
        {status->hot, "the printer's head is too hot", "打印头过热 (the printer's head is too hot)"},
        {status->cold, "the printer's head is too cold", "打印头过冷 (the printer's head is too cold)"},
        {status->corrupt, "the printer's memory is corrupt",
         "打印机内存损坏 (the printer's memory is corrupt)"},
        {status->paused, "the printer is paused", "打印机已暂停 (the printer is paused)"},
    };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].is_set)
            return chinese ? signs[i].chinese : signs[i].english;
    return NULL;
}

static const char *silent(bool chinese)
{
    return chinese ? "打印机没有应答 (the printer does not answer)" : "the printer does not answer";
}

// The answer to a further question shows that the printer has read the order, and nothing is left to come
// out.
static void cancel(int fd)
{
    struct status status;

    if (write_whole(fd, "~JA\r\n", 5))
        ask(fd, &status);
}

static bool wait_until_out(int fd, bool chinese, struct ts_error *error)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

    for (int waited = 0; waited < PRINT_MS; waited += POLL_MS) {
        struct status status;

        if (!ask(fd, &status))
            return fail(error, silent(chinese));
        if (trouble(&status, chinese) != NULL) {
            cancel(fd);
            return fail(error, trouble(&status, chinese));
        }
        if (status.waiting == 0 && status.left == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    cancel(fd);
    return fail(error, silent(chinese));
}

static bool print_there(const char *printer, const char *zpl, size_t length, bool chinese,
                        struct ts_error *error)
{
    int fd = open_port(printer, chinese, error);
    struct status status;
    bool held;

    if (fd < 0)
        return false;
    if (!ask(fd, &status))
        held = fail(error, silent(chinese));
    else if (trouble(&status, chinese) != NULL)
        held = fail(error, trouble(&status, chinese));
    else if (!write_whole(fd, zpl, length))
        held = fail(error, silent(chinese));
    else
        held = wait_until_out(fd, chinese, error);
    close(fd);
    return held;
}

bool port_print(const char *printer, const char *what, const char *bytes, size_t length, bool chinese,
                struct ts_error *error)
{
    return cups_is_meant(printer) ? cups_print(printer, what, bytes, length, chinese, error)
                                  : print_there(printer, bytes, length, chinese, error);
}

bool port_state(const char *printer, bool chinese, char ret_words[200], struct ts_error *error)
{
    struct status status;
    bool held;
    int fd;

    if (cups_is_meant(printer))
        return cups_state(printer, chinese, ret_words, error);
    fd = open_port(printer, chinese, error);
    if (fd < 0)
        return false;
    held = ask(fd, &status) || fail(error, silent(chinese));
    close(fd);
    if (held)
        snprintf(ret_words, 200, "%s",
                 trouble(&status, chinese) != NULL ? trouble(&status, chinese)
                 : chinese                         ? "就绪"
                                                   : "ready");
    return held;
}
