// SPDX-License-Identifier: Apache-2.0
// The whole command line of `touchstone`, as data. What an RPC needs to become a command is one row in
// one of the files beside this one.
#pragma once

struct arena;
struct grammar;

// Puts the areas' rows together, in the arena. NULL without memory.
const struct grammar *table_grammar(struct arena *arena);
