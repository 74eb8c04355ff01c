// SPDX-License-Identifier: Apache-2.0
// The statement of a sheet: what its signature says (docs/evidence.md, Statement). It can be made again from
// the record's bytes, its index in the log and its salt alone; the daemon does so to sign it and every
// verifier to compare it, by the same function.
#pragma once

#include "evidence/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

enum {
    STATEMENT_SALT_BYTES = 16,
    STATEMENT_RESULTS = 40,
    STATEMENT_VALUES = 64, // units of a sampling plan
    STATEMENT_ISSUER_BYTES = 16,
    STATEMENT_SHEET_NO_BYTES = 24,
    STATEMENT_SAMPLE_BYTES = 120,
    STATEMENT_TEXT_BYTES = 200, // any other text
    STATEMENT_NUMBER_CHARACTERS = 64,
};

#define STATEMENT_INDEX_CEILING (UINT64_C(1) << 48)
// Of every other whole number but a mantissa: what a reader whose numbers are doubles can still tell apart.
#define STATEMENT_WHOLE_CEILING (UINT64_C(1) << 53)

// Points into the payload or the record's arena; bytes NULL where there is none.
struct statement_text {
    const char *bytes;
    size_t length;
};

// A code of the registry, or the name itself of what is not registered.
struct statement_code {
    uint64_t code;
    struct statement_text text;
};

enum statement_form {
    STATEMENT_NONE,   // null
    STATEMENT_SCALED, // mantissa * 10^exponent: keeps the digits that were reported
    STATEMENT_WORDS,  // as text: more than 64 bits, or with the mark of GB/T 8170 behind it
};

struct statement_number {
    enum statement_form form;
    bool negative;
    uint64_t mantissa;
    int exponent; // -40 to 40
    struct statement_text text;
};

enum statement_qualifier {
    STATEMENT_EQUAL,
    STATEMENT_LESS,
    STATEMENT_MORE,
    STATEMENT_NOT_DETECTED, // the value is the limit of detection
    STATEMENT_TEXT,
    STATEMENT_COUNTS, // one number per unit of a sampling plan
};

enum statement_operator {
    STATEMENT_NO_LIMIT,
    STATEMENT_AT_MOST,
    STATEMENT_AT_LEAST,
    STATEMENT_CLOSED_RANGE,
    STATEMENT_BELOW,
    STATEMENT_ABOVE,
    STATEMENT_MAGNITUDE,
    STATEMENT_GRADE,
    STATEMENT_EQUALS,
    STATEMENT_NOT_PERMITTED,
    STATEMENT_NOT_TO_BE_DETECTED,
    STATEMENT_PLAN,
    STATEMENT_OPEN_RANGE,
};

enum statement_verdict {
    STATEMENT_UNASKED,
    STATEMENT_PASS,
    STATEMENT_FAIL,
    STATEMENT_CONDITIONAL_PASS,
    STATEMENT_CONDITIONAL_FAIL,
    STATEMENT_INCONCLUSIVE,
    STATEMENT_NOT_JUDGED,
};

enum { STATEMENT_DEMONSTRATION = 6 }; // legal class

struct statement_limit {
    enum statement_operator kind;
    struct statement_text text;       // grade, equals
    struct statement_number low;      // the one number of most kinds; m of a plan
    struct statement_number high;     // of ranges; M of a plan
    bool low_closed, high_closed;     // open range
    uint64_t sample_size, acceptance; // n and c of a plan
};

struct statement_result {
    struct statement_code analyte, unit, method;
    enum statement_qualifier qualifier;
    struct statement_text text; // STATEMENT_TEXT
    size_t count;               // of values: 1 but for text (0) and counts
    const struct statement_number *values;
    struct statement_number uncertainty;
    struct statement_limit limit;
    enum statement_verdict verdict;
    bool has_rule; // else the statement's
    uint64_t rule;
    bool in_scope;
};

struct statement {
    struct statement_text issuer, sheet_no, sample;
    uint64_t revision, index, issued;
    uint8_t salt[STATEMENT_SALT_BYTES];
    uint64_t dates[3]; // received, tested from, to: days since 1970-01-01
    uint64_t domain, rule, overall, registry, legal_class;
    size_t result_count;
    const struct statement_result *results;
    uint8_t record_hash[HASH_BYTES]; // of results.json
    bool has_sample_id;
    uint64_t sample_id_kind;
    struct statement_text sample_id;
    bool has_superseded;
    uint64_t superseded; // log index of the revision before
    bool is_partial;     // failing results only; see the record
};

// The payload of a record: member `statement` with the record's number, revision and hash.
// FAILED_PRECONDITION / STATEMENT_IMPOSSIBLE and what is wrong, when the record cannot be stated.
bool statement_from_record(const char *record, size_t length, uint64_t index,
                           const uint8_t salt[STATEMENT_SALT_BYTES], struct arena *arena,
                           uint8_t **ret_payload, size_t *ret_length, struct ts_error *error);
// Reads a payload. DATA_LOSS with E_CBOR or E_SCHEMA as its reason when it is none. Everything points into
// the payload or the arena.
bool statement_read(const uint8_t *payload, size_t length, struct arena *arena,
                    struct statement *ret_statement, struct ts_error *error);
// Writes a payload into `size` bytes. False when it does not fit.
bool statement_write(const struct statement *statement, uint8_t *ret_payload, size_t size,
                     size_t *ret_length);
