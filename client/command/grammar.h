// SPDX-License-Identifier: Apache-2.0
// Everything the parser, help, completion and the manual page need to know: the whole command line
// as data. Made once by table/table.c.
#pragma once

#include "command/argument.h"
#include "command/command.h"
#include "command/noun.h"
#include "command/topic.h"

struct grammar {
    const struct command *commands;
    const struct noun *nouns;
    // Flags that every command takes.
    const struct argument *global;
    // Flags of every write, and of every paged list.
    const struct argument *of_writes;
    const struct argument *of_pages;
    const struct topic *topics;
};
