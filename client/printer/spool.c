// SPDX-License-Identifier: Apache-2.0
// See spool.h. A file per label in the folder `print` of the program's state: two lines that say where to and
// what, then the ZPL or the page. Its name sorts by time.
#include "printer/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "files/user_file.h"
#include "printer/cups.h"
#include "printer/port.h"
#include "wire/error.h"

enum { JOB_BYTES = 16 * 1024 * 1024 };

static bool fail_folder(const char *folder, struct ts_error *error)
{
    return error_set(error, TS_INTERNAL, "PRINT_SPOOL", "%.150s: %s", folder, strerror(errno));
}

static bool folder_of(char ret_folder[PATH_MAX], struct ts_error *error)
{
    char inside[PATH_MAX + 8];

    if (!user_file_path(USER_STATE, ret_folder, error, "print"))
        return false;
    snprintf(inside, sizeof inside, "%s/lock", ret_folder);
    return atomic_file_make_folders(inside, error);
}

bool spool_keep(const char *printer, const char *what, const char *bytes, size_t length,
                struct ts_error *error)
{
    char folder[PATH_MAX], *path;
    struct timespec now;
    GString *job = g_string_new(NULL);
    bool held;

    g_string_append_printf(job, "%s\n%s\n", printer, what);
    g_string_append_len(job, bytes, (gssize)length);
    held = folder_of(folder, error);
    if (held) {
        clock_gettime(CLOCK_REALTIME, &now);
        path = g_strdup_printf("%s/%012lld%09ld-%ld.job", folder, (long long)now.tv_sec, now.tv_nsec,
                               (long)getpid());
        held = atomic_file_write(path, job->str, job->len, 0600, error);
        g_free(path);
    }
    g_string_free(job, TRUE);
    return held;
}

static int is_job(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 4, ".job") == 0;
}

struct job {
    char *bytes, *what, *body;
    size_t length;
};

// Both forms say where they end.
static bool is_whole(const char *body, size_t length)
{
    return (length >= 4 && memcmp(body + length - 4, "^XZ\n", 4) == 0) ||
           (length >= 10 && memcmp(body, "%PDF", 4) == 0 && memcmp(body + length - 6, "%%EOF\n", 6) == 0);
}

// A file that somebody else damaged is an error and stays; it is never printed in part.
static bool read_job(const char *path, struct job *ret_job, struct ts_error *error)
{
    gsize length;
    char *bytes, *what, *body;

    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return error_set(error, TS_INTERNAL, "PRINT_SPOOL", "cannot read %.180s", path);
    what = strchr(bytes, '\n');
    body = what != NULL ? strchr(what + 1, '\n') : NULL;
    if (body == NULL || length > JOB_BYTES || !is_whole(body + 1, length - (size_t)(body + 1 - bytes))) {
        g_free(bytes);
        return error_set(error, TS_DATA_LOSS, "PRINT_SPOOL",
                         "%.180s is no whole job; remove it and print again", path);
    }
    *what = *body = '\0';
    *ret_job = (struct job){bytes, what + 1, body + 1, length - (size_t)(body + 1 - bytes)};
    return true;
}

// One pass over what is kept.
struct pass {
    const struct spool_wish *wish;
    bool chinese;
    GPtrArray *stopped; // printers that did not print
    struct spool_result result;
    struct ts_error first;
};

static bool has_stopped(const struct pass *pass, const char *printer)
{
    for (guint i = 0; i < pass->stopped->len; i++)
        if (strcmp(g_ptr_array_index(pass->stopped, i), printer) == 0)
            return true;
    return false;
}

static void note_failure(struct pass *pass, const struct ts_error *error)
{
    if (pass->first.status == TS_OK)
        pass->first = *error;
    pass->result.left++;
}

static void print_one(struct pass *pass, const char *path)
{
    const char *printer = pass->wish->instead;
    struct ts_error error = {0};
    struct job job;

    if (!read_job(path, &job, &error)) {
        note_failure(pass, &error);
        return;
    }
    if (printer == NULL)
        printer = job.bytes;
    if (pass->wish->only == NULL || strcmp(pass->wish->only, job.bytes) == 0) {
        if (has_stopped(pass, printer)) {
            pass->result.left++;
        } else if (cups_takes_pages(printer) != (job.body[0] == '%')) {
            error_set(&error, TS_INVALID_ARGUMENT, "PRINT_FORM",
                      "%.60s was drawn for a printer of another kind: %.60s", job.what, job.bytes);
            note_failure(pass, &error);
        } else if (port_print(printer, job.what, job.body, job.length, pass->chinese, &error)) {
            unlink(path);
            pass->result.printed++;
        } else {
            g_ptr_array_add(pass->stopped, g_strdup(printer));
            note_failure(pass, &error);
        }
    }
    g_free(job.bytes);
}

