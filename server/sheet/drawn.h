// SPDX-License-Identifier: Apache-2.0
// The parts of a drawn PDF that the increment builds on. Not a general PDF reader: it understands what the
// renderer writes and refuses everything else.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct drawn {
    const char *bytes;
    size_t length;
    size_t xref;            // offset of the cross-reference table
    unsigned size;          // first free object number
    unsigned root, pages;   // object numbers
    unsigned page;          // of the first page
    const char *page_entry; // what stands between << and >> of the first page
    size_t page_entry_length;
};

bool drawn_read(const uint8_t *bytes, size_t length, struct drawn *ret_drawn, struct ts_error *error);
