// SPDX-License-Identifier: Apache-2.0
// Reads the item's tests: see not_releasable.h. A signatory may list tests, but not look at items.
#include "run/not_releasable.h"

#include "message/choices.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/error.h"

struct found {
    size_t tests;
    size_t waiting;
    size_t released;
    // The first that is neither approved, cancelled nor superseded.
    const Touchstone__V1__Test *first_waiting;
};

static struct found look_through(const Touchstone__V1__ListTestsResponse *list)
{
    struct found found = {.tests = list->n_tests};

    for (size_t i = 0; i < list->n_tests; i++) {
        const Touchstone__V1__Test *test = list->tests[i];
        bool is_waiting = test->state != TOUCHSTONE__V1__TEST_STATE__TEST_STATE_APPROVED &&
                          test->state != TOUCHSTONE__V1__TEST_STATE__TEST_STATE_RELEASED &&
                          test->state != TOUCHSTONE__V1__TEST_STATE__TEST_STATE_CANCELLED &&
                          test->state != TOUCHSTONE__V1__TEST_STATE__TEST_STATE_SUPERSEDED;

        found.released += test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_RELEASED;
        found.waiting += is_waiting;
        if (is_waiting && found.first_waiting == NULL)
            found.first_waiting = test;
    }
    return found;
}

static bool tell_waiting(const struct found *found, const char *item_code, struct ts_error *error)
{
    const Touchstone__V1__Test *test = found->first_waiting;
    char state[32];

    choices_word(&touchstone__v1__test_state__descriptor, (int)test->state, state, sizeof state);
    return error_set(error, TS_FAILED_PRECONDITION, "ITEM_NOT_REVIEWED",
                     "%s cannot be released yet: %zu of its %zu tests not approved; %s:%s is %s%s%s",
                     item_code, found->waiting, found->tests, test->method_id, test->parameter_id, state,
                     test->assigned_to[0] != '\0' ? ", technician " : "", test->assigned_to);
}

static bool tell(const Touchstone__V1__ListTestsResponse *list, const char *laboratory, const char *item_code,
                 struct ts_error *error)
{
    struct found found = look_through(list);

    if (found.tests == 0)
        return error_set(error, TS_NOT_FOUND, "NOT_LISTED", "%s is no item of laboratory %s", item_code,
                         laboratory);
    if (found.waiting > 0)
        return tell_waiting(&found, item_code, error);
    if (found.released > 0)
        return error_set(error, TS_FAILED_PRECONDITION, "SHEET_ISSUED", "the sheet of %s is released already",
                         item_code);
    // All approved and yet not listed: it became so since the list was read, or every test is cancelled.
    return error_set(error, TS_ABORTED, "NOT_LISTED", "%s does not wait for a signatory", item_code);
}

bool not_releasable_explain(struct client *client, const char *item_code, struct rpc_outcome *ret_outcome)
{
    Touchstone__V1__ListTestsRequest request = TOUCHSTONE__V1__LIST_TESTS_REQUEST__INIT;
    Touchstone__V1__PageRequest page = TOUCHSTONE__V1__PAGE_REQUEST__INIT;
    ProtobufCMessage *answer;

    page.page_size = 200;
    request.page = &page;
    request.laboratory = (char *)(uintptr_t)client_laboratory(client);
    request.item_code = (char *)(uintptr_t)item_code;
    if (!client_call(client, RETRY_READ, "/touchstone.v1.BenchService/ListTests", &request.base,
                     &touchstone__v1__list_tests_response__descriptor, &answer, ret_outcome))
        return false;
    ret_outcome->fate = RPC_ANSWERED;
    return tell((const Touchstone__V1__ListTestsResponse *)answer, request.laboratory, item_code,
                &ret_outcome->error);
}
