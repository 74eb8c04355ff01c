// SPDX-License-Identifier: Apache-2.0
// Runs a program, such as those of CUPS, to its end.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PROGRAM_ABSENT = 127, PROGRAM_LATE = 128 };

// Gives it the file `fd` (-1: nothing) as standard input, and reads what it says, as text. Answers its exit
// code, PROGRAM_ABSENT when it is not installed, or PROGRAM_LATE when it did not end in time.
int program_run(const char *const *words, int fd, char *ret_text, size_t size);
