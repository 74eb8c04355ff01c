// SPDX-License-Identifier: Apache-2.0
// What all parts of a worksheet's page ask of its positions, see worksheet_parts.h.
#include "quality/worksheet_parts.h"

bool worksheet_parts_is_among(const int32_t *positions, size_t count, int32_t position)
{
    for (size_t i = 0; i < count; i++)
        if (positions[i] == position)
            return true;
    return false;
}

size_t worksheet_parts_measured(const struct worksheet_page *page)
{
    size_t measured = 0;
    for (size_t i = 0; i < page->shown->n_positions; i++)
        measured += page->shown->positions[i]->kind == PAGE_KIND(SAMPLE) &&
                    page->shown->positions[i]->outcome == PAGE_OUTCOME(NONE);
    return measured;
}

bool worksheet_parts_is_held(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return page->sheet->held ||
           worksheet_parts_is_among(page->facts->held, page->facts->n_held, one->position);
}

bool worksheet_parts_is_corrected(const struct worksheet_page *page,
                                  const Touchstone__V1__WorksheetPosition *one)
{
    return worksheet_parts_is_among(page->facts->corrected, page->facts->n_corrected, one->position);
}

bool worksheet_parts_is_retested(const Touchstone__V1__WorksheetPosition *one)
{
    return one->test && *one->test->superseded_by;
}

bool worksheet_parts_tells(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return one->outcome == PAGE_OUTCOME(NONE) && one->test && one->test->judgement &&
           !worksheet_parts_is_held(page, one) && !worksheet_parts_is_corrected(page, one) &&
           !worksheet_parts_is_retested(one);
}
