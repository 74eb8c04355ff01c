// SPDX-License-Identifier: Apache-2.0
// Painting: the slip of an intake that was kept without a server, and the list of what was kept.
#include <stdio.h>
#include <string.h>

#include "desk/paint.h"
#include "desk/painter.h"
#include "desk/reason.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

enum { DETAIL_ROWS = 4, MINUTES = 11 };

static const char *state_word(const struct desk *desk, enum journal_state state)
{
    static const struct {
        const char *zh, *en;
    } words[] = {[JOURNAL_WAITING] = {"待入账", "waiting"},
                 [JOURNAL_BOOKED] = {"已入账", "booked"},
                 [JOURNAL_CONFLICT] = {"冲突!", "REFUSED"},
                 [JOURNAL_REPLACED] = {"已更改", "changed"},
                 [JOURNAL_SET_ASIDE] = {"已搁置", "set aside"}};

    return desk_say(desk, words[state].zh, words[state].en);
}

static struct painter_time time_of(const struct desk *desk, int64_t ms)
{
    const Google__Protobuf__Timestamp at = {
        .base = PROTOBUF_C_MESSAGE_INIT(&google__protobuf__timestamp__descriptor), .seconds = ms / 1000};

    return painter_time(desk, &at);
}

// What came of it, in words: the receipt, the server's reason, a person's.
static void outcome_of(const struct desk *desk, const struct journal_entry *entry, char *ret_text,
                       size_t size)
{
    const char *zh =
        entry->state == JOURNAL_CONFLICT && desk->chinese ? reason_say(entry->reason, true) : NULL;

    if (entry->state == JOURNAL_BOOKED)
        snprintf(ret_text, size, "%s %s%s", desk_say(desk, "回执", "receipt"), entry->receipt_no,
                 entry->outcome[0] == '\0'
                     ? ""
                     : desk_say(desk, "（早已入账，此后的改动不在其中）",
                                " (booked before; what was changed since is not in it)"));
    else if (journal_is_forgotten(entry, desk->offline.wall_ms))
        snprintf(
            ret_text, size, "%s",
            desk_say(
                desk, "超过 30 天（或本机时钟曾错）：F5 以今天的时间入账，若已入账则得原回执；F12 搁置",
                "older than 30 days (or the clock was wrong): F5 books it with today's time, or finds its "
                "receipt; F12 sets it aside"));
    else if (entry->state == JOURNAL_WAITING)
        snprintf(ret_text, size, "%s",
                 desk->is_cut_off ? desk_say(desk, "服务器恢复后自动入账",
                                             "it is booked by itself once the server is back")
                                  : desk_say(desk, "按次序自动入账", "it is booked by itself in its turn"));
    else
        snprintf(ret_text, size, "%s%s%s", zh != NULL ? zh : entry->outcome,
                 entry->resolved_by[0] != '\0' ? " - " : "", entry->resolved_by);
}

