// SPDX-License-Identifier: Apache-2.0
// SHA-256 in hexadecimal, of reference data and of the program itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CHECKSUM_SIZE = 65 };

// "" when the library cannot hash.
void checksum_of_bytes(const char *bytes, size_t length, char ret_hex[CHECKSUM_SIZE]);
// Of the file that this process runs; "" when it cannot be read.
void checksum_of_program(char ret_hex[CHECKSUM_SIZE]);
