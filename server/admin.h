// SPDX-License-Identifier: Apache-2.0
// The administrator's subcommands: migrate, staff add, staff reset-password. They work on the database
// directly, as its owner, beside a running daemon or without one.
#pragma once

#include "wire/error.h"

#include <stdbool.h>

struct config;

struct admin_staff {
    const char *username, *name, *laboratory, *role, *password_file; // NULL = not given; file "-" = stdin
};

bool admin_migrate(const struct config *config, struct ts_error *error);
bool admin_staff_add(const struct config *config, const struct admin_staff *staff, struct ts_error *error);
bool admin_staff_reset_password(const struct config *config, const struct admin_staff *staff,
                                struct ts_error *error);
