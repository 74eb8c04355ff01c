// SPDX-License-Identifier: Apache-2.0
// The pool against a healthy PostgreSQL: order, isolation, kinds of answers, ceilings, deadlines, orphans,
// closing.
#include "db/bytea.h"
#include "db/gauges.h"
#include "pool_case.h"
#include "wire/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_answers_of_one_connection_come_in_the_order_of_the_calls(void **state)
{
    struct case_pool under;
    struct answer answers[16];
    case_open(&under, *state, (struct db_pool_config){0});
    for (int i = 0; i < 16; i++)
        assert_non_null(case_submit(&under, CASE_NAP, i % 3 ? "0" : "0.02", (char[]){(char)('a' + i), 0}, 0,
                                    &answers[i]));
    case_await(&under, &answers[15]);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(answers[i].kind, DB_DONE);
        assert_int_equal(answers[i].text[0], 'a' + i);
        assert_int_equal(answers[i].order, i + 1);
    }
    case_close(&under);
}

static void test_a_failing_act_aborts_no_neighbour_in_the_pipeline(void **state)
{
    struct case_pool under;
    struct answer first, wrong, last;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 3}}};
    case_open(&under, *state, config);
    case_submit(&under, CASE_ADD, "1001", NULL, 0, &first);
    case_submit(&under, CASE_ADD, "1001", NULL, 0, &wrong);
    case_submit(&under, CASE_ADD, "1002", NULL, 0, &last);
    case_await(&under, &last);
    assert_int_equal(first.kind, DB_DONE);
    assert_int_equal(wrong.kind, DB_REFUSED);
    assert_int_equal(last.kind, DB_DONE);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id in (1001, 1002)"),
                     2);
    case_close(&under);
}

static void test_a_deferred_constraint_fails_the_statement_that_broke_it(void **state)
{
    struct case_pool under;
    struct answer before, broken, after;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 3}}};
    case_open(&under, *state, config);
    case_submit(&under, CASE_ADD, "1011", NULL, 0, &before);
    case_submit(&under, CASE_DEFERRED, "5", NULL, 0, &broken);
    case_submit(&under, CASE_ADD, "1012", NULL, 0, &after);
    case_await(&under, &after);
    assert_int_equal(before.kind, DB_DONE);
    assert_int_equal(broken.kind, DB_REFUSED);
    assert_int_equal(broken.error.status, TS_INTERNAL);
    assert_int_equal(after.kind, DB_DONE);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.child"), 0);
    case_close(&under);
}

static void test_a_refusal_carries_reason_field_text_and_metadata(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_REFUSE, NULL, NULL, DB_REFUSED, &answer);
    assert_int_equal(answer.error.status, TS_ABORTED);
    assert_string_equal(answer.error.reason, "VERSION_STALE");
    assert_string_equal(answer.error.detail, "somebody was faster");
    assert_string_equal(answer.error.metadata, "{\"current\":\"7\"}");
    assert_int_equal(answer.error.violation_count, 1);
    assert_string_equal(answer.error.violations[0].field, "item.version");
    case_close(&under);
}

static void test_an_unexpected_error_shows_nothing_of_the_database(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_BREAK, "1021", NULL, DB_DONE, &answer);
    case_call(&under, CASE_BREAK, "1021", NULL, DB_REFUSED, &answer);
    assert_int_equal(answer.error.status, TS_INTERNAL);
    assert_null(strstr(answer.error.detail, "1021"));
    assert_null(strstr(answer.error.detail, "ledger"));
    case_call(&under, CASE_BREAK, "not a number", NULL, DB_REFUSED, &answer);
    assert_null(strstr(answer.error.detail, "not a number"));
    case_close(&under);
}

struct bytes {
    struct arena *arena;
    uint8_t *data;
    size_t length;
    bool is_null, done;
};

static void take_bytes(void *context, const struct db_outcome *outcome)
{
    struct bytes *bytes = context;
    struct ts_error error;
    bytes->done = true;
    assert_int_equal(outcome->kind, DB_DONE);
    bytes->is_null = PQgetisnull(outcome->result, 0, 0);
    if (!bytes->is_null)
        assert_true(bytea_decode(PQgetvalue(outcome->result, 0, 0),
                                 (size_t)PQgetlength(outcome->result, 0, 0), bytes->arena, &bytes->data,
                                 &bytes->length, &error));
}

static bool bytes_are_there(void *context)
{
    return ((struct bytes *)context)->done;
}

