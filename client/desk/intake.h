// SPDX-License-Identifier: Apache-2.0
// One intake as it is filled in: the visitor, up to twenty items, the agreement. Its fields come from the
// catalogue and most are preset by the item's package. It lives until it is registered or dropped, whatever
// screen is shown. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/form.h"
#include "journal/journal.h"

struct Touchstone__V1__RegisterIntakeRequest;
struct ask;
struct catalogue;
struct press;

// Stands for the picture that lies with the kept entry.
#define INTAKE_KEPT_PHOTO "(=)"

enum { INTAKE_ITEMS = 20, INTAKE_TESTS = 20, INTAKE_ID = 48 };

enum intake_part { INTAKE_VISITOR, INTAKE_ITEM, INTAKE_AGREEMENT };

struct intake_item {
    struct form form;
    // Places among the catalogue's tests.
    int tests[INTAKE_TESTS];
    size_t test_count;
    // The package that has preset it; OPTION_NONE before.
    int package;
};

struct intake {
    bool is_open;
    // The key of the write; a new one once the last was answered.
    char request_id[INTAKE_ID];
    // Sent, and nobody knows what became of it: only the same intake may be sent again.
    bool is_unsettled;
    // The visitor is known: id, and how lists show this person.
    char person_id[INTAKE_ID];
    char name_masked[128], phone_masked[64];
    struct form visitor;
    struct intake_item items[INTAKE_ITEMS];
    size_t item_count, item_at;
    struct form agreement;
    enum intake_part part;
    // The called number or the booking that this intake serves; "" = none.
    char ticket[16], booking[16];
    // Told once that fields of the catalogue are empty; that no leased place is left.
    bool was_warned, was_told_places;
    // Reserved codes of its first items, so that what is sent and what is kept here name the same.
    char codes[INTAKE_ITEMS][JOURNAL_CODE];
    size_t code_count;
    // The kept entry that this one corrects; "" = none.
    char replaces[INTAKE_ID];
    // It stands in another desk's journal.
    bool replaces_other;
};

// Begins for a known person (person_id) or a new one (NULL) with what the box was given as name or phone.
void intake_begin(struct intake *intake, struct catalogue *catalogue, const char *laboratory,
                  const char *person_id, const char *name, const char *phone);

// One more item, preset like the one before. False when there are twenty.
bool intake_add_item(struct intake *intake, struct catalogue *catalogue);

// Another item is shown, `step` on; false when there is none.
bool intake_go_item(struct intake *intake, int step);

struct form *intake_form(struct intake *intake);
struct intake_item *intake_item(struct intake *intake);

// A press for the part with the cursor. Going on at a part's end goes to the next one.
enum form_result intake_press(struct intake *intake, struct catalogue *catalogue, const struct press *press);

// Orders the test, or no longer. False when there are twenty already.
bool intake_toggle_test(struct intake *intake, const struct catalogue *catalogue, int test);
bool intake_has_test(const struct intake_item *item, int test);

// Makes the ticks of the agreement what the ordered tests need.
void intake_need_consents(struct intake *intake, const struct catalogue *catalogue);

// Puts the cursor where something is missing or wrong and says what; SLOT_FINE when all can be sent. An item
// without a test answers SLOT_EMPTY at its list of tests.
enum slot_fault intake_fault(struct intake *intake, const struct catalogue *catalogue);

// The labels of what the catalogue wants and nobody filled in, of all items, with commas between. How many.
size_t intake_gaps(const struct intake *intake, bool chinese, char *ret_text, size_t size);

// Fills the request. False with ask->error.
bool intake_request(const struct intake *intake, const struct catalogue *catalogue, const char *laboratory,
                    struct ask *ask);

// Puts the cursor into the slot that the server's path names: "items[0].mass_g".
void intake_go_to(struct intake *intake, const char *path);

// Opens the form with all that a kept request says; `name_masked` is who a known person is.
void intake_reopen(struct intake *intake, struct catalogue *catalogue,
                   const struct Touchstone__V1__RegisterIntakeRequest *kept, const char *name_masked);
