// SPDX-License-Identifier: Apache-2.0
// Painting: sessions to book, one booking, the queue of today.
#include <stdio.h>
#include <string.h>

#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/open_day.pb-c.h"

struct word {
    const char *zh, *en;
};

static const struct word booking_states[] = {
    {"", ""},           {"已约", "booked"},      {"候补", "waiting"}, {"已到", "arrived"},
    {"已办", "served"}, {"已取消", "cancelled"}, {"未到", "no show"}};
static const struct word ticket_kinds[] = {{"", ""}, {"预约", "booked"}, {"现场", "walk-in"}};
static const struct word ticket_states[] = {
    {"", ""},         {"等候", "waiting"}, {"已叫", "called"}, {"办理中", "serving"},
    {"完成", "done"}, {"过号", "skipped"}, {"离开", "left"}};

#define WORD(desk, words, at) word(desk, words, sizeof(words) / sizeof *(words), (size_t)(at))

static const char *word(const struct desk *desk, const struct word *words, size_t count, size_t at)
{
    return at < count ? desk_say(desk, words[at].zh, words[at].en) : "?";
}

// The rows that are in sight, the cursor among them.
static size_t first_row(const struct desk *desk, struct area area)
{
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1;

    return desk->chosen >= room ? desk->chosen - room + 1 : 0;
}

void paint_slots(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {
        {"日期", "Day", 10},    {"时段", "Session", 14}, {"预约", "Booked", 9},  {"候补", "Waits", 6},
        {"现场", "Walk-in", 9}, {"参观", "Tour", 9},     {"每人限件", "Each", 0}};
    const Touchstone__V1__ListSlotsResponse *list = (Touchstone__V1__ListSlotsResponse *)desk->slots.message;
    size_t top;

    if (desk->moves_booking[0] != '\0')
        page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG, "%s %s",
                    desk_say(desk, "改约到哪一场：", "Into which session goes"), desk->moves_booking);
    else
        page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG, "%s %s %s",
                    desk_say(desk, "电话预约", "Booking for"),
                    desk->book_name[0] != '\0' ? desk->book_name : desk_say(desk, "新委托人", "a new person"),
                    desk->book_phone);
    area.row += 2;
    area.rows -= 2;
    top = first_row(desk, area);
    painter_row(desk, page, area, columns, 7, NULL, false);
    for (size_t i = top; list != NULL && i < list->n_slots && (int)(i - top) + 1 < area.rows; i++) {
        const Touchstone__V1__Slot *slot = list->slots[i];
        struct painter_time when = painter_session(desk, slot->local_begins, slot->local_ends);
        char booked[16], waits[12], walk_ins[16], tour[16], each[12];
        const char *texts[] = {slot->day, when.text, booked, waits, walk_ins, tour, each};
        struct area row = {area.row + 1 + (int)(i - top), area.column, 1, area.columns};

        snprintf(booked, sizeof booked, "%d/%d", slot->booked_taken,
                 slot->booked_quota - slot->given_to_walk_ins);
        snprintf(waits, sizeof waits, "%d", slot->waiting);
        snprintf(walk_ins, sizeof walk_ins, "%d/%d", slot->walk_in_taken,
                 slot->walk_in_quota + slot->given_to_walk_ins);
        snprintf(tour, sizeof tour, "%d/%d", slot->tour_taken, slot->tour_seats);
        snprintf(each, sizeof each, "%d", slot->person_cap);
        painter_row(desk, page, row, columns, 7, texts, i == desk->chosen);
    }
    if (list != NULL)
        painter_more(page, area, area.rows - 1, top, list->n_slots);
    if (list != NULL && list->n_slots == 0)
        page_text(page, area.row + 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "两周内没有场次", "No sessions within two weeks"));
}

