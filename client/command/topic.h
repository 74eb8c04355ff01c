// SPDX-License-Identifier: Apache-2.0
// A chapter of the manual that belongs to no single command: `touchstone help TOPIC`.
#pragma once

struct topic {
    // NULL ends the table.
    const char *name;
    const char *title;
    // Plain text, lines of at most 72 characters: the manual page indents them by 7, for 80 columns.
    const char *text;
};
