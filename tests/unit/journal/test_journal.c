// SPDX-License-Identifier: Apache-2.0
// Entries, their order and their outcomes; codes and leases.
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/outcome.h"

static struct rpc_outcome answered(enum ts_status status, const char *reason)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};

    if (status != TS_OK)
        error_set(&outcome.error, status, reason, "The server said so.");
    return outcome;
}

static enum journal_verdict settle(struct bench *bench, size_t index, struct rpc_outcome outcome)
{
    enum journal_verdict verdict;

    assert_true(journal_settle(bench->journal, index, &outcome, "D1-26-000001", NOW, &verdict, NULL));
    return verdict;
}

static size_t due(struct bench *bench, enum journal_turn turn)
{
    size_t index = 99;

    assert_int_equal(journal_next(bench->journal, NOW, &index), turn);
    return index;
}

static void begin_with(struct bench *bench, int count)
{
    assert_non_null(testing_open(bench, "D1"));
    for (int i = 1; i <= count; i++)
        assert_true(testing_add(bench, i));
}

static void test_what_an_outcome_means(void **state)
{
    static const struct {
        enum rpc_fate fate;
        enum ts_status status;
        const char *reason;
        enum journal_verdict verdict;
    } cases[] = {
        {RPC_ANSWERED, TS_OK, "", JOURNAL_IS_BOOKED},
        {RPC_NOT_SENT, TS_UNAVAILABLE, "CONNECT", JOURNAL_AGAIN},
        {RPC_NO_ANSWER, TS_UNKNOWN, "NO_ANSWER", JOURNAL_AGAIN},
        {RPC_INTERRUPTED, TS_OK, "", JOURNAL_AGAIN},
        {RPC_NOT_TAKEN, TS_INTERNAL, "", JOURNAL_AGAIN},
        {RPC_UNTRUSTED, TS_UNAVAILABLE, "", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_UNAVAILABLE, "DRAINING", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_UNKNOWN, "OUTCOME_UNKNOWN", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_DEADLINE_EXCEEDED, "", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_RESOURCE_EXHAUSTED, "DATABASE_BUSY", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_INTERNAL, "INTERNAL", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_UNIMPLEMENTED, "", JOURNAL_AGAIN},
        {RPC_ANSWERED, TS_UNAUTHENTICATED, "SESSION_INVALID", JOURNAL_LOG_IN},
        {RPC_ANSWERED, TS_PERMISSION_DENIED, "ROLE_REQUIRED", JOURNAL_LOG_IN},
        {RPC_ANSWERED, TS_FAILED_PRECONDITION, "DESK_REQUIRED", JOURNAL_LOG_IN},
        {RPC_ANSWERED, TS_FAILED_PRECONDITION, "LEASE_RETURNED", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_FAILED_PRECONDITION, "CODE_USED", JOURNAL_IS_CONFLICT},
        // Without a number it cannot be written down as booked.
        {RPC_ANSWERED, TS_FAILED_PRECONDITION, "ALREADY_BOOKED", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_RESOURCE_EXHAUSTED, "LEASE_USED_UP", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_RESOURCE_EXHAUSTED, "WAIVER_QUOTA", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_INVALID_ARGUMENT, "FIELD_INVALID", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_NOT_FOUND, "NOT_FOUND", JOURNAL_IS_CONFLICT},
        {RPC_ANSWERED, TS_ABORTED, "VERSION_STALE", JOURNAL_IS_CONFLICT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rpc_outcome outcome = answered(cases[i].status, cases[i].reason);

        outcome.fate = cases[i].fate;
        if (journal_judge(&outcome) != cases[i].verdict)
            fail_msg("case %zu (%s) is judged otherwise", i, cases[i].reason);
    }
}

static void test_it_is_replayed_once_and_in_order(void **state)
{
    struct bench *bench = *state;

    begin_with(bench, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(due(bench, JOURNAL_SEND), i);
        assert_int_equal(settle(bench, i, answered(TS_UNAVAILABLE, "")), JOURNAL_AGAIN);
        assert_int_equal(due(bench, JOURNAL_SEND), i);
        assert_int_equal(settle(bench, i, answered(TS_OK, "")), JOURNAL_IS_BOOKED);
        assert_int_equal(journal_waiting(bench->journal), 2 - i);
        // Also after the program was started again.
        assert_non_null(testing_open(bench, "D1"));
    }
    due(bench, JOURNAL_DONE);
    assert_int_equal(journal_entry(bench->journal, 2)->state, JOURNAL_BOOKED);
    assert_string_equal(journal_entry(bench->journal, 2)->receipt_no, "D1-26-000001");
}

static void test_what_was_booked_before_is_booked_by_the_number_that_the_server_says(void **state)
{
    struct bench *bench = *state;
    struct rpc_outcome outcome = answered(TS_FAILED_PRECONDITION, "ALREADY_BOOKED");
    enum journal_verdict verdict;

    begin_with(bench, 2);
    error_metadata(&outcome.error, "receipt_no", "D1-26-000077");
    assert_true(journal_settle(bench->journal, 0, &outcome, NULL, NOW, &verdict, NULL));
    assert_int_equal(verdict, JOURNAL_IS_BOOKED);
    assert_int_equal(due(bench, JOURNAL_SEND), 1);
    assert_int_equal(settle(bench, 1, answered(TS_OK, "")), JOURNAL_IS_BOOKED);
    assert_non_null(testing_open(bench, "D1"));
    assert_string_equal(journal_entry(bench->journal, 0)->receipt_no, "D1-26-000077");
    assert_string_equal(journal_entry(bench->journal, 0)->outcome, "The server said so.");
    assert_string_equal(journal_entry(bench->journal, 1)->outcome, "");
}

static void test_what_is_behind_a_conflict_waits_for_the_person(void **state)
{
    struct bench *bench = *state;

    begin_with(bench, 3);
    settle(bench, 0, answered(TS_OK, ""));
    assert_int_equal(settle(bench, 1, answered(TS_FAILED_PRECONDITION, "LEASE_RETURNED")),
                     JOURNAL_IS_CONFLICT);
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(due(bench, JOURNAL_PERSON), 1);
    assert_string_equal(journal_entry(bench->journal, 1)->reason, "LEASE_RETURNED");
    assert_string_equal(journal_entry(bench->journal, 1)->outcome, "The server said so.");
    assert_true(journal_set_aside(bench->journal, 1, "manager", "the consumer left", NOW, NULL));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(due(bench, JOURNAL_SEND), 2);
    assert_int_equal(journal_entry(bench->journal, 1)->state, JOURNAL_SET_ASIDE);
    assert_string_equal(journal_entry(bench->journal, 1)->resolved_by, "manager");
    assert_string_equal(journal_entry(bench->journal, 1)->outcome, "the consumer left");
    assert_false(journal_set_aside(bench->journal, 0, "manager", "no", NOW, NULL));
}

static void test_what_replaces_another_has_its_place_and_its_codes(void **state)
{
    struct bench *bench = *state;
    char codes[1][JOURNAL_CODE];
    struct journal_intake again = {.request_id = "11111111-1111-4111-8111-111111111111",
                                   .user = "reception",
                                   .method = "/m",
                                   .line = "changed",
                                   .laboratory = "JEW",
                                   .codes = (const char(*)[JOURNAL_CODE])codes,
                                   .code_count = 1,
                                   .request = (const uint8_t *)"new",
                                   .request_bytes = 3,
                                   .taken_at_ms = NOW,
                                   .now_ms = NOW};
    struct ts_error error = {0};
    size_t index;

    begin_with(bench, 3);
    snprintf(codes[0], sizeof codes[0], "%s", testing_code(2));
    settle(bench, 0, answered(TS_OK, ""));
    // Only a refusal says that the old key did nothing.
    assert_false(journal_replace(bench->journal, 1, &again, "reception", "why", &error));
    assert_string_equal(error.reason, "JOURNAL_NOT_REFUSED");
    settle(bench, 1, answered(TS_INVALID_ARGUMENT, "FIELD_INVALID"));
    assert_true(journal_replace(bench->journal, 1, &again, "reception", "the mass was mistyped", &error));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_count(bench->journal), 4);
    assert_int_equal(due(bench, JOURNAL_SEND), 2);
    assert_string_equal(journal_entry(bench->journal, 2)->line, "changed");
    assert_string_equal(journal_entry(bench->journal, 2)->replaces, testing_id(2));
    assert_int_equal(journal_entry(bench->journal, 1)->state, JOURNAL_REPLACED);
    assert_string_equal(journal_entry(bench->journal, 1)->outcome, "the mass was mistyped");
    assert_string_equal(journal_entry(bench->journal, 3)->request_id, testing_id(3));
    assert_true(journal_find(bench->journal, testing_code(2), &index));
    assert_int_equal(index, 2);
}

