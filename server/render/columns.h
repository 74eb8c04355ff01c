// SPDX-License-Identifier: Apache-2.0
// A list of short texts under a heading, in one column or two of about the same height, read down and then
// across; on as many pages as it takes.
#pragma once

#include "render/flow.h"

enum { COLUMNS_PHRASES = 2 };

struct columns_list {
    const char *zh, *en; // heading
    size_t count;
    size_t across; // 1 or 2
    bool is_numbered;
    double below; // space after each text
    double tail;  // of what follows and must not stand on a page alone; 0 = more than that follows
    // One phrase below the other; all empty: not said, and no room is taken.
    void (*item)(struct record *record, size_t i, struct phrase ret_phrases[COLUMNS_PHRASES]);
};

void columns_draw(struct flow *flow, const struct columns_list *list);
