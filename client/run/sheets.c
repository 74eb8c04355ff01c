// SPDX-License-Identifier: Apache-2.0
// sheet fetch and sheet print: see sheets.h.
#include "run/sheets.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command/command.h"
#include "command/invocation.h"
#include "files/atomic_file.h"
#include "process/program.h"
#include "run/call.h"
#include "run/client.h"
#include "run/download.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "touchstone/v1/public.pb-c.h"
#include "wire/error.h"

static bool connect_to_server(struct client *client, struct ts_error *error)
{
    return client_choose_profile(client, error) && client_connect(client, true, error);
}

static int memory_file(struct ts_error *error)
{
    int fd = memfd_create("sheet", MFD_CLOEXEC);

    if (fd < 0)
        error_set(error, TS_INTERNAL, "FILE", "cannot hold the sheet: %s", strerror(errno));
    return fd;
}

static int fail_reading(struct client *client)
{
    struct ts_error error = {0};

    error_set(&error, TS_INTERNAL, "FILE", "cannot read the sheet again: %s", strerror(errno));
    return client_fail(client, &error);
}

// Copies a file that was checked as a whole: nothing unchecked is ever passed on.
static int copy_out(struct client *client, int fd)
{
    char bytes[65536];
    ssize_t got;

    if (lseek(fd, 0, SEEK_SET) != 0)
        return fail_reading(client);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        fwrite(bytes, 1, (size_t)got, client->out);
    return client_finish_output(client, got == 0 ? EXIT_CODE_OK : fail_reading(client));
}

// The same into a file that appears whole or not at all.
static int save(struct client *client, int fd, const char *sheet_no, const char *path)
{
    struct atomic_file file = {.fd = -1};
    struct ts_error error = {0};
    char bytes[65536];
    ssize_t got = 0;
    bool held = lseek(fd, 0, SEEK_SET) == 0 ||
                error_set(&error, TS_INTERNAL, "FILE", "cannot read the sheet again: %s", strerror(errno));

    // It names the consumer: for the eyes of whoever fetched it.
    held = held && atomic_file_open(&file, path, 0600, &error);
    while (held && (got = read(fd, bytes, sizeof bytes)) > 0)
        held = atomic_file_append(&file, bytes, (size_t)got, &error);
    if (held && got < 0)
        held = error_set(&error, TS_INTERNAL, "FILE", "cannot read the sheet again: %s", strerror(errno));
    if (!held)
        atomic_file_abandon(&file);
    if (!held || !atomic_file_commit(&file, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "sheet %s is in %s\n", sheet_no, path);
    return EXIT_CODE_OK;
}

// What is fetched: a sheet or, with `is_slip`, the slip of an item.
struct wanted {
    const char *number;
    int document, revision;
    bool is_slip;
};

static bool download(struct client *client, const struct wanted *wanted, int fd, int *ret_exit_code)
{
    const struct download_wish wish = {wanted->number, wanted->document, wanted->revision};

    return wanted->is_slip ? download_slip(client, wanted->number, fd, ret_exit_code)
                           : download_sheet(client, &wish, fd, ret_exit_code);
}

// Held in memory until it is known to be whole; nothing else ever reaches a disk.
static int fetch(struct client *client, const struct wanted *wanted, const char *path)
{
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK, fd = memory_file(&error);

    if (fd < 0)
        return client_fail(client, &error);
    if (download(client, wanted, fd, &exit_code))
        exit_code = path != NULL ? save(client, fd, wanted->number, path) : copy_out(client, fd);
    close(fd);
    return exit_code;
}

static int fetch_to(struct client *client, const struct wanted *wanted, const char *path)
{
    static const char *const ENDINGS[] = {"", "-card", "-share"};
    char name[NAME_MAX + 1], revision[24] = "";
    struct ts_error error = {0};

    if (path != NULL && strcmp(path, "-") == 0)
        return fetch(client, wanted, NULL);
    if (path == NULL) {
        if (strchr(wanted->number, '/') != NULL || strlen(wanted->number) > 100 || wanted->number[0] == '.') {
            error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "'%.60s' is no number", wanted->number);
            return client_fail(client, &error);
        }
        if (!wanted->is_slip && wanted->revision != DOWNLOAD_NEWEST)
            snprintf(revision, sizeof revision, "-revision-%d", wanted->revision);
        snprintf(name, sizeof name, "%s%s%s.pdf", wanted->number, revision,
                 wanted->is_slip ? "-slip" : ENDINGS[wanted->document]);
        path = name;
    }
    return fetch(client, wanted, path);
}

