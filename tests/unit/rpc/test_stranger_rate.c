// SPDX-License-Identifier: Apache-2.0
// How often an address may ask.
#include "rpc/stranger_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CALLS = 6, NOW_MS = 1000000, PAUSE_MS = 10000 };

static struct stranger_rate rate;

static int fresh(void **state)
{
    (void)state;
    memset(&rate, 0, sizeof rate);
    rate.calls_per_minute = CALLS;
    return 0;
}

static void use_up(const char *peer, uint64_t now_ms)
{
    for (int i = 0; i < CALLS; i++)
        assert_true(stranger_rate_take(&rate, peer, now_ms));
    assert_false(stranger_rate_take(&rate, peer, now_ms));
}

static void test_a_minute_s_calls_may_come_at_once_and_no_more(void **state)
{
    (void)state;
    use_up("192.0.2.1", NOW_MS);
}

static void test_what_was_used_comes_back_evenly(void **state)
{
    (void)state;
    use_up("192.0.2.1", NOW_MS);
    assert_false(stranger_rate_take(&rate, "192.0.2.1", NOW_MS + PAUSE_MS - 1));
    assert_true(stranger_rate_take(&rate, "192.0.2.1", NOW_MS + PAUSE_MS));
    assert_false(stranger_rate_take(&rate, "192.0.2.1", NOW_MS + PAUSE_MS));
    use_up("192.0.2.1", NOW_MS + 10 * 60000);
}

static void test_another_address_is_another_stranger(void **state)
{
    (void)state;
    use_up("192.0.2.1", NOW_MS);
    assert_true(stranger_rate_take(&rate, "192.0.2.2", NOW_MS));
    assert_true(stranger_rate_take(&rate, "2001:db8::1", NOW_MS));
}

static void test_who_has_a_network_of_ipv6_is_one_stranger(void **state)
{
    (void)state;
    use_up("2001:db8:1:2::1", NOW_MS);
    assert_false(stranger_rate_take(&rate, "2001:db8:1:2:ffff::9", NOW_MS));
    assert_true(stranger_rate_take(&rate, "2001:db8:1:3::1", NOW_MS));
}

// An address that shares the slot of 192.0.2.1 under one seed is another stranger under the next.
static void test_nobody_knows_whose_calls_he_can_use_up(void **state)
{
    char peer[sizeof "255.255.255.255"];
    int shared = 0;
    (void)state;
    for (unsigned i = 0; i < STRANGER_RATE_SLOTS * 8 && shared == 0; i++) {
        snprintf(peer, sizeof peer, "198.51.%u.%u", i / 256 % 256, i % 256);
        rate = (struct stranger_rate){.calls_per_minute = CALLS, .seed = 1};
        use_up(peer, NOW_MS);
        shared = !stranger_rate_take(&rate, "192.0.2.1", NOW_MS);
    }
    assert_true(shared);
    rate = (struct stranger_rate){.calls_per_minute = CALLS, .seed = 2};
    use_up(peer, NOW_MS);
    assert_true(stranger_rate_take(&rate, "192.0.2.1", NOW_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_minute_s_calls_may_come_at_once_and_no_more, fresh),
        cmocka_unit_test_setup(test_what_was_used_comes_back_evenly, fresh),
        cmocka_unit_test_setup(test_another_address_is_another_stranger, fresh),
        cmocka_unit_test_setup(test_who_has_a_network_of_ipv6_is_one_stranger, fresh),
        cmocka_unit_test_setup(test_nobody_knows_whose_calls_he_can_use_up, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