void paint_waiting(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column narrow[] = {{"时间", "Time", MINUTES},
                                                   {"暂用号", "Number", 9},
                                                   {"状态", "State", 9},
                                                   {"谁、什么", "Who and what", 0}},
                                       wide[] = {{"时间", "Time", 16},
                                                 {"暂用号", "Number", 9},
                                                 {"状态", "State", 9},
                                                 {"谁、什么", "Who and what", 48},
                                                 {"结果", "What came of it", 0}};
    const struct journal *journal = waiting_journal(desk);
    bool is_wide = area.columns >= PAINT_WIDE;
    const struct painter_column *columns = is_wide ? wide : narrow;
    size_t count = is_wide ? 5 : 4, index;
    int rows = area.rows - 2 - DETAIL_ROWS;
    size_t top = painter_top(desk, rows - 1), all = 0;
    const struct journal_entry *entry;
    char text[JOURNAL_TEXT * 2];

    if (journal == NULL)
        return;
    page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG,
                desk->chinese ? "%s工位 %s 的日志：%zu 份等待%s" : "%sJournal of desk %s: %zu wait%s",
                desk->offline.other != NULL ? desk_say(desk, "[别的日志] ", "[another's] ") : "",
                journal_about(journal)->desk, journal_waiting(journal),
                desk->offline.shows_all ? desk_say(desk, "（全部）", " (all shown)") : "");
    painter_row(desk, page, (struct area){area.row + 1, area.column, 1, area.columns}, columns, count, NULL,
                false);
    for (size_t row = top; (entry = waiting_entry(desk, row, &index)) != NULL && (int)(row - top) + 1 < rows;
         row++) {
        struct painter_time at = time_of(desk, entry->taken_at_ms);
        // Without the year where there is no room.
        const char *texts[] = {is_wide ? at.text : at.text + 5, entry->codes[0],
                               state_word(desk, entry->state), entry->line, text};

        outcome_of(desk, entry, text, sizeof text);
        painter_row(desk, page, (struct area){area.row + 2 + (int)(row - top), area.column, 1, area.columns},
                    columns, count, texts, row == desk->chosen);
    }
    while (waiting_entry(desk, all, &index) != NULL)
        all++;
    painter_more(page, (struct area){area.row + 1, area.column, 0, 0}, rows - 1, top, all);
    entry = waiting_entry(desk, desk->chosen, &index);
    if (entry == NULL) {
        page_text(page, area.row + 3, area.column + 2, area.columns - 4, PAGE_PLAIN,
                  desk_say(desk, "没有等待入账的离线收样", "Nothing waits"));
        return;
    }
    outcome_of(desk, entry, text, sizeof text);
    page_text(page, area.row + area.rows - DETAIL_ROWS, area.column + 1, area.columns - 2, PAGE_LABEL,
              entry->line);
    page_wrap(page, area.row + area.rows - DETAIL_ROWS + 1, area.column + 1, area.columns - 2,
              DETAIL_ROWS - 1, entry->state == JOURNAL_CONFLICT ? PAGE_BAD : PAGE_PLAIN, text);
}

static void paint_slip_state(const struct desk *desk, struct page *page, struct area area,
                             const struct journal_entry *entry)
{
    char text[JOURNAL_TEXT * 2];
    enum page_style style = PAGE_BAD;

    outcome_of(desk, entry, text, sizeof text);
    if (entry->state == JOURNAL_BOOKED)
        style = PAGE_GOOD;
    page_format(page, area.row, area.column, area.columns, style, "%s%s  %s",
                entry->state == JOURNAL_BOOKED ? "✓ " : "! ",
                entry->state == JOURNAL_WAITING
                    ? desk_say(desk, "已存在本机，尚未入账", "Saved here, not yet booked")
                    : state_word(desk, entry->state),
                text);
}

static void paint_slip_items(const struct desk *desk, struct page *page, struct area area,
                             const Touchstone__V1__Receipt *slip)
{
    static const struct painter_column columns[] = {{"样品码", "Item", 9},      {"名称", "Name", 0},
                                                    {"标称", "Claimed as", 14}, {"质量 g", "Mass g", 10},
                                                    {"件", "Pcs", 4},           {"照片", "Photo", 6}};
    char pieces[16];

    painter_row(desk, page, area, columns, 6, NULL, false);
    for (size_t i = 0; i < slip->n_items && (int)i + 1 < area.rows; i++) {
        const Touchstone__V1__Item *item = slip->items[i];
        const char *texts[] = {item->item_code[0] != '\0' ? item->item_code : "-",
                               item->name,
                               item->claimed_product_id,
                               item->mass_g,
                               pieces,
                               item->photo_pending ? desk_say(desk, "待补!", "none!")
                                                   : desk_say(desk, "有", "yes")};

        snprintf(pieces, sizeof pieces, "%d", item->pieces);
        painter_row(desk, page, (struct area){area.row + 1 + (int)i, area.column, 1, area.columns}, columns,
                    6, texts, false);
    }
}

void paint_slip(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__Receipt *slip = (const Touchstone__V1__Receipt *)desk->offline.slip;
    size_t index;
    const struct journal *journal = saving_shown(desk, &index);
    int first = area.row;

    if (journal == NULL)
        return;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %s",
                desk_say(desk, "暂用号", "Provisional number"), slip->receipt_no);
    area.row++;
    paint_slip_state(desk, page, area, journal_entry(journal, index));
    area.row += 2;
    area.row = painter_pair(desk, page, area, "收样", "Received", painter_time(desk, slip->received_at).text);
    area.row = painter_pair(desk, page, area, "工位", "Desk", slip->desk);
    area.row = painter_pair(desk, page, area, "委托人", "Owner", slip->owner->name_masked);
    area.row = painter_pair(desk, page, area, "费用 元", "Fee CNY", slip->fee_cny);
    area.row++;
    area.rows -= area.row - first;
    paint_slip_items(desk, page, area, slip);
}
