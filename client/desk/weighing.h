// SPDX-License-Identifier: Apache-2.0
// What the scale says against what the item should weigh, told before anything is sent. The server decides by
// the same rule (lab.mass_agrees): the difference is no more than the laboratory's tolerance. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum weighing {
    // Nothing typed, or no number yet.
    WEIGHING_NOTHING,
    WEIGHING_AGREES,
    // The item will be frozen.
    WEIGHING_DIFFERS,
};

// Compares, and says it in one sentence. An empty tolerance: the laboratory does not weigh.
enum weighing weighing_tell(const char *typed, const char *expected, const char *tolerance, bool is_chinese,
                            char *ret_text, size_t size);
