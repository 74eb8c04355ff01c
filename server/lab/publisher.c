// SPDX-License-Identifier: Apache-2.0
// See publisher.h. First a look whether what was written is still there. Then the tiles, in steps, then the
// heads: small files, of which only those that differ are written. Files are written beside their name,
// synced and renamed, on a worker, because that waits for the disk.
#include "lab/publisher.h"

#include "core/directory.h"
#include "core/log.h"
#include "core/whole_file.h"
#include "core/workers.h"
#include "db/bytea.h"
#include "db/pool.h"
#include "lab/public_check.h"
#include "lab/statements.h"
#include "rpc/public_files.h"
#include "wire/arena.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STEP_LEAVES = 65536, // tiles of so many leaves at a time
    FILES_ARENA_BYTES = 64 << 20,
    TIME_SIZE = 40,
    LOOK_TILES = 4096, // at the first look all
};

struct public_file {
    const char *path; // below the directory
    uint8_t *bytes;
    size_t length;
};

struct publisher {
    struct db_pool *pool;
    struct workers *workers;
    struct db_ticket *ticket;
    char directory[PATH_MAX], host[256];
    uint64_t size;             // written
    uint64_t tiles;            // up to here tiles are written, though no checkpoint says so yet
    uint64_t wanted;           // of the checkpoint being written
    char status_at[TIME_SIZE]; // the newest status list that is written
    char wanted_at[TIME_SIZE];
    int registry, wanted_registry; // version
    struct arena *arena;           // of the files under way
    struct public_file *files;
    size_t count;
    struct public_check check;
    bool is_checked; // all were looked at once
    bool failed;     // some file could not be written
    struct ts_error error;
    bool working, closing;
    void (*done)(void *context);
    void *context;
};

// ---- on a worker

static bool make_folders(char *path, struct ts_error *error)
{
    char *name = strrchr(path, '/');
    *name = '\0';
    bool made = directory_make(path, error);
    *name = '/';
    return made;
}

// A full tile makes its partial ones superfluous (C2SP tlog-tiles).
static void remove_partial(const char *path)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s.p", path) >= (int)sizeof folder)
        return;
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (const struct dirent *entry; (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    rmdir(folder);
}

static bool is_written(const char *path, const struct public_file *file, struct arena *arena)
{
    struct ts_error error = {0};
    struct stat about;
    char *bytes;
    size_t length;
    return stat(path, &about) == 0 && about.st_size == (off_t)file->length &&
           whole_file_read(path, PUBLIC_FILES_CEILING_BYTES, arena, &bytes, &length, &error) &&
           memcmp(bytes, file->bytes, length) == 0;
}

static bool write_one(const struct publisher *publisher, const struct public_file *file,
                      struct ts_error *error)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", publisher->directory, file->path) >= (int)sizeof path)
        return error_set(error, TS_FAILED_PRECONDITION, "FILE_UNWRITABLE", "%s is too long.",
                         publisher->directory);
    if (file->length > PUBLIC_FILES_CEILING_BYTES)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE",
                         "%s has %zu bytes, and would not be served above %d.", file->path, file->length,
                         PUBLIC_FILES_CEILING_BYTES);
    if (is_written(path, file, publisher->arena))
        return true;
    if (!make_folders(path, error) || !whole_file_write(path, (const char *)file->bytes, file->length, error))
        return false;
    if (strncmp(file->path, "log/tile/", 9) == 0 && !strstr(file->path, ".p/"))
        remove_partial(path);
    return true;
}

// In order, and none behind one that failed: the checkpoint is the last.
static void write_files(void *context)
{
    struct publisher *publisher = context;
    for (size_t i = 0; i < publisher->count && !publisher->failed; i++)
        publisher->failed = !write_one(publisher, &publisher->files[i], &publisher->error);
}

// ---- on the loop

static void finish(struct publisher *publisher)
{
    arena_free(publisher->arena);
    publisher->arena = NULL;
    if (publisher->failed)
        log_error(LOG_ERROR, "log_not_published", &publisher->error);
    if (publisher->closing)
        free(publisher);
    else
        publisher->done(publisher->context);
}

static void fail(struct publisher *publisher, const struct ts_error *error)
{
    publisher->failed = true;
    publisher->error = *error;
    finish(publisher);
}

static void ask_heads(struct publisher *publisher);
static void ask_tiles(struct publisher *publisher);

