// SPDX-License-Identifier: Apache-2.0
// The bench as a guest of the desk: which screen takes a press, an answer, a scan. See bench.h.
#include "bench/bench.h"

#include <stdlib.h>

#include "desk/painter.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "wire/arena.h"

struct bench *bench_create(void)
{
    return calloc(1, sizeof(struct bench));
}

static void free_bench(void *state)
{
    struct bench *bench = state;

    if (bench == NULL)
        return;
    desk_drop(&bench->list.tests);
    desk_drop(&bench->sheets);
    desk_drop(&bench->charts);
    desk_drop(&bench->chart);
    desk_drop(&bench->picture);
    desk_drop(&bench->import.known);
    desk_drop(&bench->import.preview);
    arena_free(bench->import.arena);
    free(bench);
}

static void show(struct desk *desk)
{
    struct bench *bench = bench_of(desk);

    desk->screen = DESK_GUEST;
    // What was typed before the log-in is where it was.
    if (grid_has_unsent(&bench->grid))
        bench->screen = BENCH_GRID;
    else
        bench_list_show(desk);
}

static void show_grid(struct desk *desk)
{
    struct bench *bench = bench_of(desk);

    if (bench->grid.is_open)
        bench->screen = BENCH_GRID;
    else
        desk_tell(desk, NOTE_PLAIN, "还没有打开录入表：在清单上按回车",
                  "No grid is open: press Enter on a test of the list");
}

static bool press(struct desk *desk, const struct press *press)
{
    static bool (*const screens[BENCH_SCREENS])(struct desk * desk, const struct press *press) = {
        [BENCH_LIST] = bench_list_press,     [BENCH_GRID] = bench_grid_press,
        [BENCH_SHEETS] = bench_sheets_press, [BENCH_IMPORT] = bench_import_press,
        [BENCH_CHARTS] = bench_charts_press,
    };
    static const struct {
        int kind;
        void (*act)(struct desk *desk);
    } keys[] = {{PRESS_F3, bench_list_show},
                {PRESS_F4, show_grid},
                {PRESS_F6, bench_sheets_show},
                {PRESS_F7, bench_import_show},
                {PRESS_F11, bench_charts_show}};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].kind == press->kind) {
            keys[i].act(desk);
            return true;
        }
    return screens[bench_of(desk)->screen](desk, press);
}

// A scale that types goes into the cell; an item's code leads to its test.
static void scanned(struct desk *desk, const struct code *code, const char *text)
{
    struct bench *bench = bench_of(desk);
    char why[CELL_WHY];

    if (code->kind == CODE_ITEM) {
        if (bench->screen != BENCH_GRID || !bench_grid_scanned(desk, code->text))
            bench_list_scanned(desk, code->text);
    } else if (bench->screen == BENCH_GRID && !bench->grid.is_above &&
               cell_judge(CELL_READING, &bench->grid.facts, text, false, why) == CELL_FINE) {
        grid_set(&bench->grid, bench->grid.row, bench->grid.column, text);
        desk_tell(desk, NOTE_GOOD, "仪器送来 %s", "%s came from the instrument", text);
    } else if (bench->screen == BENCH_IMPORT && code->kind == CODE_STRANGE) {
        // A path that came at once.
        for (; *text != '\0'; text++)
            bench_import_press(desk, &(struct press){PRESS_CHARACTER, (unsigned char)*text});
    } else {
        desk_tell(desk, NOTE_BAD, "「%.60s」是%s，检测台不用它：请扫样品码",
                  "\"%.60s\": %s; the bench takes item codes", text, code_name(code->kind, desk->chinese));
    }
}

static void again(struct desk *desk)
{
    static void (*const screens[BENCH_SCREENS])(struct desk * desk) = {[BENCH_LIST] = bench_list_again,
                                                                       [BENCH_GRID] = bench_grid_again,
                                                                       [BENCH_SHEETS] = bench_sheets_again,
                                                                       [BENCH_CHARTS] = bench_charts_again};

    if (screens[bench_of(desk)->screen] != NULL)
        screens[bench_of(desk)->screen](desk);
}

static void answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct bench *bench = bench_of(desk);

    switch (ask->kind) {
    case ASK_BENCH_TEST:
    case ASK_BENCH_FORM:
    case ASK_BENCH_ENTER:
    case ASK_BENCH_SUBMIT:
    case ASK_BENCH_LOTS:
    case ASK_BENCH_SHEET:
    case ASK_BENCH_SHEET_ENTER:
    case ASK_BENCH_SHEET_SUBMIT:
        bench_grid_answered(desk, ask, response);
        break;
    case ASK_BENCH_SHEETS:
        desk_hold(&bench->sheets, ask, response);
        break;
    case ASK_BENCH_PROFILES:
    case ASK_BENCH_PREVIEW:
    case ASK_BENCH_IMPORT:
        bench_import_answered(desk, ask, response);
        break;
    case ASK_BENCH_CHARTS:
    case ASK_BENCH_CHART:
    case ASK_BENCH_DRAW:
        bench_charts_answered(desk, ask, response);
        break;
    default:
        bench_list_answered(desk, ask, response);
    }
}

