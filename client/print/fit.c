// SPDX-License-Identifier: Apache-2.0
// See fit.h. A terminal has some hundred columns, so that narrowing goes one by one.
#include "print/fit.h"

// What can still be read; a beginning that still tells rows apart; and a sign that there is something.
enum { LEGIBLE_COLUMNS = 11, FEWEST_OF_ID_COLUMNS = 9, FEWEST_COLUMNS = 3 };

static size_t taken(const size_t *widths, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += widths[i];
    return sum;
}

// Narrows the widest of one kind by one; false when all are as narrow as they may be.
static bool narrow_widest(size_t *widths, const bool *are_ids, bool ids, size_t count, size_t fewest)
{
    size_t widest = count;

    for (size_t i = 0; i < count; i++)
        if (are_ids[i] == ids && widths[i] > fewest && (widest == count || widths[i] > widths[widest]))
            widest = i;
    if (widest == count)
        return false;
    widths[widest]--;
    return true;
}

void fit_widths(size_t *widths, const bool *are_ids, size_t count, size_t room)
{
    static const struct {
        bool ids;
        size_t fewest;
    } rounds[] = {{false, LEGIBLE_COLUMNS},
                  {true, FEWEST_OF_ID_COLUMNS},
                  {false, FEWEST_COLUMNS},
                  {true, FEWEST_COLUMNS}};

    for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++)
        while (taken(widths, count) > room)
            if (!narrow_widest(widths, are_ids, rounds[i].ids, count, rounds[i].fewest))
                break;
}
