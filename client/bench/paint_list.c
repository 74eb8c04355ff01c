// SPDX-License-Identifier: Apache-2.0
// Painting: the worklist, the worksheets, the help.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/painter.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"

struct word {
    const char *zh, *en;
};

#define WORD(desk, words, at) word(desk, words, sizeof(words) / sizeof *(words), (size_t)(at))

static const char *word(const struct desk *desk, const struct word *words, size_t count, size_t at)
{
    return at < count ? desk_say(desk, words[at].zh, words[at].en) : "?";
}

static const char *state_words(const struct desk *desk, int test_state)
{
    static const struct word states[] = {{"", ""},
                                         {"未分配", "waiting"},
                                         {"待检", "to do"},
                                         {"检测中", "begun"},
                                         {"待复核", "submitted"},
                                         {"已复核", "approved"},
                                         {"已签发", "released"},
                                         {"已取消", "cancelled"},
                                         {"已重测", "retested"}};

    return WORD(desk, states, test_state);
}

// "11-30 15:04"
static const char *due_of(const struct desk *desk, const Touchstone__V1__Test *test,
                          struct painter_time *time)
{
    *time = painter_time(desk, test->due_at);
    return strlen(time->text) > 5 ? time->text + 5 : "";
}

static void paint_filters(const struct desk *desk, struct page *page, struct area area)
{
    static const struct word filters[BENCH_FILTERS] = {
        [FILTER_MINE] = {"我的", "mine"},
        [FILTER_WAITING] = {"未分配", "waiting"},
        [FILTER_OPEN] = {"全部在检", "all open"},
        [FILTER_SUBMITTED] = {"我已提交", "handed over by me"}};
    const struct bench_list *list = &bench_of(desk)->list;
    int column = area.column + 1;

    column += page_text(page, area.row, column, 4, PAGE_KEY, "F5") + 1;
    for (size_t i = 0; i < BENCH_FILTERS; i++) {
        bool is_chosen = i == list->filter;

        column += page_format(page, area.row, column, area.columns, is_chosen ? PAGE_STRONG : PAGE_DIM,
                              is_chosen ? "[%s]" : " %s ", desk_say(desk, filters[i].zh, filters[i].en)) +
                  1;
    }
    column += page_text(page, area.row, column + 1, 4, PAGE_KEY, "Tab") + 2;
    page_text(page, area.row, column, area.columns - column, list->method[0] != '\0' ? PAGE_STRONG : PAGE_DIM,
              list->method[0] != '\0' ? list->method : desk_say(desk, "全部方法", "all methods"));
}

static const char *state_of(const struct desk *desk, const Touchstone__V1__Test *test)
{
    const struct bench *bench = bench_of(desk);

    if (bench_is_held(bench, test->test_id))
        return desk_say(desk, "批冻结!", "BATCH HELD");
    if (test->sent_back_reason[0] != '\0')
        return desk_say(desk, "退回!", "SENT BACK");
    if (strcmp(bench->list.running_item, test->item_code) == 0)
        return desk_say(desk, "计时中", "running");
    return state_words(desk, (int)test->state);
}

static void paint_tests(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {
        {"样品码", "Item", 9}, {"方法", "Method", 12}, {"参数", "Param", 9},    {"样品", "What", 0},
        {"时限", "Due", 11},   {"状态", "State", 10},  {"持有人", "Holder", 10}};
    const struct bench *bench = bench_of(desk);
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1,
           top = bench->list.chosen >= room ? bench->list.chosen - room + 1 : 0;
    bool is_mine = bench->list.filter == FILTER_MINE || bench->list.filter == FILTER_SUBMITTED;
    // Whose they are says the filter.
    size_t count = is_mine && !bench->list.is_later_page ? 6 : 7;
    const Touchstone__V1__Test *test = NULL;
    struct area heading = area;

    painter_row(desk, page, area, columns, count, NULL, false);
    for (size_t i = top; (test = bench_list_test(bench, i)) != NULL && i - top < room; i++) {
        struct painter_time due;
        const char *texts[] = {test->item_code,  test->method_id,          test->parameter_id,
                               test->item_name,  due_of(desk, test, &due), state_of(desk, test),
                               test->assigned_to};

        area.row++;
        painter_row(desk, page, area, columns, count, texts, i == bench->list.chosen);
    }
    painter_more(page, heading, (int)room, top, test != NULL ? top + room + 1 : 0);
}

