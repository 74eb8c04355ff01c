// SPDX-License-Identifier: Apache-2.0
// What a journal's file says when it cannot be used: each sentence says what to do, and what it names (path,
// process) stands in the metadata too, for who tells it in another language. All return false.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ts_error;

// By errno: JOURNAL_DISK_FULL, JOURNAL_READ_ONLY, JOURNAL_WRITE. `what` could not be done: "write".
bool fault_system(const char *path, const char *what, struct ts_error *error);
// `said` is what atomic_file said of a folder or a file beside the journal: it lacks the same as the journal.
bool fault_beside(const char *path, const char *what, const struct ts_error *said, struct ts_error *error);
bool fault_memory(struct ts_error *error);
// JOURNAL_BUSY with who has the file locked, as far as the system tells.
bool fault_busy(const char *path, int fd, struct ts_error *error);
bool fault_none(const char *path, struct ts_error *error);
bool fault_no_journal(const char *path, struct ts_error *error);
bool fault_newer(const char *path, struct ts_error *error);
// By the first 128 bytes: of a newer program, or no journal.
bool fault_format(const char *path, const uint8_t *bytes, struct ts_error *error);
