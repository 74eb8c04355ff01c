// SPDX-License-Identifier: Apache-2.0
// Sentences from templates: words of both languages in one table that a person of the field can read and
// correct, with places in braces that stand for what was found. Internal to the folder.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct wording {
    const char *zh, *en;
};

// One that is being written; `about` is what its places are told of.
struct sentence {
    const void *about;
    bool is_chinese;
    char *text;
    size_t size, length;
    bool is_full; // since the piece that is being put
};

// What a place stands for; a table of them ends with a name of NULL.
struct sentence_place {
    const char *name;
    void (*put)(struct sentence *sentence);
};

const char *sentence_word(const struct sentence *sentence, const struct wording *wording);
void sentence_put(struct sentence *sentence, const char *text);
// A number or a requirement; the gap stands only before a unit.
void sentence_put_with_unit(struct sentence *sentence, const char *number, const char *unit);
// What was measured; the standard that asks for it, if any.
void sentence_put_name(struct sentence *sentence, const char *zh, const char *en);
void sentence_put_standard(struct sentence *sentence, const char *standard);
// A word that the catalogue has in one language for limits and results ("none"), in the sentence's own; any
// other text as it is.
void sentence_put_told(struct sentence *sentence, const char *text);
// The English one in an English sentence, where there is one; NULL and "" are none.
const char *sentence_either(const struct sentence *sentence, const char *zh, const char *en);
// A template, or one in a place of another. A piece that does not fit is left out whole rather than cut
// inside a character.
void sentence_fill(struct sentence *sentence, const struct wording *wording,
                   const struct sentence_place *places);
// The whole sentence in one language.
void sentence_write(const void *about, bool is_chinese, const struct wording *wording,
                    const struct sentence_place *places, char *ret_text, size_t size);
