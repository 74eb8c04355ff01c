// SPDX-License-Identifier: Apache-2.0
// A statement written out by hand, and what memory does to one; random ones are compared with another
// implementation in tests/sheet/test_evidence.py.
#include "evidence/cose.h"
#include "evidence/statement.h"
#include "testing.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char RECORD[] =
    "{\"sheet_no\":\"J1\",\"revision\":\"1\",\"statement\":{\"issuer\":\"CN-TS00\",\"issued\":\"1785542400\","
    "\"dates\":[\"20781\",\"20781\",\"20782\"],\"sample\":\"戒指 "
    "ring\",\"domain\":\"1\",\"rule\":\"#1\",\"overall\":\"1\","
    "\"registry\":\"1\",\"legal_class\":\"6\",\"sample_id\":[\"3\",\"3520\"],\"supersedes\":\"4\","
    "\"results\":["
    "{\"analyte\":\"#12\",\"qual\":\"0\",\"value\":\"753.5\",\"unit\":\"#3\",\"u\":\"2.0\",\"limop\":\"2\","
    "\"limit\":\"750\","
    "\"method\":\"#7\",\"verdict\":\"1\",\"rule\":null,\"scope\":\"0\"}]}}";
// By hand from docs/evidence.md; HASH stands for the record's.
#define BEFORE_HASH                                                                                          \
    "b1"                                                                                                     \
    "01"                                                                                                     \
    "67434e2d54533030"                                                                                       \
    "02"                                                                                                     \
    "624a31"                                                                                                 \
    "0301"                                                                                                   \
    "0405"                                                                                                   \
    "0550"                                                                                                   \
    "00000000000000000000000000000000"                                                                       \
    "061a6a6d3700"                                                                                           \
    "078319512d19512d19512e"                                                                                 \
    "086be68892e68c872072696e67"                                                                             \
    "0901"                                                                                                   \
    "0a818b"                                                                                                 \
    "0c"                                                                                                     \
    "00"                                                                                                     \
    "82191d6f20"                                                                                             \
    "03"                                                                                                     \
    "821420"                                                                                                 \
    "02"                                                                                                     \
    "821902ee00"                                                                                             \
    "07"                                                                                                     \
    "01"                                                                                                     \
    "f6"                                                                                                     \
    "00"                                                                                                     \
    "0b01"                                                                                                   \
    "0c01"                                                                                                   \
    "0d5820"
#define AFTER_HASH                                                                                           \
    "0e01"                                                                                                   \
    "0f82036433353230"                                                                                       \
    "1004"                                                                                                   \
    "1206"

static const uint8_t SALT[STATEMENT_SALT_BYTES];

static size_t make(struct arena *arena, uint8_t **ret_payload)
{
    size_t length;
    assert_true(statement_from_record(RECORD, strlen(RECORD), 5, SALT, arena, ret_payload, &length, NULL));
    return length;
}

static void test_a_record_makes_the_payload_written_by_hand(void **unused)
{
    struct arena *arena = arena_create(1 << 20);
    uint8_t *payload, hash[HASH_BYTES];
    char hex[TESTING_BYTES];
    (void)unused;
    size_t length = make(arena, &payload);
    hash_of(RECORD, strlen(RECORD), hash);
    int at = snprintf(hex, sizeof hex, "%s", BEFORE_HASH);
    for (size_t i = 0; i < HASH_BYTES; i++)
        at += snprintf(hex + at, sizeof hex - (size_t)at, "%02x", hash[i]);
    snprintf(hex + at, sizeof hex - (size_t)at, "%s", AFTER_HASH);
    testing_equal(payload, length, hex);
    arena_free(arena);
}