// Held until it is closed. -1 on failure.
static int open_lock(const char *folder, struct ts_error *error)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    fail_folder(folder, error);
    if (fd >= 0)
        close(fd);
    return -1;
}

// Calls `visit` for the path of each job, the oldest first.
static bool each_path(const char *folder, void (*visit)(void *context, const char *path), void *context,
                      struct ts_error *error)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_job, alphasort);

    if (count < 0)
        return fail_folder(folder, error);
    for (int i = 0; i < count; i++) {
        char *path = g_strdup_printf("%s/%s", folder, names[i]->d_name);

        visit(context, path);
        g_free(path);
        free(names[i]);
    }
    free(names);
    return true;
}

static void visit_to_print(void *context, const char *path)
{
    print_one(context, path);
}

bool spool_print(const struct spool_wish *wish, bool chinese, struct spool_result *ret_result,
                 struct ts_error *error)
{
    struct pass pass = {.wish = wish, .chinese = chinese};
    char folder[PATH_MAX];
    int lock;
    bool held;

    *ret_result = pass.result;
    if (!folder_of(folder, error))
        return false;
    lock = open_lock(folder, error);
    if (lock < 0)
        return false;
    pass.stopped = g_ptr_array_new_with_free_func(g_free);
    held = each_path(folder, visit_to_print, &pass, error);
    g_ptr_array_free(pass.stopped, TRUE);
    close(lock);
    *ret_result = pass.result;
    if (held && pass.first.status != TS_OK) {
        *error = pass.first;
        held = false;
    }
    return held;
}

// Lines of the file that are `what`.
static int count_lines(const char *text, const char *what)
{
    size_t length = strlen(what);
    int count = 0;

    for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
        at += *at == '\n';
        count += strncmp(at, what, length) == 0 && at[length] == '\n';
    }
    return count;
}

// Locks the counts alone: who prints holds the folder for as long as its printer takes, and who takes
// something in must not wait for that. -1 on failure.
static int open_counts(const char *path, struct ts_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    fail_folder(path, error);
    if (fd >= 0)
        close(fd);
    return -1;
}

bool spool_count(const char *what, int *ret_before, struct ts_error *error)
{
    char folder[PATH_MAX], *path, *text = NULL, *line;
    int fd;
    bool held;

    if (!folder_of(folder, error))
        return false;
    path = g_strdup_printf("%s/asked", folder);
    fd = open_counts(path, error);
    if (fd < 0) {
        g_free(path);
        return false;
    }
    line = g_strdup_printf("%s\n", what);
    g_file_get_contents(path, &text, NULL, NULL);
    held = write(fd, line, strlen(line)) == (ssize_t)strlen(line) && fsync(fd) == 0;
    if (!held)
        fail_folder(folder, error);
    else
        *ret_before = text != NULL ? count_lines(text, what) : 0;
    close(fd);
    g_free(text);
    g_free(line);
    g_free(path);
    return held;
}

struct tell {
    void (*visit)(void *context, const char *printer, const char *what);
    void *context;
    bool held;
    struct ts_error error;
};

static void visit_to_tell(void *context, const char *path)
{
    struct tell *tell = context;
    struct job job;

    if (!read_job(path, &job, tell->held ? &tell->error : NULL)) {
        tell->held = false;
        return;
    }
    tell->visit(tell->context, job.bytes, job.what);
    g_free(job.bytes);
}

bool spool_each(void (*visit)(void *context, const char *printer, const char *what), void *context,
                struct ts_error *error)
{
    struct tell tell = {.visit = visit, .context = context, .held = true};
    char folder[PATH_MAX];

    if (!folder_of(folder, error) || !each_path(folder, visit_to_tell, &tell, error))
        return false;
    if (!tell.held)
        *error = tell.error;
    return tell.held;
}
