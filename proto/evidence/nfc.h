// SPDX-License-Identifier: Apache-2.0
// Unicode's normal form NFC: a text that looks the same must be the same bytes, or it could be signed twice.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

// Whether valid UTF-8 is in the form. Also false for texts too long to tell: NFC_CHARACTERS.
bool nfc_is(const char *text, size_t length);
// The text in the form, ended by a NUL; the same text when it is in it. NULL without memory or when it is
// too long.
const char *nfc_make(const char *text, size_t length, struct arena *arena, size_t *ret_length);

enum { NFC_CHARACTERS = 2048 }; // more than the 900 bytes of an envelope can become