static void test_bytes_go_and_come_unchanged(void **state)
{
    struct case_pool under;
    struct ts_error error;
    uint8_t data[256];
    struct bytes bytes = {.arena = arena_create(1 << 20)};
    for (int i = 0; i < 256; i++)
        data[i] = (uint8_t)i;
    case_open(&under, *state, (struct db_pool_config){0});
    const struct db_value values[] = {value_bytea(data, 256), value_bytea(data, 0), value_null()};
    for (int i = 0; i < 3; i++) {
        bytes.done = false;
        assert_non_null(pool_submit(under.pool, CASE_BYTEA, &values[i], 0, take_bytes, &bytes, &error));
        fixture_run_until(&under.loop, bytes_are_there, &bytes);
        assert_int_equal(bytes.is_null, i == 2);
        if (i < 2)
            assert_int_equal(bytes.length, i == 0 ? 256 : 0);
        if (i == 0)
            assert_memory_equal(bytes.data, data, 256);
    }
    arena_free(bytes.arena);
    case_close(&under);
}

static void test_an_array_of_bytes_arrives_whole(void **state)
{
    struct case_pool under;
    struct answer answer = {0}, none = {0};
    struct ts_error error;
    struct arena *arena = arena_create(1 << 16);
    const void *data[] = {"\x01\x02", "", "\xff"};
    const size_t lengths[] = {2, 0, 1};
    struct db_value value;
    case_open(&under, *state, (struct db_pool_config){0});
    assert_true(value_bytea_array(arena, data, lengths, 3, &value));
    assert_non_null(pool_submit(under.pool, CASE_BYTEAS, &value, 0, case_fill, &answer, &error));
    case_await(&under, &answer);
    assert_string_equal(answer.text, "0102||ff");
    assert_true(value_bytea_array(arena, NULL, NULL, 0, &value));
    assert_non_null(pool_submit(under.pool, CASE_BYTEAS, &value, 0, case_fill, &none, &error));
    case_await(&under, &none);
    assert_int_equal(none.kind, DB_DONE);
    assert_string_equal(none.text, "");
    arena_free(arena);
    case_close(&under);
}

static void test_broken_hex_and_a_full_arena_are_errors(void **state)
{
    struct arena *arena = arena_create(4096);
    struct ts_error error;
    uint8_t *data = NULL;
    size_t length = 0;
    struct db_value value = value_null();
    (void)state;
    assert_false(bytea_decode("\\x0g", 4, arena, &data, &length, &error));
    assert_false(bytea_decode("\\x0", 3, arena, &data, &length, &error));
    assert_false(bytea_decode("ab", 2, arena, &data, &length, &error));
    assert_string_equal(error.reason, "BYTEA_MALFORMED");
    assert_true(bytea_decode("\\xAbcD", 6, arena, &data, &length, &error));
    assert_memory_equal(data, "\xab\xcd", 3);
    arena_fail_at(arena, 1);
    assert_false(bytea_decode("\\x00", 4, arena, &data, &length, &error));
    assert_int_equal(error.status, TS_RESOURCE_EXHAUSTED);
    arena_fail_at(arena, 1);
    assert_false(value_bytea_array(arena, NULL, NULL, 0, &value));
    assert_null(value.data);
    arena_free(arena);
}

static void test_large_values_pass_both_ways(void **state)
{
    struct case_pool under;
    struct answer big[8], echo[8];
    size_t size = 3000000;
    char *text = malloc(size + 1);
    memset(text, 'y', size);
    text[size] = 0;
    case_open(&under, *state, (struct db_pool_config){0});
    for (int i = 0; i < 8; i++) {
        assert_non_null(case_submit(&under, CASE_BIG, "3000000", NULL, 0, &big[i]));
        assert_non_null(case_submit(&under, CASE_ECHO, text, NULL, 0, &echo[i]));
    }
    case_await(&under, &echo[7]);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(big[i].kind, DB_DONE);
        assert_int_equal(echo[i].kind, DB_DONE);
        assert_int_equal(echo[i].text[0], 'y');
    }
    free(text);
    case_close(&under);
}

