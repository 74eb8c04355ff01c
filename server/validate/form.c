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

// Words by which people say that there is no answer. None of them is part of an answer.
static const char *const refusals[] = {"error",      "refus",        "reject",   "invalid",
                                       "not judged", "no verdict",   "missing",  "required",
                                       "cannot",     "not possible", "不作判定", "拒"};

static bool expects_refusal(const char *expected)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strcasestr(expected, refusals[i]))
            return true;
    return false;
}

void form_refusal(const char *expected, const struct ts_error *error, struct validate_answer *ret_answer)
{
    snprintf(ret_answer->got, sizeof ret_answer->got, "error: %s", error->detail);
    ret_answer->agrees = expects_refusal(expected);
}

void form_failure(const struct ts_error *error, struct validate_answer *ret_answer)
{
    snprintf(ret_answer->got, sizeof ret_answer->got, "no answer: %s", error->detail);
    ret_answer->agrees = false;
}
