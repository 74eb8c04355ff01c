// SPDX-License-Identifier: Apache-2.0
// What the reception desk holds, and what all its parts stand on: answers that are kept, who is logged in,
// what is told to the person in one of two languages. Knows no screen and no key.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "desk/ask.h"
#include "desk/burst.h"
#include "desk/catalogue.h"
#include "desk/code.h"
#include "desk/field.h"
#include "desk/form.h"
#include "desk/held.h"
#include "desk/intake.h"
#include "desk/keeping.h"
#include "desk/mending.h"
#include "desk/offline.h"
#include "desk/pictures.h"
#include "desk/prints.h"

struct Touchstone__V1__Booking;
struct Touchstone__V1__Item;
struct Touchstone__V1__Receipt;
struct desk_guest;

enum desk_screen {
    DESK_LOGIN,
    DESK_LOCKED,
    DESK_HOME,
    DESK_INTAKE,
    DESK_RECEIPT,
    DESK_ITEM,
    DESK_ITEMS,
    DESK_DELIVERIES,
    DESK_SLOTS,
    DESK_BOOKING,
    DESK_TICKETS,
    DESK_CUSTODY,
    DESK_KEEPING,
    DESK_STORING,
    DESK_RETURNING,
    DESK_CLOSING,
    DESK_MENDING,
    DESK_CHANGES,
    DESK_AIR,
    // The view of a guest (guest.h), with screens of its own.
    DESK_GUEST,
    // Kept without a server: the slip of one, the list of all.
    DESK_SLIP,
    DESK_WAITING,
    DESK_SCREENS
};

// What stands over the screen and has the keys.
enum desk_dialog {
    DIALOG_NONE,
    DIALOG_HELP,
    // A small form.
    DIALOG_REVEAL,
    DIALOG_PHOTO,
    DIALOG_PRINT,
    DIALOG_COLLECT,
    DIALOG_BOOK,
    DIALOG_CANCEL,
    DIALOG_TICKET,
    DIALOG_ROOM,
    // Corrections: which, and what they ask.
    DIALOG_MENDS,
    DIALOG_REJECT,
    DIALOG_MEND_WHY,
    DIALOG_MERGE,
    DIALOG_UNMERGE,
    // A visit to a home; another session for a booking.
    DIALOG_AIR_PLAN,
    DIALOG_AIR_CREW,
    DIALOG_AIR_READY,
    DIALOG_MOVE,
    // Of what was kept without a server: why it is set aside; another desk's journal.
    DIALOG_ASIDE,
    DIALOG_JOURNAL,
    DIALOG_OFFER,
    DIALOG_ACCEPT,
    DIALOG_UNOFFER,
    DIALOG_STORE,
    DIALOG_TAKE_OUT,
    DIALOG_CONSUME,
    DIALOG_INCIDENT,
    DIALOG_SETTLE,
    DIALOG_PORTION,
    DIALOG_DISPOSE,
    DIALOG_PROXY,
    DIALOG_VOID,
    DIALOG_CLOSE_DAY,
    DIALOG_REOPEN_DAY,
    // What can be done with what is shown: a list to choose from.
    DIALOG_ACTS,
    // The tests of the item that is taken in.
    DIALOG_TESTS,
    // A question.
    DIALOG_DROP,
    DIALOG_LEAVE,
    // Of a number that is served and took nothing in.
    DIALOG_FINISH,
};

enum note_kind { NOTE_NONE, NOTE_PLAIN, NOTE_GOOD, NOTE_BAD };

struct note {
    enum note_kind kind;
    char text[600];
};

// See news.h.
struct news {
    struct note note;
    int64_t told_ms;
};

// A write that a screen sends. While nobody knows whether it was done it can only be asked again, by the same
// key: so it is done once.
struct sent {
    bool is_unsettled;
    enum ask_kind kind;
    char key[INTAKE_ID], about[16];
};

struct paste {
    bool is_on, ended_line, has_line;
    size_t count;
    struct field text;
};

enum { DESK_LOCK_MS = 10 * 60 * 1000, DESK_REVEAL_MS = 60 * 1000, DESK_LOOK_MS = 2000 };