void paint_booking(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__Booking *booking = desk_booking(desk);
    const char *advice;
    char text[200];

    if (booking == NULL)
        return;
    // Apart from each other, as they are read out.
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s  %.3s %s",
                desk_say(desk, "预约码", "Booking code"), booking->booking_code,
                strlen(booking->booking_code) > 3 ? booking->booking_code + 3 : "");
    area.row += 2;
    snprintf(text, sizeof text, "%s  %s", booking->day,
             painter_session(desk, booking->local_begins, booking->local_ends).text);
    area.row = painter_pair(desk, page, area, "场次", "Session", text);
    snprintf(text, sizeof text, "%s  %s", booking->person != NULL ? booking->person->name_masked : "",
             booking->person != NULL ? booking->person->phone_masked : "");
    area.row = painter_pair(desk, page, area, "预约人", "Person", text);
    snprintf(text, sizeof text, "%d", booking->places);
    area.row = painter_pair(desk, page, area, "件数", "Items", text);
    snprintf(text, sizeof text, "%d", booking->tour_seats);
    area.row = painter_pair(desk, page, area, "参观人数", "Tour seats", text);
    area.row =
        painter_pair(desk, page, area, "状态", "State", WORD(desk, booking_states, booking->booking_state));
    if (booking->booking_state == TOUCHSTONE__V1__BOOKING_STATE__BOOKING_STATE_WAITING) {
        snprintf(text, sizeof text, "%d", booking->waiting_before);
        area.row = painter_pair(desk, page, area, "前面候补", "Wait before", text);
    }
    area.row = painter_pair(desk, page, area, "排队号", "Ticket", booking->ticket_no);
    area.rows = 4;
    area.row = painter_words(desk, page, area, "备注", "Note", booking->note);
    advice = desk_say(desk, booking->advice_zh, booking->advice_en);
    page_text(page, area.row + 1, area.column, area.columns, PAGE_LABEL,
              desk_say(desk, "请念：", "Read out:"));
    page_wrap(page, area.row + 2, area.column + 2, area.columns - 3, 4, PAGE_PLAIN, advice);
}

void paint_tickets(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {
        {"号", "Number", 7},  {"来源", "Kind", 8},  {"件", "Items", 5},         {"优先", "First", 5},
        {"状态", "State", 8}, {"窗口", "Room", 18}, {"预计 分", "Wait min", 8}, {"预约码", "Booking", 0}};
    const Touchstone__V1__ListTicketsResponse *list =
        (Touchstone__V1__ListTicketsResponse *)desk->tickets.message;
    size_t top;

    if (list == NULL)
        return;
    page_wrap(page, area.row, area.column + 1, area.columns - 2, 2, PAGE_DIM,
              desk_say(desk, list->rule_zh, list->rule_en));
    area.row += 3;
    area.rows -= 3;
    top = first_row(desk, area);
    painter_row(desk, page, area, columns, 8, NULL, false);
    for (size_t i = top; i < list->n_tickets && (int)(i - top) + 1 < area.rows; i++) {
        const Touchstone__V1__Ticket *ticket = list->tickets[i];
        char places[12], wait[12] = "";
        const char *texts[] = {ticket->ticket_no,
                               WORD(desk, ticket_kinds, ticket->ticket_kind),
                               places,
                               ticket->priority ? desk_say(desk, "优先", "yes") : "",
                               WORD(desk, ticket_states, ticket->ticket_state),
                               ticket->room,
                               wait,
                               ticket->booking_code};
        struct area row = {area.row + 1 + (int)(i - top), area.column, 1, area.columns};

        snprintf(places, sizeof places, "%d", ticket->places);
        if (ticket->ticket_state == TOUCHSTONE__V1__TICKET_STATE__TICKET_STATE_WAITING)
            snprintf(wait, sizeof wait, "%d", ticket->wait_minutes);
        painter_row(desk, page, row, columns, 8, texts, i == desk->chosen);
    }
    painter_more(page, area, area.rows - 1, top, list->n_tickets);
    if (list->n_tickets == 0)
        page_text(page, area.row + 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有人在等", "Nobody waits"));
}
