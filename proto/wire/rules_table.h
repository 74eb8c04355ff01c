// SPDX-License-Identifier: Apache-2.0
// The shape of the table that proto/codegen/rules.py generates from the field rules of the schema. Only
// rules.c reads it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A touchstone.v1.FieldRule, field by field, and the number of the field that it binds.
struct rules_field {
    uint32_t id;
    bool required;
    bool secret;
    int format; // touchstone.v1.Format
    uint32_t min_length, max_length;
    int64_t minimum, maximum;
    uint32_t min_items, max_items;
};

struct rules_message {
    const char *name; // full name, "touchstone.v1.LoginRequest"; the table is sorted by it
    const struct rules_field *fields;
    size_t count;
};

extern const struct rules_message rules_messages[];
extern const size_t rules_message_count;