struct desk {
    bool chinese;
    // What the status line says.
    char server[256], username[64], name[128], desk[16], laboratory[16];
    // The institute's, by which times are shown; "" = not told yet.
    char time_zone[64];
    int roles[8];
    size_t role_count;
    // The last call did not reach the server, or brought no answer.
    bool is_cut_off;
    struct prints prints;
    struct news news;
    // Of a log-in just now; whoever calls takes it and empties it.
    char new_token[80];

    enum desk_screen screen, before_lock;
    enum desk_dialog dialog;
    struct form login, unlock, dialog_form;
    // The dialog's list: the row with the cursor.
    int dialog_row;
    // That it freezes the item was told; the next press sends it.
    bool dialog_was_warned;
    // Whom the dialog is about.
    char dialog_target[INTAKE_ID];
    // What the dialog sends, and the last act on a number of the queue.
    struct sent dialog_sent, ticket_sent;
    struct note note;

    struct field box;
    struct code typed;
    // What the shown persons were asked by.
    char asked[CODE_TEXT];
    struct held persons, receipt, item, items, deliveries, revealed, slots, booking, tickets, changes, air;
    int64_t revealed_until_ms;
    // The row with the cursor: of persons (the last + 1 is a new person), items, deliveries.
    size_t chosen;
    struct field items_query;
    // What the lists are narrowed to: a custody state, a delivery state, a sheet; 0 and "" = all.
    int items_custody, deliveries_state;
    char deliveries_sheet[64];
    bool items_are_stale;

    // Who is to be booked: known (id), or new with what the box was given.
    char book_person[INTAKE_ID], book_name[128], book_phone[64];
    // The number that the cursor goes to with the next list.
    char follows_ticket[16];
    // Whom the next intake serves, from the number's start until its form is open; "" = nobody with a number.
    char serves_ticket[16], serves_booking[16];
    // Where tickets are called to.
    char room[24];

    // The bench; NULL in tests of the reception.
    const struct desk_guest *guest;
    void *guest_state;
    // The next log-in goes there, also of who has both roles.
    bool prefers_guest;
    // The booking whose visit is shown; the booking that goes into another session, "" = none.
    char air_code[16], moves_booking[16];
    // The field record is to be shown (v) or printed (p); whoever calls takes it.
    char wants_record;
    struct mending *mending;
    struct pictures pictures;
    size_t changes_chosen;
    // The rejected item whose notice is to be printed; whoever calls takes it and empties it.
    char wants_notice[16];
    // Laboratories where the person has a part.
    char laboratories[8][16];
    size_t laboratory_count;

    struct catalogue *catalogue;
    struct intake *intake;
    struct keeping *keeping;
    unsigned intake_count;

    struct burst burst;
    struct paste paste;
    struct ask_queue queue;
    enum ask_kind running;
    bool running_is_write, running_is_quiet;
    // It took too long and was given up.
    bool ran_out;
    // F8 again: what is on its way is kept here.
    bool keeps_at_once;
    bool wants_end, wants_cancel;
    // The slip that is shown, and its labels.
    bool wants_print;
    int64_t now_ms, pressed_ms, looked_ms, running_since_ms;
    // Presses are counted, and which was the last that left what was shown: what was looked for before it is
    // wanted no more, and its answer leads nowhere.
    unsigned press_no, left_at;

    struct offline offline;
};

// A text in the desk's language.
const char *desk_say(const struct desk *desk, const char *zh, const char *en);

// Tells the person something.
void desk_tell(struct desk *desk, enum note_kind kind, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

// The receipt and the item that are shown; NULL when none is.
const struct Touchstone__V1__Receipt *desk_receipt(const struct desk *desk);
const struct Touchstone__V1__Item *desk_item(const struct desk *desk);
const struct Touchstone__V1__Booking *desk_booking(const struct desk *desk);

// Frees what was held, and holds the answer of the ask (which is emptied).
void desk_hold(struct held *held, struct ask *ask, ProtobufCMessage *response);
void desk_drop(struct held *held);

// In this laboratory.
bool desk_has_role(const struct desk *desk, int role);
bool desk_is_technician(const struct desk *desk);
bool desk_is_receptionist(const struct desk *desk);
