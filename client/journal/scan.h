// SPDX-License-Identifier: Apache-2.0
// The records of a journal, read from its bytes: which are whole, and whether what follows is a torn tail or
// a damage. Pure; tests/fuzz feeds it anything.
//
// A record: u32 length of the sealed bytes, u32 CRC-32C of the record's number (u64) and that length, u32
// CRC-32C of nonce and sealed bytes, 12 bytes nonce, the sealed bytes with their tag. The length has a sum of
// its own, so that a damaged length is not taken for a record that was cut off, with all behind it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/seal.h"

struct record;
struct ts_error;

enum { SCAN_HEAD_BYTES = 24 };

// Where a record is.
struct scan_position {
    uint64_t at;
    // Of the sealed bytes.
    uint32_t length;
    struct seal_place place;
};

enum scan_ending {
    SCAN_WHOLE,
    // The last record was being written when the power went: bytes of it are missing, or zero up to the end
    // of the file.
    SCAN_TORN,
    // The head or the sum of a record is wrong, though it was written whole.
    SCAN_DAMAGED,
    // The sums are right and the seal is not: altered by hand, or moved from another place.
    SCAN_FORGED,
    // Sealed with the key, and says what this program does not know.
    SCAN_NEWER,
};

struct scan_end {
    enum scan_ending ending;
    // Where the next record would stand, and its place.
    uint64_t at;
    struct seal_place place;
};

// False stops with *error.
typedef bool scan_visit(void *context, const struct scan_position *position, const struct record *record,
                        struct ts_error *error);

// `bytes` is the file from its header on. False without memory, or as `visit` said.
bool scan_run(const uint8_t *bytes, size_t size, const struct seal *seal, scan_visit *visit, void *context,
              struct scan_end *ret_end, struct ts_error *error);

// One record's head and sealed bytes, to be written at `position`: position->place is its place. Room for
// SCAN_HEAD_BYTES + plain + SEAL_TAG_BYTES.
bool scan_frame(const struct seal *seal, const struct seal_place *place, const uint8_t *plain, size_t length,
                uint8_t *ret_frame, struct ts_error *error);

// The record of these bytes (head and sealed, as they stand in the file), opened into `ret_plain`.
bool scan_open(const struct seal *seal, const struct scan_position *position, const uint8_t *frame,
               uint8_t *ret_plain);
