// SPDX-License-Identifier: Apache-2.0
// Nearest word by edit distance where a swap of neighbours counts one (optimal string alignment),
// because swapped letters are the commonest typing mistake.
#include "text/suggest.h"

#include <limits.h>
#include <string.h>

enum { WORD_SIZE = 40 };

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned word_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    unsigned rows[3][WORD_SIZE + 1];

    if (length_a > WORD_SIZE || length_b > WORD_SIZE)
        return UINT_MAX;
    for (size_t j = 0; j <= length_b; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= length_a; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= length_b; j++) {
            row[j] = smaller(smaller(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], above2[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

struct suggest suggest_begin(const char *typed)
{
    return (struct suggest){.typed = typed, .best = NULL, .distance = UINT_MAX};
}

void suggest_offer(struct suggest *search, const char *candidate)
{
    size_t length = strlen(search->typed);
    unsigned distance = word_distance(search->typed, candidate);

    // A beginning of the word is taken for an abbreviation.
    if (length >= 3 && strncmp(search->typed, candidate, length) == 0)
        distance = 0;
    if (distance < search->distance) {
        search->distance = distance;
        search->best = candidate;
    }
}

const char *suggest_result(const struct suggest *search)
{
    size_t length = strlen(search->typed);
    unsigned limit = length <= 3 ? 1 : length <= 6 ? 2 : 3;

    return search->best != NULL && search->distance <= limit ? search->best : NULL;
}
