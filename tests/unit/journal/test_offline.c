// SPDX-License-Identifier: Apache-2.0
// From a request to the journal and back.
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/offline.h"
#include "rpc/outcome.h"
#include "wire/arena.h"

static const char lease_id[] = "22222222-2222-4222-8222-222222222222";

struct given {
    Touchstone__V1__RegisterIntakeRequest request;
    Touchstone__V1__NewItem items[2], *list[2];
    Touchstone__V1__PersonRef owner;
};

static void make(struct given *given)
{
    touchstone__v1__register_intake_request__init(&given->request);
    touchstone__v1__person_ref__init(&given->owner);
    given->owner.name = (char *)"王小明";
    given->request.owner = &given->owner;
    given->request.request_id = (char *)"33333333-3333-4333-8333-333333333333";
    given->request.laboratory = (char *)"JEW";
    for (int i = 0; i < 2; i++) {
        touchstone__v1__new_item__init(&given->items[i]);
        given->items[i].name = (char *)"戒指";
        given->list[i] = &given->items[i];
    }
    given->request.items = given->list;
    given->request.n_items = 2;
}

static void hold(struct bench *bench, int codes)
{
    char list[8][JOURNAL_CODE];

    assert_non_null(testing_open(bench, "D1"));
    for (int i = 0; i < codes; i++)
        snprintf(list[i], sizeof list[i], "%s", testing_code(i + 1));
    assert_true(journal_add_codes(bench->journal, "JEW", (const char(*)[JOURNAL_CODE])list, (size_t)codes,
                                  NOW, NULL));
    assert_true(journal_add_lease(bench->journal, "JEW", lease_id, 5, NOW + 1000, NOW, NULL));
}

static void test_codes_lease_and_time_go_into_the_request(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    Touchstone__V1__RegisterIntakeRequest *kept;
    const struct journal_entry *entry;
    struct given given;
    size_t index;

    hold(bench, 3);
    make(&given);
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception",
                             offline_line(&given.request, true, arena), NOW, arena, &index, &bench->error));
    entry = journal_entry(bench->journal, index);
    assert_string_equal(entry->line, "王** 2 件 戒指");
    assert_string_equal(entry->codes[0], testing_code(1));
    assert_int_equal(entry->code_count, 2);
    assert_string_equal(entry->lease_id, lease_id);
    kept = offline_request(bench->journal, index, arena, &bench->error);
    assert_string_equal(kept->items[1]->reserved_item_code, testing_code(2));
    assert_string_equal(kept->from_lease_id, lease_id);
    assert_true(kept->taken_offline_ms == NOW);
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW), 3);
    // Once more is the same one, as it was made or as the journal made it.
    make(&given);
    given.request.request_id = (char *)"33333333-3333-4333-8333-333333333333";
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW + 4, arena,
                             &index, &bench->error));
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW + 5, arena,
                             &index, &bench->error));
    assert_int_equal(journal_count(bench->journal), 1);
    arena_free(arena);
}

static void test_codes_that_were_sent_are_spent_and_an_entry_may_still_name_them(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    struct given given;
    char codes[3][JOURNAL_CODE];
    size_t index;

    hold(bench, 3);
    assert_true(journal_free_codes(bench->journal, "JEW", 2, codes));
    assert_true(journal_spend_codes(bench->journal, (const char(*)[JOURNAL_CODE])codes, 2, NOW, NULL));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 1);
    // It was sent with them and nobody knows what became of it.
    make(&given);
    for (int i = 0; i < 2; i++)
        given.items[i].reserved_item_code = codes[i];
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_AS_SENT, "reception", "", NOW, arena,
                             &index, &bench->error));
    assert_string_equal(journal_entry(bench->journal, index)->codes[1], testing_code(2));
    // Also after the desk was started anew.
    assert_non_null(testing_open(bench, "D1"));
    assert_int_equal(journal_codes_left(bench->journal, "JEW"), 1);
    arena_free(arena);
}

static void test_a_lease_that_was_given_back_has_no_places(void **state)
{
    struct bench *bench = *state;

    hold(bench, 1);
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW), 5);
    assert_true(journal_add_lease(bench->journal, "JEW", lease_id, 0, NOW + 1000, NOW, NULL));
    assert_int_equal(journal_places_left(bench->journal, "JEW", NOW), 0);
}

static void test_without_codes_enough_nothing_is_taken(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    struct given given;
    size_t index;

    hold(bench, 1);
    make(&given);
    assert_false(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW, arena,
                              &index, &bench->error));
    assert_string_equal(bench->error.reason, "JOURNAL_NO_CODES");
    assert_int_equal(journal_count(bench->journal), 0);
    arena_free(arena);
}

static void test_what_was_sent_already_stays_as_it_was_sent(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    Touchstone__V1__RegisterIntakeRequest *kept;
    struct given given;
    size_t index;

    hold(bench, 3);
    make(&given);
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_AS_SENT, "reception", "", NOW, arena,
                             &index, &bench->error));
    kept = offline_request(bench->journal, index, arena, &bench->error);
    assert_string_equal(kept->items[0]->reserved_item_code, "");
    assert_string_equal(kept->from_lease_id, "");
    assert_true(kept->taken_offline_ms == 0);
    arena_free(arena);
}

static void test_who_has_a_booking_takes_no_leased_place(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    struct given given;
    size_t index;

    hold(bench, 3);
    make(&given);
    given.request.serves_booking_code = (char *)"7K3M9Q";
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW, arena,
                             &index, &bench->error));
    assert_string_equal(journal_entry(bench->journal, index)->lease_id, "");
    arena_free(arena);
}

