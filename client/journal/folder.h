// SPDX-License-Identifier: Apache-2.0
// Where a profile's journal and keys are.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// "$XDG_STATE_HOME/touchstone/journal/PROFILE/NAME".
bool folder_path(const char *profile, const char *name, char *ret_path, size_t size, struct ts_error *error);
