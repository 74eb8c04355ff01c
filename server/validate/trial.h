// SPDX-License-Identifier: Apache-2.0
// The trial of one file of reference data: read, told by its header, every row run through its form and
// counted. Called by validate/validate.c; everything it keeps is in the caller's arena.
#pragma once

#include "validate/checksum.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct validate_catalogue;
struct ts_error;
struct validate_form;

// A row that was not answered as expected. Texts as they stand in the file.
struct trial_difference {
    const struct trial_difference *next;
    unsigned line;
    const char *id, *expected, *got;
};

struct trial {
    const char *path;           // as given
    const char *name;           // its last part
    char sha256[CHECKSUM_SIZE]; // of the file's bytes
    const struct validate_form *form;
    size_t passed, failed;
    size_t surplus_rows; // with more cells than the header; what is behind the last column was not read
    const struct trial_difference *differences; // in the order of the file
};

// INVALID_ARGUMENT / CSV_INVALID, VALIDATE_FORM (no known form) or VALIDATE_EMPTY (no rows), the errors of
// whole_file_read(), RESOURCE_EXHAUSTED without memory. `detail` names the file.
bool trial_run(const char *path, const struct validate_catalogue *catalogue, struct arena *arena,
               struct trial *ret_trial, struct ts_error *error);
