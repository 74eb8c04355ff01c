// SPDX-License-Identifier: Apache-2.0
// The public files of a log over HTTPS: HTTP/2 as for every call of the client, many files at once over one
// connection, and never through a proxy.
#pragma once

#include "verify/audit.h"

#include <stdbool.h>

struct https_source;

struct https_source_settings {
    const char *url; // https://HOST/log
    const char *ca;  // PEM file of the authorities to trust; NULL or "" = those of the system
    long timeout_ms; // of one file
    int signal_fd;   // a signalfd that ends waiting; -1 = none
};

// The strings must live as long as the result. NULL with INVALID_ARGUMENT for what is no such address.
struct https_source *https_source_create(const struct https_source_settings *settings,
                                         struct ts_error *error);
void https_source_free(struct https_source *source);

bool https_source_fetch(void *source, struct audit_file *files, size_t count, struct ts_error *error);
// False when a signal came.
bool https_source_wait(void *source);
