// SPDX-License-Identifier: Apache-2.0
// Bookings by telephone, arrivals, and the queue: sessions to choose from, one booking, the numbers of today.
// What others do with them appears by itself, as on the other screens.
#include <stdio.h>
#include <string.h>

#include "desk/air.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "message/path.h"
#include "message/value.h"
#include "run/request_id.h"
#include "touchstone/v1/open_day.pb-c.h"

static bool begin(struct desk *desk, enum ask_kind kind, struct ask *ask)
{
    char id[REQUEST_ID_SIZE];

    if (!ask_begin(kind, ask))
        return false;
    if ((!ask->has_key || (request_id_make(id) && parts_set(ask, "request_id", id))))
        return true;
    desk_tell(desk, NOTE_BAD, "%s", "%s", ask->error.detail);
    ask_free(ask);
    return false;
}

static void end(struct desk *desk, struct ask *ask, bool done)
{
    if (done)
        parts_put(desk, ask);
    else
        ask_free(ask);
}

static void ask_list(struct desk *desk, enum ask_kind kind, bool is_quiet)
{
    struct ask ask;

    if (!begin(desk, kind, &ask))
        return;
    ask.is_quiet = is_quiet;
    end(desk, &ask,
        parts_set(&ask, "laboratory", desk->laboratory) &&
            (kind != ASK_SLOTS || parts_set(&ask, "days", "14")));
}

void visit_slots(struct desk *desk)
{
    desk->screen = DESK_SLOTS;
    desk->chosen = 0;
    desk_drop(&desk->slots);
    ask_list(desk, ASK_SLOTS, false);
}

void visit_tickets(struct desk *desk)
{
    desk->screen = DESK_TICKETS;
    desk->chosen = 0;
    ask_list(desk, ASK_TICKETS, false);
}

void visit_booking(struct desk *desk, const char *code)
{
    parts_ask(desk, ASK_BOOKING, "booking_code", code);
}

void visit_move(struct desk *desk, const char *booking_code)
{
    snprintf(desk->moves_booking, sizeof desk->moves_booking, "%.15s", booking_code);
    desk->book_name[0] = desk->book_phone[0] = '\0';
    visit_slots(desk);
}

bool visit_again(struct desk *desk)
{
    const Touchstone__V1__Booking *booking = desk_booking(desk);
    struct ask ask;

    if (desk->screen == DESK_SLOTS || desk->screen == DESK_TICKETS) {
        ask_list(desk, desk->screen == DESK_SLOTS ? ASK_SLOTS : ASK_TICKETS, true);
    } else if (desk->screen == DESK_BOOKING && booking != NULL && begin(desk, ASK_BOOKING, &ask)) {
        ask.is_quiet = true;
        end(desk, &ask, parts_set(&ask, "booking_code", booking->booking_code));
    } else {
        return false;
    }
    return true;
}

static const Touchstone__V1__Slot *slot_at(const struct desk *desk)
{
    const Touchstone__V1__ListSlotsResponse *list = (Touchstone__V1__ListSlotsResponse *)desk->slots.message;

    return list != NULL && desk->chosen < list->n_slots ? list->slots[desk->chosen] : NULL;
}

const struct Touchstone__V1__Ticket *visit_ticket(const struct desk *desk)
{
    const Touchstone__V1__ListTicketsResponse *list =
        (Touchstone__V1__ListTicketsResponse *)desk->tickets.message;

    return list != NULL && desk->chosen < list->n_tickets ? list->tickets[desk->chosen] : NULL;
}

// A list keeps its cursor when it was only looked at again.
static void hold_list(struct desk *desk, struct held *held, struct ask *ask, ProtobufCMessage *response,
                      size_t count)
{
    if (!ask->is_quiet || desk->chosen >= count)
        desk->chosen = 0;
    desk_hold(held, ask, response);
}

// The cursor stays on its number while the list moves under it: other desks call and take in meanwhile. A
// number that was just called gets it.
static void hold_tickets(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    const Touchstone__V1__ListTicketsResponse *list = (Touchstone__V1__ListTicketsResponse *)response;
    const Touchstone__V1__Ticket *chosen = ask->is_quiet ? visit_ticket(desk) : NULL;

    if (chosen != NULL && desk->follows_ticket[0] == '\0')
        snprintf(desk->follows_ticket, sizeof desk->follows_ticket, "%.15s", chosen->ticket_no);
    hold_list(desk, &desk->tickets, ask, response, list->n_tickets);
    for (size_t i = 0; i < list->n_tickets; i++) {
        if (strcmp(list->tickets[i]->ticket_no, desk->follows_ticket) == 0)
            desk->chosen = i;
    }
    desk->follows_ticket[0] = '\0';
}

static void hold_booking(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    if (ask->is_quiet && desk->screen != DESK_BOOKING)
        return;
    desk_hold(&desk->booking, ask, response);
    desk->dialog = DIALOG_NONE;
    if (desk->screen != DESK_LOCKED)
        desk->screen = DESK_BOOKING;
}

