// SPDX-License-Identifier: Apache-2.0
// Digits, entries, tree and paths of the log against answers that are known from elsewhere: the test vectors
// of RFC 6962's reference implementation, the examples of C2SP tlog-tiles, and values worked out by hand.
#include "evidence/digits.h"
#include "evidence/log_entry.h"
#include "evidence/tile.h"
#include "merkle_prove.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static void test_digits_are_the_known_ones(void **unused)
{
    static const struct {
        const char *hex, *digits;
    } KNOWN[] = {{"", ""},
                 {"00", "000"},
                 {"ff", "255"},
                 {"0102", "00513"},
                 {"010203", "00197121"},
                 {"01020304", "0067305985"},
                 {"0102030405", "0021542142465"},
                 {"010203040506", "006618611909121"},
                 {"01020304050607", "01976943448883713"},
                 {"ffffffffffffff", "72057594037927935"},
                 {"0102030405060700", "01976943448883713000"}};
    (void)unused;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        uint8_t bytes[TESTING_BYTES], back[DIGITS_BYTES_SIZE(20)];
        char text[DIGITS_TEXT_SIZE(8)];
        size_t length = testing_bytes(KNOWN[i].hex, bytes), read = 99;
        assert_int_equal(digits_write(bytes, length, text), strlen(KNOWN[i].digits));
        assert_string_equal(text, KNOWN[i].digits);
        assert_true(digits_read(text, strlen(text), back, &read));
        testing_equal(back, read, KNOWN[i].hex);
    }
}

static void test_digits_that_nothing_writes_are_refused(void **unused)
{
    static const char *const WRONG[] = {"1",
                                        "12",
                                        "256",
                                        "999",
                                        "65536",
                                        "1234",
                                        "72057594037927936",
                                        "99999999999999999",
                                        "01976943448883713"
                                        "0",
                                        "01976943448883713"
                                        "00",
                                        "00a",
                                        "0 0",
                                        "+01",
                                        "-01",
                                        "\xEF\xBC\x90"
                                        "00",
                                        "1234567",
                                        "123456789"};
    (void)unused;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        uint8_t bytes[64];
        size_t length = 99;
        assert_false(digits_read(WRONG[i], strlen(WRONG[i]), bytes, &length));
        assert_int_equal(length, 99);
    }
}

static void test_digits_of_every_length_come_back(void **unused)
{
    enum { LONGEST = 300 };
    uint8_t bytes[LONGEST], back[DIGITS_BYTES_SIZE(DIGITS_TEXT_SIZE(LONGEST))];
    char text[DIGITS_TEXT_SIZE(LONGEST)];
    (void)unused;
    for (size_t i = 0; i < LONGEST; i++)
        bytes[i] = (uint8_t)(i * 151 + 255);
    for (size_t length = 0; length <= LONGEST; length++) {
        size_t read, digits = digits_write(bytes, length, text);
        char *exact = testing_exact(text, digits);
        assert_true(digits_read(exact, digits, back, &read));
        assert_int_equal(read, length);
        assert_memory_equal(back, bytes, length);
        free(exact);
    }
}

static struct log_entry issue(void)
{
    struct log_entry entry = {.kind = LOG_ENTRY_ISSUE, .unix_ms = 1785542400000, .ref = LOG_ENTRY_NO_REF};
    memset(entry.digest, 0x11, sizeof entry.digest);
    memset(entry.kid, 0x22, sizeof entry.kid);
    return entry;
}

static void test_an_entry_has_the_known_leaf(void **unused)
{
    struct log_entry entry = issue();
    uint8_t bytes[LOG_ENTRY_BYTES], leaf[HASH_BYTES];
    (void)unused;
    log_entry_write(&entry, bytes);
    merkle_leaf(bytes, sizeof bytes, leaf);
    testing_equal(leaf, sizeof leaf, "b2e427651f555895baca12f804938c4671b6f684473fc69c9233a9e975a08cb9");
}

