// SPDX-License-Identifier: Apache-2.0
// `touchstoned serve`: everything wired together, until a signal ends it.
#pragma once

#include "rpc/method.h"
#include "wire/error.h"

#include <stdbool.h>

struct config;

// Rows beside the product's own; the test build adds the interop service here.
struct serve_extra {
    const struct rpc_method *methods;
    size_t count;
};

// Returns when the daemon has drained and stopped. False when it could not start, or lost what it needs.
bool serve_run(const struct config *config, const struct serve_extra *extra, struct ts_error *error);
