// SPDX-License-Identifier: Apache-2.0
// What a record must hold and how long its texts may be. A path without a rule is allowed and not drawn.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum record_kind { RECORD_TEXT, RECORD_TRUTH, RECORD_OBJECT, RECORD_LIST };

struct record_rule {
    const char *path; // with [] for any element
    size_t length;    // of the path: a record asks for two hundred, and most rules differ in it
    enum record_kind kind;
    size_t least; // characters or elements; 0 = may be absent
    size_t most;
};

// NULL when there is none.
const struct record_rule *record_rule_find(const char *path);
const struct record_rule *record_rule_at(size_t index);
