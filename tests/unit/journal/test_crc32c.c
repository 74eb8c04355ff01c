// SPDX-License-Identifier: Apache-2.0
// The sums of RFC 3720, appendix B.4.
#include "testing.h"

#include <string.h>

#include "journal/crc32c.h"

static void test_the_sums_of_rfc_3720(void **state)
{
    // An iSCSI read command, as the RFC has it.
    static const uint8_t command[48] = {
        0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
        0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0,
    };
    uint8_t bytes[32];

    (void)state;
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x46dd794e);
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(31 - i);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x113fdb5c);
    assert_int_equal(crc32c(0, command, sizeof command), 0xd9963a56);
}

static void test_a_sum_goes_on_where_it_stopped(void **state)
{
    const char text[] = "123456789";

    (void)state;
    assert_int_equal(crc32c(0, text, 9), 0xe3069283);
    assert_int_equal(crc32c(crc32c(0, text, 4), text + 4, 5), 0xe3069283);
    assert_int_equal(crc32c(0, text, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sums_of_rfc_3720),
        cmocka_unit_test(test_a_sum_goes_on_where_it_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
