// SPDX-License-Identifier: Apache-2.0
// The signer's own memory of the log: size and root of the last checkpoint that it signed, in a file. A
// database that was restored from an old backup, or a daemon that was taken over, cannot make it sign a
// second history. Read and written only through the folder's descriptor, which is opened before the signer
// gives up its rights.
#pragma once

#include "evidence/hash.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stdint.h>

struct mark {
    uint64_t size;
    uint8_t root[HASH_BYTES]; // of the empty tree at size 0
};

struct mark_file {
    int folder; // -1 = none
    const char *name, *origin;
};

// `name` is the file's in the folder. The texts must outlive the mark.
bool mark_open(const char *folder, const char *name, const char *origin, struct mark_file *ret_file,
               struct ts_error *error);
void mark_close(struct mark_file *file);
// The mark of a log that is still empty, unless there is one.
bool mark_create(const char *folder, const char *name, const char *origin, struct ts_error *error);
// Others of this folder wait from lock to unlock.
bool mark_lock(const struct mark_file *file, struct ts_error *error);
void mark_unlock(const struct mark_file *file);
// MARK_BROKEN, with what to do, when the file is missing or cannot be read as a mark of this log.
bool mark_read(const struct mark_file *file, struct mark *ret_mark, struct ts_error *error);
// On disk when it returns true; else the old one stands, or the new one, but never a half one.
bool mark_move(const struct mark_file *file, const struct mark *mark, struct ts_error *error);
