// SPDX-License-Identifier: Apache-2.0
// Two processes made by fork, see look.h: they see the evidence where it lies, and tell through a pipe what
// they found, as it lies in memory. A good sheet is believed at once.
#include "run/look.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "verify/trust.h"
#include "verify/verify.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

struct finding {
    bool is_good;
    struct verify_report report; // its code lies in the program, at the same place in both processes
    struct ts_error error;
};

// The list of keys lies in the arena.
static bool read_keys(const struct evidence *evidence, struct arena *arena, const struct log_keys **ret_keys,
                      struct ts_error *error)
{
    struct log_keys *keys = arena != NULL ? arena_alloc(arena, sizeof *keys) : NULL;

    if (keys == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (!log_keys_read(evidence->keys, evidence->keys_length, arena, keys, error))
        return false;
    *ret_keys = keys;
    return true;
}

static void look(const struct evidence *evidence, struct finding *ret_finding)
{
    struct verify_trust trust = {.keys = NULL};
    struct arena *arena = evidence->keys != NULL ? arena_create(ARENA_BYTES) : NULL;

    *ret_finding = (struct finding){.report.code = ""};
    if ((evidence->trusted == NULL ||
         trust_read(evidence->trusted, evidence->trusted_length, &trust.certificates, &ret_finding->error)) &&
        (evidence->keys == NULL || read_keys(evidence, arena, &trust.keys, &ret_finding->error)))
        ret_finding->is_good =
            verify_pdf(evidence->sheet, evidence->length, &trust, &ret_finding->report, &ret_finding->error);
    X509_STORE_free(trust.certificates);
    arena_free(arena);
}

static bool write_whole(int fd, const struct finding *finding)
{
    const char *at = (const char *)finding, *end = at + sizeof *finding;

    while (at < end) {
        ssize_t written = write(fd, at, (size_t)(end - at));

        if (written < 0 && errno != EINTR)
            return false;
        at += written > 0 ? written : 0;
    }
    return true;
}

static bool read_whole(int fd, struct finding *ret_finding)
{
    char *at = (char *)ret_finding, *end = at + sizeof *ret_finding;

    while (at < end) {
        ssize_t got = read(fd, at, (size_t)(end - at));

        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        at += got > 0 ? got : 0;
    }
    return true;
}

static bool cannot(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "the check cannot be started: %s",
                     strerror(errno));
}

// Until it has ended; how.
static int wait_for(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static bool look_apart(const struct evidence *evidence, struct finding *ret_finding, struct ts_error *error)
{
    enum { READ_END, WRITE_END };
    int ends[2], status;
    pid_t child;
    bool whole;

    if (pipe(ends) != 0)
        return cannot(error);
    child = fork();
    if (child == 0) {
        look(evidence, ret_finding);
        _exit(!write_whole(ends[WRITE_END], ret_finding)); // what stands in buffers is the parent's
    }
    close(ends[WRITE_END]);
    if (child < 0) {
        close(ends[READ_END]);
        return cannot(error);
    }
    whole = read_whole(ends[READ_END], ret_finding);
    close(ends[READ_END]);
    status = wait_for(child);
    if (whole)
        return true;
    return WIFSIGNALED(status) ? error_set(error, TS_INTERNAL, "CHECK_ENDED",
                                           "the check was ended by signal %d: nothing is known of the sheet",
                                           WTERMSIG(status))
                               : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                                           "out of memory: the sheet could not be checked");
}

// What is wrong is wrong twice in the same way.
static bool is_confirmed(const struct finding *first, const struct finding *second)
{
    return strcmp(first->report.code, second->report.code) == 0;
}

bool look_twice(const struct evidence *evidence, struct verify_report *ret_report, struct ts_error *error)
{
    struct finding first, second;

    *ret_report = (struct verify_report){.code = ""};
    if (!look_apart(evidence, &first, error))
        return false;
    if (!first.is_good && first.error.status != TS_RESOURCE_EXHAUSTED) {
        if (!look_apart(evidence, &second, error))
            return false;
        if (!second.is_good && !is_confirmed(&first, &second))
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        first = second;
    }
    *ret_report = first.report;
    if (!first.is_good && error != NULL)
        *error = first.error;
    return first.is_good;
}