static bool failed(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome)
{
    if (ask->kind == ASK_BENCH_ENTER || ask->kind == ASK_BENCH_SUBMIT || ask->kind == ASK_BENCH_LOTS ||
        ask->kind == ASK_BENCH_SHEET_ENTER || ask->kind == ASK_BENCH_SHEET_SUBMIT)
        return bench_grid_failed(desk, ask, outcome);
    // What the bench asked by itself is no news; the status line says when there is no server.
    return ask->is_quiet;
}

static struct field *focused(struct desk *desk)
{
    struct bench *bench = bench_of(desk);
    struct slot *slot;

    if (bench->screen == BENCH_IMPORT)
        return bench_import_focused(desk);
    if (bench->screen != BENCH_GRID || bench->grid.row_count == 0)
        return NULL;
    slot = form_focused(&bench->grid.above);
    return bench->grid.is_above ? &slot->field : &bench->grid.field;
}

static bool has_unsent(const struct desk *desk)
{
    return grid_has_unsent(&bench_of(desk)->grid);
}

static const struct guest_key *keys(const struct desk *desk)
{
    // Ends with a NULL name. Chosen so that all of a row fit into 80 columns.
    static const struct guest_key list[] = {
        {"Enter", "录入", "open"},   {"F5", "范围", "whose"},    {"Tab", "方法", "method"},
        {"F8", "计时", "work"},      {"F6", "工作表", "sheets"}, {"F7", "导入", "import"},
        {"F11", "质控图", "charts"}, {"F1", "帮助", "help"},     {0}};
    static const struct guest_key grid[] = {
        {"F8", "提交", "submit"}, {"F5", "同上", "as above"}, {"F12", "放弃", "drop"},
        {"Esc", "还原", "undo"},  {"F3", "清单", "list"},     {"F1", "帮助", "help"},
        {"F9", "锁屏", "lock"},   {"F10", "退出", "quit"},    {0}};
    static const struct guest_key sheets[] = {{"Enter", "打开", "open"}, {"F3", "清单", "list"},
                                              {"F7", "导入", "import"},  {"F11", "质控图", "charts"},
                                              {"F1", "帮助", "help"},    {"F9", "锁屏", "lock"},
                                              {"F10", "退出", "quit"},   {0}};
    static const struct guest_key import[] = {{"F5", "预览", "preview"}, {"F8", "导入", "import"},
                                              {"F3", "清单", "list"},    {"F4", "录入表", "grid"},
                                              {"F1", "帮助", "help"},    {"F9", "锁屏", "lock"},
                                              {"F10", "退出", "quit"},   {0}};
    static const struct guest_key charts[] = {{"Enter", "看图", "picture"},
                                              {"F3", "清单", "list"},
                                              {"F6", "工作表", "sheets"},
                                              {"F1", "帮助", "help"},
                                              {"F9", "锁屏", "lock"},
                                              {"F10", "退出", "quit"},
                                              {0}};
    static const struct guest_key *const screens[BENCH_SCREENS] = {[BENCH_LIST] = list,
                                                                   [BENCH_GRID] = grid,
                                                                   [BENCH_SHEETS] = sheets,
                                                                   [BENCH_IMPORT] = import,
                                                                   [BENCH_CHARTS] = charts};

    return screens[bench_of(desk)->screen];
}

static const char *title(const struct desk *desk)
{
    static const struct {
        const char *zh, *en;
    } titles[BENCH_SCREENS] = {[BENCH_LIST] = {"待检清单", "Worklist"},
                               [BENCH_GRID] = {"结果录入", "Results"},
                               [BENCH_SHEETS] = {"工作表", "Worksheets"},
                               [BENCH_IMPORT] = {"仪器文件", "Instrument file"},
                               [BENCH_CHARTS] = {"质控图", "Control charts"}};
    enum bench_screen screen = bench_of(desk)->screen;

    return desk_say(desk, titles[screen].zh, titles[screen].en);
}

static void paint(const struct desk *desk, struct page *page, struct area area)
{
    static bench_painter *const screens[BENCH_SCREENS] = {[BENCH_LIST] = paint_bench_list,
                                                          [BENCH_GRID] = paint_bench_grid,
                                                          [BENCH_SHEETS] = paint_bench_sheets,
                                                          [BENCH_IMPORT] = paint_bench_import,
                                                          [BENCH_CHARTS] = paint_bench_charts};

    screens[bench_of(desk)->screen](desk, page, area);
}

const struct desk_guest bench_guest = {.free = free_bench,
                                       .show = show,
                                       .press = press,
                                       .scanned = scanned,
                                       .again = again,
                                       .answered = answered,
                                       .failed = failed,
                                       .focused = focused,
                                       .has_unsent = has_unsent,
                                       .paint = paint,
                                       .help = paint_bench_help,
                                       .keys = keys,
                                       .title = title};
