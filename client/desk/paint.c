// SPDX-License-Identifier: Apache-2.0
// The frame around every screen: title, note, keys (paint_footer.c), status. See paint.h.
#include "desk/paint.h"

#include <stdio.h>
#include <string.h>

#include "desk/guest.h"
#include "desk/news.h"
#include "desk/painter.h"
#include "desk/parts.h"
#include "text/safe.h"
#include "touchstone/v1/open_day.pb-c.h"

// Ends with a NULL name. Chosen so that all of a row fit into 80 columns.
static const struct guest_key keys_login[] = {
    {"Enter", "登录", "log in"}, {"F2", "English", "中文"}, {"F10", "退出", "quit"}, {0}};
static const struct guest_key keys_locked[] = {
    {"Enter", "解锁", "unlock"}, {"F2", "English", "中文"}, {"F10", "退出", "quit"}, {0}};
static const struct guest_key keys_home[] = {{"Enter", "查询", "find"}, {"F1", "帮助", "help"},
                                             {"F4", "收样", "take"},    {"F5", "全显", "show"},
                                             {"F6", "样品", "items"},   {"F8", "预约", "book"},
                                             {"F11", "叫号", "queue"},  {"Tab", "保管", "safe"},
                                             {"^K", "更正", "fix"},     {0}};
static const struct guest_key keys_slots[] = {{"Enter", "预约", "book"}, {"F3", "查询", "find"},
                                              {"F1", "帮助", "help"},    {"F9", "锁屏", "lock"},
                                              {"F10", "退出", "quit"},   {0}};
static const struct guest_key keys_booking[] = {
    {"Enter", "到了", "is here"}, {"F8", "收样", "take in"}, {"F12", "取消", "cancel"},
    {"F5", "上门", "visit"},      {"Tab", "改约", "move"},   {"F3", "查询", "find"},
    {"F1", "帮助", "help"},       {"F9", "锁屏", "lock"},    {0}};
static const struct guest_key keys_tickets[] = {{"F5", "叫下一位", "call"},
                                                {"Enter", "办理/完成", "serve/end"},
                                                {"F12", "过号", "skip"},
                                                {"F8", "取号", "new"},
                                                {"^L", "小票", "slip"},
                                                {"F3", "查询", "find"},
                                                {"F1", "帮助", "help"},
                                                {"F9", "锁屏", "lock"},
                                                {0}};
static const struct guest_key keys_intake[] = {
    {"F8", "登记", "register"}, {"F5", "加件", "more"},  {"PgUp/Dn", "换件", "item"},
    {"F3", "查询", "find"},     {"F12", "放弃", "drop"}, {"F1", "帮助", "help"},
    {"F9", "锁屏", "lock"},     {"F10", "退出", "quit"}, {0}};
static const struct guest_key keys_receipt[] = {{"Enter", "看样品", "item"}, {"F5", "全显", "show"},
                                                {"F8", "领取", "collect"},   {"Tab", "更多", "more"},
                                                {"^K", "更正", "fix"},       {"^L", "打印", "print"},
                                                {"F3", "查询", "next"},      {"F1", "帮助", "help"},
                                                {"F9", "锁屏", "lock"},      {0}};
static const struct guest_key keys_item[] = {{"Enter", "看回执", "back"}, {"F5", "照片", "photo"},
                                             {"F8", "交还", "return"},    {"Tab", "保管", "more"},
                                             {"^L", "打印", "print"},     {"^K", "更正", "fix"},
                                             {"F3", "查询", "find"},      {"F1", "帮助", "help"},
                                             {"F9", "锁屏", "lock"},      {0}};
static const struct guest_key keys_mending[] = {{"F8", "提交更正", "correct"}, {"Tab", "下一项", "next"},
                                                {"Esc", "返回", "back"},       {"F1", "帮助", "help"},
                                                {"F9", "锁屏", "lock"},        {0}};
static const struct guest_key keys_air[] = {
    {"Enter", "地址房间", "rooms"}, {"F5", "人员", "crew"},     {"F8", "条件", "ready"},
    {"Tab", "改约", "move"},        {"^V", "记录表", "record"}, {"^P", "打印", "print"},
    {"Esc", "返回", "back"},        {"F9", "锁屏", "lock"},     {0}};
static const struct guest_key keys_changes[] = {{"F12", "撤销合并", "undo merge"},
                                                {"Esc", "返回", "back"},
                                                {"F3", "查询", "find"},
                                                {"F1", "帮助", "help"},
                                                {"F9", "锁屏", "lock"},
                                                {0}};
