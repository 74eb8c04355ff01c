// SPDX-License-Identifier: Apache-2.0
// What the files of statement.h share: the rules of its fields beyond their CBOR types, and numbers as text.
#pragma once

#include "evidence/statement.h"

// NULL, or the first rule that is broken, as the end of a sentence.
const char *statement_check(const struct statement *statement);
const char *statement_check_result(const struct statement_result *result);
// A number as a record has it: "0.060", "-1.5", "15.5(-)". False when it is none.
bool statement_number_read(const char *text, size_t length, struct statement_number *ret_number);
