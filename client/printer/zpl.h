// SPDX-License-Identifier: Apache-2.0
// A label in ZPL II, written by hand. Whatever a person typed goes as hexadecimal or as a bitmap, so that no
// text can hold a command.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct layout;
struct ts_error;
struct values;

// To be freed by g_free.
bool zpl_write(const struct layout *layout, const struct values *values, char **ret_zpl, size_t *ret_length,
               struct ts_error *error);
