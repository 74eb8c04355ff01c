// SPDX-License-Identifier: Apache-2.0
// The code on an item's label: eight characters and a check character out of an alphabet of 31, which is a
// prime and has no letter that looks like a digit (no I, L, O, S, Z). The characters' places in the alphabet
// times the weights 2, 3, 4, 5, 6, 7, 8, 9 from the left and 1 for the check character sum up to a multiple
// of 31. No weight is 0 modulo 31 and no neighbours weigh the same, so any single wrong character and any
// swap of neighbours is caught. SQL holds the same definition.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ITEM_CODE_ALPHABET "0123456789ABCDEFGHJKMNPQRTUVWXY"
#define ITEM_CODE_PAYLOAD 8
#define ITEM_CODE_SIZE 10 // nine characters and the NUL

// Reads a code as people type and scan it: lower case, hyphens and spaces anywhere, I and L for 1, O for 0,
// S for 5, Z for 2. True when it is a code with a right check character; then ret_canonical holds nine
// upper-case characters without hyphens. `ret_canonical` may be NULL.
bool item_code_check(const char *text, size_t length, char ret_canonical[ITEM_CODE_SIZE]);
// Completes eight characters of the alphabet. False when one is not of it.
bool item_code_append_check(const char payload[ITEM_CODE_PAYLOAD], char ret_canonical[ITEM_CODE_SIZE]);