static void on_tiles_written(void *context, bool cancelled)
{
    struct publisher *publisher = context;
    uint64_t step = (publisher->tiles / STEP_LEAVES + 1) * STEP_LEAVES;
    publisher->working = false;
    if (cancelled || publisher->failed || publisher->closing) {
        finish(publisher);
        return;
    }
    publisher->tiles = step < publisher->wanted ? step : publisher->wanted;
    ask_tiles(publisher);
}

static void on_heads_written(void *context, bool cancelled)
{
    struct publisher *publisher = context;
    publisher->working = false;
    if (!cancelled && !publisher->failed) {
        publisher->size = publisher->wanted;
        memcpy(publisher->status_at, publisher->wanted_at, TIME_SIZE);
        publisher->registry = publisher->wanted_registry;
    }
    finish(publisher);
}

// tile/... and the like are below log/; data.json belongs to the verify page.
static const char *place_of(const char *path, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", strcmp(path, "data.json") == 0 ? "s" : "log", path);
}

static bool read_files(struct publisher *publisher, const PGresult *rows, struct ts_error *error)
{
    enum { PATH, CONTENT };
    arena_free(publisher->arena);
    publisher->count = (size_t)PQntuples(rows);
    publisher->arena = arena_create(FILES_ARENA_BYTES);
    publisher->files = publisher->arena
                           ? arena_array(publisher->arena, publisher->count + 1, sizeof *publisher->files)
                           : NULL;
    if (!publisher->files)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log's files.");
    for (int i = 0; i < PQntuples(rows); i++) {
        struct public_file *file = &publisher->files[i];
        file->path = place_of(PQgetvalue(rows, i, PATH), publisher->arena);
        if (!file->path)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log's files.");
        if (!bytea_decode(PQgetvalue(rows, i, CONTENT), (size_t)PQgetlength(rows, i, CONTENT),
                          publisher->arena, &file->bytes, &file->length, error))
            return false;
    }
    return true;
}

static void write_rows(struct publisher *publisher, const struct db_outcome *outcome,
                       void (*done)(void *context, bool cancelled))
{
    struct ts_error error = outcome->error;
    publisher->ticket = NULL;
    if (outcome->kind != DB_DONE || !read_files(publisher, outcome->result, &error) ||
        !workers_submit(publisher->workers, write_files, done, publisher, &error))
        fail(publisher, &error);
    else
        publisher->working = true;
}

static void on_tiles(void *context, const struct db_outcome *outcome)
{
    write_rows(context, outcome, on_tiles_written);
}

static bool submit(struct publisher *publisher, size_t statement, const struct db_value *values,
                   db_done *done)
{
    struct ts_error error = {0};
    publisher->ticket = pool_submit(publisher->pool, statement, values, 0, done, publisher, &error);
    if (!publisher->ticket)
        fail(publisher, &error);
    return publisher->ticket != NULL;
}

static void ask_tiles(struct publisher *publisher)
{
    char old[24], upto[24];
    uint64_t step = (publisher->tiles / STEP_LEAVES + 1) * STEP_LEAVES;
    if (publisher->tiles >= publisher->wanted) {
        ask_heads(publisher);
        return;
    }
    snprintf(old, sizeof old, "%llu", (unsigned long long)publisher->tiles);
    snprintf(upto, sizeof upto, "%llu",
             (unsigned long long)(step < publisher->wanted ? step : publisher->wanted));
    const struct db_value values[] = {value_text(old), value_text(upto)};
    submit(publisher, STATEMENT_LOG_PUBLIC_TILES, values, on_tiles);
}

// How far the rows reach: they need not be asked for again once they are written.
static void note_reach(struct publisher *publisher, const PGresult *rows)
{
    enum { PATH = 0, AT = 3 };
    for (int i = 0; i < PQntuples(rows); i++) {
        int version;
        if (strcmp(PQgetvalue(rows, i, AT), publisher->wanted_at) > 0)
            snprintf(publisher->wanted_at, TIME_SIZE, "%s", PQgetvalue(rows, i, AT));
        if (sscanf(PQgetvalue(rows, i, PATH), "registry/%9d.json", &version) == 1 &&
            version > publisher->wanted_registry)
            publisher->wanted_registry = version;
    }
}