static void test_an_entry_reads_back_as_written(void **unused)
{
    struct log_entry entry = issue(), back;
    uint8_t bytes[LOG_ENTRY_BYTES], again[LOG_ENTRY_BYTES];
    (void)unused;
    for (int kind = LOG_ENTRY_ISSUE; kind <= LOG_ENTRY_SEALED; kind++) {
        entry.kind = (enum log_entry_kind)kind;
        entry.ref = kind == LOG_ENTRY_ISSUE ? LOG_ENTRY_NO_REF : 7;
        memset(entry.digest, kind == LOG_ENTRY_WITHDRAW ? 0 : 0x11, sizeof entry.digest);
        log_entry_write(&entry, bytes);
        assert_true(log_entry_read(bytes, sizeof bytes, &back));
        log_entry_write(&back, again);
        assert_memory_equal(bytes, again, sizeof bytes);
    }
}

static void test_what_is_no_entry_is_refused(void **unused)
{
    // Offset and value of one changed byte of an issue: mark, kind 0, 8, kinds whose ref or digest differ,
    // zeros.
    static const struct {
        size_t at;
        uint8_t value;
    } WRONG[] = {{0, 't'}, {3, '2'}, {4, 0}, {4, 8}, {4, 2},  {4, 3},
                 {4, 6},   {4, 7},   {6, 1}, {7, 1}, {16, 0}, {23, 0}};
    struct log_entry entry = issue(), back;
    uint8_t bytes[LOG_ENTRY_BYTES];
    (void)unused;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        log_entry_write(&entry, bytes);
        bytes[WRONG[i].at] = WRONG[i].value;
        assert_false(log_entry_read(bytes, sizeof bytes, &back));
    }
    log_entry_write(&entry, bytes);
    assert_false(log_entry_read(bytes, sizeof bytes - 1, &back));
}

static void test_a_sid_is_of_prefix_and_payload(void **unused)
{
    uint8_t sid[HASH_BYTES];
    (void)unused;
    log_entry_sid((const uint8_t *)"abc", 3, sid);
    // printf 'touchstone/sheet/1\nabc' | sha256sum
    testing_equal(sid, sizeof sid, "6a929ab6c6bc065370e08560987525a070f6ba9d937cfa63207654ae9fbaec1f");
}

