// SPDX-License-Identifier: Apache-2.0
// The few facts of the embedded record that a verifier shows.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct embedded_record {
    char sheet_no[64], revision[16], item_code[64], institute[200];
    bool specimen;
    char sha256[65]; // of the record's bytes, which the signatory signed for
};

// False when it is not a record as expected.
bool embedded_record_read(const uint8_t *bytes, size_t length, struct embedded_record *ret_record);
