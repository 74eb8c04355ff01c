// SPDX-License-Identifier: Apache-2.0
// What the parts of the desk offer each other: each screen takes its presses and its answers in a file of its
// own.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

#include "desk/state.h"
#include "desk/weighing.h"

struct press;
struct rpc_outcome;

// False: the key means nothing there.
typedef bool parts_press(struct desk *desk, const struct press *press);

parts_press login_press, locked_press, home_press, taking_press, receipt_press, item_press, items_press,
    deliveries_press;
parts_press slots_press, booking_press, tickets_press;
parts_press waiting_press, slip_press;
parts_press custody_press, keeping_press, storing_press, returning_press, closing_press;
parts_press dialog_press;
parts_press mending_press, changes_press, air_press;

// home.c
void home_scanned(struct desk *desk, const struct code *code);
void home_show(struct desk *desk);
void home_persons(struct desk *desk);
// Looks for persons by what is typed.
void home_find(struct desk *desk);
// On a screen without a field: typing begins the next thing in the box, Esc goes there.
bool home_begin_next(struct desk *desk, const struct press *press);

// login.c
void login_show(struct desk *desk);
void login_lock(struct desk *desk);
// Opened without a server: back to what was shown.
void login_unlocked(struct desk *desk);
// Somebody is logged in: asks who that is and for the catalogue.
void login_begin(struct desk *desk);
void login_answered(struct desk *desk, ProtobufCMessage *response);
void login_who(struct desk *desk, const ProtobufCMessage *response);
// The roles here, in words.
void login_roles(const struct desk *desk, char *ret_text, size_t size);

// taking.c: the screen of an intake
void taking_begin(struct desk *desk, const char *person_id, const char *name, const char *phone);
void taking_scanned(struct desk *desk, const struct code *code, const char *text);
void taking_registered(struct desk *desk);
// The call failed; whether anything may have been done.
void taking_failed(struct desk *desk, const struct rpc_outcome *outcome);

// mending.c, changes.c: corrections
void mending_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
void changes_show(struct desk *desk, bool of_person, const char *target, const char *title);
void changes_look(struct desk *desk);
void changes_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);

// look.c: receipt, item, lists
void look_items(struct desk *desk);
void look_deliveries(struct desk *desk, const char *sheet_no);
void look_item(struct desk *desk, const char *item_code);
void look_receipt(struct desk *desk, const char *receipt_no);
// Asks again for what is shown, to see what others changed.
void look_again(struct desk *desk);

// visit.c: bookings and the queue
// The sessions, to choose one that the booking goes into.
void visit_move(struct desk *desk, const char *booking_code);
bool visit_fill_slot(struct desk *desk, struct ask *ask);
void visit_slots(struct desk *desk);
void visit_booking(struct desk *desk, const char *code);
void visit_tickets(struct desk *desk);
// A call of theirs came back.
void visit_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
// Asks again for what is shown; false when that is none of theirs.
bool visit_again(struct desk *desk);
// The dialogs of theirs: their slots, and their requests.
void visit_dialog(struct desk *desk, struct form *form);
bool visit_fill_book(struct desk *desk, struct ask *ask);
bool visit_fill_cancel(struct desk *desk, struct ask *ask);
bool visit_fill_ticket(struct desk *desk, struct ask *ask);
bool visit_fill_room(struct desk *desk, struct ask *ask);
// tickets.c: the number whose start is under way, or of whose start nobody knows; "" = none.
const char *tickets_starts(const struct desk *desk);
// Yes or no to whether the number is finished without an intake.
void tickets_finish(struct desk *desk, bool yes);
// The server refused to start a number: the form that was opened meanwhile serves nobody.
void tickets_refused(struct desk *desk, enum ask_kind kind);
// The ticket in the row with the cursor; NULL when there is none.
const struct Touchstone__V1__Ticket *visit_ticket(const struct desk *desk);

// dialog.c
void dialog_open(struct desk *desk, enum desk_dialog dialog);
// A write of a dialog or on a number failed: keeps its key where it may have been done all the same.
void dialog_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome);
// The place among the catalogue's tests that the list's row shows; OPTION_NONE beyond its end.
int dialog_test_at(const struct desk *desk, int row);

