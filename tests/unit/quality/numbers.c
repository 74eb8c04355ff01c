// SPDX-License-Identifier: Apache-2.0
// Numbers from text, see numbers.h.
#include "numbers.h"

#include "wire/decimal_round.h"

#include <string.h>

struct decimal number_of(const char *text)
{
    struct decimal value;
    if (!decimal_parse(text, strlen(text), &value, NULL))
        fail_msg("\"%s\" is no number", text);
    return value;
}

struct numbers numbers_of(const char *text)
{
    struct numbers numbers = {.count = 0};
    while (*text) {
        size_t length = strcspn(text, " ");
        assert_true(numbers.count < NUMBERS_MOST);
        assert_true(decimal_parse(text, length, &numbers.at[numbers.count++], NULL));
        text += length + (text[length] == ' ');
    }
    return numbers;
}

void assert_number(const struct decimal *value, int places, const char *expected)
{
    struct decimal rounded, wanted = number_of(expected);
    char text[DECIMAL_TEXT_SIZE];
    assert_true(decimal_round(value, -places, DECIMAL_HALF_EVEN, &rounded, NULL));
    decimal_format(&rounded, text, sizeof text);
    if (decimal_compare(&rounded, &wanted) != 0)
        fail_msg("%s is not %s", text, expected);
}