static void test_the_same_entry_twice_is_one_and_another_under_its_id_is_refused(void **state)
{
    struct bench *bench = *state;
    struct journal_intake other = {.request_id = testing_id(1),
                                   .user = "u",
                                   .method = "/m",
                                   .line = "",
                                   .laboratory = "JEW",
                                   .request = (const uint8_t *)"x",
                                   .request_bytes = 1};
    struct ts_error error = {0};

    begin_with(bench, 1);
    assert_true(testing_add(bench, 1));
    assert_int_equal(journal_count(bench->journal), 1);
    assert_false(journal_add(bench->journal, &other, &error));
    assert_string_equal(error.reason, "JOURNAL_ID_USED");
}

static void test_what_is_older_than_the_servers_keys_waits_for_a_person(void **state)
{
    struct bench *bench = *state;
    const int64_t day_ms = 24LL * 3600 * 1000;
    size_t index;

    begin_with(bench, 1);
    assert_int_equal(journal_next(bench->journal, NOW + 30 * day_ms, &index), JOURNAL_SEND);
    assert_int_equal(journal_next(bench->journal, NOW + 30 * day_ms + 2, &index), JOURNAL_PERSON);
}

static void test_codes_are_taken_once_and_by_their_desk(void **state)
{
    struct bench *bench = *state;
    char codes[3][JOURNAL_CODE], found[3][JOURNAL_CODE];
    struct ts_error error = {0};

    for (int i = 0; i < 3; i++)
        snprintf(codes[i], sizeof codes[i], "%s", testing_code(i + 1));
    begin_with(bench, 0);
    assert_true(journal_add_codes(bench->journal, "JEW", (const char(*)[JOURNAL_CODE])codes, 3, NOW, &error));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 3);
    assert_int_equal(journal_codes_left(bench->journal, "FIB"), 0);
    assert_true(testing_add(bench, 1));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 2);
    assert_true(journal_free_codes(bench->journal, "JEW", 2, found));
    assert_string_equal(found[0], codes[1]);
    assert_false(journal_free_codes(bench->journal, "JEW", 3, found));
    // Who goes on with the journal at another desk has none of them.
    assert_non_null(testing_open(bench, "D2"));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 0);
    assert_non_null(testing_open(bench, "D1"));
    assert_true(journal_drop_codes(bench->journal, "JEW", NOW, &error));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 0);
}

