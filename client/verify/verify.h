// SPDX-License-Identifier: Apache-2.0
// Is this file a sheet that Touchstone sealed, and is it as it was sealed? Works without a server: the
// producer is known, writes one form only, and any byte changed or added means altered.
#pragma once

#include "verify/embedded_record.h"
#include "wire/error.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The checks in the order in which they are made.
enum verify_check {
    VERIFY_FORM,      // one seal, over everything but its own hole, up to the last byte
    VERIFY_CONTENT,   // no byte changed since it was sealed
    VERIFY_SIGNATURE, // the signature is the certificate's, and the certificate is the one that was meant
    VERIFY_VALIDITY,  // the certificate was valid when the sheet was sealed
    VERIFY_KIND,      // a demonstration key for specimens only
    VERIFY_TRUST,     // the certificate is one that the caller trusts
    VERIFY_CHECKS
};

enum verify_state { VERIFY_NOT_CHECKED, VERIFY_PASSED, VERIFY_FAILED };

struct verify_report {
    enum verify_state checks[VERIFY_CHECKS];
    const char *code;   // of the first failure, UPPER_SNAKE; "" when there is none
    char detail[160];   // the same for a person
    bool demonstration; // the certificate says so of itself
    char sealed_at[32]; // 2026-11-24T10:15:00+08:00, as the sealer claims
    char subject[256], issuer[256], serial[64], certificate_sha256[65]; // terminal-safe
    char not_before[32], not_after[32];                                 // 2026-11-24T00:00:00Z
    struct embedded_record record;
};

// True: the file is intact, and trusted when `trusted` was given. False: the error's reason and detail are
// the report's code and detail; with OUT_OF_MEMORY nothing was judged and the report is empty. Facts are to
// be believed only as far as the checks passed. `trusted` NULL: anybody's seal passes, and VERIFY_TRUST stays
// "not checked".
bool verify_pdf(const uint8_t *bytes, size_t length, X509_STORE *trusted, struct verify_report *ret_report,
                struct ts_error *error);

// What a check is called: "signature".
const char *verify_check_name(enum verify_check check);
// One line: "INTACT, SPECIMEN", "ALTERED: CONTENT_CHANGED", ...
const char *verify_status_line(const struct verify_report *report, char *buffer, size_t size);
