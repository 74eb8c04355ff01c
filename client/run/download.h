// SPDX-License-Identifier: Apache-2.0
// A sheet's PDF from the server into a file descriptor, with its length and SHA-256 compared to what the
// server's record says.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;

// Writes the PDF that `method` streams to `fd`, which must be a seekable file, from its beginning; the hash
// of one that `is_promised` comes with it. On failure it is told, *ret_exit_code is set and false returned;
// the file's content is then worthless.
bool download_by(struct client *client, const char *method, const ProtobufCMessage *request, bool is_promised,
                 int fd, int *ret_exit_code);
// Which PDF of a sheet: the sealed one, or for a `document` (a touchstone.v1.SheetDocument) one that is drawn
// now and whose hash nobody has promised; of the newest revision when that is NEWEST.
enum { DOWNLOAD_NEWEST = -1 };
struct download_wish {
    const char *sheet_no;
    int document, revision;
};
// Writes it to `fd`, as download_by.
bool download_sheet(struct client *client, const struct download_wish *wish, int fd, int *ret_exit_code);
// The same of the slip of an item.
bool download_slip(struct client *client, const char *item_code, int fd, int *ret_exit_code);