// An entry that waited too long, or was kept by a machine whose clock stood years back: a person sends it,
// its codes are on one intake only, and a time that the server cannot take is left out.
static void test_what_is_older_than_the_servers_keys_is_sent_anew_by_a_person(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    const int64_t later = NOW + 31LL * 24 * 3600 * 1000;
    const Touchstone__V1__RegisterIntakeRequest *sent;
    struct given given;
    size_t index;

    hold(bench, 3);
    make(&given);
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW, arena,
                             &index, &bench->error));
    // While the key is known only the same is sent.
    assert_false(offline_resend(bench->journal, index, NULL, "manager", "too early", NOW + 1000, arena,
                                &bench->error));
    assert_string_equal(bench->error.reason, "JOURNAL_NOT_REFUSED");
    assert_int_equal(journal_next(bench->journal, later, &index), JOURNAL_PERSON);
    assert_true(offline_resend(bench->journal, index, NULL, "manager", "it waited long", later, arena,
                               &bench->error));
    assert_int_equal(journal_next(bench->journal, later, &index), JOURNAL_SEND);
    assert_int_equal(index, 1);
    assert_string_equal(journal_entry(bench->journal, index)->codes[0], testing_code(1));
    sent = offline_request(bench->journal, index, arena, NULL);
    assert_true(sent->taken_offline_ms == 0);
    assert_int_equal(sent->n_replaces_request_ids, 1);
    assert_string_equal(sent->replaces_request_ids[0], given.request.request_id);
    assert_true(journal_entry(bench->journal, 0)->taken_at_ms == NOW);
    arena_free(arena);
}

static void test_what_a_clock_that_ran_ahead_has_kept_is_sent_anew_with_the_time_of_now(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    struct rpc_outcome refused = {.fate = RPC_ANSWERED};
    enum journal_verdict verdict;
    const int64_t ahead = NOW + 3600 * 1000;
    struct given given;
    size_t index;

    hold(bench, 3);
    make(&given);
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", ahead, arena,
                             &index, &bench->error));
    error_violation(&refused.error, "taken_offline_ms", "lies in the future: set the clock of the desk");
    assert_true(journal_settle(bench->journal, index, &refused, NULL, ahead, &verdict, NULL));
    assert_int_equal(verdict, JOURNAL_IS_CONFLICT);
    assert_true(offline_resend(bench->journal, index, NULL, "manager", "the clock is right now", NOW + 5000,
                               arena, &bench->error));
    assert_int_equal(journal_next(bench->journal, NOW + 5000, &index), JOURNAL_SEND);
    assert_true(offline_request(bench->journal, index, arena, NULL)->taken_offline_ms == NOW + 5000);
    arena_free(arena);
}

static void test_what_is_sent_anew_has_another_key_and_the_same_codes(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = arena_create(1 << 20);
    struct rpc_outcome refused = {.fate = RPC_ANSWERED};
    enum journal_verdict verdict;
    const Touchstone__V1__RegisterIntakeRequest *twice;
    struct given given, changed;
    size_t index;

    hold(bench, 3);
    make(&given);
    make(&changed);
    changed.items[1].name = (char *)"项链";
    assert_true(offline_take(bench->journal, &given.request, OFFLINE_FRESH, "reception", "", NOW, arena,
                             &index, &bench->error));
    error_set(&refused.error, TS_FAILED_PRECONDITION, "LEASE_RETURNED", "no");
    assert_true(journal_settle(bench->journal, index, &refused, NULL, NOW, &verdict, NULL));
    assert_true(offline_resend(bench->journal, index, &changed.request, "manager", "a necklace", NOW, arena,
                               &bench->error));
    assert_int_equal(journal_next(bench->journal, NOW, &index), JOURNAL_SEND);
    assert_string_not_equal(journal_entry(bench->journal, index)->request_id, given.request.request_id);
    assert_string_equal(journal_entry(bench->journal, index)->codes[1], testing_code(2));
    assert_string_equal(offline_request(bench->journal, index, arena, NULL)->items[1]->name, "项链");
    assert_true(journal_settle(bench->journal, index, &refused, NULL, NOW, &verdict, NULL));
    assert_true(
        offline_resend(bench->journal, index, NULL, "manager", "the lease is there again", NOW, arena, NULL));
    assert_int_equal(journal_next(bench->journal, NOW, &index), JOURNAL_SEND);
    assert_int_equal(index, 2);
    // All that it was sent as before, newest first.
    twice = offline_request(bench->journal, index, arena, NULL);
    assert_int_equal(twice->n_replaces_request_ids, 2);
    assert_string_equal(twice->replaces_request_ids[0], journal_entry(bench->journal, 1)->request_id);
    assert_string_equal(twice->replaces_request_ids[1], given.request.request_id);
    arena_free(arena);
}

#define IN_A_FOLDER(name) cmocka_unit_test_setup_teardown(name, testing_begin, testing_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_codes_lease_and_time_go_into_the_request),
        IN_A_FOLDER(test_codes_that_were_sent_are_spent_and_an_entry_may_still_name_them),
        IN_A_FOLDER(test_a_lease_that_was_given_back_has_no_places),
        IN_A_FOLDER(test_without_codes_enough_nothing_is_taken),
        IN_A_FOLDER(test_what_was_sent_already_stays_as_it_was_sent),
        IN_A_FOLDER(test_who_has_a_booking_takes_no_leased_place),
        IN_A_FOLDER(test_what_is_older_than_the_servers_keys_is_sent_anew_by_a_person),
        IN_A_FOLDER(test_what_a_clock_that_ran_ahead_has_kept_is_sent_anew_with_the_time_of_now),
        IN_A_FOLDER(test_what_is_sent_anew_has_another_key_and_the_same_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
