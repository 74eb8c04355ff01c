// SPDX-License-Identifier: Apache-2.0
// A pack of the catalogue: the CSV files of one folder, read and handed to lab.catalogue_import as JSON. What
// a row may hold is told by the database (migrations/functions/41_catalogue_files.sql); here is only where
// each cell stands, so that a fault names file, line and column. Called by server/catalogue.c.
#pragma once

#include "core/csv.h"

#include <stdbool.h>
#include <stddef.h>

#define PACK_FILES_MOST 64

struct arena;
struct ts_error;

struct pack_file {
    const char *name; // "limits.csv"
    struct csv_table table;
};

struct pack {
    struct pack_file files[PACK_FILES_MOST]; // in the order of their names
    size_t count;
};

// Told of each file that is no CSV: the place, from 1, and what is wrong.
typedef void pack_fault(void *context, const char *file, unsigned line, unsigned column, const char *message);

// Reads every *.csv of the folder, which may be none of the catalogue's: the database says so. Everything
// lives in the arena. INVALID_ARGUMENT / PACK_INVALID when any file was told as faulty, or when the folder
// has none.
bool pack_read(const char *folder, struct arena *arena, pack_fault *fault, void *context,
               struct pack *ret_pack, struct ts_error *error);

// [{"file":"limits.csv","line":1,"cells":["limit_id"]}]; line is the row's first. NULL without memory.
char *pack_json(const struct pack *pack, struct arena *arena);

// Where the place-th cell (from 1) of the row that begins in a line stands. What is not found stays in the
// line's first column.
void pack_place(const struct pack *pack, const char *file, unsigned line, unsigned place, unsigned *ret_line,
                unsigned *ret_column);
