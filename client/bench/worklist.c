// SPDX-License-Identifier: Apache-2.0
// The worklist: own tests, those that wait, all open ones, those handed over; by method; with the holds of
// their batches. An item's code, scanned anywhere, leads to its test and begins the work; scanned again it
// ends it.
#include <stdio.h>
#include <string.h>

#include "bench/bench_parts.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/quality.pb-c.h"

enum { HOLDS_EVERY_MS = 10000 };

static const Touchstone__V1__ListTestsResponse *listed(const struct bench *bench)
{
    return (Touchstone__V1__ListTestsResponse *)bench->list.tests.message;
}

static size_t count_of(const struct bench *bench)
{
    size_t count = 0;

    while (bench_list_test(bench, count) != NULL)
        count++;
    return count;
}

static void ask_tests(struct desk *desk, bool is_quiet, const char *item_code, const char *page_token)
{
    static const char *const states[BENCH_FILTERS] = {
        [FILTER_WAITING] = "unassigned", [FILTER_SUBMITTED] = "submitted"};
    struct bench *bench = bench_of(desk);
    enum bench_filter filter = bench->list.filter;
    bool is_mine = filter == FILTER_MINE || filter == FILTER_SUBMITTED;
    struct ask ask;

    if (!parts_begin(desk, ASK_BENCH_TESTS, &ask))
        return;
    ask.is_quiet = is_quiet;
    if (item_code[0] == '\0')
        bench->list.is_later_page = page_token[0] != '\0';
    parts_end(
        desk, &ask,
        parts_set(&ask, "laboratory", desk->laboratory) && parts_set(&ask, "page.page_size", "100") &&
            (item_code[0] == '\0' || parts_set(&ask, "item_code", item_code)) &&
            (item_code[0] != '\0' || states[filter] == NULL || parts_set(&ask, "state", states[filter])) &&
            (item_code[0] != '\0' || !is_mine || parts_set(&ask, "assigned_to", desk->username)) &&
            (page_token[0] == '\0' || parts_set(&ask, "page.page_token", page_token)));
}

void bench_list_show(struct desk *desk)
{
    bench_of(desk)->screen = BENCH_LIST;
    ask_tests(desk, false, "", "");
}

static void ask_hold(struct desk *desk)
{
    struct bench_holds *holds = &bench_of(desk)->holds;
    struct ask ask;

    if (holds->wanted_count == 0 || !parts_begin(desk, ASK_BENCH_HOLD, &ask))
        return;
    ask.is_quiet = true;
    parts_end(desk, &ask, parts_set(&ask, "hold_id", holds->wanted[--holds->wanted_count]));
}

static void ask_holds(struct desk *desk)
{
    struct ask ask;

    bench_of(desk)->holds.asked_ms = desk->now_ms;
    if (!parts_begin(desk, ASK_BENCH_HOLDS, &ask))
        return;
    ask.is_quiet = true;
    parts_end(desk, &ask,
              parts_set(&ask, "laboratory", desk->laboratory) && parts_set(&ask, "only_open", "yes"));
}

void bench_list_again(struct desk *desk)
{
    struct bench *bench = bench_of(desk);

    if (bench->list.is_later_page && bench->screen == BENCH_LIST)
        return;
    if (bench->holds.asked_ms == 0 || desk->now_ms - bench->holds.asked_ms > HOLDS_EVERY_MS)
        ask_holds(desk);
    else
        ask_tests(desk, true, "", "");
}

static void take_holds(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__ListHoldsResponse *list = (Touchstone__V1__ListHoldsResponse *)response;
    struct bench_holds *holds = &bench_of(desk)->holds;

    holds->count = holds->wanted_count = 0;
    for (size_t i = 0; i < list->n_holds && i < BENCH_HOLDS; i++)
        snprintf(holds->wanted[holds->wanted_count++], sizeof holds->wanted[0], "%s",
                 list->holds[i]->hold_id);
    ask_hold(desk);
}

static void take_hold(struct desk *desk, ProtobufCMessage *response)
{
    const Touchstone__V1__GetHoldResponse *hold = (Touchstone__V1__GetHoldResponse *)response;
    struct bench *bench = bench_of(desk);

    for (size_t i = 0; i < hold->n_tests && bench->holds.count < BENCH_HELD; i++)
        if (hold->tests[i]->in_batch)
            snprintf(bench->holds.test_ids[bench->holds.count++], sizeof bench->holds.test_ids[0], "%s",
                     hold->tests[i]->test_id);
    for (size_t i = 0; i < bench->grid.row_count; i++)
        if (bench->grid.worksheet_no[0] == '\0')
            bench->grid.rows[i].is_held = bench_is_held(bench, bench->grid.rows[i].test_id);
    ask_hold(desk);
}

