// SPDX-License-Identifier: Apache-2.0
// Item codes as names of tests: see test_name.h.
#include "run/test_name.h"

#include <string.h>

#include "command/invocation.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/item_code.h"

static bool fail(struct rpc_outcome *ret_outcome, enum ts_status status, const char *code, const char *text)
{
    ret_outcome->fate = RPC_ANSWERED;
    return error_set(&ret_outcome->error, status, "USAGE", "%s %s", code, text);
}

// The tests of the item; what is cancelled or superseded by a retest is none that anybody could mean.
static const char *only_test(const Touchstone__V1__ListTestsResponse *list, size_t *ret_count)
{
    const char *id = NULL;

    *ret_count = 0;
    for (size_t i = 0; i < list->n_tests; i++) {
        if (list->tests[i]->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_CANCELLED ||
            list->tests[i]->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_SUPERSEDED)
            continue;
        id = list->tests[i]->test_id;
        ++*ret_count;
    }
    return id;
}

bool test_name_resolve(struct client *client, ProtobufCMessage *request, struct rpc_outcome *ret_outcome)
{
    Touchstone__V1__ListTestsRequest list = TOUCHSTONE__V1__LIST_TESTS_REQUEST__INIT;
    const char *name = value_text(request, "test_id");
    char code[ITEM_CODE_SIZE];
    ProtobufCMessage *answer;
    const char *id;
    size_t count;

    if (name == NULL || !item_code_check(name, strlen(name), code))
        return true;
    list.laboratory = client->profile.laboratory;
    list.item_code = code;
    if (list.laboratory[0] == '\0')
        return fail(ret_outcome, TS_INVALID_ARGUMENT, code,
                    "is an item code: give the laboratory too (TOUCHSTONE_LABORATORY), or the test's id");
    if (!client_call(client, RETRY_READ, "/touchstone.v1.BenchService/ListTests", &list.base,
                     &touchstone__v1__list_tests_response__descriptor, &answer, ret_outcome))
        return false;
    id = only_test((const Touchstone__V1__ListTestsResponse *)answer, &count);
    if (count == 0)
        return fail(ret_outcome, TS_NOT_FOUND, code, "has no test in this laboratory");
    if (count > 1)
        return fail(ret_outcome, TS_INVALID_ARGUMENT, code,
                    "has several tests: name one by its id, as test list --item shows it");
    return value_set(client->arena, request, "test_id", id, &ret_outcome->error);
}
