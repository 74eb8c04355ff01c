// SPDX-License-Identifier: Apache-2.0
// What the tests of the sheet share.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sheet/seal.h"
#include "signer/signer.h"

#include <stdbool.h>

struct arena;

// A record that has all a sheet needs; `extra` goes in front of its members ("\"a\":1,").
const char *testing_record(char *buffer, size_t size, bool specimen, const char *extra);
// One page with a line on it, drawn by cairo as the renderer draws. Freed by the caller.
uint8_t *testing_pdf(size_t *ret_length, bool modern);
// A demonstration key in a directory of its own below the system's temporary one; removed again.
void testing_identity(struct identity *ret_identity);
// The same with keys and mark of a log in `folder`, which is an empty one, or one with keys.
void testing_signer(const char *folder, const char *origin, struct signer *ret_signer);
void testing_signer_done(struct signer *signer);
// The whole way with the real parts: one page, the record, the demonstration key.
void testing_seal(const struct identity *identity, struct arena *arena, struct seal_draft *ret_sheet);
