// SPDX-License-Identifier: Apache-2.0
// The small pure pieces of net: address book, flood windows, gzip.
#include "net/address_book.h"
#include "net/calm.h"
#include "net/flood.h"
#include "net/gzip.h"
#include "net/limits.h"
#include "wire/error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct address_key key_of(const char *text)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct address_key key;
    char name[ADDRESS_TEXT_SIZE];
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        address_book_read((const struct sockaddr *)&four, &key, name);
    } else {
        assert_int_equal(1, inet_pton(AF_INET6, text, &six.sin6_addr));
        address_book_read((const struct sockaddr *)&six, &key, name);
    }
    if (strncmp(text, "::ffff:", 7) == 0)
        assert_string_equal(text + 7, name);
    else
        assert_string_equal(text, name);
    return key;
}

static void test_an_address_has_at_most_its_cap(void **state)
{
    struct address_book book = {0};
    struct address_key first = key_of("192.0.2.1"), second = key_of("192.0.2.2");
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(address_book_add(&book, &first, 3));
    assert_false(address_book_add(&book, &first, 3));
    assert_true(address_book_add(&book, &second, 3));
    address_book_remove(&book, &first);
    assert_true(address_book_add(&book, &first, 3));
    for (int i = 0; i < 3; i++)
        address_book_remove(&book, &first);
    address_book_remove(&book, &second);
    address_book_remove(&book, &second); // once too often is harmless
    for (size_t i = 0; i < ADDRESS_BUCKETS; i++)
        assert_null(book.buckets[i]);
}

static void test_one_ipv6_network_is_one_address_and_mapped_ipv4_is_ipv4(void **state)
{
    struct address_book book = {0};
    struct address_key a = key_of("2001:db8:1:2::1"), b = key_of("2001:db8:1:2:ffff::9");
    struct address_key c = key_of("2001:db8:1:3::1");
    struct address_key four = key_of("192.0.2.1"), mapped = key_of("::ffff:192.0.2.1");
    (void)state;
    assert_true(address_book_add(&book, &a, 1));
    assert_false(address_book_add(&book, &b, 1));
    assert_true(address_book_add(&book, &c, 1));
    assert_true(address_book_add(&book, &four, 1));
    assert_false(address_book_add(&book, &mapped, 1));
    address_book_remove(&book, &b);
    address_book_remove(&book, &c);
    address_book_remove(&book, &mapped);
    for (size_t i = 0; i < ADDRESS_BUCKETS; i++)
        assert_null(book.buckets[i]);
}

static void test_a_window_forgets(void **state)
{
    struct flood flood = {0};
    struct net_limits limits;
    (void)state;
    limits_init(&limits);
    limits.settings_frames = 2;
    uint64_t now_ms = 50000;
    assert_null(flood_add(&flood, &limits, FLOOD_SETTINGS, 2, now_ms));
    assert_string_equal("settings_frames", flood_add(&flood, &limits, FLOOD_SETTINGS, 1, now_ms + 1));
    assert_null(flood_add(&flood, &limits, FLOOD_SETTINGS, 2, now_ms + limits.window_ms));
}

static uint64_t planned_ms(struct calm *calm, const struct net_limits *limits, const char *address,
                           uint64_t now_ms)
{
    struct address_key key = key_of(address);
    uint64_t wait_ms = 12345;
    const char *limit = calm_plan(calm, limits, &key, now_ms, &wait_ms);
    assert_true((limit != NULL) == (wait_ms > 0));
    return wait_ms;
}

static void test_who_breached_often_waits_in_order_until_the_window_is_over(void **state)
{
    static struct calm calm;
    struct net_limits limits;
    struct address_key key = key_of("192.0.2.1");
    const uint64_t now_ms = 50000;
    (void)state;
    limits_init(&limits);
    for (uint64_t i = 0; i <= limits.calm_breaches; i++) {
        assert_int_equal(0, planned_ms(&calm, &limits, "192.0.2.1", now_ms));
        calm_add(&calm, &limits, &key, now_ms);
    }
    assert_int_equal(200, planned_ms(&calm, &limits, "192.0.2.1", now_ms));
    assert_int_equal(400, planned_ms(&calm, &limits, "192.0.2.1", now_ms));
    assert_int_equal(550, planned_ms(&calm, &limits, "192.0.2.1", now_ms + 50));
    assert_int_equal(0, planned_ms(&calm, &limits, "192.0.2.2", now_ms));
    for (uint64_t wait_ms = 800; wait_ms <= limits.calm_wait_ms; wait_ms += 200)
        assert_int_equal(wait_ms, planned_ms(&calm, &limits, "192.0.2.1", now_ms));
    assert_true(planned_ms(&calm, &limits, "192.0.2.1", now_ms) == UINT64_MAX);
    assert_int_equal(0, planned_ms(&calm, &limits, "192.0.2.1", now_ms + limits.window_ms));
}