static void test_waiting_acts_have_a_ceiling(void **state)
{
    struct case_pool under;
    struct answer running, waiting[3], refused;
    struct db_gauges gauges;
    struct db_pool_config config = {.sizes = {[DB_READ] = {1, 1}}, .waiting_max = 3};
    case_open(&under, *state, config);
    case_submit(&under, CASE_NAP, "0.05", "x", 0, &running);
    for (int i = 0; i < 3; i++)
        assert_non_null(case_submit(&under, CASE_ECHO, "w", NULL, 0, &waiting[i]));
    assert_null(case_submit(&under, CASE_ECHO, "r", NULL, 0, &refused));
    assert_int_equal(refused.error.status, TS_RESOURCE_EXHAUSTED);
    assert_string_equal(refused.error.reason, "DATABASE_BUSY");
    pool_read_gauges(under.pool, &gauges);
    assert_int_equal(gauges.waiting[DB_READ], 3);
    assert_int_equal(gauges.in_flight[DB_READ], 1);
    case_await(&under, &waiting[2]);
    assert_int_equal(waiting[2].kind, DB_DONE);
    case_call(&under, CASE_ECHO, "again", NULL, DB_DONE, &refused);
    case_close(&under);
}

static void test_a_full_class_refuses_no_other_and_the_daemon_s_own_question_goes_first(void **state)
{
    struct case_pool under;
    struct answer running, waiting, refused, written, asked = {0};
    struct ts_error error;
    struct db_pool_config config = {.sizes = {[DB_READ] = {1, 1}}, .waiting_max = 1};
    case_open(&under, *state, config);
    case_submit(&under, CASE_NAP, "0.05", "x", 0, &running);
    assert_non_null(case_submit(&under, CASE_ECHO, "w", NULL, 0, &waiting));
    assert_null(case_submit(&under, CASE_ECHO, "r", NULL, 0, &refused));
    assert_non_null(case_submit(&under, CASE_ADD, "1040", NULL, 0, &written));
    assert_non_null(pool_ask(under.pool, CASE_READ_PLAN, 0, case_fill, &asked, &error));
    case_await(&under, &waiting);
    assert_int_equal(waiting.kind, DB_DONE);
    assert_int_equal(asked.kind, DB_DONE);
    assert_in_range(asked.order, running.order + 1, waiting.order - 1);
    case_await(&under, &written);
    assert_int_equal(written.kind, DB_DONE);
    case_close(&under);
}

static void test_where_acts_wait_their_origins_take_turns(void **state)
{
    enum { GREEDY = 7, OTHER = 8, MANY = 5 };
    struct case_pool under;
    struct answer running, many[MANY], one;
    case_open(&under, *state, (struct db_pool_config){.sizes = {[DB_READ] = {1, 1}}});
    case_submit(&under, CASE_NAP, "0.05", "x", 0, &running);
    for (int i = 0; i < MANY; i++)
        pool_set_origin(case_submit(&under, CASE_ECHO, "m", NULL, 0, &many[i]), GREEDY);
    pool_set_origin(case_submit(&under, CASE_ECHO, "o", NULL, 0, &one), OTHER);
    case_await(&under, &many[MANY - 1]);
    assert_int_equal(one.kind, DB_DONE);
    assert_int_equal(one.order, many[0].order + 1);
    assert_int_equal(many[1].order, one.order + 1);
    for (int i = 2; i < MANY; i++)
        assert_int_equal(many[i].order, many[i - 1].order + 1);
    case_close(&under);
}

static void test_a_read_past_its_deadline_is_over_and_the_next_goes_on(void **state)
{
    struct case_pool under;
    struct answer late, next;
    case_open(&under, *state, (struct db_pool_config){0});
    case_submit(&under, CASE_NAP, "0.3", "late", 30, &late);
    case_submit(&under, CASE_ECHO, "next", NULL, 0, &next);
    case_await(&under, &late);
    assert_int_equal(late.kind, DB_UNAVAILABLE);
    assert_int_equal(late.error.status, TS_DEADLINE_EXCEEDED);
    case_await(&under, &next);
    assert_string_equal(next.text, "next");
    case_close(&under);
}

static void test_a_sent_write_past_its_deadline_is_unknown_and_never_cancelled(void **state)
{
    struct case_pool under;
    struct answer late, waiting, after;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 1}}};
    case_open(&under, *state, config);
    case_submit(&under, CASE_ADD_SLOW, "1031", "0.2", 20, &late);
    case_submit(&under, CASE_ADD, "1032", NULL, 20, &waiting);
    case_await(&under, &waiting);
    case_await(&under, &late);
    assert_int_equal(late.kind, DB_UNKNOWN);
    assert_string_equal(late.error.reason, "OUTCOME_UNKNOWN");
    // One that was never sent is surely not done.
    assert_int_equal(waiting.kind, DB_UNAVAILABLE);
    assert_int_equal(waiting.error.status, TS_DEADLINE_EXCEEDED);
    case_call(&under, CASE_ADD, "1033", NULL, DB_DONE, &after);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id = 1031"), 1);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id = 1032"), 0);
    case_close(&under);
}

