// SPDX-License-Identifier: Apache-2.0
// Reading what a validation needs of a catalogue, see catalogue.h.
#include "validate/catalogue.h"

#include "core/csv.h"
#include "core/whole_file.h"
#include "formula/builtin.h"
#include "formula/formula.h"
#include "quality/control_rule_table.h"
#include "wire/arena.h"
#include "wire/decimal.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMULAS "formulas.csv"
#define UNITS "formula_units.csv"
#define RULES "control_rules.csv"

enum { COLUMNS_MOST = 11 };

struct reading {
    const char *folder;
    struct arena *arena;
    struct validate_catalogue *catalogue;
    struct csv_table table;
    size_t places[COLUMNS_MOST];
    struct ts_error *error;
};

void catalogue_built_in(struct validate_catalogue *ret_catalogue)
{
    *ret_catalogue = (struct validate_catalogue){.formulas = builtin_formulas,
                                                 .formula_count = builtin_formula_count,
                                                 .units = builtin_units,
                                                 .rules = control_rule_table,
                                                 .rule_count = control_rule_table_count};
}

const struct builtin_formula *catalogue_find(const struct validate_catalogue *catalogue, const char *calc_key)
{
    for (size_t i = 0; i < catalogue->formula_count; i++)
        if (strcmp(catalogue->formulas[i].calc_key, calc_key) == 0)
            return &catalogue->formulas[i];
    return NULL;
}

static bool no_memory(const struct reading *reading)
{
    return error_set(reading->error, TS_RESOURCE_EXHAUSTED, "VALIDATE_MEMORY", "there is no memory left");
}

static bool wrong(const struct reading *reading, const char *name, unsigned line, const char *why)
{
    return error_set(reading->error, TS_INVALID_ARGUMENT, "CATALOGUE_INVALID", "%s:%u: %.220s", name, line,
                     why);
}

// True with *ret_there false when the folder has no such file.
static bool read_table(struct reading *reading, const char *name, const char *const *columns, bool *ret_there)
{
    char *path = arena_printf(reading->arena, "%s/%s", reading->folder, name), *bytes;
    struct catalogue_file *file = &reading->catalogue->files[reading->catalogue->file_count];
    struct ts_error why = {0};
    size_t length;
    if (!path)
        return no_memory(reading);
    *ret_there = access(path, F_OK) == 0;
    if (!*ret_there)
        return true;
    if (!whole_file_read(path, CSV_BYTES_MOST, reading->arena, &bytes, &length, reading->error))
        return false;
    if (!csv_read(bytes, length, reading->arena, &reading->table, &why))
        return error_set(reading->error, why.status, why.reason, "%s: %.200s", name, why.detail);
    for (size_t i = 0; columns[i]; i++)
        if (!csv_find_column(&reading->table, columns[i], &reading->places[i]))
            return error_set(reading->error, TS_INVALID_ARGUMENT, "CATALOGUE_INVALID",
                             "%s:1: there is no column %s", name, columns[i]);
    file->name = name;
    checksum_of_bytes(bytes, length, file->sha256);
    reading->catalogue->file_count++;
    return true;
}

static const char *cell(const struct reading *reading, size_t row, size_t column)
{
    return reading->table.rows[row].cells[reading->places[column]].text;
}

static bool check_formula(struct reading *reading, const struct builtin_formula *formula, unsigned line,
                          struct formula_program *program)
{
    struct ts_error why = {0};
    if (catalogue_find(reading->catalogue, formula->calc_key))
        return wrong(reading, FORMULAS, line, "this calc_key stands there twice");
    return (formula_parse(formula->expression, program, &why) &&
            formula_report_check(formula->report, program, &why)) ||
           wrong(reading, FORMULAS, line, why.detail);
}

static bool read_formulas(struct reading *reading)
{
    static const char *const columns[] = {"calc_key", "expression", "unit", "report", NULL};
    struct formula_program *program = arena_alloc(reading->arena, sizeof *program);
    struct builtin_formula *formulas;
    bool is_there;
    if (!program)
        return no_memory(reading);
    if (!read_table(reading, FORMULAS, columns, &is_there) || !is_there)
        return !*reading->error->reason;
    formulas = arena_array(reading->arena, reading->table.count, sizeof *formulas);
    if (!formulas)
        return no_memory(reading);
    reading->catalogue->formulas = formulas;
    reading->catalogue->formula_count = 0;
    for (size_t row = 1; row < reading->table.count; row++) {
        struct builtin_formula *formula = &formulas[row - 1];
        *formula = (struct builtin_formula){cell(reading, row, 0), cell(reading, row, 1),
                                            cell(reading, row, 2), cell(reading, row, 3)};
        if (!check_formula(reading, formula, reading->table.rows[row].line, program))
            return false;
        reading->catalogue->formula_count++;
    }
    return true;
}

