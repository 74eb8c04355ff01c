// SPDX-License-Identifier: Apache-2.0
// Shell completion scripts written from the grammar: bash, zsh, fish.
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct grammar;

// Writes the script for the shell. Returns false when the shell is not one of the three.
bool completion_write(FILE *out, const struct grammar *grammar, const char *shell);
