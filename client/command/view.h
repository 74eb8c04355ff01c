// SPDX-License-Identifier: Apache-2.0
// How an answer is shown, as data: which message or list of messages, and which of its fields.
#pragma once

struct column {
    // Heading of the column. NULL ends a list of columns.
    const char *label;
    // Path of the field below the view's rows: "judgement.verdict". A repeated field on the way gives
    // its values with commas between.
    const char *path;
};

struct view {
    // Path of a message or list of messages in the answer. A list becomes a table with one row per
    // element, a single message a list of labels and values.
    const char *rows;
    const struct column *columns;
    // Path of the column that is JSON of what changed, and path of that before: shown together
    // (print/change.h). NULL = none.
    const char *changed;
    const char *before;
    // Path of a yes or no that says that numbers of this row are withheld: 0 is then no number, but nothing.
    // NULL = none.
    const char *hides;
    // What to say when the list is empty.
    const char *empty;
    // Shown below; NULL = nothing.
    const struct view *next;
};
