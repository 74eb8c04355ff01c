// SPDX-License-Identifier: Apache-2.0
// A paragraph of a sheet and how it looks.
#pragma once

#include <stdbool.h>

enum ink {
    INK_TEXT,
    INK_LABEL,
    INK_ACCENT,
    INK_RULE,
    INK_TINT,
    INK_GOLD,
    INK_ALERT,
    INK_PASS,
    INK_DOUBT,
    INK_GHOST
};
enum placing { PLACING_LEFT, PLACING_CENTRE, PLACING_RIGHT };

struct style {
    double size_pt;
    bool bold;
    enum ink ink;
    enum placing placing;
    double tracking_pt; // between letters
};

// One paragraph. An empty text takes no room.
struct phrase {
    const char *field; // path in the record, for errors; NULL for our own words
    const char *text;
    struct style style;
};
