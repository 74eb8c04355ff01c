// SPDX-License-Identifier: Apache-2.0
// Painting: log-in, lock, the box with the persons found, and what stands over a screen.
#include <stdio.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/desk.pb-c.h"

enum { NARROW = 60, CHOICE_ROWS = 5 };

static struct area below(struct area area, int rows)
{
    return (struct area){area.row + rows, area.column, area.rows - rows, area.columns};
}

void paint_login(const struct desk *desk, struct page *page, struct area area)
{
    struct area form = {area.row + 3, area.column + 2, 3, area.columns < NARROW ? area.columns - 2 : NARROW};

    page_format(page, area.row + 1, area.column + 2, area.columns - 4, PAGE_STRONG, "%s %s",
                desk_say(desk, "登录到", "Log in to"), desk->server);
    painter_form(desk, page, form, &desk->login, 1, true);
    if (desk->intake->is_open)
        page_text(page, area.row + 9, area.column + 2, area.columns - 4, PAGE_DIM,
                  desk_say(desk, "未完成的收样保留着", "An unfinished intake is kept"));
}

void paint_locked(const struct desk *desk, struct page *page, struct area area)
{
    struct area form = {area.row + 4, area.column + 2, 1, area.columns < NARROW ? area.columns - 2 : NARROW};

    page_format(page, area.row + 1, area.column + 2, area.columns - 4, PAGE_STRONG, "%s %s %s",
                desk_say(desk, "已由", "Locked by"), desk->username, desk_say(desk, "锁定", ""));
    page_text(page, area.row + 2, area.column + 2, area.columns - 4, PAGE_DIM,
              desk_say(desk, "填写的内容都保留着；输入同一人的密码继续",
                       "Everything is kept; the same person's password opens it"));
    painter_form(desk, page, form, &desk->unlock, 1, true);
}

