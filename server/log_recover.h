// SPDX-License-Identifier: Apache-2.0
// `touchstoned log recover`: puts back into a restored database what its public log has and it lacks, over
// the owner's connection, beside a running daemon or without one. See docs/recovery.md.
#pragma once

#include "wire/error.h"

#include <stdbool.h>

struct config;

struct log_recover_order {
    const char *folder; // NULL: the public directory of the configuration
    bool yes;           // do it; else only tell what would be done
    const char *skip;   // receipts of each desk that may be lost; NULL: as many as are usual, if any entry is
};

bool log_recover(const struct config *config, const struct log_recover_order *order, struct ts_error *error);
