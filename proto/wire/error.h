// SPDX-License-Identifier: Apache-2.0
// The one error type of all programs: a gRPC status, a reason that programs read, a text that a person
// reads, and up to eight fields that were wrong. The inside returns it, the border logs or sends it
// (wire/rpc_status.h). It is a plain value: nothing in it is allocated, copying is assignment.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The status codes of gRPC, with their numbers on the wire.
enum ts_status {
    TS_OK = 0,
    TS_CANCELLED = 1,
    TS_UNKNOWN = 2,
    TS_INVALID_ARGUMENT = 3,
    TS_DEADLINE_EXCEEDED = 4,
    TS_NOT_FOUND = 5,
    TS_ALREADY_EXISTS = 6,
    TS_PERMISSION_DENIED = 7,
    TS_RESOURCE_EXHAUSTED = 8,
    TS_FAILED_PRECONDITION = 9,
    TS_ABORTED = 10,
    TS_OUT_OF_RANGE = 11,
    TS_UNIMPLEMENTED = 12,
    TS_INTERNAL = 13,
    TS_UNAVAILABLE = 14,
    TS_DATA_LOSS = 15,
    TS_UNAUTHENTICATED = 16
};

#define TS_ERROR_VIOLATIONS 8

struct ts_error {
    enum ts_status status;
    char reason[48];    // UPPER_SNAKE; google.rpc.ErrorInfo.reason
    char detail[256];   // for the person; never personal data
    char metadata[512]; // a flat JSON object of strings, or "": ErrorInfo.metadata
    size_t violation_count;
    struct {
        char field[96]; // path such as items[2].tests[0].method_id
        char description[160];
    } violations[TS_ERROR_VIOLATIONS];
};

// Sets status, reason and detail and drops metadata and violations. Texts that are too long are cut
// between characters. Always returns false, so that a function can fail in one line. `error` may be NULL.
bool error_set(struct ts_error *error, enum ts_status status, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Adds a wrong field. The first one makes the error INVALID_ARGUMENT / FIELD_INVALID with "field: text" as
// its detail; after the eighth nothing is added. Always returns false. `error` may be NULL.
bool error_violation(struct ts_error *error, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Adds a member to metadata. A member that does not fit is left out whole. Always returns false.
bool error_metadata(struct ts_error *error, const char *key, const char *value);

// "INVALID_ARGUMENT"; "UNKNOWN" for a number that is no status.
const char *error_status_name(enum ts_status status);
