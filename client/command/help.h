// SPDX-License-Identifier: Apache-2.0
// Help at every level, written from the grammar.
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct command;
struct grammar;

// The whole program: nouns, global flags, topics. With `chinese` the summaries are Chinese. False when memory
// ended before all was written.
bool help_program(FILE *out, const struct grammar *grammar, bool chinese);

// One noun and its verbs.
void help_noun(FILE *out, const struct grammar *grammar, const char *noun, bool chinese);

// One command: usage line, arguments, flags, examples. False as above.
bool help_command(FILE *out, const struct grammar *grammar, const struct command *command, bool chinese);

// A topic's text. Returns false when there is none of this name.
bool help_topic(FILE *out, const struct grammar *grammar, const char *name);

// The usage line of a command, without a line feed.
void help_usage(FILE *out, const struct command *command);
