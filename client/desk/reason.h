// SPDX-License-Identifier: Apache-2.0
// What the server's refusals say to the person, in both languages, by their reason: the server's own words
// are English, and name commands that the desk does not have. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

enum { REASON_TEXT = 600 };

// NULL for a reason that is not known here; then the server's own words are shown.
const char *reason_say(const char *reason, bool is_chinese);

// What a field's rule says.
const char *reason_rule(const char *description, bool is_chinese);

// What the refusal is about, " (holder tech1)"; "" when it says nothing more. `metadata`: a flat JSON object.
void reason_details(const char *metadata, bool is_chinese, char *ret_text, size_t size);

// What something of this machine (the journal) could not do: in Chinese by its reason, with what it names; in
// English, or by a reason that is not known here, in its own words.
void reason_tell(const struct ts_error *error, bool is_chinese, char *ret_text, size_t size);