// The row says at once what was answered: what a key does with it must not wait for the next look at the
// list.
static void note_state(struct desk *desk, const Touchstone__V1__Ticket *ticket)
{
    Touchstone__V1__ListTicketsResponse *list = (Touchstone__V1__ListTicketsResponse *)desk->tickets.message;

    for (size_t i = 0; list != NULL && i < list->n_tickets; i++)
        if (strcmp(list->tickets[i]->ticket_no, ticket->ticket_no) == 0)
            list->tickets[i]->ticket_state = ticket->ticket_state;
}

// What became of a number, and whose it is at the counter from now on.
static void tell_ticket(struct desk *desk, enum ask_kind kind, ProtobufCMessage *response)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(response->descriptor, "ticket");
    const Touchstone__V1__Ticket *ticket = (Touchstone__V1__Ticket *)path_element(response, field, 0);

    desk->dialog = DIALOG_NONE;
    desk->looked_ms = 0;
    if (kind == desk->ticket_sent.kind)
        desk->ticket_sent.is_unsettled = false;
    if (ticket == NULL) {
        desk_tell(desk, NOTE_PLAIN, "没有人在等", "Nobody waits");
        return;
    }
    note_state(desk, ticket);
    if (kind == ASK_START) {
        // Whose form was opened meanwhile has it already.
        if (!desk->intake->is_open || strcmp(desk->intake->ticket, ticket->ticket_no) != 0)
            snprintf(desk->serves_ticket, sizeof desk->serves_ticket, "%.15s", ticket->ticket_no);
        desk_tell(desk, NOTE_GOOD, "%s 在办理：F3 找人后收样，登记即完成",
                  "%s is served: find the person (F3) and take in; that ends it", ticket->ticket_no);
    } else if (kind == ASK_TAKE_TICKET) {
        desk_tell(desk, NOTE_GOOD, "取号 %s，约等 %d 分钟", "Ticket %s, about %d minutes", ticket->ticket_no,
                  ticket->wait_minutes);
    } else if (kind == ASK_CALL || kind == ASK_RECALL) {
        snprintf(desk->follows_ticket, sizeof desk->follows_ticket, "%.15s", ticket->ticket_no);
        desk_tell(desk, NOTE_GOOD, "请 %s 到 %s", "%s to %s", ticket->ticket_no, ticket->room);
    } else if (kind == ASK_SKIP) {
        desk_tell(desk, NOTE_GOOD, "%s 已过号：Enter 重叫", "%s was skipped: Enter calls it again",
                  ticket->ticket_no);
    } else {
        if (strcmp(desk->serves_ticket, ticket->ticket_no) == 0)
            desk->serves_ticket[0] = '\0';
        desk_tell(desk, NOTE_GOOD, "%s 已办结", "%s is finished", ticket->ticket_no);
    }
}

void visit_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    enum ask_kind kind = ask->kind;

    switch (kind) {
    case ASK_SLOTS:
        hold_list(desk, &desk->slots, ask, response,
                  ((Touchstone__V1__ListSlotsResponse *)response)->n_slots);
        break;
    case ASK_TICKETS:
        hold_tickets(desk, ask, response);
        break;
    case ASK_MOVE:
        desk->moves_booking[0] = '\0';
        // fall through
    case ASK_BOOK:
    case ASK_BOOKING:
    case ASK_CANCEL_BOOKING:
    case ASK_ARRIVE:
        hold_booking(desk, ask, response);
        if (kind != ASK_BOOKING)
            desk_tell(desk, NOTE_GOOD,
                      kind == ASK_CANCEL_BOOKING ? "已取消，位子已放出" : "请念给来电人：预约码与须知",
                      kind == ASK_CANCEL_BOOKING ? "Cancelled; the places are free"
                                                 : "Read the code and the advice back");
        if (kind == ASK_ARRIVE)
            desk_tell(desk, NOTE_GOOD, "已到：排队号 %s", "Here: ticket %s",
                      desk_booking(desk) != NULL ? desk_booking(desk)->ticket_no : "");
        break;
    default:
        tell_ticket(desk, kind, response);
    }
}

void visit_dialog(struct desk *desk, struct form *form)
{
    struct slot *slot;

    switch (desk->dialog) {
    case DIALOG_BOOK:
        if (desk->book_person[0] == '\0') {
            slot = form_add(form, SLOT_TEXT, "person.name", "姓名", "Name", 60);
            slot->traits = SLOT_REQUIRED;
            field_set(&slot->field, desk->book_name);
            slot = form_add(form, SLOT_PHONE, "person.phone", "电话", "Phone", 24);
            slot->traits = SLOT_REQUIRED;
            field_set(&slot->field, desk->book_phone);
        }
        slot = form_add(form, SLOT_WHOLE, "places", "件数", "Items", 3);
        slot->traits = SLOT_REQUIRED;
        field_preset(&slot->field, "1");
        form_add(form, SLOT_WHOLE, "tour_seats", "参观人数", "Tour seats", 2);
        form_add(form, SLOT_TICK, "or_wait", "满了就候补", "Waits when it is full", 0);
        break;
    case DIALOG_CANCEL:
        form_add(form, SLOT_TEXT, "reason", "理由", "Reason", 200)->traits = SLOT_REQUIRED;
        break;
    case DIALOG_TICKET:
        slot = form_add(form, SLOT_WHOLE, "places", "件数", "Items", 3);
        slot->traits = SLOT_REQUIRED;
        field_preset(&slot->field, "1");
        form_add(form, SLOT_TEXT, "priority_reason", "优先理由", "Goes first because", 80);
        break;
    case DIALOG_ROOM:
        slot = form_add(form, SLOT_TEXT, "room", "叫到", "To room", 20);
        slot->traits = SLOT_REQUIRED;
        field_preset(&slot->field, desk->room[0] != '\0' ? desk->room : desk->desk);
        break;
    default:
        break;
    }
}

