// SPDX-License-Identifier: Apache-2.0
// Whole files into memory: see read_file.h. Reads in growing pieces because standard input and pipes
// do not tell their length.
#include "files/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/arena.h"
#include "wire/error.h"

static bool collect(FILE *in, const char *path, size_t ceiling_bytes, uint8_t **ret_bytes, size_t *ret_length,
                    struct ts_error *error)
{
    size_t length = 0, size = 65536;
    uint8_t *bytes = malloc(size);

    while (bytes != NULL) {
        size_t got = fread(bytes + length, 1, size - length, in);

        length += got;
        if (got == 0 || length > ceiling_bytes)
            break;
        if (length == size) {
            uint8_t *more = realloc(bytes, size * 2);

            if (more == NULL)
                free(bytes);
            bytes = more;
            size *= 2;
        }
    }
    if (bytes == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (ferror(in) || length > ceiling_bytes) {
        free(bytes);
        if (length > ceiling_bytes)
            return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s is longer than %zu bytes", path,
                             ceiling_bytes);
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "cannot read %.180s: %s", path,
                         strerror(errno));
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return true;
}

bool read_file_whole(const char *path, size_t ceiling_bytes, struct arena *arena, uint8_t **ret_bytes,
                     size_t *ret_length, struct ts_error *error)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *in = is_input ? stdin : fopen(path, "rbe");
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool done;

    if (in == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "cannot read %.180s: %s", path,
                         strerror(errno));
    done = collect(in, path, ceiling_bytes, &bytes, &length, error);
    if (!is_input)
        fclose(in);
    if (!done)
        return false;
    *ret_bytes = (uint8_t *)arena_copy(arena, bytes, length);
    *ret_length = length;
    free(bytes);
    if (*ret_bytes == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return true;
}
