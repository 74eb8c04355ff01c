// SPDX-License-Identifier: Apache-2.0
// What an entry of the history changed, for people: "state: assigned -> in_progress; assigned_to: none ->
// amy".
#pragma once

#include <stdbool.h>

// The members of two JSON objects of which both may be empty or NULL; without the old one only
// "name: ring; pieces: 1". What is no JSON object is written as it stands. Instants as instant.h says for a
// `terminal`. Raw: the caller makes it safe, and frees it. NULL without memory.
char *change_text(const char *old_values, const char *new_values, bool terminal);