static void paint_welcome(const struct desk *desk, struct page *page, struct area area)
{
    static const struct {
        const char *zh, *en, *example;
    } rows[] = {{"手机后四位，或更多位", "last four digits of a phone, or more of them", "1234"},
                {"姓名开头", "the beginning of a name", "王"},
                {"拼音：首字母、全拼或混用", "pinyin: first letters, whole or mixed", "wxm  wangxm"},
                {"样品码（扫或输，9 位）", "an item code, scanned or typed (9 signs)", "0AC41M7QX"},
                {"收样回执号", "a receipt number", "D1-26-000012"},
                {"报告编号", "a sheet number", "JEW-2026-000007"},
                {"预约码", "a booking code", "7K3 M9Q"},
                {"排队号", "a ticket", "J012"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        page_text(page, area.row + (int)i, area.column + 2, 18, PAGE_KEY, rows[i].example);
        page_text(page, area.row + (int)i, area.column + 21, area.columns - 22, PAGE_DIM,
                  desk_say(desk, rows[i].zh, rows[i].en));
    }
    if (desk->intake->is_open)
        page_text(page, area.row + 10, area.column + 2, area.columns - 4, PAGE_STRONG,
                  desk_say(desk, "有一份未完成的收样：F4 返回，F12 放弃",
                           "An intake is unfinished: F4 goes back to it, F12 drops it"));
    if (!desk->catalogue->is_whole)
        page_text(page, area.row + 11, area.column + 2, area.columns - 4, PAGE_DIM,
                  desk_say(desk, "正在读取目录...", "Reading the catalogue..."));
}

static const char *found_by(const struct desk *desk, Touchstone__V1__PersonMatch match)
{
    static const struct {
        const char *zh, *en;
    } words[] = {[TOUCHSTONE__V1__PERSON_MATCH__PERSON_MATCH_LAST_FOUR] = {"尾号", "last 4"},
                 [TOUCHSTONE__V1__PERSON_MATCH__PERSON_MATCH_PHONE] = {"电话", "phone"},
                 [TOUCHSTONE__V1__PERSON_MATCH__PERSON_MATCH_NAME] = {"姓名", "name"},
                 [TOUCHSTONE__V1__PERSON_MATCH__PERSON_MATCH_PINYIN] = {"拼音", "pinyin"}};

    if ((size_t)match >= sizeof words / sizeof *words || words[match].zh == NULL)
        return "";
    return desk_say(desk, words[match].zh, words[match].en);
}

static void paint_person(const struct desk *desk, struct page *page, struct area area,
                         const struct painter_column *columns, size_t count,
                         const Touchstone__V1__MaskedPerson *person, bool is_chosen)
{
    struct painter_time last = painter_time(desk, person->last_here_at);
    char items[16];
    const char *texts[] = {person->name_masked, person->phone_masked, items,
                           found_by(desk, person->matched_by), last.text};

    snprintf(items, sizeof items, "%d", person->item_count);
    painter_row(desk, page, area, columns, count, texts, is_chosen);
}

static void paint_persons(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {{"姓名", "Name", 25},
                                                    {"电话", "Phone", 16},
                                                    {"样品", "Items", 6},
                                                    {"依据", "By", 8},
                                                    {"最近来访", "Last here", 0}};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    const Touchstone__V1__FindPersonsResponse *found =
        (Touchstone__V1__FindPersonsResponse *)desk->persons.message;
    const char *last[COLUMNS] = {desk_say(desk, "+ 新委托人", "+ a new person")};
    bool has_more = found->next_page_token[0] != '\0';
    size_t top;

    area.rows -= has_more ? 1 : 0;
    top = desk->chosen + 3 > (size_t)area.rows ? desk->chosen + 3 - (size_t)area.rows : 0;
    painter_row(desk, page, area, columns, COLUMNS, NULL, false);
    for (size_t i = top; i <= found->n_persons && (int)(i - top) + 1 < area.rows; i++) {
        struct area row = below(area, 1 + (int)(i - top));

        if (i < found->n_persons)
            paint_person(desk, page, row, columns, COLUMNS, found->persons[i], i == desk->chosen);
        else
            painter_row(desk, page, row, columns, COLUMNS, last, i == desk->chosen);
    }
    painter_more(page, area, area.rows - 1, top, found->n_persons + 1);
    if (has_more)
        page_text(page, area.row + area.rows, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "还有更多，最近来过的在前：再多输几个字",
                           "There are more; who was here last comes first: type more of it"));
}

void paint_home(const struct desk *desk, struct page *page, struct area area)
{
    int label = 8, width = area.columns - label - 4 < NARROW ? area.columns - label - 4 : NARROW;
    const Touchstone__V1__RevealPersonResponse *shown =
        (Touchstone__V1__RevealPersonResponse *)desk->revealed.message;
    // The first digits of anything are no code yet.
    bool is_begun = desk->typed.kind == CODE_STRANGE && field_count(&desk->box) < 3;

    if (desk->serves_ticket[0] != '\0')
        page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG,
                    desk->chinese ? "正为 %s 办理：找到人，收样" : "Serving %s: find the person and take in",
                    desk->serves_ticket);
    page_text(page, area.row + 1, area.column + 1, label, PAGE_LABEL, desk_say(desk, "查询", "Find"));
    painter_field(page, area.row + 1, area.column + label + 2, width, &desk->box, desk->dialog == DIALOG_NONE,
                  false);
    page_text(page, area.row + 2, area.column + label + 2, area.columns - label - 3,
              desk->typed.kind == CODE_ITEM_WRONG ? PAGE_BAD : PAGE_DIM,
              is_begun ? desk_say(desk, "再多输几位", "type more of it")
                       : code_name(desk->typed.kind, desk->chinese));
    if (shown != NULL)
        page_format(page, area.row + 3, area.column + label + 2, area.columns - label - 3, PAGE_STRONG,
                    "%s  %s  %s", shown->name, shown->phone,
                    desk_say(desk, "（一分钟后隐去，已留痕）", "(hidden in a minute; kept)"));
    if (desk->persons.message != NULL)
        paint_persons(desk, page, below(area, 5));
    else
        paint_welcome(desk, page, below(area, 5));
}