static const struct guest_key keys_custody[] = {
    {"Enter", "办理", "acts"}, {"F5", "照片", "picture"}, {"F8", "交还", "hand out"},
    {"Tab", "样品", "item"},   {"Esc", "返回", "back"},   {"F3", "查询", "find"},
    {"F1", "帮助", "help"},    {"F9", "锁屏", "lock"},    {0}};
static const struct guest_key keys_keeping[] = {
    {"F5", "下一清单", "list"},    {"<>", "换柜", "store"},     {"Enter", "看", "open"},
    {"F12", "扫码出入柜", "scan"}, {"F8", "日结", "close day"}, {"F3", "查询", "find"},
    {"F1", "帮助", "help"},        {"F9", "锁屏", "lock"},      {0}};
static const struct guest_key keys_storing[] = {
    {"F8", "全部办理", "do it"}, {"F5", "换柜", "store"}, {"Tab", "入/出", "in/out"},
    {"F12", "移除", "drop"},     {"Esc", "返回", "back"}, {"F3", "查询", "find"},
    {"F1", "帮助", "help"},      {"F9", "锁屏", "lock"},  {0}};
static const struct guest_key keys_returning[] = {{"F8", "交还", "hand out"},  {"F5", "看照片", "picture"},
                                                  {"Enter", "下一项", "next"}, {"Esc", "返回", "back"},
                                                  {"F3", "查询", "find"},      {"F1", "帮助", "help"},
                                                  {"F9", "锁屏", "lock"},      {0}};
static const struct guest_key keys_closing[] = {
    {"F8", "日结", "close"}, {"Enter", "去办理", "go there"}, {"F12", "撤销", "reopen"},
    {"F5", "实验室", "lab"}, {"Tab", "扫码入柜", "scan"},     {"Esc", "返回", "back"},
    {"F1", "帮助", "help"},  {"F9", "锁屏", "lock"},          {0}};
static const struct guest_key keys_items[] = {
    {"Enter", "查/看", "find/open"}, {"F5", "保管", "custody"}, {"PgDn", "下页", "page"},
    {"F3", "查询", "find"},          {"F1", "帮助", "help"},    {"F2", "EN", "中文"},
    {"F9", "锁屏", "lock"},          {"F10", "退出", "quit"},   {0}};
static const struct guest_key keys_slip[] = {
    {"Enter", "下一位", "next"}, {"F5", "打印", "print"}, {"F8", "更改", "change"},
    {"F12", "搁置", "aside"},    {"^O", "清单", "list"},  {"F1", "帮助", "help"},
    {"F9", "锁屏", "lock"},      {"F10", "退出", "quit"}, {0}};
static const struct guest_key keys_waiting[] = {{"Enter", "查看", "look"}, {"F5", "再试", "retry"},
                                                {"F8", "更改", "edit"},    {"F12", "搁置", "aside"},
                                                {"Tab", "全部", "all"},    {"O", "他台", "other"},
                                                {"F3", "查询", "find"},    {"F1", "帮助", "help"},
                                                {"F10", "退出", "quit"},   {0}};
static const struct guest_key keys_deliveries[] = {
    {"F5", "状态", "state"}, {"F8", "重发/领取", "retry/collect"},
    {"F3", "查询", "find"},  {"F1", "帮助", "help"},
    {"F2", "EN", "中文"},    {"F9", "锁屏", "lock"},
    {"F10", "退出", "quit"}, {0}};

static const struct {
    painter_screen *paint;
    const struct guest_key *keys;
    const char *zh, *en;
} screens[DESK_SCREENS] = {
    [DESK_LOGIN] = {paint_login, keys_login, "登录", "Log in"},
    [DESK_LOCKED] = {paint_locked, keys_locked, "已锁屏", "Locked"},
    [DESK_HOME] = {paint_home, keys_home, "查询", "Find"},
    [DESK_INTAKE] = {paint_intake, keys_intake, "收样", "Intake"},
    [DESK_RECEIPT] = {paint_receipt, keys_receipt, "收样回执", "Receipt"},
    [DESK_ITEM] = {paint_item, keys_item, "样品", "Item"},
    [DESK_ITEMS] = {paint_items, keys_items, "样品清单", "Items"},
    [DESK_DELIVERIES] = {paint_deliveries, keys_deliveries, "报告送达", "Sheets on their way"},
    [DESK_SLOTS] = {paint_slots, keys_slots, "预约", "Booking"},
    [DESK_BOOKING] = {paint_booking, keys_booking, "预约", "Booking"},
    [DESK_TICKETS] = {paint_tickets, keys_tickets, "叫号", "Queue"},
    [DESK_MENDING] = {paint_mending, keys_mending, "更正", "Correction"},
    [DESK_AIR] = {paint_air, keys_air, "上门采样", "Visit"},
    [DESK_CHANGES] = {paint_changes, keys_changes, "更正记录", "Changes"},
    [DESK_SLIP] = {paint_slip, keys_slip, "离线收样凭单", "Provisional slip"},
    [DESK_WAITING] = {paint_waiting, keys_waiting, "离线收样", "Kept without a server"},
    [DESK_CUSTODY] = {paint_custody, keys_custody, "样品保管", "Custody of an item"},
    [DESK_KEEPING] = {paint_keeping, keys_keeping, "保管", "Custody"},
    [DESK_STORING] = {paint_storing, keys_storing, "扫码出入柜", "Into a store and out of it"},
    [DESK_RETURNING] = {paint_returning, keys_returning, "交还", "Handing out"},
    [DESK_CLOSING] = {paint_closing, keys_closing, "日结", "The day's close"},
};

