// SPDX-License-Identifier: Apache-2.0
// What help says of a noun as a whole.
#pragma once

struct noun {
    // NULL ends the table.
    const char *name;
    const char *summary;
    const char *summary_zh;
};
