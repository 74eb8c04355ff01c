// SPDX-License-Identifier: Apache-2.0
// Pictures beside the terminal: saved, and opened by the viewer of the person's choice, who goes on without
// us.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// Saves it as NAME.png in the run-time folder of the user (XDG_RUNTIME_DIR, else TMPDIR, else /tmp), readable
// by nobody else, and starts $TOUCHSTONE_VIEWER, or xdg-open where a display is. False: it could not be
// saved. *ret_is_open false: no viewer was started, and `error` says why.
bool viewer_show(const char *name, const void *bytes, size_t length, char *ret_path, size_t size,
                 bool *ret_is_open, struct ts_error *error);
