// SPDX-License-Identifier: Apache-2.0
// Reading an ini file by a table of keys: each row says section, key, kind, where the value goes and what is
// allowed. Unknown sections and keys, keys given twice and bad values are refused with file:line and what
// would be allowed. The same table prints a commented file of defaults.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct ts_error;

enum ini_kind {
    INI_TEXT,        // char[size] at the offset; minimum 1: must not be empty
    INI_NUMBER,      // int64_t
    INI_BOOLEAN,     // bool; yes or no
    INI_DURATION_MS, // uint64_t; 250ms, 30s, 5min, 12h
    INI_BYTES,       // uint64_t; 65536, 64KiB, 4MiB, 1GiB
    INI_CHOICE       // char[size]; one of `choices`, separated by |
};

struct ini_key {
    const char *section;
    const char *key;
    enum ini_kind kind;
    size_t offset;
    size_t size;              // of a text's array
    const char *default_text; // parsed like a value
    int64_t minimum, maximum; // of numbers, milliseconds and bytes
    const char *choices;
    const char *doc;
};

// Sets every value of the table to its default. False only when the table itself is wrong.
bool ini_set_defaults(const struct ini_key *keys, size_t count, void *target, struct ts_error *error);
// Defaults first, then the file. INVALID_ARGUMENT/CONFIG_INVALID with the place in detail,
// NOT_FOUND/CONFIG_UNREADABLE. `target` may be half written on failure.
bool ini_read_file(const char *path, const struct ini_key *keys, size_t count, void *target,
                   struct ts_error *error);
// The same from memory; `name` stands for the path in errors.
bool ini_read_text(const char *name, const char *text, const struct ini_key *keys, size_t count, void *target,
                   struct ts_error *error);
// A file of defaults: every key commented out, with its doc and what is allowed.
void ini_print_defaults(const struct ini_key *keys, size_t count, FILE *out);