static const struct guest_key *keys_of(const struct desk *desk)
{
    const Touchstone__V1__Booking *booking = desk->screen == DESK_BOOKING ? desk_booking(desk) : NULL;

    // Who has arrived does not arrive again: all but the first key.
    if (booking != NULL && booking->booking_state == TOUCHSTONE__V1__BOOKING_STATE__BOOKING_STATE_ARRIVED)
        return keys_booking + 1;
    return desk->screen == DESK_GUEST ? desk->guest->keys(desk) : screens[desk->screen].keys;
}

// What program and screen this is and, beside it, how many pictures wait; the program's name gives way to
// them.
static void paint_names(const struct desk *desk, struct page *page, bool is_bench, int room)
{
    char pictures[40] = "";
    const char *program = is_bench ? desk_say(desk, "试金石 检测台 - ", "Touchstone bench - ")
                                   : desk_say(desk, "试金石 收样台 - ", "Touchstone desk - ");
    const char *screen = desk->screen == DESK_GUEST
                             ? desk->guest->title(desk)
                             : desk_say(desk, screens[desk->screen].zh, screens[desk->screen].en);

    if (desk->pictures.count > 0 && !is_bench)
        snprintf(pictures, sizeof pictures, desk->chinese ? " [新照片 %u ^P ^V]" : " [photos %u ^P ^V]",
                 desk->pictures.count);
    room -= page_width(pictures);
    if (page_width(program) + page_width(screen) > room)
        program = "";
    page_format(page, 0, 1, room, PAGE_TITLE, "%s%s", program, screen);
    page_text(page, 0, 1 + room, page_width(pictures), PAGE_TITLE, pictures);
}

static void paint_title(const struct desk *desk, struct page *page)
{
    char counted[60];
    int width = page->columns;
    bool at_guest = desk->screen == DESK_GUEST;
    // The custody and the lock of who has the bench alone are the bench's.
    bool is_bench = at_guest || (desk->screen != DESK_LOGIN && !desk_is_receptionist(desk) &&
                                 desk_is_technician(desk) && desk->guest != NULL);

    page_fill(page, 0, 0, width, PAGE_TITLE);
    paint_names(desk, page, is_bench, width - 36);
    if (is_bench && !desk_is_receptionist(desk))
        counted[0] = '\0';
    else if (at_guest)
        snprintf(counted, sizeof counted, "%s", desk_say(desk, "Ctrl-T 收样台", "Ctrl-T desk"));
    else
        snprintf(
            counted, sizeof counted, desk->chinese ? "本班收样 %u%s" : "%u taken in%s", desk->intake_count,
            desk->guest == NULL || !desk_is_technician(desk) ? "" : desk_say(desk, " ^T检测台", " ^T bench"));
    page_text(page, 0, width - 1 - (int)safe_width(counted), 20, PAGE_TITLE, counted);
    page_text(page, 0, width - 34, 12, PAGE_TITLE, desk_say(desk, "F2 English", "F2 中文"));
}

static void paint_note(const struct desk *desk, struct page *page)
{
    static const struct {
        const char *mark;
        enum page_style style;
    } kinds[] = {{"", PAGE_PLAIN}, {"-", PAGE_PLAIN}, {"✓", PAGE_GOOD}, {"!", PAGE_BAD}};
    bool waits = desk->running != ASK_NOTHING && !desk->running_is_quiet;
    enum note_kind kind = desk->note.kind;
    char text[sizeof desk->note.text + 8];
    int used = 0;

    if (kind == NOTE_NONE && waits) {
        page_text(page, page->rows - 4, 1, page->columns - 2, PAGE_DIM,
                  desk_say(desk, "... 等待服务器（可继续输入，Esc 取消）",
                           "... waiting for the server (type on; Esc cancels)"));
        used = 1;
    } else if (kind != NOTE_NONE) {
        snprintf(text, sizeof text, "%s %s", kinds[kind].mark, desk->note.text);
        used = page_wrap(page, page->rows - 4, 1, page->columns - 2, 2, kinds[kind].style, text);
    }
    news_paint(desk, page, page->rows - 4, used);
}

