// SPDX-License-Identifier: Apache-2.0
// Text that is written with stdio, collected in memory. open_memstream() does it too, but what it has no
// memory for is missing without a word: neither the writes nor fclose() fail.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct collect {
    FILE *out; // to write to; NULL without memory
    char *text;
    size_t length, size;
    bool has_lost;
};

// Begins; `collect` stays where it is until collect_end.
FILE *collect_begin(struct collect *collect);

// Ends. The text, to be freed, and its length unless `ret_length` is NULL; NULL when not all of it was kept.
char *collect_end(struct collect *collect, size_t *ret_length);
