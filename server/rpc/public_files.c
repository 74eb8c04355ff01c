// SPDX-License-Identifier: Apache-2.0
// See public_files.h. The files are small and in the system's cache, so they are read where they are asked
// for. Anybody's page may read them: they are public, and whoever checks a log should not need our page for
// it.
#include "rpc/public_files.h"

#include "net/stream.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CEILING = 120 };

// One of ours has no other characters, and no name that begins with a dot.
static bool is_path(const char *path, size_t length)
{
    if (length == 0 || length > PATH_CEILING)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!(islower((unsigned char)path[i]) || isdigit((unsigned char)path[i]) ||
              strchr("/._-", path[i])) ||
            (path[i] == '/' && i + 1 < length && (path[i + 1] == '.' || path[i + 1] == '/')))
            return false;
    return true;
}

static bool ends_with(const char *path, size_t length, const char *end)
{
    size_t tail = strlen(end);
    return length >= tail && memcmp(path + length - tail, end, tail) == 0;
}

static uint8_t *read_file(const char *path, size_t *ret_length)
{
    struct stat about;
    uint8_t *bytes = NULL;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= PUBLIC_FILES_CEILING_BYTES)
        bytes = malloc((size_t)about.st_size + 1);
    if (bytes && read(file, bytes, (size_t)about.st_size) != about.st_size) {
        free(bytes);
        bytes = NULL;
    }
    close(file);
    *ret_length = bytes ? (size_t)about.st_size : 0;
    return bytes;
}

uint8_t *public_files_read(const char *directory, const char *path, size_t length, size_t *ret_length)
{
    char whole[PATH_MAX];
    if (!is_path(path, length) ||
        snprintf(whole, sizeof whole, "%s%.*s", directory, (int)length, path) >= (int)sizeof whole)
        return NULL;
    return read_file(whole, ret_length);
}

// A full tile never changes; everything else is asked for anew.
static const char *cache_control(const char *path, size_t length)
{
    bool is_tile = strncmp(path, "/log/tile/", 10) == 0;
    bool is_partial = false;
    for (size_t i = 0; i + 2 < length; i++)
        is_partial = is_partial || memcmp(path + i, ".p/", 3) == 0;
    return is_tile && !is_partial ? "public, max-age=31536000, immutable" : "no-cache";
}

static void send_file(struct net_stream *stream, const struct net_request_head *head, size_t path_length,
                      const uint8_t *bytes, size_t length)
{
    char length_text[24];
    const char *type = ends_with(head->path, path_length, ".json")  ? "application/json"
                       : strncmp(head->path, "/log/tile/", 10) == 0 ? "application/octet-stream"
                                                                    : "text/plain; charset=utf-8";
    snprintf(length_text, sizeof length_text, "%zu", length);
    const struct net_header headers[] = {{"content-type", type},
                                         {"content-length", length_text},
                                         {"cache-control", cache_control(head->path, path_length)},
                                         {"access-control-allow-origin", "*"},
                                         {"x-content-type-options", "nosniff"}};
    bool is_head = strcmp(head->method, "HEAD") == 0;
    if (net_stream_send_head(stream, 200, headers, sizeof headers / sizeof *headers))
        net_stream_send_data(stream, bytes, is_head ? 0 : length, true);
}

static void send_missing(struct net_stream *stream, const struct net_request_head *head)
{
    static const struct net_header headers[] = {{"content-type", "text/plain; charset=utf-8"},
                                                {"cache-control", "no-store"},
                                                {"access-control-allow-origin", "*"}};
    static const char text[] = "There is nothing here.\n";
    bool is_head = strcmp(head->method, "HEAD") == 0;
    if (net_stream_send_head(stream, 404, headers, 3))
        net_stream_send_data(stream, (const uint8_t *)text, is_head ? 0 : sizeof text - 1, true);
}

bool public_files_answer(const char *directory, struct net_stream *stream,
                         const struct net_request_head *head)
{
    size_t length = strcspn(head->path, "?#"), bytes_length;
    if (strncmp(head->path, "/log/", 5) != 0 &&
        (length != strlen("/s/data.json") || strncmp(head->path, "/s/data.json", length) != 0))
        return false;
    uint8_t *bytes = public_files_read(directory, head->path, length, &bytes_length);
    if (bytes)
        send_file(stream, head, length, bytes, bytes_length);
    else
        send_missing(stream, head);
    free(bytes);
    return true;
}
