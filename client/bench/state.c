// SPDX-License-Identifier: Apache-2.0
// What the bench's screens stand on: the state, the tests that its filters leave, a list that is asked for, a
// cursor. See bench.h.
#include <string.h>

#include "bench/bench.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/bench.pb-c.h"

struct bench *bench_of(const struct desk *desk)
{
    return desk->guest_state;
}

void bench_ask_list(struct desk *desk, enum ask_kind kind, bool is_quiet)
{
    struct ask ask;

    if (!parts_begin(desk, kind, &ask))
        return;
    ask.is_quiet = is_quiet;
    parts_end(desk, &ask,
              parts_set(&ask, "laboratory", desk->laboratory) && parts_set(&ask, "page.page_size", "100"));
}

bool bench_move(size_t *chosen, size_t count, int kind)
{
    enum { PAGE = 10 };

    switch (kind) {
    case PRESS_UP:
        *chosen -= *chosen > 0;
        return true;
    case PRESS_DOWN:
        *chosen += *chosen + 1 < count;
        return true;
    case PRESS_HOME:
        *chosen = 0;
        return true;
    case PRESS_END:
        *chosen = count > 0 ? count - 1 : 0;
        return true;
    default:
        return false;
    }
}

static bool is_of_method(const Touchstone__V1__Test *test, const char *method)
{
    size_t length = strlen(test->method_id);

    return method[0] == '\0' || (strncmp(method, test->method_id, length) == 0 && method[length] == ':' &&
                                 strcmp(method + length + 1, test->parameter_id) == 0);
}

const struct Touchstone__V1__Test *bench_list_test(const struct bench *bench, size_t i)
{
    const Touchstone__V1__ListTestsResponse *list =
        (Touchstone__V1__ListTestsResponse *)bench->list.tests.message;

    for (size_t at = 0; list != NULL && at < list->n_tests; at++)
        if (is_of_method(list->tests[at], bench->list.method) && i-- == 0)
            return list->tests[at];
    return NULL;
}

bool bench_is_held(const struct bench *bench, const char *test_id)
{
    for (size_t i = 0; i < bench->holds.count; i++)
        if (strcmp(bench->holds.test_ids[i], test_id) == 0)
            return true;
    return false;
}
