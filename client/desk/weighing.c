// SPDX-License-Identifier: Apache-2.0
// See weighing.h.
#include "desk/weighing.h"

#include <stdio.h>
#include <string.h>

#include "wire/decimal.h"

static bool read_number(const char *text, struct decimal *ret_value)
{
    return decimal_parse(text, strlen(text), ret_value, NULL);
}

static void tell_difference(const struct decimal *rest, const char *expected, const char *tolerance,
                            bool agrees, bool is_chinese, char *ret_text, size_t size)
{
    char by[DECIMAL_TEXT_SIZE];
    struct decimal positive;

    decimal_absolute(rest, &positive);
    decimal_format(&positive, by, sizeof by);
    if (is_chinese)
        snprintf(ret_text, size, "比应有的 %s g %s %s g，%s允差 %s g%s", expected,
                 rest->negative ? "少" : "多", by, agrees ? "未超" : "超出", tolerance,
                 agrees ? "" : "：将冻结样品");
    else
        snprintf(ret_text, size, "%s g %s than expected, %s %s g%s", by, rest->negative ? "less" : "more",
                 agrees ? "within" : "beyond", tolerance, agrees ? "" : ": this freezes the item");
}

enum weighing weighing_tell(const char *typed, const char *expected, const char *tolerance, bool is_chinese,
                            char *ret_text, size_t size)
{
    struct decimal weighed, wanted, limit, rest, positive;
    bool agrees;

    ret_text[0] = '\0';
    if (!read_number(typed, &weighed) || !read_number(expected, &wanted) ||
        !decimal_sub(&weighed, &wanted, &rest, NULL))
        return WEIGHING_NOTHING;
    if (!read_number(tolerance, &limit)) {
        snprintf(ret_text, size, is_chinese ? "本实验室不核对质量" : "this laboratory does not weigh");
        return WEIGHING_AGREES;
    }
    decimal_absolute(&rest, &positive);
    agrees = decimal_compare(&positive, &limit) <= 0;
    if (decimal_is_zero(&rest))
        snprintf(ret_text, size, is_chinese ? "与应有质量一致" : "exactly as expected");
    else
        tell_difference(&rest, expected, tolerance, agrees, is_chinese, ret_text, size);
    return agrees ? WEIGHING_AGREES : WEIGHING_DIFFERS;
}
