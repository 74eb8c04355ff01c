// SPDX-License-Identifier: Apache-2.0
// The command, see validate.h. Every file is run even when an earlier one could not be read, so that one run
// tells everything; a report is written only when all of them could.
#include "validate/validate.h"

#include "core/clock.h"
#include "core/whole_file.h"
#include "validate/catalogue.h"
#include "validate/report.h"
#include "validate/trial.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { AGREED = 0, DIFFERED = 1, BROKEN = 2, USAGE = -1 };
enum { FILES_MOST = 256, ARENA_BYTES = 1 << 30 };

struct command {
    char **paths;
    size_t count;
    const char *report, *folder;
    struct validate_catalogue catalogue;
    struct arena *arena;
    struct trial *trials;
};

static bool read_words(int argc, char **argv, struct command *command)
{
    static const struct option options[] = {{"report", required_argument, NULL, 'r'},
                                            {"catalogue", required_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        const char **word = option == 'r' ? &command->report : option == 'c' ? &command->folder : NULL;
        if (!word || *word || !*optarg)
            return false;
        *word = optarg;
    }
    command->paths = argv + optind;
    command->count = (size_t)(argc - optind);
    return command->count > 0;
}

static void complain(const struct ts_error *error)
{
    fprintf(stderr, "touchstoned: %s (%s)\n", error->detail, error->reason);
}

// On one line whatever the cell holds.
static void print_cell(const char *cell)
{
    for (; *cell; cell++)
        putchar(*cell == '\n' || *cell == '\r' ? ' ' : *cell);
}

static void print_differences(const struct trial *trial)
{
    for (const struct trial_difference *row = trial->differences; row; row = row->next) {
        printf("%s:%u: ", trial->path, row->line);
        print_cell(row->id);
        fputs(": expected ", stdout);
        print_cell(row->expected);
        fputs(", got ", stdout);
        print_cell(row->got);
        putchar('\n');
    }
}

// Whether two paths are one file: the report must not take the place of what it reports on.
static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static bool check_report(const struct command *command, struct ts_error *error)
{
    for (size_t i = 0; command->report && i < command->count; i++)
        if (is_same_file(command->report, command->paths[i]))
            return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s is a file of reference data",
                             command->report);
    return true;
}

static bool write_report(const struct command *command, struct ts_error *error)
{
    size_t length;
    const char *text = report_write(command->trials, command->count, &command->catalogue, clock_wall_us(NULL),
                                    command->arena, &length);
    if (!text)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "VALIDATE_MEMORY", "there is no memory left");
    return whole_file_write(command->report, text, length, error);
}

static int run_all(struct command *command)
{
    size_t passed = 0, failed = 0;
    int code = AGREED;
    struct ts_error error = {0};
    for (size_t i = 0; i < command->count; i++) {
        if (!trial_run(command->paths[i], &command->catalogue, command->arena, &command->trials[i], &error)) {
            complain(&error);
            code = BROKEN;
            continue;
        }
        print_differences(&command->trials[i]);
        passed += command->trials[i].passed;
        failed += command->trials[i].failed;
    }
    if (command->report && code == BROKEN)
        fputs("touchstoned: no report is written, because not every file could be run\n", stderr);
    else if (command->report && !write_report(command, &error)) {
        complain(&error);
        code = BROKEN;
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    if (fflush(stdout) != 0) {
        perror("touchstoned: standard output");
        code = BROKEN;
    }
    return code == AGREED && failed > 0 ? DIFFERED : code;
}

static bool read_catalogue(struct command *command, struct ts_error *error)
{
    catalogue_built_in(&command->catalogue);
    return !command->folder || catalogue_read(command->folder, command->arena, &command->catalogue, error);
}

int validate_run(int argc, char **argv)
{
    struct command command = {0};
    struct ts_error error = {0};
    int code = BROKEN;
    if (!read_words(argc, argv, &command))
        return USAGE;
    command.arena = arena_create(ARENA_BYTES);
    command.trials = command.arena ? arena_array(command.arena, command.count, sizeof *command.trials) : NULL;
    if (!command.trials)
        error_set(&error, TS_RESOURCE_EXHAUSTED, "VALIDATE_MEMORY", "there is no memory left");
    else if (command.count > FILES_MOST)
        error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "at most %d files at once", FILES_MOST);
    else if (check_report(&command, &error) && read_catalogue(&command, &error))
        code = run_all(&command);
    if (*error.detail)
        complain(&error);
    arena_free(command.arena);
    return code;
}
