// SPDX-License-Identifier: Apache-2.0
// What is to be printed, labels in ZPL or as pages and documents: each is on the disk, synced, before the
// printer is asked, and gone once it is out. What a printer without paper left over is printed later, in the
// order it was asked for.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// Keeps one label. `what` is told to persons: "label 7K3-M9Q-X23".
bool spool_keep(const char *printer, const char *what, const char *bytes, size_t length,
                struct ts_error *error);

struct spool_result {
    int printed, left;
};

// How often `what` was asked for before at this desk; this time is counted, on the disk, from now on.
bool spool_count(const char *what, int *ret_before, struct ts_error *error);

// What is printed: only what was kept for this printer, or NULL; and on which other printer, or NULL (a job
// of the other form, ZPL or page, stays: it would come out as letters).
struct spool_wish {
    const char *only, *instead;
};

// Prints what is kept, the oldest first. After a label that cannot be printed the later ones of its printer
// wait for it; those of others go on. *error is of the first. Only one process does this at a time.
bool spool_print(const struct spool_wish *wish, bool chinese, struct spool_result *ret_result,
                 struct ts_error *error);

// Calls `visit` for each label that is kept.
bool spool_each(void (*visit)(void *context, const char *printer, const char *what), void *context,
                struct ts_error *error);