static void test_two_addresses_in_one_slot_do_not_wait_for_each_other(void **state)
{
    static struct calm calm;
    struct net_limits limits;
    struct address_key first = key_of("10.0.0.0"), second = first;
    (void)state;
    limits_init(&limits);
    do {
        second.bytes[3]++;
        second.bytes[2] += second.bytes[3] == 0;
    } while (address_key_hash(&second) % CALM_SLOTS != address_key_hash(&first) % CALM_SLOTS);
    limits.calm_breaches = 0;
    uint64_t wait_ms;
    calm_add(&calm, &limits, &first, 1);
    assert_non_null(calm_plan(&calm, &limits, &first, 1, &wait_ms));
    assert_null(calm_plan(&calm, &limits, &second, 1, &wait_ms));
    calm_add(&calm, &limits, &second, 1);
    assert_non_null(calm_plan(&calm, &limits, &second, 1, &wait_ms));
    assert_null(calm_plan(&calm, &limits, &first, 1, &wait_ms));
}

static void test_gzip_returns_what_it_took(void **state)
{
    (void)state;
    for (size_t length = 0; length < 100000; length = length * 3 + 1) {
        uint8_t *plain = malloc(length + 1), *packed, *back;
        size_t packed_length, declared;
        struct ts_error error = {0};
        for (size_t i = 0; i < length; i++)
            plain[i] = (uint8_t)(i * 2654435761u >> 13);
        assert_true(gzip_deflate(plain, length, &packed, &packed_length));
        assert_true(gzip_read_size(packed, packed_length, &declared));
        assert_int_equal(length, declared);
        assert_true(gzip_inflate(packed, packed_length, length, &back, &error));
        assert_memory_equal(plain, back, length);
        if (length > 0)
            assert_false(gzip_inflate(packed, packed_length, length - 1, &back, &error));
        assert_false(gzip_inflate(packed, packed_length, length + 1, &back, &error));
        free(back);
        free(packed);
        free(plain);
    }
}

static void test_damaged_gzip_is_refused(void **state)
{
    uint8_t *packed, *back = NULL;
    size_t packed_length, size = 0;
    struct ts_error error = {0};
    (void)state;
    assert_true(gzip_deflate((const uint8_t *)"some text", 9, &packed, &packed_length));
    uint8_t *longer = malloc(packed_length + 1);
    memcpy(longer, packed, packed_length);
    longer[packed_length] = 0;
    assert_false(gzip_inflate(longer, packed_length + 1, 9, &back, &error)); // appended
    assert_string_equal("COMPRESSION_INVALID", error.reason);
    for (size_t cut = 0; cut < packed_length; cut++)
        assert_false(gzip_inflate(packed, cut, 9, &back, &error));
    assert_false(gzip_read_size((const uint8_t *)"no gzip, and long enough", 24, &size));
    assert_false(gzip_read_size(packed, 17, &size));
    packed[packed_length - 5] ^= 1; // its checksum
    assert_false(gzip_inflate(packed, packed_length, 9, &back, &error));
    assert_null(back);
    free(longer);
    free(packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_address_has_at_most_its_cap),
        cmocka_unit_test(test_one_ipv6_network_is_one_address_and_mapped_ipv4_is_ipv4),
        cmocka_unit_test(test_a_window_forgets),
        cmocka_unit_test(test_who_breached_often_waits_in_order_until_the_window_is_over),
        cmocka_unit_test(test_two_addresses_in_one_slot_do_not_wait_for_each_other),
        cmocka_unit_test(test_gzip_returns_what_it_took),
        cmocka_unit_test(test_damaged_gzip_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
