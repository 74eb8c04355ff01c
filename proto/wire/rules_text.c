// SPDX-License-Identifier: Apache-2.0
// Formats of texts, see rules_text.h: one row per format.
#include "wire/rules_text.h"

#include "touchstone/v1/rules.pb-c.h"
#include "wire/decimal.h"
#include "wire/error.h"
#include "wire/item_code.h"
#include "wire/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

size_t rules_text_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool say(char ret_why[RULES_WHY_SIZE], const char *why)
{
    snprintf(ret_why, RULES_WHY_SIZE, "%.*s", RULES_WHY_SIZE - 1, why);
    return false;
}

static bool fits_plain(const char *text, bool line_feeds, char ret_why[RULES_WHY_SIZE])
{
    size_t length = strlen(text);
    int32_t character;
    for (size_t at = 0; at < length;) {
        if (text[at] >= ' ' && text[at] <= '~') { // as nearly all are
            at++;
            continue;
        }
        at += utf8_next(text + at, length - at, &character);
        if (!utf8_is_hazard(character) || (character == '\n' && line_feeds))
            continue;
        snprintf(ret_why, RULES_WHY_SIZE, "has a character that records must not hold: U+%04X",
                 (unsigned)character);
        return false;
    }
    return true;
}

static bool fits_line(const char *text, char ret_why[RULES_WHY_SIZE])
{
    return fits_plain(text, false, ret_why);
}

static bool fits_paragraph(const char *text, char ret_why[RULES_WHY_SIZE])
{
    return fits_plain(text, true, ret_why);
}

static bool fits_phone(const char *text, char ret_why[RULES_WHY_SIZE])
{
    const char *rest = text + (*text == '+');
    size_t length = strlen(text), digits = 0;
    for (const char *at = rest; *at; at++)
        digits += *at >= '0' && *at <= '9';
    if (length < 5 || length > 20 || digits < 5 || rest[strspn(rest, DIGITS " -")])
        return say(ret_why,
                   "is no phone number: 5 to 20 digits, spaces and '-', with at most one '+' in front");
    return true;
}

static bool fits_decimal(const char *text, char ret_why[RULES_WHY_SIZE])
{
    struct decimal value;
    struct ts_error error = {0};
    return decimal_parse(text, strlen(text), &value, &error) || say(ret_why, error.detail);
}

static bool fits_decimal_marked(const char *text, char ret_why[RULES_WHY_SIZE])
{
    struct decimal value;
    struct ts_error error = {0};
    size_t length = strlen(text), mark = decimal_mark_length(text, length);
    return decimal_parse(text, length - mark, &value, &error) || say(ret_why, error.detail);
}

static bool fits_decimal_not_negative(const char *text, char ret_why[RULES_WHY_SIZE])
{
    struct decimal value;
    struct ts_error error = {0};
    if (!decimal_parse(text, strlen(text), &value, &error))
        return say(ret_why, error.detail);
    return *text != '-' || say(ret_why, "must not be negative");
}

static bool fits_item_code(const char *text, char ret_why[RULES_WHY_SIZE])
{
    size_t length = strlen(text);
    return (length <= 30 && item_code_check(text, length, NULL)) ||
           say(ret_why, "is no item code: mistyped, or not one of ours");
}

static bool fits_uuid(const char *text, char ret_why[RULES_WHY_SIZE])
{
    bool held = strlen(text) == 36;
    for (size_t i = 0; held && i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        held = hyphen ? text[i] == '-' : isxdigit((unsigned char)text[i]) != 0;
    }
    return held || say(ret_why, "is no UUID: copy it whole from the list or the answer that shows it (slot "
                                "list, test list, ...)");
}

static bool fits_username(const char *text, char ret_why[RULES_WHY_SIZE])
{
    bool held = *text >= 'a' && *text <= 'z' && !text[strspn(text, LOWER DIGITS ".-_")];
    return held || say(ret_why,
                       "is no log-in: lower-case letters, digits, '.', '-' and '_', beginning with a letter");
}

static bool fits_code(const char *text, char ret_why[RULES_WHY_SIZE])
{
    return !text[strspn(text, UPPER LOWER DIGITS "_-")] ||
           say(ret_why, "is no code: letters, digits, '_' and '-' only");
}

static bool fits_number(const char *text, char ret_why[RULES_WHY_SIZE])
{
    return !text[strspn(text, UPPER DIGITS "-")] ||
           say(ret_why, "is no receipt or sheet number: capitals, digits and '-' only");
}

bool rules_text_fits(const char *text, int format, char ret_why[RULES_WHY_SIZE])
{
    static bool (*const fits[])(const char *, char *) = {
        [TOUCHSTONE__V1__FORMAT__FORMAT_UNSPECIFIED] = fits_line,
        [TOUCHSTONE__V1__FORMAT__FORMAT_LINE] = fits_line,
        [TOUCHSTONE__V1__FORMAT__FORMAT_PARAGRAPH] = fits_paragraph,
        [TOUCHSTONE__V1__FORMAT__FORMAT_PHONE] = fits_phone,
        [TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL] = fits_decimal,
        [TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_MARKED] = fits_decimal_marked,
        [TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_NOT_NEGATIVE] = fits_decimal_not_negative,
        [TOUCHSTONE__V1__FORMAT__FORMAT_ITEM_CODE] = fits_item_code,
        [TOUCHSTONE__V1__FORMAT__FORMAT_UUID] = fits_uuid,
        [TOUCHSTONE__V1__FORMAT__FORMAT_USERNAME] = fits_username,
        [TOUCHSTONE__V1__FORMAT__FORMAT_CODE] = fits_code,
        [TOUCHSTONE__V1__FORMAT__FORMAT_NUMBER] = fits_number,
    };
    size_t count = sizeof fits / sizeof fits[0];
    bool known = format >= 0 && (size_t)format < count && fits[format];
    return (known ? fits[format] : fits_line)(text, ret_why);
}
