// SPDX-License-Identifier: Apache-2.0
// What the desk knows of the custody: the book of one item, lists, a tray that is scanned, what is being
// handed back, the day that is to be closed. Each has its own file: custody.c, keeping.c, storing.c,
// returning.c, closing.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desk/field.h"
#include "desk/form.h"
#include "desk/held.h"

enum keeping_list {
    KEEPING_OFFERED,
    KEEPING_STORED,
    KEEPING_UNCOLLECTED,
    KEEPING_UNACCOUNTED,
    KEEPING_LISTS
};

enum { KEEPING_CODE = 16, KEEPING_NAME = 256, KEEPING_MASS = 64, KEEPING_LOGIN = 44, KEEPING_ID = 48 };
enum { KEEPING_OPTIONS = 100, KEEPING_TOLD = 200 };

// What the choices of a dialog are made of; copied, because the answer may be replaced while it is open.
struct keeping_choices {
    struct option options[KEEPING_OPTIONS];
    char values[KEEPING_OPTIONS][KEEPING_LOGIN], labels[KEEPING_OPTIONS][KEEPING_NAME];
    int count;
};

enum tray_state { TRAY_ASKED, TRAY_FINE, TRAY_WRONG, TRAY_DONE };

struct tray_item {
    char code[KEEPING_CODE], name[KEEPING_NAME];
    enum tray_state state;
    // Why it is not moved, or where it is now.
    char told[KEEPING_TOLD];
};

enum { TRAY_ITEMS = 100 };

// Items that go into a store or out of it, scanned one after the other.
struct tray {
    struct field code;
    struct tray_item items[TRAY_ITEMS];
    size_t count;
    int store;
    bool takes_out, is_sending;
};

enum return_state {
    // Its mass is still asked for.
    RETURN_ASKED,
    RETURN_READY,
    RETURN_DONE,
    RETURN_FROZEN
};

struct return_item {
    char code[KEEPING_CODE], name[KEEPING_NAME], expected[KEEPING_MASS], tolerance[KEEPING_MASS];
    int64_t version;
    enum return_state state;
    bool has_photo;
    // Of the call that hands it back: the same until it is answered.
    char request_id[KEEPING_ID];
    char told[KEEPING_TOLD];
};

enum { RETURN_ITEMS = 16 };

struct returning {
    char receipt_no[40], only[KEEPING_CODE];
    // Of the receipt: who may fetch it.
    char owner[KEEPING_NAME], collector[KEEPING_NAME];
    struct return_item items[RETURN_ITEMS];
    size_t count;
    // More items than fit at once.
    bool is_cut;
    // For each item a mass and a tick, then who fetches them.
    struct form form;
    // Told what is wrong; the same key goes on all the same.
    bool was_warned;
    bool is_sending;
    // Sent, and nobody knows what became of it: only the same may be sent again.
    bool is_unsettled;
};

struct keeping {
    struct held book, holders, storages, lists[KEEPING_LISTS], picture;
    // Where Esc on an item's book goes back to.
    int from;
    enum keeping_list list;
    int store;
    struct keeping_choices choices;
    struct tray tray;
    struct returning returning;
    // Of the day that is to be closed.
    char laboratory[16];
    // A picture came that is to be shown.
    bool wants_picture;
};
