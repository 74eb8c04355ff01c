// SPDX-License-Identifier: Apache-2.0
// Collects text behind stdio: see collect.h.
#include "text/collect.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 256 };

// One byte more is kept for the end of the text.
static bool make_room(struct collect *collect, size_t length)
{
    size_t size = collect->size > 0 ? collect->size : FIRST_BYTES;
    char *larger;

    while (size - collect->length <= length)
        size *= 2;
    if (size == collect->size)
        return true;
    larger = realloc(collect->text, size);
    if (larger == NULL)
        return false;
    collect->text = larger;
    collect->size = size;
    return true;
}

static ssize_t keep(void *context, const char *bytes, size_t length)
{
    struct collect *collect = context;

    if (collect->has_lost || !make_room(collect, length)) {
        collect->has_lost = true;
        return 0;
    }
    memcpy(collect->text + collect->length, bytes, length);
    collect->length += length;
    return (ssize_t)length;
}

FILE *collect_begin(struct collect *collect)
{
    *collect = (struct collect){.out = NULL};
    collect->out = fopencookie(collect, "w", (cookie_io_functions_t){.write = keep});
    return collect->out;
}

char *collect_end(struct collect *collect, size_t *ret_length)
{
    bool is_whole = collect->out != NULL && !ferror(collect->out);

    if (collect->out != NULL && fclose(collect->out) != 0)
        is_whole = false;
    if (!is_whole || collect->has_lost || !make_room(collect, 0)) {
        free(collect->text);
        return NULL;
    }
    collect->text[collect->length] = '\0';
    if (ret_length != NULL)
        *ret_length = collect->length;
    return collect->text;
}
