// SPDX-License-Identifier: Apache-2.0
// The frozen record of a sheet (docs/record.md) or of a test (docs/original-record.md), read and checked:
// after record_read every text is short enough to be laid out, holds nothing but visible characters, and what
// a sheet must have is there. Borrowed by all sections; owned by report.c.
#pragma once

#include "render/canvas.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;
struct record_rules;

enum { RECORD_CEILING_BYTES = 1024 * 1024 };

// `rules` of static life: record_rules.h.
struct record *record_read(const struct record_rules *rules, const uint8_t *bytes, size_t length,
                           struct ts_error *error);
void record_free(struct record *record);

bool record_is_specimen(const struct record *record);
// Reviewed results that nobody has released: format touchstone/slip/1.
bool record_is_slip(const struct record *record);
// Elements of the list at a path such as results or results[0].readings; 0 when absent.
size_t record_count(const struct record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Whether the value at a path is true.
bool record_truth(const struct record *record, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The text at a path such as results[0].unit, "" when absent. Lives as long as the record.
const char *record_text(const struct record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// The same with its path and a style, ready to be drawn.
struct phrase record_phrase(struct record *record, struct style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// A text of our own making from texts of the record; lives as long as the record.
const char *record_printf(struct record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