// The cursor stays on its test, or goes to the item that was scanned.
static void put_cursor(struct bench *bench)
{
    struct bench_list *list = &bench->list;
    size_t count = count_of(bench);
    const Touchstone__V1__Test *test;

    if (list->chosen >= count)
        list->chosen = count > 0 ? count - 1 : 0;
    for (size_t i = 0; (test = bench_list_test(bench, i)) != NULL; i++)
        if (list->follows_item[0] != '\0' ? strcmp(test->item_code, list->follows_item) == 0
                                          : strcmp(test->test_id, list->follows_test) == 0) {
            list->chosen = i;
            break;
        }
    list->follows_item[0] = '\0';
}

static void follow_chosen(struct bench *bench)
{
    const Touchstone__V1__Test *test = bench_list_test(bench, bench->list.chosen);

    snprintf(bench->list.follows_test, sizeof bench->list.follows_test, "%s",
             test != NULL ? test->test_id : "");
}

static void begin_work(struct desk *desk, bool begins, const char *item_code)
{
    struct ask ask;

    if (parts_begin(desk, begins ? ASK_BENCH_BEGIN : ASK_BENCH_STOP, &ask))
        parts_end(desk, &ask, parts_set(&ask, "item_code", item_code));
}

// Of the item that was scanned: where its tests stand, and the work begins if one of them is mine.
static void arrive(struct desk *desk)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__Test *test = bench_list_test(bench, bench->list.chosen);
    bool is_mine = false;

    if (test == NULL) {
        desk_tell(desk, NOTE_BAD, "这件样品在本实验室没有检测任务",
                  "This item has no test in this laboratory");
        return;
    }
    for (size_t i = 0; (test = bench_list_test(bench, i)) != NULL; i++)
        is_mine = is_mine || (strcmp(test->assigned_to, desk->username) == 0 &&
                              (test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_ASSIGNED ||
                               test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS));
    if (is_mine)
        begin_work(desk, true, bench->list.tests.message != NULL ? bench_list_test(bench, 0)->item_code : "");
    else
        desk_tell(desk, NOTE_PLAIN, "这里没有您的待检任务：未分配的按回车领取",
                  "None of them is yours: Enter claims one that nobody has");
}

static void take_tests(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListTestsRequest *request = (Touchstone__V1__ListTestsRequest *)ask->request;
    bool is_scan = request->item_code[0] != '\0';
    const Touchstone__V1__ListTestsResponse *list = (Touchstone__V1__ListTestsResponse *)response;

    for (size_t i = 0; i < list->n_tests; i++)
        bench_grid_seen(desk, list->tests[i]);
    desk_hold(&bench->list.tests, ask, response);
    if (is_scan) {
        // The item's tests alone until F3 or F5; they are not asked again by themselves.
        bench->list.is_later_page = true;
        bench->list.method[0] = '\0';
        bench->list.chosen = 0;
        arrive(desk);
        return;
    }
    put_cursor(bench);
}

static void take_work(struct desk *desk, bool began, const Touchstone__V1__WorkSpan *span, size_t count)
{
    struct bench *bench = bench_of(desk);

    snprintf(bench->list.running_item, sizeof bench->list.running_item, "%s",
             began && span != NULL ? span->item_code : "");
    if (began)
        desk_tell(desk, NOTE_GOOD, "%s 开始计时，%zu 项；再扫一次停止；回车录入",
                  "%s: work on %zu begun; scan it again to stop, Enter types its result",
                  span != NULL ? span->item_code : "", count);
    else
        desk_tell(desk, NOTE_GOOD, "%s 已停止计时", "%s: work ended", span != NULL ? span->item_code : "");
}

