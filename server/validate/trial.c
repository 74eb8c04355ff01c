// SPDX-License-Identifier: Apache-2.0
// Running one file, see trial.h.
#include "validate/trial.h"

#include "core/csv.h"
#include "core/whole_file.h"
#include "validate/checksum.h"
#include "validate/forms.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <string.h>

enum { ROW_ARENA_BYTES = 16 << 20 };

struct run {
    struct arena *arena;
    const struct validate_catalogue *catalogue;
    struct csv_table table;
    size_t places[VALIDATE_COLUMNS_MOST];
    size_t expected; // which of the form's columns
    struct trial trial;
    const struct trial_difference **tail;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "VALIDATE_MEMORY", "there is no memory left");
}

static bool note_difference(struct run *run, const struct validate_row *row,
                            const struct validate_answer *answer, struct ts_error *error)
{
    struct trial_difference *difference = arena_alloc(run->arena, sizeof *difference);
    char *got = arena_copy(run->arena, answer->got, strlen(answer->got));
    if (!difference || !got)
        return no_memory(error);
    *difference = (struct trial_difference){
        .line = row->line, .id = row->cells[0], .expected = row->cells[run->expected], .got = got};
    *run->tail = difference;
    run->tail = &difference->next;
    return true;
}

static bool run_row(struct run *run, const struct csv_row *cells, struct ts_error *error)
{
    struct validate_row row = {.line = cells->line, .catalogue = run->catalogue};
    struct validate_answer answer = {0};
    struct ts_error why = {0};
    for (size_t i = 0; run->trial.form->columns[i]; i++) {
        if (run->places[i] >= cells->count)
            return error_set(error, TS_INVALID_ARGUMENT, "CSV_INVALID", "line %u: the cell %s is missing",
                             cells->line, run->trial.form->columns[i]);
        row.cells[i] = cells->cells[run->places[i]].text;
    }
    struct arena *arena = arena_create(ROW_ARENA_BYTES);
    if (!arena)
        return no_memory(error);
    if (!run->trial.form->run(&row, arena, &answer, &why))
        form_failure(&why, &answer);
    arena_free(arena);
    if (answer.agrees) {
        run->trial.passed++;
        return true;
    }
    run->trial.failed++;
    return note_difference(run, &row, &answer, error);
}

static bool find_form(struct run *run, struct ts_error *error)
{
    const struct validate_form *form = forms_find(&run->table, run->places);
    if (!form) {
        const char *missing = NULL;
        const struct validate_form *nearest = forms_nearest(&run->table, &missing);
        return nearest
                   ? error_set(
                         error, TS_INVALID_ARGUMENT, "VALIDATE_FORM",
                         "the header is of no known form of reference data; for %s it misses the column %s",
                         nearest->name, missing)
                   : error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_FORM",
                               "the header is of no known form of reference data");
    }
    for (size_t i = 0; form->columns[i]; i++)
        if (strcmp(form->columns[i], "expected") == 0)
            run->expected = i;
    run->trial.form = form;
    if (run->table.count > 1)
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_EMPTY", "there are no rows below the header");
}

// A comma that nobody quoted moves all cells behind it, so surplus cells are harmless only when the last
// column is none that the form reads. Then they belong to a note.
static bool check_surplus(struct run *run, const struct csv_row *row, struct ts_error *error)
{
    size_t width = run->table.rows[0].count;
    if (row->count <= width)
        return true;
    run->trial.surplus_rows++;
    for (size_t i = 0; run->trial.form->columns[i]; i++)
        if (run->places[i] + 1 == width)
            return error_set(error, TS_INVALID_ARGUMENT, "CSV_INVALID",
                             "line %u: %zu cells where the header has %zu", row->line, row->count, width);
    return true;
}

static bool run_rows(struct run *run, struct ts_error *error)
{
    for (size_t i = 1; i < run->table.count; i++)
        if (!check_surplus(run, &run->table.rows[i], error) || !run_row(run, &run->table.rows[i], error))
            return false;
    return true;
}

bool trial_run(const char *path, const struct validate_catalogue *catalogue, struct arena *arena,
               struct trial *ret_trial, struct ts_error *error)
{
    const char *slash = strrchr(path, '/');
    struct run run = {
        .arena = arena, .catalogue = catalogue, .trial = {.path = path, .name = slash ? slash + 1 : path}};
    struct ts_error why = {0};
    char *bytes;
    size_t length;
    run.tail = &run.trial.differences;
    if (!whole_file_read(path, CSV_BYTES_MOST, arena, &bytes, &length, error))
        return false;
    checksum_of_bytes(bytes, length, run.trial.sha256);
    if (!csv_read_ragged(bytes, length, arena, &run.table, &why) || !find_form(&run, &why) ||
        !run_rows(&run, &why))
        return error_set(error, why.status, why.reason, "%.120s: %.130s", path, why.detail);
    *ret_trial = run.trial;
    return true;
}
