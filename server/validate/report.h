// SPDX-License-Identifier: Apache-2.0
// The validation report that a laboratory files: what was run, by which program, with which outcome, and a
// place to sign (ISO/IEC 17025:2017, 7.11.2). Markdown, so that it is read and printed as it is. It names no
// machine: the same program on the same files at the same time writes the same report anywhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct validate_catalogue;
struct text;
struct trial;

// NULL without memory.
const char *report_write(const struct trial *trials, size_t count, const struct validate_catalogue *catalogue,
                         int64_t wall_us, struct arena *arena, size_t *ret_length);