static void test_a_commit_that_hangs_costs_its_connection(void **state)
{
    struct case_pool under;
    struct answer hung, behind, pid, other;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 2}}, .commit_grace_ms = 50};
    case_open(&under, *state, config);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &pid);
    case_submit(&under, CASE_ADD_SLOW, "1041", "2", 20, &hung);
    case_submit(&under, CASE_ADD, "1042", NULL, 0, &behind);
    case_await(&under, &hung);
    assert_int_equal(hung.kind, DB_UNKNOWN);
    case_await(&under, &behind);
    assert_int_equal(behind.kind, DB_UNKNOWN);
    case_await_ready(&under);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &other);
    assert_string_not_equal(pid.text, other.text);
    case_close(&under);
}

static void test_an_orphan_is_never_called_and_disturbs_nobody(void **state)
{
    struct case_pool under;
    struct answer sent, waiting, next;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 1}}};
    case_open(&under, *state, config);
    struct db_ticket *first = case_submit(&under, CASE_ADD_SLOW, "1051", "0.05", 0, &sent);
    struct db_ticket *second = case_submit(&under, CASE_ADD, "1052", NULL, 0, &waiting);
    case_submit(&under, CASE_ADD, "1053", NULL, 0, &next);
    pool_orphan(first);
    pool_orphan(second);
    case_await(&under, &next);
    assert_int_equal(next.kind, DB_DONE);
    assert_false(sent.done);
    assert_false(waiting.done);
    // What was sent runs to its end, what waited never began.
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id = 1051"), 1);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id = 1052"), 0);
    case_close(&under);
}

static void test_a_cancelled_wait_for_a_standby_is_unknown(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_WARN, NULL, NULL, DB_UNKNOWN, &answer);
    assert_string_equal(answer.error.reason, "OUTCOME_UNKNOWN");
    case_call(&under, CASE_ADD, "1061", NULL, DB_DONE, &answer);
    case_close(&under);
}

static void test_closing_lets_sent_acts_end_and_refuses_new_ones(void **state)
{
    struct case_pool under;
    struct answer sent, waiting, refused;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 1}}};
    case_open(&under, *state, config);
    case_submit(&under, CASE_ADD_SLOW, "1071", "0.1", 0, &sent);
    case_submit(&under, CASE_ADD, "1072", NULL, 0, &waiting);
    // case_close turns the loop; what is refused meanwhile is asked before.
    pool_close(under.pool, NULL, NULL);
    assert_null(case_submit(&under, CASE_ADD, "1073", NULL, 0, &refused));
    assert_int_equal(refused.error.status, TS_UNAVAILABLE);
    fixture_close_loop(&under.loop);
    assert_int_equal(sent.kind, DB_DONE);
    assert_int_equal(waiting.kind, DB_UNAVAILABLE);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id in (1071, 1072)"),
                     1);
}

static void test_closing_does_not_wait_for_ever(void **state)
{
    struct case_pool under;
    struct answer sent;
    struct db_pool_config config = {.close_grace_ms = 50};
    case_open(&under, *state, config);
    case_submit(&under, CASE_ADD_SLOW, "1081", "1", 0, &sent);
    case_close(&under);
    assert_true(sent.done);
    assert_int_equal(sent.kind, DB_UNKNOWN);
}

static void close_from_inside(void *context, const struct db_outcome *outcome)
{
    struct case_pool *under = context;
    assert_int_equal(outcome->kind, DB_DONE);
    pool_close(under->pool, NULL, NULL);
}

static void test_the_pool_may_be_closed_from_an_answer(void **state)
{
    struct case_pool under;
    struct ts_error error;
    struct answer other;
    const struct db_value value = value_text("x");
    case_open(&under, *state, (struct db_pool_config){0});
    assert_non_null(pool_submit(under.pool, CASE_ECHO, &value, 0, close_from_inside, &under, &error));
    case_submit(&under, CASE_ECHO, "y", NULL, 0, &other);
    fixture_close_loop(&under.loop);
    assert_int_equal(other.kind, DB_DONE);
}

struct mix {
    struct case_pool *under;
    unsigned left, open, done, refused, wrong, random;
};

struct mixed_call {
    struct mix *mix;
    unsigned number, kind;
};

static void submit_mixed(struct mix *mix);

