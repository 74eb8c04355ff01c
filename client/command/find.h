// SPDX-License-Identifier: Apache-2.0
// Looks up commands, nouns and arguments in the grammar, and finds what was meant by a typing mistake.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct argument;
struct command;
struct grammar;
struct noun;

// NULL when there is none. `verb` is NULL for commands of one word.
const struct command *find_command(const struct grammar *grammar, const char *noun, const char *verb);

const struct noun *find_noun(const struct grammar *grammar, const char *name);

// The n-th argument of the command (0 first), its own first, then those it has by its kind, then the
// global ones; NULL after the last. With a NULL command only the global ones.
const struct argument *find_argument_at(const struct grammar *grammar, const struct command *command,
                                        size_t n);

// A flag by its long name (`length` bytes of `name`). NULL when the command has none such.
const struct argument *find_flag(const struct grammar *grammar, const struct command *command,
                                 const char *name, size_t length);

const struct argument *find_letter(const struct grammar *grammar, const struct command *command, char letter);

// The enum of the argument's field, or NULL when it is not an enum. `command` may be NULL.
const ProtobufCEnumDescriptor *find_choices(const struct command *command, const struct argument *argument);

// What help calls the value of a flag.
const char *find_value_name(const struct argument *argument);

// What may have been meant, or NULL.
const char *find_similar_noun(const struct grammar *grammar, const char *typed);
// A noun or a topic of help.
const char *find_similar_topic(const struct grammar *grammar, const char *typed);
const char *find_similar_verb(const struct grammar *grammar, const char *noun, const char *typed);
const char *find_similar_flag(const struct grammar *grammar, const struct command *command,
                              const char *typed);