// The tiles of a checkpoint are written before it: when it has moved on, they come first.
static void on_heads(void *context, const struct db_outcome *outcome)
{
    enum { SIZE = 2 };
    struct publisher *publisher = context;
    bool any = outcome->kind == DB_DONE && PQntuples(outcome->result) > 0;
    publisher->wanted = any ? strtoull(PQgetvalue(outcome->result, 0, SIZE), NULL, 10) : 0;
    if (outcome->kind == DB_DONE && publisher->wanted < publisher->size) {
        // A restored database: what was promised stays, and helps to recover it (docs/log.md).
        publisher->ticket = NULL;
        finish(publisher);
        return;
    }
    if (outcome->kind == DB_DONE && (!any || publisher->wanted > publisher->tiles)) {
        publisher->ticket = NULL;
        if (any)
            ask_tiles(publisher);
        else
            finish(publisher); // no checkpoint yet
        return;
    }
    if (outcome->kind == DB_DONE)
        note_reach(publisher, outcome->result);
    write_rows(publisher, outcome, on_heads_written);
}

static void ask_heads(struct publisher *publisher)
{
    char registry[16];
    memcpy(publisher->wanted_at, publisher->status_at, TIME_SIZE);
    publisher->wanted_registry = publisher->registry;
    snprintf(registry, sizeof registry, "%d", publisher->registry);
    const struct db_value values[] = {value_text(publisher->host),
                                      *publisher->status_at ? value_text(publisher->status_at) : value_null(),
                                      value_text(registry)};
    submit(publisher, STATEMENT_LOG_PUBLIC_HEADS, values, on_heads);
}

static void check_files(void *context)
{
    struct publisher *publisher = context;
    public_check_run(&publisher->check, publisher->is_checked ? LOOK_TILES : UINT64_MAX);
}

// What has vanished is as if it had never been written. A status list may also be one that nobody has signed
// yet.
static void on_checked(void *context, bool cancelled)
{
    struct publisher *publisher = context;
    const struct public_check *check = &publisher->check;
    publisher->working = false;
    if (cancelled || publisher->closing) {
        finish(publisher);
        return;
    }
    if (check->leaf < publisher->tiles || check->version)
        log_write(LOG_WARNING, "public_files_vanished", "directory", publisher->directory, "consequence",
                  "they are written anew from the database", NULL);
    publisher->is_checked = true;
    if (check->leaf < publisher->tiles)
        publisher->tiles = check->leaf;
    if (check->version)
        publisher->registry = check->version - 1;
    if (check->has_no_status)
        *publisher->status_at = '\0';
    ask_heads(publisher);
}

void publisher_run(struct publisher *publisher, void (*done)(void *context), void *context)
{
    struct ts_error error = {0};
    publisher->done = done;
    publisher->context = context;
    publisher->failed = false;
    publisher->check.directory = publisher->directory;
    publisher->check.size = publisher->size;
    publisher->check.registry = publisher->registry;
    publisher->working = workers_submit(publisher->workers, check_files, on_checked, publisher, &error);
    if (!publisher->working)
        fail(publisher, &error);
}

uint64_t publisher_size(const struct publisher *publisher)
{
    return publisher->size;
}

// What an earlier life has written: the second line of its checkpoint.
static uint64_t read_size(const char *directory)
{
    char path[PATH_MAX], line[256];
    unsigned long long size = 0;
    snprintf(path, sizeof path, "%s/log/checkpoint", directory);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file) || !fgets(line, sizeof line, file) ||
        sscanf(line, "%20llu", &size) != 1)
        size = 0;
    fclose(file);
    return size;
}

struct publisher *publisher_create(struct db_pool *pool, struct workers *workers, const char *directory,
                                   const char *host, struct ts_error *error)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log's files.");
        return NULL;
    }
    publisher->pool = pool;
    publisher->workers = workers;
    snprintf(publisher->directory, sizeof publisher->directory, "%s", directory);
    snprintf(publisher->host, sizeof publisher->host, "%s", host);
    publisher->size = publisher->tiles = read_size(directory);
    return publisher;
}

void publisher_free(struct publisher *publisher)
{
    if (!publisher)
        return;
    publisher->closing = true;
    if (publisher->ticket)
        pool_orphan(publisher->ticket);
    if (publisher->working)
        return; // finish() frees it
    arena_free(publisher->arena);
    free(publisher);
}
