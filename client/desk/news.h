// SPDX-License-Identifier: Apache-2.0
// What comes by itself, of a printer beside the screen: it stands below the answer to the last key and never
// in its place, so that nobody loses what the desk asks for or a number that is to be read.
#pragma once

#include "desk/state.h"

struct page;

void news_tell(struct desk *desk, enum note_kind kind, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

// A key came: the answer to the one before goes, and the news that could be read.
void news_key(struct desk *desk);

// On the rows that the answer left free: `used` of the two that begin at `row`.
void news_paint(const struct desk *desk, struct page *page, int row, int used);