// Of the test with the cursor: what there is to know before it is touched.
static void paint_detail(const struct desk *desk, struct page *page, struct area area)
{
    const struct bench *bench = bench_of(desk);
    const Touchstone__V1__Test *test = bench_list_test(bench, bench->list.chosen);

    if (test == NULL)
        return;
    page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_PLAIN, "%s  %s  %s g  %s  %s  %s",
                desk_say(desk, test->parameter_zh, test->parameter_en), test->claimed_product_id,
                test->item_mass_g, test->hallmark, test->decision_rule, test->method);
    // In the list there is no room for all of a long one.
    page_text(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_DIM, test->item_name);
    if (bench_is_held(bench, test->test_id))
        page_text(page, area.row + 2, area.column + 1, area.columns - 2, PAGE_BAD,
                  desk_say(desk, "! 本批质控不合格，已冻结：待质量负责人放行后才能提交",
                           "! Its batch is held: a control failed, and the quality manager releases it"));
    else if (test->sent_back_reason[0] != '\0')
        page_format(page, area.row + 2, area.column + 1, area.columns - 2, PAGE_BAD, "! %s: %s",
                    desk_say(desk, "复核退回", "Sent back"), test->sent_back_reason);
    else if (test->blind)
        page_text(page, area.row + 2, area.column + 1, area.columns - 2, PAGE_DIM,
                  desk_say(desk, "两人各自独立鉴定：用 touchstone test read 录入",
                           "Two persons read it apart: touchstone test read enters yours"));
}

void paint_bench_list(const struct desk *desk, struct page *page, struct area area)
{
    enum { DETAIL_ROWS = 4 };
    const struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListTestsResponse *list =
        (Touchstone__V1__ListTestsResponse *)bench->list.tests.message;

    paint_filters(desk, page, area);
    if (list == NULL) {
        page_text(page, area.row + 2, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "正在读取...", "Reading..."));
        return;
    }
    paint_tests(desk, page,
                (struct area){area.row + 1, area.column, area.rows - 1 - DETAIL_ROWS, area.columns});
    if (bench_list_test(bench, 0) == NULL)
        page_text(page, area.row + 3, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有任务。F5 换范围；扫样品码直达",
                           "No tests. F5 shows others; scan an item to go to its test"));
    if (list->next_page_token[0] != '\0')
        page_text(page, area.row + area.rows - DETAIL_ROWS, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "还有：PgDn 下一页，PgUp 回到首页",
                           "more: PgDn; PgUp goes back to the first page"));
    paint_detail(
        desk, page,
        (struct area){area.row + area.rows - DETAIL_ROWS + 1, area.column, DETAIL_ROWS - 1, area.columns});
}

