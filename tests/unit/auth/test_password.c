// SPDX-License-Identifier: Apache-2.0
// Passwords: right, wrong, and one that could not be judged, which is neither.
#include "auth/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct password_cost cost = {.memory_kib = 64, .passes = 1, .lanes = 1};

static void test_a_password_is_known_again_and_another_is_not(void **state)
{
    struct ts_error error = {0};
    char encoded[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash(&cost, "correct horse", encoded, &error));
    assert_true(password_verify(encoded, "correct horse", &error));
    assert_false(password_verify(encoded, "correct horses", &error));
    assert_int_equal(TS_OK, error.status);
}

static void test_a_hash_that_cannot_be_computed_is_no_wrong_password(void **state)
{
    struct ts_error error = {0};
    char encoded[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash(&cost, "correct horse", encoded, &error));
    encoded[strlen(encoded) / 2] = '\0';
    assert_false(password_verify(encoded, "correct horse", &error));
    assert_int_equal(TS_INTERNAL, error.status);
    assert_string_equal("PASSWORD_HASH_DAMAGED", error.reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_password_is_known_again_and_another_is_not),
        cmocka_unit_test(test_a_hash_that_cannot_be_computed_is_no_wrong_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