static void test_leased_places_are_counted_down(void **state)
{
    struct bench *bench = *state;
    const char *lease = "22222222-2222-4222-8222-222222222222";
    char codes[2][JOURNAL_CODE], found[JOURNAL_ID];
    struct journal_intake intake = {.request_id = testing_id(1),
                                    .user = "u",
                                    .method = "/m",
                                    .line = "",
                                    .laboratory = "JEW",
                                    .lease_id = lease,
                                    .codes = (const char(*)[JOURNAL_CODE])codes,
                                    .code_count = 2,
                                    .request = (const uint8_t *)"x",
                                    .request_bytes = 1,
                                    .now_ms = NOW};

    snprintf(codes[0], sizeof codes[0], "%s", testing_code(1));
    snprintf(codes[1], sizeof codes[1], "%s", testing_code(2));
    begin_with(bench, 0);
    assert_true(journal_add_lease(bench->journal, "JEW", lease, 3, NOW + 1000, NOW, NULL));
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW), 3);
    assert_true(journal_free_lease(bench->journal, "JEW", 2, NOW, found));
    assert_true(journal_add(bench->journal, &intake, NULL));
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW), 1);
    assert_false(journal_free_lease(bench->journal, "JEW", 2, NOW, found));
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW + 1000), 0);
}

#define IN_A_FOLDER(name) cmocka_unit_test_setup_teardown(name, testing_begin, testing_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_what_an_outcome_means),
        IN_A_FOLDER(test_it_is_replayed_once_and_in_order),
        IN_A_FOLDER(test_what_was_booked_before_is_booked_by_the_number_that_the_server_says),
        IN_A_FOLDER(test_what_is_behind_a_conflict_waits_for_the_person),
        IN_A_FOLDER(test_what_replaces_another_has_its_place_and_its_codes),
        IN_A_FOLDER(test_the_same_entry_twice_is_one_and_another_under_its_id_is_refused),
        IN_A_FOLDER(test_what_is_older_than_the_servers_keys_waits_for_a_person),
        IN_A_FOLDER(test_codes_are_taken_once_and_by_their_desk),
        IN_A_FOLDER(test_leased_places_are_counted_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
