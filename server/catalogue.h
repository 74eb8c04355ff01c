// SPDX-License-Identifier: Apache-2.0
// `touchstoned catalogue`: packs of CSV files into the database and out again, over the owner's connection,
// beside a running daemon or without one. See docs/catalogue.md.
#pragma once

#include "wire/error.h"

#include <stdbool.h>

struct config;

struct catalogue_order {
    const char *folder;
    const char *author; // NULL: who is logged in
    const char *mode;   // "auto", "add" or "replace"
    bool preview;
};

// Prints what changes on standard output, faults as file:line:column on standard error.
bool catalogue_import(const struct config *config, const struct catalogue_order *order,
                      struct ts_error *error);
bool catalogue_export(const struct config *config, const struct catalogue_order *order,
                      struct ts_error *error);