// Every slot of the dialog that is filled goes into the field of its name.
static bool fill_slots(const struct form *form, struct ask *ask)
{
    char value[FIELD_BYTES];

    for (size_t i = 0; i < form->count; i++) {
        form_value(&form->slots[i], value);
        if (value[0] != '\0' && !parts_set(ask, form->slots[i].key, value))
            return false;
    }
    return true;
}

bool visit_fill_slot(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Slot *slot = slot_at(desk);

    return slot != NULL && parts_set(ask, "slot_id", slot->slot_id);
}

bool visit_fill_book(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Slot *slot = slot_at(desk);

    return slot != NULL && parts_set(ask, "slot_id", slot->slot_id) &&
           (desk->book_person[0] == '\0' || parts_set(ask, "person.person_id", desk->book_person)) &&
           fill_slots(&desk->dialog_form, ask);
}

bool visit_fill_cancel(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Booking *booking = desk_booking(desk);

    return booking != NULL && parts_set(ask, "booking_code", booking->booking_code) &&
           fill_slots(&desk->dialog_form, ask);
}

bool visit_fill_ticket(struct desk *desk, struct ask *ask)
{
    const struct slot *why = form_find(&desk->dialog_form, "priority_reason");

    return parts_set(ask, "laboratory", desk->laboratory) && fill_slots(&desk->dialog_form, ask) &&
           (why->field.length == 0 || parts_set(ask, "priority", "yes"));
}

bool visit_fill_room(struct desk *desk, struct ask *ask)
{
    snprintf(desk->room, sizeof desk->room, "%.23s", desk->dialog_form.slots[0].field.text);
    return parts_set(ask, "laboratory", desk->laboratory) && fill_slots(&desk->dialog_form, ask);
}

static bool move(struct desk *desk, int kind, size_t count)
{
    if (kind == PRESS_UP && desk->chosen > 0)
        desk->chosen--;
    else if (kind == PRESS_DOWN && desk->chosen + 1 < count)
        desk->chosen++;
    return kind == PRESS_UP || kind == PRESS_DOWN;
}

// Typing begins the next thing in the box.
static bool begin_next(struct desk *desk, const struct press *press)
{
    if (press->kind == PRESS_ESCAPE || press->kind == PRESS_CHARACTER)
        home_show(desk);
    return press->kind == PRESS_CHARACTER && home_press(desk, press);
}

bool slots_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__ListSlotsResponse *list = (Touchstone__V1__ListSlotsResponse *)desk->slots.message;

    if (move(desk, press->kind, list != NULL ? list->n_slots : 0))
        return true;
    if (press->kind != PRESS_ENTER)
        return begin_next(desk, press);
    if (slot_at(desk) != NULL)
        dialog_open(desk, desk->moves_booking[0] != '\0' ? DIALOG_MOVE : DIALOG_BOOK);
    return true;
}

static void arrive(struct desk *desk, const Touchstone__V1__Booking *booking)
{
    struct ask ask;

    if (begin(desk, ASK_ARRIVE, &ask))
        end(desk, &ask, parts_set(&ask, "booking_code", booking->booking_code));
}

bool booking_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__Booking *booking = desk_booking(desk);

    if (booking == NULL)
        return begin_next(desk, press);
    switch (press->kind) {
    case PRESS_ENTER:
        arrive(desk, booking);
        return true;
    case PRESS_F8:
        if (desk->intake->is_open || booking->person == NULL) {
            desk_tell(desk, NOTE_BAD, "还有一份未完成的收样：F4 返回",
                      "An intake is unfinished: F4 goes back to it");
            return true;
        }
        snprintf(desk->serves_booking, sizeof desk->serves_booking, "%.15s", booking->booking_code);
        taking_begin(desk, booking->person->person_id, booking->person->name_masked,
                     booking->person->phone_masked);
        return true;
    case PRESS_F12:
        dialog_open(desk, DIALOG_CANCEL);
        return true;
    case PRESS_F5:
        air_show(desk, booking->booking_code);
        return true;
    case PRESS_TAB:
        visit_move(desk, booking->booking_code);
        return true;
    default:
        return begin_next(desk, press);
    }
}
