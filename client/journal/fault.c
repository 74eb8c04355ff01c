// SPDX-License-Identifier: Apache-2.0
// See fault.h.
#include "journal/fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "journal/holder.h"
#include "journal/seal.h"
#include "wire/error.h"

bool fault_system(const char *path, const char *what, struct ts_error *error)
{
    int code = errno;

    if (code == ENOSPC || code == EDQUOT)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "JOURNAL_DISK_FULL",
                         "The disk is full: nothing was saved. Make room, then try again.");
    if (code == EACCES || code == EPERM || code == EROFS) {
        error_set(error, TS_INTERNAL, "JOURNAL_READ_ONLY",
                  "cannot %s %.110s: %s. Give this account its folder, or name another by XDG_STATE_HOME.",
                  what, path, strerror(code));
    } else {
        error_set(error, TS_INTERNAL, "JOURNAL_WRITE", "cannot %s %.150s: %s", what, path, strerror(code));
        error_metadata(error, "why", strerror(code));
    }
    return error_metadata(error, "path", path);
}

bool fault_beside(const char *path, const char *what, const struct ts_error *said, struct ts_error *error)
{
    if (strcmp(said->reason, "FILE") == 0)
        return fault_system(path, what, error);
    return error_set(error, said->status, said->reason, "%s", said->detail);
}

bool fault_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
}

// A profile of its own has a journal of its own: that is what a second program on one machine needs.
bool fault_busy(const char *path, int fd, struct ts_error *error)
{
    static const char what_to_do[] =
        "End it, or work under a profile of your own: touchstone profile set NAME "
        "--server HOST:PORT, then --profile NAME";
    struct holder holder;
    char process[24];

    if (!holder_find(fd, &holder)) {
        error_set(error, TS_UNAVAILABLE, "JOURNAL_BUSY", "Another program has this journal open. %s",
                  what_to_do);
        return error_metadata(error, "path", path);
    }
    snprintf(process, sizeof process, "%ld", (long)holder.process);
    error_set(error, TS_UNAVAILABLE, "JOURNAL_BUSY", "%s (process %s) has this journal open. %s",
              holder.command, process, what_to_do);
    error_metadata(error, "program", holder.command);
    return error_metadata(error, "process", process);
}

bool fault_none(const char *path, struct ts_error *error)
{
    error_set(error, TS_NOT_FOUND, "JOURNAL_NONE", "there is no journal %.180s", path);
    return error_metadata(error, "path", path);
}

bool fault_no_journal(const char *path, struct ts_error *error)
{
    error_set(error, TS_DATA_LOSS, "JOURNAL_FORMAT",
              "%.160s is no journal, or its first bytes are damaged. Keep it, and put it elsewhere.", path);
    return error_metadata(error, "path", path);
}

bool fault_newer(const char *path, struct ts_error *error)
{
    error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_NEWER",
              "%.150s was written by a newer program. Nothing of it is lost: open it with that one.", path);
    return error_metadata(error, "path", path);
}

bool fault_format(const char *path, const uint8_t *bytes, struct ts_error *error)
{
    return seal_is_newer(bytes) ? fault_newer(path, error) : fault_no_journal(path, error);
}
