// SPDX-License-Identifier: Apache-2.0
// Inputs of formulas: one number, a list, or a list for each dilution, typed as original records print them
// (docs/formulas.md): "23.15", "250.12 250.34", "0.01: 232 244 / 0.001: 33 35".
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bench/cell_parts.h"
#include "touchstone/v1/rules.pb-c.h"

// What a formula takes instead of a number: not detected, plates that cannot be counted.
static const char *const words[] = {"ND", "未检出", "TNTC", "多不可计", "SPR", "蔓延"};

static bool is_between(char byte)
{
    return byte == ' ' || byte == ';';
}

// The next token: a number or a word, or one of ":" and "/". False at the end.
static bool next(const char **at, char ret_token[CELL_BYTES])
{
    size_t length = 0;

    while (is_between(**at))
        (*at)++;
    if (**at == '\0')
        return false;
    if (**at == ':' || **at == '/')
        length = 1;
    else
        while ((*at)[length] != '\0' && !is_between((*at)[length]) && strchr(":/", (*at)[length]) == NULL)
            length++;
    snprintf(ret_token, CELL_BYTES, "%.*s", (int)length, *at);
    *at += length;
    return true;
}

static enum cell_state judge_token(const char *token, bool chinese, char ret_why[CELL_WHY])
{
    const char *number = token + (token[0] == '<' || token[0] == '>');

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(token, words[i]) == 0)
            return CELL_FINE;
        if (strncasecmp(token, words[i], strlen(token)) == 0)
            return cell_say(CELL_UNFINISHED, chinese, "接着输入：ND、TNTC 或 SPR", "Go on: ND, TNTC or SPR",
                            ret_why);
    }
    return cell_judge_number(number, TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL, chinese, ret_why);
}

enum cell_state cell_judge_input(const char *text, bool chinese, char ret_why[CELL_WHY])
{
    bool is_map = strchr(text, ':') != NULL, wants_colon = is_map, has_value = !is_map;
    char token[CELL_BYTES];

    while (next(&text, token)) {
        bool is_mark = strcmp(token, ":") == 0 || strcmp(token, "/") == 0;
        enum cell_state state = is_mark ? CELL_FINE : judge_token(token, chinese, ret_why);

        if (state == CELL_WRONG || (state == CELL_UNFINISHED && *text != '\0'))
            return CELL_WRONG;
        if (state == CELL_UNFINISHED)
            return state;
        if (token[0] == ':' && !wants_colon)
            return cell_say(CELL_WRONG, chinese, "稀释度之间用「/」：0.01: 232 244 / 0.001: 33 35",
                            "Dilutions are parted by \"/\": 0.01: 232 244 / 0.001: 33 35", ret_why);
        if (token[0] == '/' && (!is_map || !has_value))
            return cell_say(CELL_WRONG, chinese, "「/」只在稀释度之间", "\"/\" stands between dilutions only",
                            ret_why);
        if (token[0] == '/') {
            wants_colon = true;
            has_value = false;
        } else if (token[0] == ':') {
            wants_colon = false;
        } else if (!wants_colon) {
            has_value = true;
        }
    }
    if (!has_value)
        return cell_say(CELL_UNFINISHED, chinese, "还没有数值", "The values are missing", ret_why);
    return CELL_FINE;
}

struct writer {
    char *json;
    size_t length, size;
};

static void put(struct writer *to, const char *text)
{
    size_t room = to->length < to->size ? to->size - to->length : 0;

    to->length += (size_t)snprintf(room > 0 ? to->json + to->length : NULL, room, "%s", text);
}

// Quotes and backslashes are the only signs of a line that JSON wants escaped (RFC 8259, 7).
static void put_text(struct writer *to, const char *text)
{
    put(to, "\"");
    for (; *text != '\0'; text++)
        put(to, (char[]){*text == '"' || *text == '\\' ? '\\' : *text,
                         *text == '"' || *text == '\\' ? *text : '\0', '\0'});
    put(to, "\"");
}

// Tokens up to a mark or the end; a single one is no list where lists are not meant.
static void put_list(struct writer *to, const char **at, bool is_list)
{
    char token[CELL_BYTES];
    const char *behind = *at;
    size_t count = 0;

    while (next(&behind, token) && strcmp(token, "/") != 0)
        count++;
    put(to, is_list || count > 1 ? "[" : "");
    for (size_t i = 0; i < count && next(at, token); i++) {
        put(to, i > 0 ? ", " : "");
        put_text(to, token);
    }
    put(to, is_list || count > 1 ? "]" : "");
}

static void put_map(struct writer *to, const char *text)
{
    char token[CELL_BYTES];

    put(to, "{");
    while (next(&text, token)) {
        if (strcmp(token, "/") == 0) {
            put(to, ", ");
            continue;
        }
        put_text(to, token);
        next(&text, token);
        put(to, ": ");
        put_list(to, &text, true);
    }
    put(to, "}");
}

size_t cell_write_json(enum cell_kind kind, const char *text, char *ret_json, size_t size)
{
    struct writer to = {ret_json, 0, size};
    char trimmed[CELL_BYTES];
    const char *at = trimmed;

    cell_trim(text, trimmed);
    if (kind != CELL_INPUT)
        put_text(&to, trimmed);
    else if (strchr(trimmed, ':') != NULL)
        put_map(&to, trimmed);
    else
        put_list(&to, &at, false);
    return to.length;
}
