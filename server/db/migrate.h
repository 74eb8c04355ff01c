// SPDX-License-Identifier: Apache-2.0
// Brings a database to this program's schema: numbered files once and forward only, the repeatable bundle
// (functions, generated wrappers) again whenever its joint checksum changes. Called by `touchstoned migrate`
// and, on the private cluster, by `serve` before the loop starts; there an external database is only checked.
// Blocking libpq.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

struct db_migration {
    const char *name; // file name: "0001_ground.sql"; numbered ones must come in ascending order
    const char *sql;
};

// Everything embedded at build.
struct db_migration_set {
    const struct db_migration *numbered;
    size_t numbered_count;
    const struct db_migration *repeatable; // applied in this order, in one transaction
    size_t repeatable_count;
    const char *version; // of the program, written beside what it applied
};

// Told about each file before it is applied; may be NULL.
typedef void migrate_step(void *context, const char *name);

// Applies what is missing, under an advisory lock (a second daemon waits and then finds nothing to do), each
// numbered file in a transaction of its own together with its row in public.touchstone_migration; a failure
// leaves nothing of that file. conninfo must log in as the schema's owner. *ret_applied (may be NULL) counts
// what was applied. Errors: UNAVAILABLE/DATABASE_UNAVAILABLE; FAILED_PRECONDITION with MIGRATION_CHANGED (an
// applied file's text differs), MIGRATION_MISSING (an older file was never applied), SCHEMA_NEWER (the
// database knows files this program does not), MIGRATION_FAILED (file, line and PostgreSQL's message: for the
// administrator's terminal).
bool migrate_apply(const char *conninfo, const struct db_migration_set *set, migrate_step *step,
                   void *context, unsigned *ret_applied, struct ts_error *error);

// Changes nothing: true when the schema is exactly this program's. Needs only select on
// public.touchstone_migration. Errors as above, and FAILED_PRECONDITION/SCHEMA_OLDER when something is still
// to be applied.
bool migrate_check(const char *conninfo, const struct db_migration_set *set, struct ts_error *error);