void bench_list_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    switch (ask->kind) {
    case ASK_BENCH_TESTS:
        take_tests(desk, ask, response);
        break;
    case ASK_BENCH_HOLDS:
        take_holds(desk, response);
        break;
    case ASK_BENCH_HOLD:
        take_hold(desk, response);
        break;
    case ASK_BENCH_CLAIM: {
        const Touchstone__V1__Test *test = ((Touchstone__V1__ClaimTestResponse *)response)->test;

        desk_tell(desk, NOTE_GOOD, "已领取 %s：在「我的」里录入",
                  "%s is yours: its result goes in under \"mine\"", test->item_code);
        bench_of(desk)->list.filter = FILTER_MINE;
        snprintf(bench_of(desk)->list.follows_item, sizeof bench_of(desk)->list.follows_item, "%s",
                 test->item_code);
        ask_tests(desk, false, "", "");
        break;
    }
    case ASK_BENCH_BEGIN: {
        const Touchstone__V1__StartWorkResponse *work = (Touchstone__V1__StartWorkResponse *)response;

        take_work(desk, true, work->n_work > 0 ? work->work[0] : NULL, work->n_work);
        break;
    }
    case ASK_BENCH_STOP: {
        const Touchstone__V1__StopWorkResponse *work = (Touchstone__V1__StopWorkResponse *)response;

        take_work(desk, false, work->n_work > 0 ? work->work[0] : NULL, work->n_work);
        break;
    }
    default:
        break;
    }
}

void bench_list_scanned(struct desk *desk, const char *item_code)
{
    struct bench *bench = bench_of(desk);

    bench->screen = BENCH_LIST;
    if (strcmp(bench->list.running_item, item_code) == 0)
        begin_work(desk, false, item_code);
    else
        ask_tests(desk, false, item_code, "");
}

// Enter: a test of mine opens the grid, one of nobody's becomes mine.
static void open_chosen(struct desk *desk)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__Test *test = bench_list_test(bench, bench->list.chosen);
    struct ask ask;

    if (test == NULL)
        return;
    if (test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_UNASSIGNED) {
        if (parts_begin(desk, ASK_BENCH_CLAIM, &ask))
            parts_end(desk, &ask,
                      parts_set(&ask, "test_id", test->test_id) && parts_set_version(&ask, test->version));
    } else if (strcmp(test->assigned_to, desk->username) != 0) {
        desk_tell(desk, NOTE_BAD, "这一项在 %s 手里：由本人录入，或请负责人改派",
                  "%s holds this test: that person enters it, or a manager assigns it to you",
                  test->assigned_to);
    } else if (test->blind) {
        desk_tell(desk, NOTE_BAD, "这一项由两人各自独立鉴定：用 touchstone test read 录入",
                  "Two persons read this apart: touchstone test read enters yours");
    } else if (test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_ASSIGNED ||
               test->state == TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS) {
        bench_grid_open(desk, test);
    } else {
        desk_tell(desk, NOTE_PLAIN, "这一项已提交：复核退回后才能再录入",
                  "This one is handed over: it opens again when review sends it back");
    }
}

// The next method and parameter among those of the list, and all of them after the last.
static void next_method(struct bench *bench)
{
    const Touchstone__V1__ListTestsResponse *list = listed(bench);
    char best[96] = "", one[96];

    for (size_t i = 0; list != NULL && i < list->n_tests; i++) {
        snprintf(one, sizeof one, "%.47s:%.47s", list->tests[i]->method_id, list->tests[i]->parameter_id);
        if (strcmp(one, bench->list.method) > 0 && (best[0] == '\0' || strcmp(one, best) < 0))
            memcpy(best, one, sizeof best);
    }
    memcpy(bench->list.method, best, sizeof best);
    bench->list.chosen = 0;
}

static void change_work(struct desk *desk)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__Test *test = bench_list_test(bench, bench->list.chosen);

    if (test != NULL)
        begin_work(desk, strcmp(bench->list.running_item, test->item_code) != 0, test->item_code);
}

bool bench_list_press(struct desk *desk, const struct press *press)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListTestsResponse *list = listed(bench);

    if (bench_move(&bench->list.chosen, count_of(bench), press->kind)) {
        follow_chosen(bench);
        return true;
    }
    switch (press->kind) {
    case PRESS_ENTER:
        open_chosen(desk);
        return true;
    case PRESS_F5:
        bench->list.filter = (bench->list.filter + 1) % BENCH_FILTERS;
        bench->list.method[0] = '\0';
        bench->list.chosen = 0;
        ask_tests(desk, false, "", "");
        return true;
    case PRESS_TAB:
        next_method(bench);
        follow_chosen(bench);
        return true;
    case PRESS_F8:
        change_work(desk);
        return true;
    case PRESS_PAGE_DOWN:
        if (list != NULL && list->next_page_token[0] != '\0')
            ask_tests(desk, false, "", list->next_page_token);
        return true;
    case PRESS_PAGE_UP:
    case PRESS_ESCAPE:
        ask_tests(desk, false, "", "");
        return true;
    default:
        return false;
    }
}
