// SPDX-License-Identifier: Apache-2.0
// A connection string taken apart once, so that every attempt can be made without blocking: host names are
// resolved here and given to libpq as addresses, and the list of hosts is rotated by attempt, because libpq's
// own connect_timeout does not count when connecting asynchronously. Used by pool.c and connection.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;
struct db_conninfo;

#define CONNINFO_KEYWORDS_MAX 64

// Arguments of PQconnectStartParams. The texts belong to this struct and, for the rest, to the conninfo.
struct conninfo_parameters {
    const char *keywords[CONNINFO_KEYWORDS_MAX];
    const char *values[CONNINFO_KEYWORDS_MAX];
    size_t count;
    char hosts[2048], addresses[2048], ports[256], options[1024];
};

// Parses text and resolves names (blocking). NULL: INVALID_ARGUMENT/DATABASE_ADDRESS, or RESOURCE_EXHAUSTED.
struct db_conninfo *conninfo_create(const char *text, struct ts_error *error);
void conninfo_free(struct db_conninfo *conninfo);

// Parameters for the attempt-th try; options ("-c name=value ...") are added to the string's own. false when
// something does not fit.
bool conninfo_build(const struct db_conninfo *conninfo, const char *options, unsigned attempt,
                    struct conninfo_parameters *ret_parameters);
