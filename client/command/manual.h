// SPDX-License-Identifier: Apache-2.0
// The manual page touchstone(1), written from the grammar in man(7) macros.
#pragma once

#include <stdio.h>

struct grammar;

void manual_write(FILE *out, const struct grammar *grammar, const char *program_version);