// What the hours without a server have: entries that wait, codes, leased places. "!" = one needs a person.
static void kept_words(const struct desk *desk, bool is_wide, char *ret_text, size_t size)
{
    const char *stopped = offline_is_stopped(desk) ? "!" : "";
    size_t waiting = offline_waiting(desk);

    if (desk->offline.journal == NULL)
        snprintf(ret_text, size, desk->chinese ? "离线 %zu  " : "offline %zu  ", waiting);
    else if (is_wide)
        snprintf(ret_text, size,
                 desk->chinese ? "^O 离线 %zu%s  预留码 %zu  预留名额 %d  "
                               : "^O offline %zu%s  codes %zu  leased places %d  ",
                 waiting, stopped, offline_codes(desk), offline_places(desk));
    else
        snprintf(ret_text, size, desk->chinese ? "^O 离线 %zu%s 码%zu 位%d  " : "^O offline %zu%s c%zu p%d  ",
                 waiting, stopped, offline_codes(desk), offline_places(desk));
}

static void paint_status(const struct desk *desk, struct page *page)
{
    char roles[160], kept[100], right[400], printer[200];
    int row = page->rows - 1, width;
    bool is_wide = page->columns >= PAINT_WIDE;

    page_fill(page, row, 0, page->columns, PAGE_TITLE);
    login_roles(desk, roles, sizeof roles);
    kept_words(desk, is_wide, kept, sizeof kept);
    prints_status(desk, page->columns, printer, sizeof printer);
    snprintf(right, sizeof right, "%s%s%s ",
             desk->offline.needs_login ? desk_say(desk, "!请登录  ", "!LOG IN  ")
             : desk->is_cut_off        ? desk_say(desk, "!连不上  ", "!NO SERVER  ")
                                       : "",
             kept, printer);
    width = (int)safe_width(right);
    if (desk->screen == DESK_LOGIN)
        page_format(page, row, 1, page->columns - width - 2, PAGE_TITLE, "%s @ %s",
                    desk_say(desk, "未登录", "not logged in"), desk->server);
    else
        page_format(page, row, 1, page->columns - width - 2, PAGE_TITLE, "%s%s%s [%s] %s %s @ %s",
                    desk->username, is_wide ? " " : "", is_wide ? desk->name : "",
                    // Whom no server has told of has the intake alone.
                    roles[0] != '\0' ? roles : desk_say(desk, "离线", "offline"), desk->laboratory,
                    desk->desk, desk->server);
    page_text(page, row, page->columns - width, width, PAGE_TITLE, right);
}

static void paint_no_room(const struct desk *desk, struct page *page)
{
    char text[200];

    snprintf(
        text, sizeof text,
        desk->chinese
            ? "窗口太小：%dx%d，需要 %dx%d。填写的内容都保留着，放大窗口即可继续。"
            : "The window is too small: %dx%d; it takes %dx%d. Everything is kept: make it larger and go on.",
        page->columns, page->rows, PAINT_COLUMNS, PAINT_ROWS);
    page_wrap(page, 1, 1, page->columns - 2, page->rows - 2, PAGE_STRONG, text);
}

// A list keeps the row with the cursor, which the dialog is about, above the dialog.
static struct area above_dialog(const struct desk *desk, struct area body)
{
    enum { LEAST = 7 };
    bool is_list = desk->screen == DESK_HOME || desk->screen == DESK_TICKETS || desk->screen == DESK_SLOTS ||
                   desk->screen == DESK_ITEMS || desk->screen == DESK_DELIVERIES ||
                   desk->screen == DESK_WAITING;
    int taken = desk->dialog != DIALOG_NONE ? paint_dialog_rows(desk, body.rows) : 0;

    if (is_list && body.rows - taken >= LEAST)
        body.rows -= taken;
    return body;
}

void paint_desk(const struct desk *desk, struct page *page)
{
    struct area body = {1, 1, page->rows - 5, page->columns - 2};

    if (page->columns < PAINT_COLUMNS || page->rows < PAINT_ROWS) {
        paint_no_room(desk, page);
        return;
    }
    paint_title(desk, page);
    if (desk->screen == DESK_GUEST)
        desk->guest->paint(desk, page, body);
    else
        screens[desk->screen].paint(desk, page, above_dialog(desk, body));
    if (desk->dialog != DIALOG_NONE && desk->screen != DESK_LOCKED && desk->screen != DESK_LOGIN)
        paint_dialog(desk, page, body);
    paint_note(desk, page);
    paint_footer(desk, page, keys_of(desk));
    paint_status(desk, page);
}
