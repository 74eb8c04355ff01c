// SPDX-License-Identifier: Apache-2.0
// What a sheet is sealed from: the drawn pages and the frozen record they were drawn from.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct seal_input {
    const uint8_t *pdf; // as touchstone-render gave it
    size_t pdf_length;
    const uint8_t *record; // canonical JSON, attached to the sheet as it is
    size_t record_length;
    const uint8_t *cose; // the signed statement, COSE_Sign1; NULL: none
    size_t cose_length;
    const uint8_t *proof; // that it is in the log, a C2SP tlog-proof; NULL: none
    size_t proof_length;
    uint64_t sealed_at_s; // unix seconds, what the seal says of its time; 0: the minute of approval
};
