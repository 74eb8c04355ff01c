// SPDX-License-Identifier: Apache-2.0
// What all forms share, see form.h: comparing texts.
#include "validate/form.h"

#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static const char white[] = " \t\r\n";

bool form_equal(const char *expected, const char *got)
{
    expected += strspn(expected, white);
    got += strspn(got, white);
    while (*expected && *got) {
        size_t a = strspn(expected, white), b = strspn(got, white);
        if ((a == 0) != (b == 0))
            break; // one word goes on: equal only when both end here
        expected += a;
        got += b;
        if (a == 0 && *expected++ != *got++)
            return false;
    }
    return expected[strspn(expected, white)] == '\0' && got[strspn(got, white)] == '\0';
}

void form_answer(const char *expected, const char *got, struct validate_answer *ret_answer)
{
    snprintf(ret_answer->got, sizeof ret_answer->got, "%s", got);
    ret_answer->agrees = form_equal(expected, got);
}

void form_refusal(const char *expected, const struct ts_error *error, struct validate_answer *ret_answer)
{
    static const char word[] = "error";
    expected += strspn(expected, white);
    snprintf(ret_answer->got, sizeof ret_answer->got, "%s: %s", word, error->detail);
    ret_answer->agrees = strncmp(expected, word, sizeof word - 1) == 0;
}

void form_failure(const struct ts_error *error, struct validate_answer *ret_answer)
{
    snprintf(ret_answer->got, sizeof ret_answer->got, "no answer: %s", error->detail);
    ret_answer->agrees = false;
}