static void test_a_payload_says_what_the_record_said(void **unused)
{
    struct arena *arena = arena_create(1 << 20);
    struct statement statement;
    uint8_t *payload;
    (void)unused;
    size_t length = make(arena, &payload);
    assert_true(statement_read(payload, length, arena, &statement, NULL));
    assert_int_equal(statement.index, 5);
    assert_int_equal(statement.revision, 1);
    assert_true(statement.has_superseded && statement.superseded == 4);
    assert_int_equal(statement.issued, 1785542400);
    assert_int_equal(statement.legal_class, STATEMENT_DEMONSTRATION);
    assert_true(statement.has_sample_id && statement.sample_id_kind == 3);
    assert_int_equal(statement.result_count, 1);
    const struct statement_result *result = &statement.results[0];
    assert_null(result->analyte.text.bytes);
    assert_int_equal(result->analyte.code, 12);
    assert_int_equal(result->values[0].mantissa, 7535);
    assert_int_equal(result->values[0].exponent, -1);
    assert_int_equal(result->limit.kind, STATEMENT_AT_LEAST);
    assert_int_equal(result->verdict, STATEMENT_PASS);
    assert_false(result->has_rule);
    arena_free(arena);
}

static void test_a_revision_names_what_it_supersedes_and_an_earlier_index(void **unused)
{
    struct arena *arena = arena_create(1 << 20);
    struct ts_error error;
    uint8_t *payload;
    size_t length;
    (void)unused;
    // At index 4 it would supersede itself.
    assert_false(statement_from_record(RECORD, strlen(RECORD), 4, SALT, arena, &payload, &length, &error));
    assert_string_equal(error.reason, "STATEMENT_IMPOSSIBLE");
    assert_false(statement_from_record(RECORD, strlen(RECORD), STATEMENT_INDEX_CEILING, SALT, arena, &payload,
                                       &length, &error));
    arena_free(arena);
}

static void test_a_payload_cut_anywhere_is_refused(void **unused)
{
    struct arena *arena = arena_create(1 << 20);
    struct statement statement;
    struct ts_error error;
    uint8_t *payload;
    (void)unused;
    size_t length = make(arena, &payload);
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t *exact = testing_exact(payload, cut);
        assert_false(statement_read(exact, cut, arena, &statement, &error));
        assert_string_equal(error.reason, "E_CBOR");
        free(exact);
    }
    arena_free(arena);
}

static void test_missing_memory_is_told_apart_from_a_broken_record(void **unused)
{
    (void)unused;
    for (size_t nth = 1; nth < 100; nth++) {
        struct arena *arena = arena_create(1 << 20);
        struct ts_error error;
        uint8_t *payload;
        size_t length;
        arena_fail_at(arena, nth);
        bool made = statement_from_record(RECORD, strlen(RECORD), 5, SALT, arena, &payload, &length, &error);
        if (!made)
            assert_string_equal(error.reason, "OUT_OF_MEMORY");
        arena_free(arena);
        if (made && nth > 10)
            return;
    }
    fail_msg("it never was enough memory");
}

static void test_missing_memory_is_told_apart_from_a_broken_payload(void **unused)
{
    struct arena *arena = arena_create(1 << 20);
    struct statement statement;
    struct ts_error error;
    uint8_t *payload;
    (void)unused;
    size_t length = make(arena, &payload);
    for (size_t nth = 1; nth <= 2; nth++) {
        arena_fail_at(arena, nth);
        assert_false(statement_read(payload, length, arena, &statement, &error));
        assert_string_equal(error.reason, "OUT_OF_MEMORY");
    }
    assert_true(statement_read(payload, length, arena, &statement, &error));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_makes_the_payload_written_by_hand),
        cmocka_unit_test(test_a_payload_says_what_the_record_said),
        cmocka_unit_test(test_a_revision_names_what_it_supersedes_and_an_earlier_index),
        cmocka_unit_test(test_a_payload_cut_anywhere_is_refused),
        cmocka_unit_test(test_missing_memory_is_told_apart_from_a_broken_record),
        cmocka_unit_test(test_missing_memory_is_told_apart_from_a_broken_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
