// SPDX-License-Identifier: Apache-2.0
// The few facts of the record that a seal repeats in the file's descriptive data.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct record_facts {
    const char *sheet_no, *revision; // in the arena
    const char *institute;
    const char *approved_at; // 2026-11-24 10:15, China Standard Time (docs/record.md)
    bool specimen;
};

bool record_facts_read(const uint8_t *record, size_t length, struct arena *arena,
                       struct record_facts *ret_facts, struct ts_error *error);
