// SPDX-License-Identifier: Apache-2.0
// See number.h. Signs that part thousands are refused: "1,234" is one number here and another there.
#include "instrument/number.h"

#include "wire/error.h"

#include <string.h>

enum { TEXT_MOST = 64, EXPONENT_DIGITS = 2 };

// The longest spelling that the text begins with.
static size_t find_spelling(const Touchstone__V1__InstrumentLayout *layout, const char *text,
                            Touchstone__V1__Qualifier *ret_qualifier)
{
    size_t longest = 0;
    *ret_qualifier = *text == '<'   ? TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN
                     : *text == '>' ? TOUCHSTONE__V1__QUALIFIER__QUALIFIER_GREATER_THAN
                                    : TOUCHSTONE__V1__QUALIFIER__QUALIFIER_UNSPECIFIED;
    if (*ret_qualifier)
        longest = 1;
    for (size_t i = 0; i < layout->n_spellings; i++) {
        const Touchstone__V1__InstrumentSpelling *spelling = layout->spellings[i];
        size_t length = strlen(spelling->text);
        if (length >= longest && length > 0 && strncmp(text, spelling->text, length) == 0) {
            longest = length;
            *ret_qualifier = spelling->qualifier;
        }
    }
    return longest;
}

// One or two digits with a sign, to the end.
static bool read_exponent(const char *text, int *ret_exponent)
{
    int sign = *text == '-' ? -1 : 1;
    text += *text == '-' || *text == '+';
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > EXPONENT_DIGITS || text[length] != '\0')
        return false;
    *ret_exponent = sign * (length == 1 ? text[0] - '0' : 10 * (text[0] - '0') + text[1] - '0');
    return true;
}

// NULL, or why not, to go on with "... is not a number".
static const char *read_decimal(char mark, const char *text, size_t size, struct decimal *ret_value)
{
    int exponent = 0;
    char plain[TEXT_MOST + 1];
    if (size > TEXT_MOST)
        return ": it is too long";
    memcpy(plain, text, size);
    plain[size] = '\0';
    size_t length = strcspn(plain, "eE");
    if (plain[length] != '\0' && !read_exponent(plain + length + 1, &exponent))
        return "";
    for (size_t i = 0; i < length; i++) {
        if ((plain[i] == '.' || plain[i] == ',') && plain[i] != mark)
            return mark == ',' ? ": the decimal mark of the profile is the comma"
                               : ": the decimal mark of the profile is the point";
        if (plain[i] == mark)
            plain[i] = '.';
    }
    if (!decimal_parse(plain, length, ret_value, NULL))
        return "";
    if (ret_value->count > 0)
        ret_value->exponent = (int16_t)(ret_value->exponent + exponent);
    return NULL;
}

bool number_read(const Touchstone__V1__InstrumentLayout *layout, const char *text,
                 struct instrument_number *ret_number, struct ts_error *error)
{
    char mark = layout->decimal_mark == TOUCHSTONE__V1__DECIMAL_MARK__DECIMAL_MARK_COMMA ? ',' : '.';
    struct instrument_number number = {.mark = ""};
    const char *rest = text + find_spelling(layout, text, &number.qualifier), *why = NULL;
    rest += strspn(rest, " \t");
    size_t length = strlen(rest), marked = decimal_mark_length(rest, length);
    number.has_value = *rest != '\0';
    if (marked > 0 && number.qualifier)
        why = ": what was rounded already has no qualifier";
    else if (number.has_value)
        why = read_decimal(mark, rest, length - marked, &number.value);
    else if (!number.qualifier)
        why = "";
    if (why)
        return error_set(error, TS_INVALID_ARGUMENT, "NOT_A_NUMBER", "\"%.40s\" is not a number%s", text,
                         why);
    number.mark = marked > 0 ? rest + length - marked : "";
    *ret_number = number;
    return true;
}
