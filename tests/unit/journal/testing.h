// SPDX-License-Identifier: Apache-2.0
// Journals in a folder of their own, on a system whose calls are noted and fail when told.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/journal.h"
#include "journal/keys.h"
#include "journal/system.h"
#include "wire/error.h"

enum { MONDAY = 1800000000 };
#define NOW (MONDAY * 1000LL)

// The calls in their order: 'w' write, 's' sync of the data, 'f' sync of the folder, 'c' cut. The n-th of
// `fail_what` fails with `code`; of a write a half is done first when `is_half`.
struct fake {
    struct journal_system system;
    char calls[256];
    char fail_what;
    int fail_at, code;
    bool is_half;
};

struct bench {
    char folder[64], path[96];
    struct journal_keys keys;
    struct fake fake;
    struct journal *journal;
    struct ts_error error;
};

int testing_begin(void **state);
int testing_end(void **state);

// Opens it (again). NULL with bench->error.
struct journal *testing_open(struct bench *bench, const char *desk);

// The n-th intake: request id, code and bytes follow from n.
bool testing_add(struct bench *bench, int number);
const char *testing_id(int number);
const char *testing_code(int number);

uint8_t *testing_read(const char *path, size_t *ret_size);
void testing_write(const char *path, const uint8_t *bytes, size_t size);
