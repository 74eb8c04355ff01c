// SPDX-License-Identifier: Apache-2.0
// Is this file a sheet that Touchstone sealed, and is it as it was sealed? Works without a server: the
// producer is known, writes one form only, and any byte changed or added means altered.
#pragma once

#include "verify/embedded_record.h"
#include "verify/log_keys.h"
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
    VERIFY_STATEMENT, // the signed statement says the same as the record
    VERIFY_LOG,       // the proof leads from the statement's entry to the checkpoint
    VERIFY_KEYS,      // statement and checkpoint are signed by the keys that the caller listed
    VERIFY_CHECKS
};

enum verify_state { VERIFY_NOT_CHECKED, VERIFY_PASSED, VERIFY_FAILED };

struct verify_report {
    enum verify_state checks[VERIFY_CHECKS];
    const char *code;   // of the first failure, UPPER_SNAKE; "" when there is none
    char detail[256];   // the same for a person
    bool demonstration; // the certificate says so of itself
    char sealed_at[32]; // 2026-11-24T10:15:00+08:00, as the sealer claims
    char subject[256], issuer[256], serial[64], certificate_sha256[65]; // terminal-safe
    char not_before[32], not_after[32];                                 // 2026-11-24T00:00:00Z
    struct embedded_record record;
    char log_index[24], logged_at[32], log_size[24]; // "" when the file has no proof
};

// Whom the caller trusts: either or both may be NULL.
struct verify_trust {
    X509_STORE *certificates;    // whose seal
    const struct log_keys *keys; // whose seal, statements and log
};

// True: the file is intact, and of who is trusted when that was given. False: the error's reason and detail
// are the report's code and detail; with OUT_OF_MEMORY nothing was judged and the report is empty. Facts are
// to be believed only as far as the checks passed. `trust` NULL: anybody's seal and signatures pass, and
// VERIFY_TRUST and VERIFY_KEYS stay "not checked". With keys a sheet must have its statement and proof;
// without them a sheet from before there was a log passes, and VERIFY_STATEMENT and VERIFY_LOG stay "not
// checked".
bool verify_pdf(const uint8_t *bytes, size_t length, const struct verify_trust *trust,
                struct verify_report *ret_report, struct ts_error *error);

// What a check is called: "signature".
const char *verify_check_name(enum verify_check check);
// One line: "INTACT, SPECIMEN", "ALTERED: CONTENT_CHANGED", ...
const char *verify_status_line(const struct verify_report *report, char *buffer, size_t size);