// The words of --document are those of the enumeration.
static bool find_document(struct client *client, int *ret_document, struct ts_error *error)
{
    static const char *const WORDS[] = {"full", "card", "share"};
    const char *given = client_flag(client, "document");

    *ret_document = 0;
    if (given == NULL)
        return true;
    for (int i = 0; i < 3; i++)
        if (strcmp(given, WORDS[i]) == 0) {
            *ret_document = i;
            return true;
        }
    return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--document is full, card or share");
}

static bool find_revision(struct client *client, int *ret_revision, struct ts_error *error)
{
    const char *given = client_flag(client, "revision");

    *ret_revision = DOWNLOAD_NEWEST;
    if (given == NULL)
        return true;
    if (strlen(given) == 0 || strlen(given) > 6 || strspn(given, "0123456789") != strlen(given))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--revision is a number: 0 is the first");
    *ret_revision = (int)strtol(given, NULL, 10);
    return true;
}

int sheets_fetch_public(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output");
    ProtobufCMessage *request;
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK, fd, document;

    if (!find_document(client, &document, &error) || !call_prepare(client, command, &request, &error))
        return client_fail(client, &error);
    ((Touchstone__V1__FetchSheetRequest *)(void *)request)->document =
        (Touchstone__V1__SheetDocument)document;
    fd = memory_file(&error);
    if (fd < 0)
        return client_fail(client, &error);
    if (download_by(client, command->method, request, document == 0, fd, &exit_code))
        exit_code = strcmp(path, "-") != 0 ? save(client, fd, "of the receipt", path) : copy_out(client, fd);
    close(fd);
    return exit_code;
}

int sheets_fetch(struct client *client, const struct command *command)
{
    struct wanted wanted = {.number = client_flag(client, "NO")};
    struct ts_error error = {0};

    (void)command;
    if (!find_document(client, &wanted.document, &error) ||
        !find_revision(client, &wanted.revision, &error) || !connect_to_server(client, &error))
        return client_fail(client, &error);
    return fetch_to(client, &wanted, client_flag(client, "output"));
}

int sheets_slip(struct client *client, const struct command *command)
{
    struct wanted wanted = {.number = client_flag(client, "ITEM"), .is_slip = true};
    struct ts_error error = {0};

    (void)command;
    if (!connect_to_server(client, &error))
        return client_fail(client, &error);
    return fetch_to(client, &wanted, client_flag(client, "output"));
}

static int print_file(struct client *client, const char *sheet_no, const char *printer, int fd)
{
    const char *words[] = {"lp", "-t", sheet_no, printer != NULL ? "-d" : NULL, printer, NULL};
    char said[1000];
    int ended;

    if (lseek(fd, 0, SEEK_SET) != 0)
        return fail_reading(client);
    ended = program_run(words, fd, said, sizeof said);
    safe_write(client->talk, said, true);
    if (ended == 0) {
        fprintf(client->talk, "sheet %s is sent to the printer\n", sheet_no);
        return EXIT_CODE_OK;
    }
    if (ended == PROGRAM_ABSENT)
        fprintf(client->talk,
                "touchstone: the print command lp is not installed here\n"
                "install CUPS (package cups-client), or keep the sheet: touchstone sheet print %s --output "
                "FILE\n",
                sheet_no);
    else
        fprintf(client->talk, "touchstone: lp failed; the sheet is not printed\n"
                              "lpstat -p shows the printers; --printer NAME chooses one\n");
    return EXIT_CODE_FAILED;
}

int sheets_print(struct client *client, const struct command *command)
{
    const char *sheet_no = client_flag(client, "NO"), *path = client_flag(client, "output");
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK, fd;

    (void)command;
    if (!connect_to_server(client, &error))
        return client_fail(client, &error);
    if (path != NULL)
        return fetch_to(client, &(const struct wanted){.number = sheet_no, .revision = DOWNLOAD_NEWEST},
                        path);
    fd = memory_file(&error);
    if (fd < 0)
        return client_fail(client, &error);
    if (download_sheet(client,
                       &(const struct download_wish){.sheet_no = sheet_no, .revision = DOWNLOAD_NEWEST}, fd,
                       &exit_code))
        exit_code = print_file(client, sheet_no, client_flag(client, "printer"), fd);
    close(fd);
    return exit_code;
}
