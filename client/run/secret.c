// SPDX-License-Identifier: Apache-2.0
// Reads passwords: see secret.h. On the terminal with echo off, and echo on again however it ends.
#include "run/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "command/command.h"
#include "command/invocation.h"
#include "message/value.h"
#include "run/client.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { SECRET_SIZE = 1024 };

static bool is_secret(const struct argument *argument)
{
    return argument->kind == ARGUMENT_SECRET || argument->kind == ARGUMENT_NEW_SECRET;
}

static bool read_line(FILE *in, const char *name, char secret[SECRET_SIZE], struct ts_error *error)
{
    size_t length;

    if (fgets(secret, SECRET_SIZE, in) == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s holds no password", name);
    length = strcspn(secret, "\r\n");
    if (length == SECRET_SIZE - 1)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the password in %.160s is too long", name);
    secret[length] = '\0';
    if (length == 0)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s holds no password", name);
    return true;
}

static bool read_secret_file(const char *path, char secret[SECRET_SIZE], struct ts_error *error)
{
    FILE *in;
    bool done;

    // Line by line, so that two passwords can come through one standard input.
    if (strcmp(path, "-") == 0)
        return read_line(stdin, "standard input", secret, error);
    in = fopen(path, "re");
    if (in == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "cannot read %.180s: %s", path,
                         strerror(errno));
    done = read_line(in, path, secret, error);
    fclose(in);
    return done;
}

// One line of the terminal; false at a signal or the terminal's end.
static bool read_typed(int tty, int signal_fd, char secret[SECRET_SIZE])
{
    struct pollfd wait[2] = {{.fd = tty, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};
    size_t length = 0;

    while (poll(wait, 2, -1) > 0 && wait[1].revents == 0) {
        ssize_t got = read(tty, secret + length, SECRET_SIZE - 1 - length);

        if (got <= 0)
            return false;
        length += (size_t)got;
        secret[length] = '\0';
        if (secret[length - 1] == '\n' || length == SECRET_SIZE - 1) {
            secret[strcspn(secret, "\r\n")] = '\0';
            return true;
        }
    }
    return false;
}

static bool ask(struct client *client, const char *question, char secret[SECRET_SIZE], struct ts_error *error)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before, silent;
    bool done;

    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0)
            close(tty);
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "there is no terminal to ask for the password; name a file that holds it");
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
    silent.c_lflag |= ECHONL | ICANON | ISIG;
    tcsetattr(tty, TCSAFLUSH, &silent);
    dprintf(tty, "%s: ", question);
    done = read_typed(tty, client->signal_fd, secret);
    tcsetattr(tty, TCSAFLUSH, &before);
    close(tty);
    return done || error_set(error, TS_CANCELLED, "INTERRUPTED", "interrupted; nothing was done");
}

static bool ask_as_needed(struct client *client, const struct argument *argument, char secret[SECRET_SIZE],
                          struct ts_error *error)
{
    char again[SECRET_SIZE];
    bool same;

    if (!client_watch_signals(client, error) || !ask(client, argument->value, secret, error))
        return false;
    if (argument->kind != ARGUMENT_NEW_SECRET)
        return true;
    if (!ask(client, "once more", again, error))
        return false;
    same = strcmp(again, secret) == 0;
    explicit_bzero(again, sizeof again);
    return same || error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the two passwords differ");
}

static bool fill_one(struct client *client, const struct argument *argument, ProtobufCMessage *request,
                     struct ts_error *error)
{
    const char *path = invocation_value(client->invocation, argument->name);
    char secret[SECRET_SIZE] = "";
    const char *kept;
    bool done =
        path != NULL ? read_secret_file(path, secret, error) : ask_as_needed(client, argument, secret, error);

    if (done) {
        kept = arena_copy(client->arena, secret, strlen(secret));
        done = kept != NULL ? value_set(client->arena, request, argument->field, kept, error)
                            : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    }
    explicit_bzero(secret, sizeof secret);
    return done;
}

bool secret_fill(struct client *client, ProtobufCMessage *request, struct ts_error *error)
{
    const struct argument *argument = client->invocation->command->arguments;

    for (; argument != NULL && argument->name != NULL; argument++)
        if (is_secret(argument) && !fill_one(client, argument, request, error))
            return false;
    return true;
}

bool secret_read(struct client *client, const char *flag, const char *question, char *ret_secret, size_t size,
                 struct ts_error *error)
{
    const char *path = invocation_value(client->invocation, flag);
    char secret[SECRET_SIZE] = "";
    bool done = path != NULL ? read_secret_file(path, secret, error)
                             : client_watch_signals(client, error) && ask(client, question, secret, error);

    if (done)
        snprintf(ret_secret, size, "%s", secret);
    explicit_bzero(secret, sizeof secret);
    return done;
}

void secret_wipe(struct client *client, ProtobufCMessage *request)
{
    const struct argument *argument = client->invocation->command->arguments;

    for (; argument != NULL && argument->name != NULL; argument++) {
        // The text lies in the run's own arena, so it may be written to.
        char *text = is_secret(argument) ? (char *)(uintptr_t)value_text(request, argument->field) : NULL;

        if (text != NULL)
            explicit_bzero(text, strlen(text));
    }
}
