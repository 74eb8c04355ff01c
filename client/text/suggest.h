// SPDX-License-Identifier: Apache-2.0
// "Did you mean": finds the word nearest to a mistyped one. Used for nouns, verbs and flags.
#pragma once

#include <stddef.h>

struct suggest {
    const char *typed;
    const char *best;
    unsigned distance;
};

// Starts a search for the word nearest to `typed`.
struct suggest suggest_begin(const char *typed);

// Offers one candidate; it must live as long as the search.
void suggest_offer(struct suggest *search, const char *candidate);

// The nearest candidate when it is near enough to be meant, else NULL.
const char *suggest_result(const struct suggest *search);