// parts.c
// Asks with one text as the request's only field.
bool parts_ask(struct desk *desk, enum ask_kind kind, const char *path, const char *text);
// Whether somebody waits for an answer: of what a person wanted.
bool parts_waits(const struct desk *desk);
// Puts the ask into the queue.
bool parts_put(struct desk *desk, struct ask *ask);
bool parts_set(struct ask *ask, const char *path, const char *text);
bool parts_set_version(struct ask *ask, int64_t version);
// What stands in the form's slot of this name into the field of the same; nothing when it is empty.
bool parts_set_slot(struct ask *ask, const struct form *form, const char *key);
// The cursor of a list; whether the key was one that moves it.
bool parts_move(struct desk *desk, int kind, size_t count);
// A call with its key; false when it was told why not.
bool parts_begin(struct desk *desk, enum ask_kind kind, struct ask *ret_ask);
// Sends it when its request could be filled; else tells why not.
bool parts_end(struct desk *desk, struct ask *ask, bool is_filled);
bool parts_look(struct desk *desk, enum ask_kind kind, const char *path, const char *text, bool is_quiet);
// Every slot that is filled goes into the field of its name.
bool parts_fill(struct ask *ask, const struct form *form);
// Whether nobody knows what came of a write.
bool parts_is_unknown(const struct rpc_outcome *outcome);
// Why the form did not take a press; nothing when it did.
void parts_tell_field(struct desk *desk, const struct form *form, enum form_result result);
// Shows the screen, behind the lock too.
void parts_back(struct desk *desk, enum desk_screen to);

// acts.c: what can be done with what is shown
void acts_open(struct desk *desk);
void acts_press(struct desk *desk, const struct press *press);
// The act in the list's row, in the desk's language; NULL beyond its end.
const char *acts_name(const struct desk *desk, int row);

// custody.c: the book of one item
const struct Touchstone__V1__Custody *custody_shown(const struct desk *desk);
void custody_show(struct desk *desk, const char *item_code);
void custody_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
// Asks again for what is shown of the custody; false when that is none of its screens.
bool custody_again(struct desk *desk);
void custody_picture(struct desk *desk, const char *item_code);

// custody_form.c: the dialogs of the custody
void custody_form(struct desk *desk, struct form *form);
bool custody_fill(struct desk *desk, struct ask *ask);
// What the scale says in the dialog that accepts an item.
enum weighing custody_weighing(const struct desk *desk, char *ret_text, size_t size);
// The question before what freezes an item is sent, here and where items go back.
void custody_warn(struct desk *desk, const char *difference);
// Reads who is in the laboratory into the choices, but two of them ("" = nobody more); then a slot of a form
// that chooses among them, NULL when the form is full.
void custody_name_colleagues(struct desk *desk, const char *but, const char *nor);
struct slot *custody_choose_colleague(struct desk *desk, struct form *form, const char *key, const char *zh,
                                      const char *en);

// keeping.c: what is offered, stored, not fetched, not accounted for
void keeping_show(struct desk *desk);
void keeping_look(struct desk *desk, bool is_quiet);
void keeping_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
size_t keeping_count(const struct desk *desk);
// The store that is looked at; NULL while they are not known.
const struct Touchstone__V1__Storage *keeping_store(const struct desk *desk, int at);

// storing.c: a tray that is scanned
void storing_show(struct desk *desk);
void storing_scanned(struct desk *desk, const struct code *code);
void storing_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
void storing_failed(struct desk *desk, enum ask_kind kind);

// returning.c: items go back
// All of the receipt that is here, or only this item of it (else "").
void returning_begin(struct desk *desk, const char *receipt_no, const char *only_item);
void returning_scanned(struct desk *desk, const struct code *code);
void returning_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
void returning_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome);

// closing.c: the day
void closing_show(struct desk *desk);
void closing_look(struct desk *desk, bool is_quiet);
const struct Touchstone__V1__DayClose *closing_today(const struct desk *desk);
