// SPDX-License-Identifier: Apache-2.0
// How many watchers there are at once.
#include "rpc/crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct crowd crowd;

static void enter(const char *peer, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(crowd_enter(&crowd, peer), CROWD_ENTERED);
}

static void leave(const char *peer, int count)
{
    for (int i = 0; i < count; i++)
        crowd_leave(&crowd, peer);
}

static void test_one_address_does_not_take_all_places(void **state)
{
    (void)state;
    enter("192.0.2.1", CROWD_MOST_OF_ADDRESS);
    assert_int_equal(crowd_enter(&crowd, "192.0.2.1"), CROWD_ADDRESS_FULL);
    enter("192.0.2.2", 1);
    leave("192.0.2.1", 1);
    enter("192.0.2.1", 1);
    assert_int_equal(crowd_enter(&crowd, "192.0.2.1"), CROWD_ADDRESS_FULL);
    leave("192.0.2.1", CROWD_MOST_OF_ADDRESS);
    leave("192.0.2.2", 1);
    assert_int_equal(crowd.open, 0);
}

static void test_a_network_of_ipv6_is_one_address(void **state)
{
    (void)state;
    enter("2001:db8:1:2::1", CROWD_MOST_OF_ADDRESS);
    assert_int_equal(crowd_enter(&crowd, "2001:db8:1:2:ffff::9"), CROWD_ADDRESS_FULL);
    enter("2001:db8:1:3::1", 1);
    leave("2001:db8:1:3::1", 1);
    leave("2001:db8:1:2::1", CROWD_MOST_OF_ADDRESS);
}

static void test_all_together_have_a_ceiling_and_who_is_refused_takes_nothing(void **state)
{
    static const char *const peers[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        enter(peers[i], CROWD_MOST / 4);
    for (int i = 0; i < 3; i++)
        assert_int_equal(crowd_enter(&crowd, "192.0.2.9"), CROWD_FULL);
    leave(peers[0], 1);
    enter("192.0.2.9", 1);
    leave("192.0.2.9", 1);
    leave(peers[0], CROWD_MOST / 4 - 1);
    for (size_t i = 1; i < 4; i++)
        leave(peers[i], CROWD_MOST / 4);
    assert_int_equal(crowd.open, 0);
    for (size_t i = 0; i < ADDRESS_BUCKETS; i++)
        assert_null(crowd.addresses.buckets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_address_does_not_take_all_places),
        cmocka_unit_test(test_a_network_of_ipv6_is_one_address),
        cmocka_unit_test(test_all_together_have_a_ceiling_and_who_is_refused_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
