// SPDX-License-Identifier: Apache-2.0
// What the parts of the desk offer each other: each screen takes its presses and its answers in a file of its
// own.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

#include "desk/desk.h"

// False: the key means nothing there.
typedef bool parts_press(struct desk *desk, const struct press *press);

parts_press login_press, locked_press, home_press, taking_press, receipt_press, item_press, items_press,
    deliveries_press;
parts_press slots_press, booking_press, tickets_press;
parts_press waiting_press, slip_press;
parts_press dialog_press;
parts_press mending_press, changes_press;

// home.c
void home_scanned(struct desk *desk, const struct code *code);
void home_show(struct desk *desk);
void home_persons(struct desk *desk);

// login.c
void login_show(struct desk *desk);
void login_lock(struct desk *desk);
// Opened without a server: back to what was shown.
void login_unlocked(struct desk *desk);
void login_answered(struct desk *desk, ProtobufCMessage *response);
void login_who(struct desk *desk, ProtobufCMessage *response);
// The roles here, in words.
void login_roles(const struct desk *desk, char *ret_text, size_t size);

// taking.c: the screen of an intake
void taking_begin(struct desk *desk, const char *person_id, const char *name, const char *phone);
void taking_scanned(struct desk *desk, const struct code *code, const char *text);
void taking_registered(struct desk *desk);
// The call failed; whether anything may have been done.
void taking_failed(struct desk *desk, const struct rpc_outcome *outcome);
// Whether nobody knows what came of a write.
bool taking_is_unknown(const struct rpc_outcome *outcome);

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
// The ticket in the row with the cursor; NULL when there is none.
const struct Touchstone__V1__Ticket *visit_ticket(const struct desk *desk);

// home.c: looks for persons by what is typed
void home_find(struct desk *desk);

// dialog.c
void dialog_open(struct desk *desk, enum desk_dialog dialog);
// A write of a dialog or on a number failed: keeps its key where it may have been done all the same.
void dialog_failed(struct desk *desk, enum ask_kind kind, const struct rpc_outcome *outcome);

// answer.c: asks with one text as the request's only field.
bool parts_ask(struct desk *desk, enum ask_kind kind, const char *path, const char *text);
// Puts the ask into the queue.
bool parts_put(struct desk *desk, struct ask *ask);
bool parts_set(struct ask *ask, const char *path, const char *text);
// Why a call failed, to the person.
void parts_tell_failure(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome);
// The place among the catalogue's tests that the list's row shows; OPTION_NONE beyond its end.
int dialog_test_at(const struct desk *desk, int row);