static void on_mixed(void *context, const struct db_outcome *outcome)
{
    struct mixed_call *call = context;
    struct mix *mix = call->mix;
    char text[16];
    mix->open--;
    snprintf(text, sizeof(text), "%u", call->number);
    if (call->kind == 2) {
        mix->refused += outcome->kind == DB_REFUSED;
        mix->wrong += outcome->kind != DB_REFUSED;
    } else {
        mix->done += outcome->kind == DB_DONE;
        mix->wrong += outcome->kind != DB_DONE || strcmp(PQgetvalue(outcome->result, 0, 0), text) != 0;
    }
    free(call);
    while (mix->left > 0 && mix->open < 60)
        submit_mixed(mix);
}

static void submit_mixed(struct mix *mix)
{
    static const enum case_statement statements[] = {CASE_ECHO, CASE_ADD, CASE_REFUSE, CASE_NAP};
    struct mixed_call *call = malloc(sizeof(*call));
    struct ts_error error;
    char text[16];
    mix->random = mix->random * 1103515245u + 12345u;
    *call = (struct mixed_call){mix, 100000 + mix->left, mix->random >> 16 & 3};
    snprintf(text, sizeof(text), "%u", call->number);
    const struct db_value values[] = {value_text(call->kind == 3 ? "0.0001" : text), value_text(text)};
    mix->left--;
    mix->open++;
    struct db_ticket *ticket =
        pool_submit(mix->under->pool, statements[call->kind], values, 0, on_mixed, call, &error);
    assert_non_null(ticket);
    if ((mix->random >> 20 & 31) == 0) { // some callers go away
        pool_orphan(ticket);
        mix->open--;
        free(call);
    }
}

static bool mix_is_over(void *context)
{
    const struct mix *mix = context;
    return mix->left == 0 && mix->open == 0;
}

static void test_ten_thousand_mixed_calls_each_get_their_own_answer(void **state)
{
    struct case_pool under;
    struct db_pool_config config = {
        .sizes = {[DB_READ] = {4, 16}, [DB_SEARCH] = {1, 2}, [DB_WRITE] = {8, 2}, [DB_SLOW] = {1, 1}}};
    struct mix mix = {.under = &under, .left = 10000, .random = 7};
    struct db_gauges gauges;
    case_open(&under, *state, config);
    while (mix.left > 0 && mix.open < 60)
        submit_mixed(&mix);
    fixture_run_until(&under.loop, mix_is_over, &mix);
    assert_int_equal(mix.wrong, 0);
    assert_in_range(mix.done + mix.refused, 9000, 10000);
    pool_read_gauges(under.pool, &gauges);
    assert_int_equal(gauges.connections_lost, 0);
    case_close(&under);
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture);
    case_prepare_database(&fixture);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_of_one_connection_come_in_the_order_of_the_calls),
        cmocka_unit_test(test_a_failing_act_aborts_no_neighbour_in_the_pipeline),
        cmocka_unit_test(test_a_deferred_constraint_fails_the_statement_that_broke_it),
        cmocka_unit_test(test_a_refusal_carries_reason_field_text_and_metadata),
        cmocka_unit_test(test_an_unexpected_error_shows_nothing_of_the_database),
        cmocka_unit_test(test_bytes_go_and_come_unchanged),
        cmocka_unit_test(test_an_array_of_bytes_arrives_whole),
        cmocka_unit_test(test_broken_hex_and_a_full_arena_are_errors),
        cmocka_unit_test(test_large_values_pass_both_ways),
        cmocka_unit_test(test_waiting_acts_have_a_ceiling),
        cmocka_unit_test(test_a_full_class_refuses_no_other_and_the_daemon_s_own_question_goes_first),
        cmocka_unit_test(test_where_acts_wait_their_origins_take_turns),
        cmocka_unit_test(test_a_read_past_its_deadline_is_over_and_the_next_goes_on),
        cmocka_unit_test(test_a_sent_write_past_its_deadline_is_unknown_and_never_cancelled),
        cmocka_unit_test(test_a_commit_that_hangs_costs_its_connection),
        cmocka_unit_test(test_an_orphan_is_never_called_and_disturbs_nobody),
        cmocka_unit_test(test_a_cancelled_wait_for_a_standby_is_unknown),
        cmocka_unit_test(test_closing_lets_sent_acts_end_and_refuses_new_ones),
        cmocka_unit_test(test_closing_does_not_wait_for_ever),
        cmocka_unit_test(test_the_pool_may_be_closed_from_an_answer),
        cmocka_unit_test(test_ten_thousand_mixed_calls_each_get_their_own_answer),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