// The leaves of RFC 6962's reference implementation.
static const char *const LEAVES[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
// Roots of the first 0 to 8 of them: how they begin.
static const char *const ROOTS[] = {"e3b0c442", "6e340b9c", "fac54203", "aeb6bcfe", "d37ee418",
                                    "4e3bbb1f", "76e67dad", "ddb89be4", "5dc9da79"};

static void test_roots_are_the_known_ones(void **unused)
{
    struct merkle_frontier frontier = {.size = 0};
    uint8_t bytes[TESTING_BYTES], hash[HASH_BYTES];
    (void)unused;
    for (size_t size = 0; size <= 8; size++) {
        merkle_root(&frontier, hash);
        testing_equal(hash, 4, ROOTS[size]);
        if (size == 8)
            break;
        merkle_leaf(bytes, testing_bytes(LEAVES[size], bytes), hash);
        merkle_append(&frontier, hash);
    }
    testing_equal(hash, sizeof hash, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

static void test_paths_are_those_of_tlog_tiles(void **unused)
{
    char path[TILE_PATH_SIZE];
    (void)unused;
    assert_true(tile_path(0, 1234067, 256, path));
    assert_string_equal(path, "tile/0/x001/x234/067");
    assert_true(tile_path(2, 0, 1, path));
    assert_string_equal(path, "tile/2/000.p/1");
    assert_true(tile_path(1, 1, 17, path));
    assert_string_equal(path, "tile/1/001.p/17");
    assert_true(tile_bundle_path(273, 112, path));
    assert_string_equal(path, "tile/entries/273.p/112");
    assert_true(tile_path(7, UINT64_MAX, 255, path));
    assert_string_equal(path, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255");
    assert_false(tile_path(0, 0, 0, path));
    assert_false(tile_path(0, 0, 257, path));
    assert_false(tile_path(8, 0, 1, path));
}

static void test_a_tree_of_70000_has_the_tiles_of_the_specification(void **unused)
{
    unsigned width;
    (void)unused;
    assert_int_equal(tile_count(70000, 0, &width), 273);
    assert_int_equal(width, 112);
    assert_int_equal(tile_count(70000, 1, &width), 1);
    assert_int_equal(width, 17);
    assert_int_equal(tile_count(70000, 2, &width), 0);
    assert_int_equal(width, 1);
    assert_int_equal(tile_count(70000, 3, &width), 0);
    assert_int_equal(width, 0);
    assert_int_equal(tile_count(256, 1, &width), 0);
    assert_int_equal(width, 1);
}

// Reads subtrees from leaf hashes that lie in `context`.
static bool subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES])
{
    const uint8_t(*leaves)[HASH_BYTES] = context;
    merkle_root_of(leaves + (index << level), (size_t)1 << level, ret_hash);
    return true;
}

static void test_every_proof_of_small_trees_holds_and_no_other(void **unused)
{
    enum { LARGEST = 40 };
    uint8_t leaves[LARGEST][HASH_BYTES], roots[LARGEST + 1][HASH_BYTES];
    uint8_t proof[MERKLE_PROOF_HASHES][HASH_BYTES];
    size_t count;
    (void)unused;
    for (uint8_t i = 0; i < LARGEST; i++)
        merkle_leaf(&i, 1, leaves[i]);
    for (size_t size = 0; size <= LARGEST; size++) {
        merkle_root_of(leaves, size, roots[size]);
        uint8_t again[HASH_BYTES];
        assert_true(merkle_root_from(size, subtree, leaves, again));
        assert_memory_equal(again, roots[size], HASH_BYTES);
    }
    for (size_t size = 1; size <= LARGEST; size++)
        for (size_t index = 0; index < size; index++) {
            assert_true(merkle_prove_inclusion(index, size, subtree, leaves, proof, &count));
            for (size_t other = 0; other < size + 2; other++)
                assert_int_equal(
                    merkle_check_inclusion(other, size, leaves[index], proof, count, roots[size]),
                    other == index);
            assert_false(merkle_check_inclusion(index, size, leaves[index], proof, count + 1, roots[size]));
            if (count > 0)
                assert_false(
                    merkle_check_inclusion(index, size, leaves[index], proof, count - 1, roots[size]));
        }
    for (size_t newer = 0; newer <= LARGEST; newer++)
        for (size_t older = 0; older <= newer; older++) {
            assert_true(merkle_prove_consistency(older, newer, subtree, leaves, proof, &count));
            for (size_t other = 0; other <= LARGEST; other++)
                assert_int_equal(
                    merkle_check_consistency(older, newer, roots[other], roots[newer], proof, count),
                    other == older);
            assert_false(
                merkle_check_consistency(older, newer, roots[older], roots[newer], proof, count + 1));
        }
    assert_false(merkle_prove_inclusion(3, 3, subtree, leaves, proof, &count));
    assert_false(merkle_prove_consistency(4, 3, subtree, leaves, proof, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_are_the_known_ones),
        cmocka_unit_test(test_digits_that_nothing_writes_are_refused),
        cmocka_unit_test(test_digits_of_every_length_come_back),
        cmocka_unit_test(test_an_entry_has_the_known_leaf),
        cmocka_unit_test(test_an_entry_reads_back_as_written),
        cmocka_unit_test(test_what_is_no_entry_is_refused),
        cmocka_unit_test(test_a_sid_is_of_prefix_and_payload),
        cmocka_unit_test(test_roots_are_the_known_ones),
        cmocka_unit_test(test_paths_are_those_of_tlog_tiles),
        cmocka_unit_test(test_a_tree_of_70000_has_the_tiles_of_the_specification),
        cmocka_unit_test(test_every_proof_of_small_trees_holds_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
