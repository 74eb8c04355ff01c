// SPDX-License-Identifier: Apache-2.0
// The file of a journal on the disk: lock, torn tail, synced appends. Knows nothing of what the records mean.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal/scan.h"

struct journal_about;
struct journal_settings;
struct journal_system;
struct record;

struct journal_file {
    int fd;
    char path[PATH_MAX];
    const struct journal_system *system;
    struct seal seal;
    struct scan_end end;
    // A write could not be undone, or a sync failed: what the disk has is not known until it is opened again.
    bool is_broken;
};

// Opens or begins it, sets a torn tail aside, and has `visit` called for each record. ret_about is filled in.
bool journal_file_open(struct journal_file *file, const struct journal_settings *settings, scan_visit *visit,
                       void *context, struct journal_about *ret_about, struct ts_error *error);
void journal_file_close(struct journal_file *file);

// True: the record is on the disk, synced.
bool journal_file_append(struct journal_file *file, const struct record *record,
                         struct scan_position *ret_position, struct ts_error *error);

// The record's bytes as they were sealed; free() them.
bool journal_file_read(const struct journal_file *file, const struct scan_position *position,
                       uint8_t **ret_plain, size_t *ret_length, struct ts_error *error);
