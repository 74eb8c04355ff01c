// SPDX-License-Identifier: Apache-2.0
// Fetches a sheet by stream: see download.h. A stream that breaks is begun anew from the first byte: the
// file is short, and its hash decides in the end.
#include "run/download.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "rpc/outcome.h"
#include "rpc/rpc.h"
#include "run/client.h"
#include "touchstone/v1/sheet.pb-c.h"

enum { ATTEMPTS = 3, DIGEST_BYTES = 32, PAUSE_US = 300000 };

struct download {
    int fd;
    EVP_MD_CTX *digest;
    int64_t bytes;
    bool has_sheet, is_withdrawn;
    int superseded_by; // the revision that replaces it, or 0
    int64_t promised_bytes;
    char promised_sha256[2 * DIGEST_BYTES + 1];
};

static bool write_all(int fd, const uint8_t *bytes, size_t length, struct ts_error *error)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_set(error, TS_INTERNAL, "FILE", "cannot write the sheet: %s", strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

static bool take_slip(void *context, const ProtobufCMessage *message, struct ts_error *error)
{
    const Touchstone__V1__DownloadSlipResponse *piece = (const Touchstone__V1__DownloadSlipResponse *)message;
    const struct download *download = context;

    return write_all(download->fd, piece->data.data, piece->data.len, error);
}

static bool take_piece(void *context, const ProtobufCMessage *message, struct ts_error *error)
{
    const Touchstone__V1__DownloadSheetResponse *piece =
        (const Touchstone__V1__DownloadSheetResponse *)message;
    struct download *download = context;

    if (piece->sheet != NULL) {
        download->has_sheet = true;
        download->promised_bytes = piece->sheet->pdf_bytes;
        download->is_withdrawn = piece->sheet->withdrawn_at != NULL;
        download->superseded_by = piece->sheet->superseded_by;
        snprintf(download->promised_sha256, sizeof download->promised_sha256, "%s", piece->sheet->pdf_sha256);
    }
    download->bytes += (int64_t)piece->data.len;
    if (EVP_DigestUpdate(download->digest, piece->data.data, piece->data.len) != 1)
        return error_set(error, TS_INTERNAL, "DIGEST", "SHA-256 failed");
    return write_all(download->fd, piece->data.data, piece->data.len, error);
}

static bool is_what_was_promised(struct download *download, struct ts_error *error)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hex[2 * DIGEST_BYTES + 1] = "";
    unsigned length = 0;

    if (EVP_DigestFinal_ex(download->digest, digest, &length) != 1 || length != DIGEST_BYTES)
        return error_set(error, TS_INTERNAL, "DIGEST", "SHA-256 failed");
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
    if (!download->has_sheet || download->bytes != download->promised_bytes ||
        strcasecmp(hex, download->promised_sha256) != 0)
        return error_set(error, TS_DATA_LOSS, "SHEET_DAMAGED",
                         "what came is not the sheet that the server's record describes; nothing was kept");
    return true;
}

// The file is as it was sealed and does not say so itself; whoever holds it would hand it out.
static void tell_standing(FILE *talk, const struct download *download)
{
    if (download->is_withdrawn)
        fprintf(talk, "this sheet is WITHDRAWN: hand it to nobody; touchstone sheet show tells why\n");
    else if (download->superseded_by > 0)
        fprintf(talk, "this revision is SUPERSEDED by %d: hand it to nobody\n", download->superseded_by);
}

static bool begin(struct download *download, int fd, struct ts_error *error)
{
    EVP_MD_CTX *digest = download->digest;

    *download = (struct download){.fd = fd, .digest = digest};
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return error_set(error, TS_INTERNAL, "FILE", "cannot write the sheet: %s", strerror(errno));
    if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        return error_set(error, TS_INTERNAL, "DIGEST", "SHA-256 failed");
    return true;
}

static bool is_worth_repeating(const struct rpc_outcome *outcome)
{
    return outcome->fate == RPC_NOT_SENT || outcome->fate == RPC_NO_ANSWER ||
           (outcome->fate == RPC_ANSWERED && outcome->error.status == TS_UNAVAILABLE);
}

// What is streamed: where it is asked for, and how a piece of it is taken.
struct source {
    const char *path;
    const ProtobufCMessage *request;
    const ProtobufCMessageDescriptor *piece;
    bool (*take)(void *context, const ProtobufCMessage *message, struct ts_error *error);
    bool is_promised; // its hash comes with it
};

static bool stream(struct client *client, const struct source *source, int fd, int *ret_exit_code)
{
    struct download download = {.digest = EVP_MD_CTX_new()};
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    bool done = false;

    for (unsigned attempt = 0; attempt < ATTEMPTS && !done; attempt++) {
        if (attempt > 0)
            usleep(PAUSE_US);
        outcome.fate = RPC_ANSWERED;
        if (!begin(&download, fd, &outcome.error))
            break;
        done = rpc_stream(client->rpc, source->path, source->request, source->piece, source->take, &download,
                          &outcome);
        if (!done && !is_worth_repeating(&outcome))
            break;
    }
    done = done && (!source->is_promised || is_what_was_promised(&download, &outcome.error));
    EVP_MD_CTX_free(download.digest);
    if (done)
        tell_standing(client->talk, &download);
    else
        *ret_exit_code = client_fail_call(client, &outcome, false);
    return done;
}

bool download_sheet(struct client *client, const struct download_wish *wish, int fd, int *ret_exit_code)
{
    Touchstone__V1__DownloadSheetRequest request = TOUCHSTONE__V1__DOWNLOAD_SHEET_REQUEST__INIT;
    const struct source source = {"/touchstone.v1.SheetService/DownloadSheet", &request.base,
                                  &touchstone__v1__download_sheet_response__descriptor, take_piece,
                                  wish->document == 0};

    request.sheet_no = (char *)(uintptr_t)wish->sheet_no;
    request.document = (Touchstone__V1__SheetDocument)wish->document;
    if (wish->revision != DOWNLOAD_NEWEST) {
        request.wanted_case = TOUCHSTONE__V1__DOWNLOAD_SHEET_REQUEST__WANTED_REVISION;
        request.revision = wish->revision;
    }
    return stream(client, &source, fd, ret_exit_code);
}

bool download_slip(struct client *client, const char *item_code, int fd, int *ret_exit_code)
{
    Touchstone__V1__DownloadSlipRequest request = TOUCHSTONE__V1__DOWNLOAD_SLIP_REQUEST__INIT;
    const struct source source = {"/touchstone.v1.SheetService/DownloadSlip", &request.base,
                                  &touchstone__v1__download_slip_response__descriptor, take_slip, false};

    request.item_code = (char *)(uintptr_t)item_code;
    return stream(client, &source, fd, ret_exit_code);
}

bool download_by(struct client *client, const char *method, const ProtobufCMessage *request, bool is_promised,
                 int fd, int *ret_exit_code)
{
    // Every such method's answers are the same on the wire.
    const struct source source = {method, request, &touchstone__v1__download_sheet_response__descriptor,
                                  take_piece, is_promised};

    return stream(client, &source, fd, ret_exit_code);
}