static void paint_help(const struct desk *desk, struct page *page, struct area area)
{
    static const struct {
        const char *key;
        const char *zh, *en;
    } rows[] = {
        {"Enter", "查询；选择；下一项", "find; choose; next field"},
        {"Tab Up Down", "在各项之间移动", "from field to field"},
        {"Left Right", "在一项内移动；选项之间切换（或输入几个字查找）",
         "within a field; between choices (or type a part of one)"},
        {"Ctrl-U  Esc", "清空这一项；取消等待、关闭窗口、返回",
         "empties the field; stops waiting, closes, goes back"},
        {"F3  F4", "查询框；收样（未完成的表单保留）", "the box; the intake (an unfinished one is kept)"},
        {"F5", "完整信息（写明理由）；加一件；照片；筛选",
         "reveal with a reason; one more item; picture; filter"},
        {"F6  F7", "样品清单；报告送达", "list of items; sheets on their way"},
        {"F8", "登记；交还；领取；重发；预约；取号", "register; hand out; collect; retry; book; ticket"},
        {"Tab Ctrl-G", "Tab 样品保管、回执更多；Ctrl-G 保管清单、日结",
         "Tab custody, more of a receipt; Ctrl-G lists, day's close"},
        {"F9", "锁屏，表单保留；十分钟无操作自动锁屏",
         "locks and keeps the form; by itself after ten minutes"},
        {"F10  Ctrl-C", "退出", "leaves"},
        {"F11", "叫号", "the queue"},
        {"F12", "放弃；取消；过号；撤销合并；搁置", "drops, cancels, skips; undoes a merge; sets aside"},
        {"Ctrl-P  -V", "新照片用于样品（或拍照）；先看", "new picture to the item (or camera); look"},
        {"Ctrl-K", "更正、合并、拒收、更正记录", "corrects, merges, rejects; what was changed"},
        {"Ctrl-O", "离线收样：等待的、冲突的（码、位＝预留）", "kept without a server (c codes, p places)"},
        {"Ctrl-L  -R", "打印标签、回执、协议、小票；续打", "prints labels, papers, slips; what waits"},
    };

    page_text(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG,
              desk_say(desk, "帮助（任意键关闭）   ^ v 上下还有行，~ 文字未显示完",
                       "Help (any key closes it)   ^ v more rows, ~ more text"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        page_text(page, area.row + 1 + (int)i, area.column + 1, 12, PAGE_KEY, rows[i].key);
        page_text(page, area.row + 1 + (int)i, area.column + 14, area.columns - 15, PAGE_PLAIN,
                  desk_say(desk, rows[i].zh, rows[i].en));
    }
    page_wrap(page, area.row + 19, area.column + 1, area.columns - 2, 2, PAGE_DIM,
              desk_say(desk, "扫码枪随处可扫：按速度识别，其回车不会提交。* 必填，+ 目录要求。",
                       "A scanner is known by its speed wherever the cursor is, and its Enter submits "
                       "nothing. * must be filled, + the "
                       "catalogue wants it."));
}

static void paint_tests(const struct desk *desk, struct page *page, struct area area)
{
    const struct intake_item *item = &desk->intake->items[desk->intake->item_at];
    int top = desk->dialog_row + 3 > area.rows ? desk->dialog_row + 3 - area.rows : 0;
    size_t found = 0;

    while (dialog_test_at(desk, (int)found) != OPTION_NONE)
        found++;
    page_format(page, area.row, area.column + 1, area.columns / 2 - 1, PAGE_STRONG,
                desk->chinese ? "检测项目：已选 %zu，最多 %d" : "Tests: %zu chosen, at most %d",
                item->test_count, INTAKE_TESTS);
    page_text(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_DIM,
              desk_say(desk, "空格选择或取消，输入文字查找，回车完成",
                       "Space orders or not, letters search, Enter is done"));
    page_text(page, area.row, area.column + area.columns / 2, 6, PAGE_LABEL, desk_say(desk, "查找", "Find"));
    painter_field(page, area.row, area.column + area.columns / 2 + 6, area.columns / 2 - 8,
                  &desk->dialog_form.slots[0].field, true, false);
    for (int row = 2; row < area.rows; row++) {
        int test = dialog_test_at(desk, top + row - 2);
        bool is_chosen = top + row - 2 == desk->dialog_row;
        const struct option *option = test != OPTION_NONE ? &desk->catalogue->tests[test] : NULL;

        if (option == NULL)
            break;
        page_format(
            page, area.row + row, area.column + 1, area.columns - 2, is_chosen ? PAGE_FOCUS : PAGE_PLAIN,
            "%s [%s] %-18s %s%s", is_chosen ? ">" : " ", intake_has_test(item, test) ? "x" : " ",
            option->value, painter_option(desk, option),
            desk->catalogue->test_is_destructive[test] ? desk_say(desk, "（破坏性）", " (destructive)") : "");
    }
    painter_more(page, (struct area){area.row + 1, area.column + 1, 0, 0}, area.rows - 2, (size_t)top, found);
}

// The rooms of a home side by side, so that they are in sight together.
static int columns_of(const struct desk *desk)
{
    return desk->dialog == DIALOG_AIR_PLAN ? 2 : 1;
}

// What a dialog shows below its form: the choices, or whom it is about.
static int rows_below(const struct desk *desk)
{
    const struct slot *slot = form_focused((struct form *)&desk->dialog_form);

    if (desk->dialog == DIALOG_REJECT || desk->dialog == DIALOG_MENDS)
        return 8;
    if (desk->dialog == DIALOG_AIR_PLAN || desk->dialog == DIALOG_ACCEPT)
        return 1;
    if (desk->dialog == DIALOG_MERGE)
        return 2;
    return slot != NULL && slot->kind == SLOT_CHOICE ? CHOICE_ROWS : 0;
}

static void paint_below(const struct desk *desk, struct page *page, struct area area)
{
    const struct slot *slot = form_focused((struct form *)&desk->dialog_form);

    enum weighing weighing;
    char told[300];

    if ((weighing = custody_weighing(desk, told, sizeof told)) != WEIGHING_NOTHING)
        page_format(page, area.row, area.column - 1, area.columns,
                    weighing == WEIGHING_DIFFERS ? PAGE_BAD : PAGE_GOOD, "%s %s",
                    weighing == WEIGHING_DIFFERS ? "!" : "✓", told);
    if (desk->dialog == DIALOG_AIR_PLAN)
        paint_air_points(desk, page, area);
    else if (slot != NULL && slot->kind == SLOT_CHOICE)
        painter_options(desk, page, area, slot);
    if (desk->dialog == DIALOG_MERGE) {
        page_format(page, area.row, area.column, area.columns, PAGE_PLAIN, "%s %s",
                    desk_say(desk, "保留：  ", "Kept:   "), desk->mending->kept_name);
        page_format(page, area.row + 1, area.column, area.columns, PAGE_PLAIN, "%s %s",
                    desk_say(desk, "并入它：", "Into it:"), desk->mending->gone_name);
    }
}

static void paint_small(const struct desk *desk, struct page *page, struct area area)
{
    static const struct {
        const char *zh, *en;
    } titles[] = {
        [DIALOG_REVEAL] = {"查看完整信息：理由将留痕", "Show in full: the reason is kept in the history"},
        [DIALOG_PHOTO] = {"收样照片（JPEG 或 PNG，不超过 2 MiB）",
                          "Picture of the intake (JPEG or PNG, up to 2 MiB)"},
        [DIALOG_PRINT] = {"打印（打印过的须写明原因，标「补打」）",
                          "Print (again only with a reason; marked as a reprint)"},
        [DIALOG_COLLECT] = {"登记报告已领取", "The consumer has the sheet"},
        [DIALOG_BOOK] = {"预约这一场", "Book this session"},
        [DIALOG_CANCEL] = {"取消预约：位子立即放出", "Cancel the booking: its places are free at once"},
        [DIALOG_TICKET] = {"现场取号", "A ticket for a walk-in"},
        [DIALOG_ROOM] = {"叫下一位", "Call the next"},
        [DIALOG_REJECT] = {"拒收样品：检测取消，不收费，退还",
                           "Reject the item: its tests are cancelled, nobody pays, it goes back"},
        [DIALOG_MEND_WHY] = {"更正姓名或电话：将显示完整信息，理由留痕",
                             "Correct the name or phone: it is shown in full, the reason is kept"},
        [DIALOG_MERGE] = {"合并同一人的两条记录", "Two entries of one person become one"},
        [DIALOG_AIR_PLAN] = {"上门采样：地址与房间（名称 面积）", "Visit: address, rooms (name, area)"},
        [DIALOG_AIR_CREW] = {"采样人员与采样泵", "Crew and pumps"},
        [DIALOG_AIR_READY] = {"采样条件（时间如 2026-12-01 08:00）",
                              "Readiness (a time as 2026-12-01 08:00)"},
        [DIALOG_MOVE] = {"改约到这一场：新预约码，旧位放出",
                         "Into this session: a new code, the old place is free"},
        [DIALOG_UNMERGE] = {"撤销合并：两条各自独立", "Undo the merge: both stand by themselves"},
        [DIALOG_ASIDE] = {"搁置这一份：不再入账，理由留存",
                          "Set this one aside: it is not booked; the reason is kept"},
        [DIALOG_JOURNAL] = {"打开另一工位的日志（复制来的文件）",
                            "Open another desk's journal (a copy of its file)"},
        [DIALOG_OFFER] = {"移交同事：对方称重接收后才转移",
                          "Offer it to a colleague: it is yours until accepted"},
        [DIALOG_ACCEPT] = {"称重并接收", "Weigh it and accept it"},
        [DIALOG_UNOFFER] = {"撤回或拒绝移交", "Take the offer back, or decline it"},
        [DIALOG_STORE] = {"入柜：仍由您负责", "Put it into a store: you stay responsible"},
        [DIALOG_TAKE_OUT] = {"出柜", "Take it out of its store"},
        [DIALOG_CONSUME] = {"登记检测消耗", "What testing used up"},
        [DIALOG_INCIDENT] = {"登记事件：样品随即冻结", "Something is wrong: the item is frozen at once"},
        [DIALOG_SETTLE] = {"处理完毕：解除冻结", "It is settled: the item is free again"},
        [DIALOG_PORTION] = {"留样", "A portion is kept"},
        [DIALOG_DISPOSE] = {"处置：见证人接收后生效", "Dispose of it: done when the witness accepts it"},
        [DIALOG_PROXY] = {"向委托人发送一次性代领码？前一个随即失效",
                          "Send the owner a one-time code? It ends the one before"},
        [DIALOG_VOID] = {"作废这份回执：号码保留，检测取消",
                         "Make the receipt void: its number stays, its tests are cancelled"},
        [DIALOG_CLOSE_DAY] = {"日结：当天的保管账随即封存",
                              "Close the day: nothing more happens to items on it"},
        [DIALOG_REOPEN_DAY] = {"撤销日结（管理员）", "Open the day again (a manager)"},
        [DIALOG_DROP] = {"放弃这张表单？已存本机的收样不受影响。 Y 是  N 否",
                         "Drop this form? What was kept or registered stays. Y yes  N no"},
        [DIALOG_LEAVE] = {"有未完成的收样或录入，仍退出？ Y 是  N 否",
                          "Something is unfinished. Leave all the same? Y yes  N no"}};
    const struct form *form = &desk->dialog_form;
    bool is_question =
        desk->dialog == DIALOG_DROP || desk->dialog == DIALOG_LEAVE || desk->dialog == DIALOG_FINISH;
    int columns = columns_of(desk), rows = painter_form_rows(form, columns),
        most = area.rows - 3 - rows_below(desk);
    size_t waiting = offline_waiting(desk), hidden;
    int used = 0;

    if (desk->dialog == DIALOG_LEAVE && waiting > 0)
        page_format(
            page, area.row + 1, area.column + 1, area.columns - 2, PAGE_STRONG,
            desk->chinese ? "%s%zu 份离线收样%s尚未入账，留在本机。仍退出？ Y 是  N 否"
                          : "%s%zu %s not booked yet. Leave all the same? Y yes  N no",
            desk->intake->is_open ? desk_say(desk, "有未完成的收样；", "An intake is unfinished; ") : "",
            waiting, desk_say(desk, "", waiting == 1 ? "intake kept here is" : "intakes kept here are"));
    else if (desk->dialog == DIALOG_FINISH)
        page_format(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_STRONG,
                    desk->chinese ? "%s 没有登记任何物品%s，仍办结？ Y 是  N 否"
                                  : "%s: nothing was taken in%s. Finish it anyway? Y yes  N no",
                    desk->dialog_target,
                    waiting > 0 ? desk_say(desk, "（本机离线收样未入账）", " (some kept here)") : "");
    else
        page_text(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_STRONG,
                  desk_say(desk, titles[desk->dialog].zh, titles[desk->dialog].en));
    rows = rows > most ? most : rows;
    hidden = painter_form(desk, page, (struct area){area.row + 2, area.column + 1, rows, area.columns - 2},
                          form, columns, true);
    if (!is_question)
        used = page_text(page, area.row + 2 + rows, area.column + 1, area.columns - 2, PAGE_DIM,
                         desk_say(desk, "F8 提交，Esc 关闭", "F8 sends, Esc closes"));
    if (hidden > 0)
        page_format(page, area.row + 2 + rows, area.column + 4 + used, area.columns - 5 - used, PAGE_KEY,
                    desk->chinese ? "^ v 还有 %zu 项" : "^ v %zu more fields", hidden);
    paint_below(desk, page,
                (struct area){area.row + 3 + rows, area.column + 2, rows_below(desk), area.columns - 3});
}

static void paint_acts(const struct desk *desk, struct page *page, struct area area)
{
    page_text(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_STRONG,
              desk_say(desk, "办理什么？数字或上下键加回车，Esc 关闭",
                       "What is to be done? A digit, or up and down "
                       "and Enter; Esc closes"));
    for (int row = 0; acts_name(desk, row) != NULL && row + 2 < area.rows; row++)
        page_format(page, area.row + 2 + row, area.column + 1, area.columns - 2,
                    row == desk->dialog_row ? PAGE_FOCUS : PAGE_PLAIN, "%s %d  %s",
                    row == desk->dialog_row ? ">" : " ", row + 1, acts_name(desk, row));
}

int paint_dialog_rows(const struct desk *desk, int most)
{
    int rows = 4 + painter_form_rows(&desk->dialog_form, columns_of(desk)) + rows_below(desk);

    if (desk->dialog == DIALOG_HELP || desk->dialog == DIALOG_TESTS)
        return most;
    for (int row = 0; desk->dialog == DIALOG_ACTS && acts_name(desk, row) != NULL; row++)
        rows++;
    return rows < most ? rows : most;
}

void paint_dialog(const struct desk *desk, struct page *page, struct area area)
{
    bool is_whole = desk->dialog == DIALOG_HELP || desk->dialog == DIALOG_TESTS;
    int rows = paint_dialog_rows(desk, area.rows);
    struct area over = {area.row + area.rows - rows, area.column, rows, area.columns};

    page->cursor_row = page->cursor_column = -1;
    for (int row = 0; row < over.rows; row++)
        page_fill(page, over.row + row, over.column, over.columns, PAGE_PLAIN);
    for (int column = 0; !is_whole && column < over.columns; column++)
        page_text(page, over.row, over.column + column, 1, PAGE_LABEL, "-");
    if (desk->dialog == DIALOG_HELP && desk->screen == DESK_GUEST)
        desk->guest->help(desk, page, over);
    else if (desk->dialog == DIALOG_HELP)
        paint_help(desk, page, over);
    else if (desk->dialog == DIALOG_TESTS)
        paint_tests(desk, page, over);
    else if (desk->dialog == DIALOG_MENDS)
        paint_mends(desk, page, over);
    else if (desk->dialog == DIALOG_ACTS)
        paint_acts(desk, page, over);
    else
        paint_small(desk, page, over);
}
