// SPDX-License-Identifier: Apache-2.0
// Whether a JSON text is written in the one way of RFC 8785: no blanks, the names of a member in order and
// each once, strings with the shortest escapes. Two readers of such a text read the same; of one that has a
// member twice each may take another. Numbers are whole ones, as a record has none; names have no escapes.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Also false when it is nested deeper than 32, and for what is no JSON.
bool json_is_canonical(const char *json, size_t length);
