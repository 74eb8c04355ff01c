// SPDX-License-Identifier: Apache-2.0
// See records.h. A stream that breaks is begun anew: the same print gives the same bytes.
#include "run/records.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "rpc/rpc.h"
#include "run/call.h"
#include "run/client.h"
#include "run/test_name.h"
#include "text/exit_code.h"
#include "touchstone/v1/record.pb-c.h"
#include "wire/error.h"

enum { ATTEMPTS = 3, PAUSE_US = 300000 };

static bool take_piece(void *context, const ProtobufCMessage *message, struct ts_error *error)
{
    const Touchstone__V1__DownloadOriginalRecordResponse *piece = (const void *)message;
    const uint8_t *bytes = piece->data.data;
    size_t left = piece->data.len;

    while (left > 0) {
        ssize_t written = write(*(const int *)context, bytes, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set(error, TS_INTERNAL, "FILE", "cannot write the record: %s", strerror(errno));
        bytes += written;
        left -= (size_t)written;
    }
    return true;
}

static bool begin(int fd, struct ts_error *error)
{
    return (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0) ||
           error_set(error, TS_INTERNAL, "FILE", "cannot write the record: %s", strerror(errno));
}

static bool is_worth_repeating(const struct rpc_outcome *outcome)
{
    return outcome->fate == RPC_NOT_SENT || outcome->fate == RPC_NO_ANSWER ||
           (outcome->fate == RPC_ANSWERED && outcome->error.status == TS_UNAVAILABLE);
}

static bool download(struct client *client, const ProtobufCMessage *request, int fd, int *ret_exit_code)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    bool done = false;

    for (unsigned attempt = 0; attempt < ATTEMPTS && !done; attempt++) {
        if (attempt > 0)
            usleep(PAUSE_US);
        outcome.fate = RPC_ANSWERED;
        if (!begin(fd, &outcome.error))
            break;
        done = rpc_stream(client->rpc, "/touchstone.v1.RecordService/DownloadOriginalRecord", request,
                          &touchstone__v1__download_original_record_response__descriptor, take_piece, &fd,
                          &outcome);
        if (!done && !is_worth_repeating(&outcome))
            break;
    }
    if (!done)
        *ret_exit_code = client_fail_call(client, &outcome, false);
    return done;
}

// Whole, or nothing: a stream that breaks leaves no half of it in a pipe.
static int fetch_to_stdout(struct client *client, const ProtobufCMessage *request)
{
    struct ts_error error = {0};
    char bytes[65536];
    ssize_t got = 0;
    int exit_code = EXIT_CODE_OK, fd = memfd_create("record", MFD_CLOEXEC);

    if (fd < 0) {
        error_set(&error, TS_INTERNAL, "FILE", "cannot hold the record: %s", strerror(errno));
        return client_fail(client, &error);
    }
    if (download(client, request, fd, &exit_code)) {
        lseek(fd, 0, SEEK_SET);
        while ((got = read(fd, bytes, sizeof bytes)) > 0)
            fwrite(bytes, 1, (size_t)got, client->out);
        exit_code = client_finish_output(client, EXIT_CODE_OK);
    }
    close(fd);
    return exit_code;
}

static int fetch_to_file(struct client *client, const Touchstone__V1__DownloadOriginalRecordRequest *request)
{
    const char *path = client_flag(client, "output");
    struct atomic_file file = {.fd = -1};
    struct ts_error error = {0};
    char name[NAME_MAX + 1];
    int exit_code = EXIT_CODE_OK;

    // The server took it as a UUID: it has neither dots nor slashes.
    snprintf(name, sizeof name, "%s-%d.pdf", request->test_id, request->print_no);
    if (path != NULL && strcmp(path, "-") == 0)
        return fetch_to_stdout(client, &request->base);
    if (path == NULL)
        path = name;
    if (!atomic_file_open(&file, path, 0644, &error))
        return client_fail(client, &error);
    if (!download(client, &request->base, file.fd, &exit_code))
        atomic_file_abandon(&file);
    else if (!atomic_file_commit(&file, &error))
        return client_fail(client, &error);
    else
        fprintf(client->talk, "print %d of the record is in %s\n", request->print_no, path);
    return exit_code;
}

int records_print(struct client *client, const struct command *command)
{
    Touchstone__V1__DownloadOriginalRecordRequest download =
        TOUCHSTONE__V1__DOWNLOAD_ORIGINAL_RECORD_REQUEST__INIT;
    const Touchstone__V1__PrintOriginalRecordResponse *made;
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    int exit_code;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    made = (const Touchstone__V1__PrintOriginalRecordResponse *)answer;
    if (made->print_no < 1) {
        error_set(&error, TS_INTERNAL, "ANSWER", "the server's answer names no print");
        return client_fail(client, &error);
    }
    download.test_id = made->test_id;
    download.print_no = made->print_no;
    exit_code = fetch_to_file(client, &download);
    if (exit_code != EXIT_CODE_OK)
        fprintf(client->talk, "the print was made: touchstone record fetch %s %d\n", made->test_id,
                made->print_no);
    return exit_code;
}

int records_fetch(struct client *client, const struct command *command)
{
    Touchstone__V1__DownloadOriginalRecordRequest request =
        TOUCHSTONE__V1__DOWNLOAD_ORIGINAL_RECORD_REQUEST__INIT;
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};

    (void)command;
    if (!client_choose_profile(client, &error) ||
        !value_set(client->arena, &request.base, "test_id", client_flag(client, "TEST"), &error) ||
        !value_set(client->arena, &request.base, "print_no", client_flag(client, "PRINT"), &error) ||
        !client_connect(client, true, &error))
        return client_fail(client, &error);
    if (!test_name_resolve(client, &request.base, &outcome))
        return client_fail_call(client, &outcome, false);
    return fetch_to_file(client, &request);
}
