// SPDX-License-Identifier: Apache-2.0
// A form of reference data: what one row of such a file says and how the engine answers it. A laboratory runs
// its files through the forms before it trusts the program with results (ISO/IEC 17025:2017, 7.11.2), so a
// form only reads cells, calls the very code that judges results, and writes what it got. It never rounds,
// compares or corrects by itself. The table of all forms is in validate/forms.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define VALIDATE_GOT_SIZE 1024
#define VALIDATE_COLUMNS_MOST 16

struct arena;
struct validate_catalogue;
struct ts_error;

// One row of a file, its cells in the order of the form's columns.
struct validate_row {
    const char *cells[VALIDATE_COLUMNS_MOST]; // as typed, never NULL
    unsigned line;
    const struct validate_catalogue *catalogue;
};

struct validate_answer {
    char got[VALIDATE_GOT_SIZE]; // what the engine answered, as text
    bool agrees;                 // with the expected cell
};

struct validate_form {
    const char *name; // as the report prints it
    // All the columns it reads, NULL behind the last. A file whose header has them all, in any order, is of
    // this form; what else the header has (source, note) is for people. The first one names the row.
    const char *const *columns;
    // False when the row cannot be answered at all (a kind nobody knows, a cell that is no number where one
    // must be): it counts as failed and `error` is printed as what was got. What the engine refuses on
    // purpose is an answer: write it with form_refusal(). The arena lives for this row only.
    bool (*run)(const struct validate_row *row, struct arena *arena, struct validate_answer *ret_answer,
                struct ts_error *error);
};

// Whether two texts are equal when every run of white space is one space and none stands at the ends.
bool form_equal(const char *expected, const char *got);

// Sets got, and agrees by form_equal.
void form_answer(const char *expected, const char *got, struct validate_answer *ret_answer);

// The engine refused, with this error; got is "error: " and its detail. It agrees when the expected cell says
// in any words that there is no answer: "error: U missing", "rule refused", 不作判定. The engine says why in
// its own words, so those are not compared; a refusal where an answer was expected never agrees.
void form_refusal(const char *expected, const struct ts_error *error, struct validate_answer *ret_answer);

// The row could not be answered at all. got is the error's detail; agrees is false whatever was expected.
void form_failure(const struct ts_error *error, struct validate_answer *ret_answer);
