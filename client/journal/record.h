// SPDX-License-Identifier: Apache-2.0
// What a record says, as the bytes that are sealed: a kind, a time and fields in a fixed order, each with its
// length. docs/offline.md. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

enum record_kind {
    RECORD_NONE,
    RECORD_INTAKE,
    RECORD_CODES,
    RECORD_LEASE,
    RECORD_BOOKED,
    RECORD_CONFLICT,
    RECORD_SET_ASIDE,
    RECORD_DROPPED,
    RECORD_SPENT,
    RECORD_KINDS,
};

// Places of the fields.
enum {
    INTAKE_REQUEST_ID,
    INTAKE_USER,
    INTAKE_METHOD,
    INTAKE_LINE,
    INTAKE_LABORATORY,
    INTAKE_LEASE,
    INTAKE_CODES, // one behind the other
    INTAKE_TAKEN_AT,
    INTAKE_REPLACES, // "", or the request id in whose place it is
    INTAKE_BY,
    INTAKE_REASON,
    INTAKE_REQUEST,
    INTAKE_FIELDS,

    CODES_DESK = 0,
    CODES_LABORATORY,
    CODES_CODES,
    CODES_FIELDS,

    LEASE_DESK = 0,
    LEASE_LABORATORY,
    LEASE_ID,
    LEASE_PLACES,
    LEASE_ENDS_AT,
    LEASE_FIELDS,

    // Of booked, conflict, set aside.
    OUTCOME_REQUEST_ID = 0,
    OUTCOME_WHAT, // receipt number; reason; who
    OUTCOME_WHY,  // "", or why it is booked otherwise; the server's sentence; the person's reason
    OUTCOME_FIELDS,

    DROPPED_DESK = 0,
    DROPPED_LABORATORY,
    DROPPED_FIELDS,

    SPENT_CODES = 0, // one behind the other
    SPENT_FIELDS,

    RECORD_FIELDS = INTAKE_FIELDS,
};

struct record_field {
    const uint8_t *bytes;
    size_t length;
};

struct record {
    enum record_kind kind;
    int64_t at_ms;
    struct record_field fields[RECORD_FIELDS];
};

// Lengths are checked against what a record may have.
enum { RECORD_CEILING_BYTES = 64 * 1024 * 1024 };

void record_put(struct record *record, size_t field, const void *bytes, size_t length);
void record_put_text(struct record *record, size_t field, const char *text);

size_t record_size(const struct record *record);
// Into `ret_bytes`, which has room for record_size.
void record_write(const struct record *record, uint8_t *ret_bytes);

// The fields point into `bytes`. False when they are no record: only a program with the key can have made it.
bool record_read(const uint8_t *bytes, size_t length, struct record *ret_record);

// A field as text, cut to `size`. Signs below blank become blanks: it goes to a terminal.
void record_text(const struct record *record, size_t field, char *ret_text, size_t size);
// A field of decimal digits; 0 when it is none.
int64_t record_number(const struct record *record, size_t field);
