// SPDX-License-Identifier: Apache-2.0
// A form: slots one after the other, one of them with the cursor. A slot is text, a number, a choice or a
// tick; it knows whether it must be filled and whether what stands in it can be right. What the form is for
// and what becomes of it is its owner's business. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/field.h"

struct press;

enum slot_kind {
    SLOT_TEXT,
    SLOT_PHONE,
    // Not negative, as many digits as typed.
    SLOT_DECIMAL,
    SLOT_WHOLE,
    // YYYY-MM-DD
    SLOT_DATE,
    // One of the options: letters search, left and right go on.
    SLOT_CHOICE,
    SLOT_TICK,
    SLOT_SECRET,
    // Opens a list of its owner's.
    SLOT_LIST,
};

enum slot_trait {
    SLOT_REQUIRED = 1,
    // What a scanner reads goes into it, when it is no code of ours.
    SLOT_TAKES_SCAN = 2,
    // Has no field of its own in the request.
    SLOT_FACT = 4,
};

struct option {
    // What is sent.
    const char *value;
    const char *zh, *en;
};

enum { SLOT_KEY = 48, SLOT_LABEL = 96, FORM_SLOTS = 40, OPTION_NONE = -1 };

struct slot {
    char key[SLOT_KEY];
    char zh[SLOT_LABEL], en[SLOT_LABEL];
    // In full, when those are short for want of room; else empty.
    char long_zh[SLOT_LABEL], long_en[SLOT_LABEL];
    enum slot_kind kind;
    unsigned traits;
    // What holds for it, from the catalogue; "" = nothing.
    char rule[200];
    // The text; of a choice, what is searched for.
    struct field field;
    const struct option *options;
    int option_count, chosen;
    bool is_ticked;
};

struct form {
    struct slot slots[FORM_SLOTS];
    size_t count, focus;
};

enum form_result {
    FORM_TOOK,
    FORM_IGNORED,
    // The press would leave the form at its end or at its beginning.
    FORM_LEFT_DOWN,
    FORM_LEFT_UP,
    // Enter on a SLOT_LIST.
    FORM_OPENED,
    FORM_FULL,
    FORM_REFUSED,
    // Nothing among the options holds what was searched for.
    FORM_NO_MATCH,
    // It moved on, and what was left behind is no number.
    FORM_NO_NUMBER,
};

// Why a slot cannot be sent.
enum slot_fault {
    SLOT_FINE,
    SLOT_EMPTY,
    SLOT_NO_NUMBER,
    SLOT_NO_DATE,
    // What was typed is in none of the options.
    SLOT_NO_CHOICE,
    SLOT_NO_PHONE,
    SLOT_NOT_TICKED,
};

// An empty slot at the form's end; NULL when there is no room.
struct slot *form_add(struct form *form, enum slot_kind kind, const char *key, const char *zh, const char *en,
                      size_t most);

// The same for a choice.
struct slot *form_add_choice(struct form *form, const char *key, const char *zh, const char *en,
                             const struct option *options, int option_count, int chosen);

enum form_result form_press(struct form *form, const struct press *press);

// The slot of the key; NULL when there is none.
struct slot *form_find(const struct form *form, const char *key);

struct slot *form_focused(struct form *form);

// Puts the cursor into the slot at its text's end.
void form_go(struct form *form, size_t slot);

enum slot_fault form_fault(const struct slot *slot);

// The first slot that cannot be sent; form->count when all can.
size_t form_first_fault(const struct form *form);

// What is sent of the slot: text without blanks around it, or the option's value; "" when nothing. In a
// buffer of FIELD_BYTES.
void form_value(const struct slot *slot, char ret_value[FIELD_BYTES]);

// Chooses the option of this value; none when it is not there.
void form_choose(struct slot *slot, const char *value);

// Whether any option holds what is searched for.
bool form_finds(const struct slot *slot);

// Whether the option holds what is searched for.
bool form_matches(const struct slot *slot, int option);
