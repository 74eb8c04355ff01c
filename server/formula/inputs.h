// SPDX-License-Identifier: Apache-2.0
// The inputs of a formula from a JSON object: numbers as JSON numbers or as strings that are decimals, texts,
// truths, lists of numbers and texts, and maps from a decimal to a list. Null and the empty string are an
// input that was not given.
#pragma once

#include "formula/space.h"

struct arena;

// Puts them into the space, which was initialised. INVALID_ARGUMENT / FORMULA_INPUT names the input that is
// wrong; RESOURCE_EXHAUSTED / FORMULA_TOO_LARGE. Texts live in the arena.
bool inputs_read(const char *json, size_t length, struct arena *arena, struct formula_space *space,
                 struct ts_error *error);
