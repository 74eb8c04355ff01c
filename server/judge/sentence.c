// SPDX-License-Identifier: Apache-2.0
// The filling of templates, see sentence.h.
#include "judge/sentence.h"

#include <string.h>

const char *sentence_word(const struct sentence *sentence, const struct wording *wording)
{
    return sentence->is_chinese ? wording->zh : wording->en;
}

static void put_piece(struct sentence *sentence, const char *piece, size_t length)
{
    if (sentence->length + length >= sentence->size) {
        sentence->is_full = true;
        return;
    }
    memcpy(sentence->text + sentence->length, piece, length);
    sentence->length += length;
}

void sentence_put(struct sentence *sentence, const char *text)
{
    put_piece(sentence, text, strlen(text));
}

void sentence_put_with_unit(struct sentence *sentence, const char *number, const char *unit)
{
    sentence_put(sentence, number);
    sentence_put(sentence, *unit ? " " : "");
    sentence_put(sentence, unit);
}

void sentence_put_name(struct sentence *sentence, const char *zh, const char *en)
{
    sentence_put(sentence, sentence->is_chinese ? zh : *en ? en : "Result");
}

void sentence_put_standard(struct sentence *sentence, const char *standard)
{
    if (!*standard) {
        sentence_put(sentence, sentence->is_chinese ? "标准" : "");
        return;
    }
    static const char comma[] = "，";
    bool follows_comma =
        sentence->length >= sizeof comma - 1 &&
        memcmp(sentence->text + sentence->length - (sizeof comma - 1), comma, sizeof comma - 1) == 0;
    const bool is_chinese_number = (unsigned char)standard[0] >= 0x80; // "五部门公告2011年第10号"
    sentence_put(sentence, !sentence->is_chinese ? " of " : follows_comma || is_chinese_number ? "" : " ");
    sentence_put(sentence, standard);
    sentence_put(sentence, sentence->is_chinese && !is_chinese_number ? " " : "");
}

void sentence_put_told(struct sentence *sentence, const char *text)
{
    static const struct wording words[] = {{"无", "none"}, {"标称的种类", "declared species"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i].en) == 0)
            text = sentence_word(sentence, &words[i]);
    sentence_put(sentence, text);
}

const char *sentence_either(const struct sentence *sentence, const char *zh, const char *en)
{
    return !sentence->is_chinese && en && *en ? en : zh;
}

// What was put since `start` stays only whole.
static void end_piece(struct sentence *sentence, size_t start)
{
    if (sentence->is_full)
        sentence->length = start;
    sentence->is_full = false;
}

static void put_place(struct sentence *sentence, const struct sentence_place *place, const char *name,
                      size_t length)
{
    while (place->name && (strncmp(place->name, name, length) != 0 || place->name[length]))
        place++;
    if (place->name)
        place->put(sentence);
}

void sentence_fill(struct sentence *sentence, const struct wording *wording,
                   const struct sentence_place *places)
{
    const char *pattern = sentence_word(sentence, wording);
    while (*pattern) {
        size_t words = strcspn(pattern, "{"), start = sentence->length;
        put_piece(sentence, pattern, words);
        end_piece(sentence, start);
        pattern += words;
        if (*pattern) {
            const char *closing = strchr(pattern, '}');
            start = sentence->length;
            put_place(sentence, places, pattern + 1, (size_t)(closing - pattern - 1));
            end_piece(sentence, start);
            pattern = closing + 1;
        }
    }
}

void sentence_write(const void *about, bool is_chinese, const struct wording *wording,
                    const struct sentence_place *places, char *ret_text, size_t size)
{
    struct sentence sentence = {.about = about, .is_chinese = is_chinese, .text = ret_text, .size = size};
    sentence_fill(&sentence, wording, places);
    ret_text[sentence.length] = '\0';
}
