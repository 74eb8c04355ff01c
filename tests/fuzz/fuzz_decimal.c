// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: two numbers in one line; what is parsed prints to an equal number, and the laws of
// arithmetic hold.
#include "wire/decimal_round.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void check_print(const struct decimal *value)
{
    char text[DECIMAL_TEXT_SIZE];
    struct decimal back;
    size_t length = decimal_format(value, text, sizeof text);
    // A typed "0.5" may print with a zero more than the 40 digits that a text may have.
    if (decimal_parse(text, length, &back, NULL))
        check(decimal_compare(value, &back) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *comma = size ? memchr(data, ' ', size) : NULL;
    struct decimal a, b, sum, rest, product, rounded;
    if (!comma || !decimal_parse((const char *)data, (size_t)(comma - data), &a, NULL) ||
        !decimal_parse((const char *)comma + 1, (size_t)(data + size - comma - 1), &b, NULL))
        return 0;
    check_print(&a);
    check(decimal_compare(&a, &b) == -decimal_compare(&b, &a));
    check(decimal_add(&a, &b, &sum, NULL) && decimal_sub(&sum, &b, &rest, NULL));
    check(decimal_compare(&rest, &a) == 0);
    check(decimal_mul(&a, &b, &product, NULL));
    if (!decimal_is_zero(&b) &&
        decimal_round_quotient(&product, &b, a.exponent, DECIMAL_HALF_EVEN, &rest, NULL))
        check(decimal_compare(&rest, &a) == 0);
    for (int exponent = -5; exponent < 5; exponent++) {
        check(decimal_round(&a, exponent, DECIMAL_HALF_EVEN, &rounded, NULL));
        check(decimal_sub(&rounded, &a, &rest, NULL));
        struct decimal half = {.count = 1, .exponent = (int16_t)(exponent - 1), .digit = {5}};
        decimal_absolute(&rest, &rest);
        check(decimal_compare(&rest, &half) <= 0);
    }
    return 0;
}