static bool is_decimal(const char *text)
{
    struct decimal value;
    return decimal_parse(text, strlen(text), &value, NULL);
}

static bool read_units(struct reading *reading)
{
    static const char *const columns[] = {"unit_ucum",      "display", "dimension",
                                          "factor_to_base", "offset",  NULL};
    struct formula_unit *units;
    bool is_there;
    if (!read_table(reading, UNITS, columns, &is_there) || !is_there)
        return !*reading->error->reason;
    units = arena_array(reading->arena, reading->table.count, sizeof *units);
    if (!units)
        return no_memory(reading);
    for (size_t row = 1; row < reading->table.count; row++) {
        struct formula_unit *unit = &units[row - 1];
        *unit = (struct formula_unit){cell(reading, row, 0), cell(reading, row, 1), cell(reading, row, 2),
                                      cell(reading, row, 3), cell(reading, row, 4)};
        if (!is_decimal(unit->factor) || !is_decimal(unit->offset))
            return wrong(reading, UNITS, reading->table.rows[row].line,
                         "factor_to_base and offset must be decimal numbers");
    }
    reading->catalogue->units = (struct formula_units){units, reading->table.count - 1};
    return true;
}

// ---- rules of control charts, in whatever order their rows stand

enum { RULE_COLUMNS = 10, PLACE = RULE_COLUMNS };

static struct control_rule_row rule_of(const struct reading *reading, size_t row)
{
    return (struct control_rule_row){cell(reading, row, 0), cell(reading, row, 1), cell(reading, row, 2),
                                     cell(reading, row, 3), cell(reading, row, 4), cell(reading, row, 5),
                                     cell(reading, row, 6), cell(reading, row, 7), cell(reading, row, 8),
                                     cell(reading, row, 9)};
}

// The rules of its set in their order, this one last.
static bool check_rule(struct reading *reading, const struct control_rule_row *rules, size_t index,
                       size_t row)
{
    struct control_rule_set set = {.count = 0};
    struct ts_error why = {0};
    for (size_t i = 0; i <= index; i++)
        if (strcmp(rules[i].set, rules[index].set) == 0 && !control_rules_add(&set, &rules[i], &why))
            return wrong(reading, RULES, reading->table.rows[row].line, why.detail);
    return true;
}

static bool read_rules(struct reading *reading)
{
    static const char *const columns[] = {"set",  "name",  "kind",   "count",      "of",    "sigma",
                                          "side", "scope", "effect", "confidence", "place", NULL};
    struct control_rule_row *rules;
    size_t count = 0;
    bool is_there;
    if (!read_table(reading, RULES, columns, &is_there) || !is_there)
        return !*reading->error->reason;
    rules = arena_array(reading->arena, reading->table.count, sizeof *rules);
    if (!rules)
        return no_memory(reading);
    for (long place = 1; place <= CONTROL_RULES; place++)
        for (size_t row = 1; row < reading->table.count; row++)
            if (strtol(cell(reading, row, PLACE), NULL, 10) == place) {
                rules[count] = rule_of(reading, row);
                if (!check_rule(reading, rules, count++, row))
                    return false;
            }
    if (count + 1 != reading->table.count)
        return wrong(reading, RULES, 1, "place must be a number from 1 to 24 in every row");
    reading->catalogue->rules = rules;
    reading->catalogue->rule_count = count;
    return true;
}

bool catalogue_rule_set(const struct validate_catalogue *catalogue, const char *name,
                        struct control_rule_set *ret_set, struct ts_error *error)
{
    return control_rules_choose(catalogue->rules, catalogue->rule_count, name, ret_set, error);
}

bool catalogue_read(const char *folder, struct arena *arena, struct validate_catalogue *ret_catalogue,
                    struct ts_error *error)
{
    struct validate_catalogue catalogue;
    struct ts_error why = {0};
    struct reading reading = {.folder = folder, .arena = arena, .catalogue = &catalogue, .error = &why};
    catalogue_built_in(&catalogue);
    if (!read_formulas(&reading) || !read_units(&reading) || !read_rules(&reading))
        return error_set(error, why.status, why.reason, "%.80s: %.160s", folder, why.detail);
    if (catalogue.file_count == 0)
        return error_set(error, TS_NOT_FOUND, "CATALOGUE_INVALID",
                         "%.160s has none of " FORMULAS ", " UNITS " and " RULES, folder);
    *ret_catalogue = catalogue;
    return true;
}
