// SPDX-License-Identifier: Apache-2.0
// Where the daemon's helper programs are and how they are started.
#pragma once

#include "lab/helper.h"

struct config;

enum { HELPER_ARGUMENTS = 16, HELPER_PATH_SIZE = 1024 };

struct helper_programs {
    struct helper_config renderer, signer;
    char renderer_path[HELPER_PATH_SIZE], signer_path[HELPER_PATH_SIZE];
    char keys[HELPER_PATH_SIZE]; // the signer's folder
    char origin[HELPER_PATH_SIZE];
    const char *renderer_argv[HELPER_ARGUMENTS], *signer_argv[HELPER_ARGUMENTS];
};

// The renderer alone.
bool helpers_find_renderer(char ret_path[HELPER_PATH_SIZE], struct ts_error *error);
// Looks beside the daemon's own program, then where a build leaves them. FAILED_PRECONDITION/HELPER_MISSING.
// `ret_programs` points into itself: it must not be moved.
bool helpers_find(const struct config *config, struct helper_programs *ret_programs, struct ts_error *error);
