// SPDX-License-Identifier: Apache-2.0
// A layout: a small text file that says what stands where on a label or a document; a laboratory edits it,
// docs/printing.md. Read once into an array, drawn by paper.c and zpl.c. Lengths are millimetres from the top
// left corner, letters are points.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

enum layout_kind {
    LAYOUT_TEXT,
    LAYOUT_CODE128,
    LAYOUT_QR,
    LAYOUT_DATAMATRIX,
    LAYOUT_LINE,
    // In documents, one below the other:
    LAYOUT_PARAGRAPH,
    LAYOUT_GAP,
    LAYOUT_RULE,
    // A row of a table; bold is its head.
    LAYOUT_CELLS,
    // A new page when less room is left.
    LAYOUT_KEEP,
    // What follows, up to the end, once for each element of a list.
    LAYOUT_EACH,
    LAYOUT_END,
    LAYOUT_FOOT,
};

enum layout_align { LAYOUT_LEFT, LAYOUT_CENTRE, LAYOUT_RIGHT };

enum { LAYOUT_PARTS = 200, LAYOUT_WORDS = 800 };

struct layout_part {
    enum layout_kind kind;
    unsigned line;
    double x, y, width, height, size;
    bool is_bold;
    enum layout_align align;
    // Of a text: 1, or with wrap 2. What is longer ends in an ellipsis.
    int lines;
    // With {fields} in it.
    char words[LAYOUT_WORDS];
};

struct layout {
    double width, height, margin;
    char font[80];
    size_t count;
    struct layout_part parts[LAYOUT_PARTS];
};

// INVALID_ARGUMENT names the line that is wrong.
bool layout_parse(const char *text, struct layout *ret_layout, struct ts_error *error);
