// SPDX-License-Identifier: Apache-2.0
// Where output goes to and how it may look there.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct print_style {
    // Aligned for a person; otherwise tab-separated for a script.
    bool terminal;
    // Lists as CSV with their headings.
    bool csv;
    // Bold headings. Never when NO_COLOR is set.
    bool color;
    // Of the terminal; 0 = not known, and nothing is cut.
    size_t columns;
};