void paint_bench_sheets(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {{"工作表", "Worksheet", 17},
                                                    {"方法", "Method", 10},
                                                    {"参数", "Param", 8},
                                                    {"样", "Smp", 3},
                                                    {"位", "Pos", 3},
                                                    {"状态", "State", 9},
                                                    {"分析人", "Analyst", 0},
                                                    {"制表", "Made", 11}};
    static const struct word states[] = {{"", ""},
                                         {"待录入", "open"},
                                         {"已录入", "entered"},
                                         {"已提交", "submitted"},
                                         {"已取消", "cancelled"}};
    const struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListWorksheetsResponse *list =
        (Touchstone__V1__ListWorksheetsResponse *)bench->sheets.message;
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1,
           top = bench->chosen_sheet >= room ? bench->chosen_sheet - room + 1 : 0;
    struct area heading = area;

    painter_row(desk, page, area, columns, 8, NULL, false);
    for (size_t i = top; list != NULL && i < list->n_worksheets && i - top < room; i++) {
        const Touchstone__V1__Worksheet *sheet = list->worksheets[i];
        struct painter_time made = painter_time(desk, sheet->made_at);
        char samples[12], positions[12];
        const char *texts[] = {
            sheet->worksheet_no,
            sheet->method_id,
            sheet->parameter_id,
            samples,
            positions,
            sheet->held ? desk_say(desk, "批冻结!", "HELD!") : WORD(desk, states, sheet->state),
            sheet->analyst,
            strlen(made.text) > 5 ? made.text + 5 : ""};

        snprintf(samples, sizeof samples, "%d", sheet->samples);
        snprintf(positions, sizeof positions, "%d", sheet->positions);
        area.row++;
        painter_row(desk, page, area, columns, 8, texts, i == bench->chosen_sheet);
    }
    if (list != NULL)
        painter_more(page, heading, (int)room, top, list->n_worksheets);
    if (list != NULL && list->n_worksheets == 0)
        page_text(page, area.row + 2, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有工作表：touchstone worksheet create 建一张",
                           "No worksheets: touchstone worksheet create makes one"));
}

void paint_bench_help(const struct desk *desk, struct page *page, struct area area)
{
    static const struct {
        const char *key;
        const char *zh, *en;
    } rows[] = {
        {"scan 扫码", "样品码：到它的任务并开始计时；再扫停止；录入表中到它的行",
         "an item's code: to its test, work begins; again: it ends"},
        {"Enter", "清单：录入，或领取未分配的；表格：下一格",
         "list: type results, or claim; grid: next cell"},
        {"Tab arrows", "表格内移动；清单上 Tab 换方法",
         "move in the grid; in the list Tab is the next method"},
        {"F8", "录入填好的行并算出结果；再按提交复核",
         "enters what is filled, with results; again: to review"},
        {"F8", "清单：开始/停止计时；仪器文件：导入", "list: begins and ends work; instrument file: imports"},
        {"F5", "清单：范围；表格：同上一行；导入：预览",
         "list: whose; grid: as the row above; file: preview"},
        {"F12  Esc", "放弃这一行；还原这一格", "drops the row; takes the cell back"},
        {"F3  F4", "清单；录入表（没提交的都在）", "worklist; the grid (what is not sent is kept)"},
        {"F6 F7 F11", "工作表；仪器文件；质控图", "worksheets; instrument files; control charts"},
        {"F2 F9 F10", "语言；锁屏（录入保留）；退出", "language; lock (entries are kept); quit"},
        {"Ctrl-T  ^G", "收样台（两个角色都有时）；保管：接收、移交、入柜",
         "the reception (with both roles); custody: accept, offer, store"},
        {"751.2@shank", "读数与测点", "a reading with its place on the item"},
        {"<0.01  ND", "小于；未检出（限值取自目录，或 ND0.01）；<LOD <LOQ",
         "less than; not detected (or ND0.01); <LOD <LOQ"},
        {"250.1 250.3", "一格多个数：多次测定", "several numbers in a cell are replicates"},
        {"0.01: 23 24", "各稀释度的菌落，以 / 分隔", "the plates of a dilution; \"/\" before the next"},
        {"!  ?", "! 错，不能离开；? 超出范围或像是输错，可保留",
         "! wrong, the cursor stays; ? out of range or like a slip"},
    };

    page_text(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG,
              desk_say(desk, "检测台帮助（任意键关闭）   ^ v 上下还有行，~ 文字未显示完",
                       "Help of the bench (any key closes it)   ^ v more rows, ~ more text"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        page_text(page, area.row + 1 + (int)i, area.column + 1, 12, PAGE_KEY, rows[i].key);
        page_text(page, area.row + 1 + (int)i, area.column + 14, area.columns - 15, PAGE_PLAIN,
                  desk_say(desk, rows[i].zh, rows[i].en));
    }
}
