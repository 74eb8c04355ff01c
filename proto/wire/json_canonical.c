// SPDX-License-Identifier: Apache-2.0
// RFC 8785 by looking, see json_canonical.h. Nothing is unescaped: what would have to be is no name here.
#include "wire/json_canonical.h"

#include "wire/utf8.h"

#include <string.h>

enum { DEPTH = 32, DIGITS = 15 };

struct look {
    const char *at, *end;
};

static bool is_value(struct look *look, int depth);

static bool take(struct look *look, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(look->end - look->at) < length || memcmp(look->at, text, length) != 0)
        return false;
    look->at += length;
    return true;
}

// Behind the backslash: one of the short ones, or a control character that has none.
static bool is_escape(struct look *look)
{
    static const char DIGIT[] = "0123456789abcdef";
    if (look->at < look->end && *look->at && strchr("\"\\bfnrt", *look->at)) {
        look->at++;
        return true;
    }
    if (!take(look, "u00") || look->end - look->at < 2)
        return false;
    const char *low = look->at[1] ? strchr(DIGIT, look->at[1]) : NULL;
    bool has_short = look->at[0] == '0' && look->at[1] && strchr("89acd", look->at[1]);
    bool fine = (look->at[0] == '0' || look->at[0] == '1') && low && !has_short;
    look->at += 2;
    return fine;
}

static bool is_string(struct look *look)
{
    if (!take(look, "\""))
        return false;
    while (look->at < look->end && *look->at != '"') {
        char one = *look->at++;
        if ((unsigned char)one < 0x20 || (one == '\\' && !is_escape(look)))
            return false;
    }
    return take(look, "\"");
}

static bool is_whole_number(struct look *look)
{
    bool negative = take(look, "-");
    const char *first = look->at;
    while (look->at < look->end && *look->at >= '0' && *look->at <= '9')
        look->at++;
    size_t digits = (size_t)(look->at - first);
    return digits > 0 && digits <= DIGITS && (*first != '0' || (digits == 1 && !negative));
}

// In order, by bytes; false also when it is the same.
static bool is_behind(const char *name, size_t length, const char *before, size_t before_length)
{
    int order = memcmp(before, name, length < before_length ? length : before_length);
    return order < 0 || (order == 0 && before_length < length);
}

static bool is_object(struct look *look, int depth)
{
    const char *before = NULL;
    size_t before_length = 0;
    if (take(look, "}"))
        return true;
    do {
        const char *name = look->at;
        if (!is_string(look))
            return false;
        size_t length = (size_t)(look->at - name) - 1; // without the quote that ends it
        if (memchr(name, '\\', length) || (before && !is_behind(name, length, before, before_length)) ||
            !take(look, ":") || !is_value(look, depth + 1))
            return false;
        before = name;
        before_length = length;
    } while (take(look, ","));
    return take(look, "}");
}

static bool is_array(struct look *look, int depth)
{
    if (take(look, "]"))
        return true;
    do
        if (!is_value(look, depth + 1))
            return false;
    while (take(look, ","));
    return take(look, "]");
}

static bool is_value(struct look *look, int depth)
{
    if (depth > DEPTH || look->at == look->end)
        return false;
    if (*look->at == '"')
        return is_string(look);
    if (take(look, "{"))
        return is_object(look, depth);
    if (take(look, "["))
        return is_array(look, depth);
    return take(look, "null") || take(look, "true") || take(look, "false") || is_whole_number(look);
}

bool json_is_canonical(const char *json, size_t length)
{
    struct look look = {json, json + length};
    return length > 0 && utf8_is_text(json, length) && is_value(&look, 1) && look.at == look.end;
}
