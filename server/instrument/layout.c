// SPDX-License-Identifier: Apache-2.0
// See layout.h. Called by source.c's callers before a file is opened, so the reader itself trusts the layout.
#include "instrument/layout.h"

#include "formula/convert.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 96 };

typedef Touchstone__V1__InstrumentLayout Layout;

static bool is_fixed(const Touchstone__V1__InstrumentLayout *layout)
{
    return layout->kind == TOUCHSTONE__V1__FILE_KIND__FILE_KIND_FIXED;
}

char layout_delimiter(const Touchstone__V1__InstrumentLayout *layout)
{
    static const char delimiters[] = {',', ',', ';', '\t', '|'};
    size_t index = (size_t)layout->delimiter;
    return index < sizeof delimiters ? delimiters[index] : ',';
}

bool layout_find_code(const Touchstone__V1__InstrumentLayout *layout, const char *code, size_t *ret_index)
{
    for (size_t i = 0; i < layout->n_codes; i++)
        if (strcmp(layout->codes[i]->code, code) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}

static bool check_column(const Touchstone__V1__InstrumentLayout *layout,
                         const Touchstone__V1__InstrumentColumn *column, const char *path,
                         struct ts_error *error)
{
    char field[PATH_SIZE];
    if (!column)
        return error_violation(error, path, "is required");
    if (is_fixed(layout)) {
        snprintf(field, sizeof field, "%s.from", path);
        if (*column->heading || column->from < 1)
            return error_violation(error, field, "a file of fixed width has no headings: say from and width");
        snprintf(field, sizeof field, "%s.width", path);
        return column->width >= 1 || error_violation(error, field, "is required for a file of fixed width");
    }
    snprintf(field, sizeof field, "%s.width", path);
    if (column->width != 0)
        return error_violation(error, field, "belongs to files of fixed width");
    snprintf(field, sizeof field, "%s.heading", path);
    if (*column->heading)
        return layout->has_header || error_violation(error, field, "needs a header line: set has_header");
    return column->from >= 1 || error_violation(error, field, "say the heading or from, the column's number");
}

static void check_columns(const Touchstone__V1__InstrumentLayout *layout, struct ts_error *error)
{
    char path[PATH_SIZE];
    size_t ignored;
    check_column(layout, layout->item, "layout.item", error);
    if (layout->parameter)
        check_column(layout, layout->parameter, "layout.parameter", error);
    for (size_t i = 0; i < layout->n_values; i++) {
        snprintf(path, sizeof path, "layout.values[%zu].column", i);
        check_column(layout, layout->values[i]->column, path, error);
        snprintf(path, sizeof path, "layout.values[%zu].code", i);
        if (layout->parameter && *layout->values[i]->code)
            error_violation(error, path, "the code stands in the column of the parameter: leave this empty");
        else if (!layout->parameter && !layout_find_code(layout, layout->values[i]->code, &ignored))
            error_violation(error, path, "is none of the layout's codes");
    }
    // A number that is not quoted would be parted in two, and both halves be taken for values.
    if (!is_fixed(layout) && layout->decimal_mark == TOUCHSTONE__V1__DECIMAL_MARK__DECIMAL_MARK_COMMA &&
        layout_delimiter(layout) == ',')
        error_violation(error, "layout.decimal_mark", "the comma parts the cells already");
}

static void check_codes(const Touchstone__Internal__V1__InstrumentContext *context,
                        const struct formula_units *units, struct ts_error *error)
{
    const Touchstone__V1__InstrumentLayout *layout = context->layout;
    char path[PATH_SIZE];
    struct decimal factor;
    struct ts_error why;
    for (size_t i = 0; i < layout->n_codes; i++) {
        const Touchstone__V1__InstrumentCode *code = layout->codes[i];
        const char *unit = i < context->n_units ? context->units[i] : "";
        size_t first = i;
        snprintf(path, sizeof path, "layout.codes[%zu].code", i);
        if (layout_find_code(layout, code->code, &first) && first != i)
            error_violation(error, path, "is there twice");
        snprintf(path, sizeof path, "layout.codes[%zu].parameter_id", i);
        if (!*unit)
            error_violation(error, path, "is not measured by this method in this laboratory");
        snprintf(path, sizeof path, "layout.codes[%zu].unit", i);
        if (*unit && *code->unit && !convert_factor(units, code->unit, unit, &factor, &why))
            error_violation(error, path, "%s", why.detail);
    }
}

static void check_spellings(const Touchstone__V1__InstrumentLayout *layout, struct ts_error *error)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < layout->n_spellings; i++)
        for (size_t earlier = 0; earlier < i; earlier++)
            if (strcmp(layout->spellings[i]->text, layout->spellings[earlier]->text) == 0) {
                snprintf(path, sizeof path, "layout.spellings[%zu].text", i);
                error_violation(error, path, "is there twice");
            }
    for (size_t i = 0; i < layout->n_skipped; i++)
        if (!*layout->skipped[i]) {
            snprintf(path, sizeof path, "layout.skipped[%zu]", i);
            error_violation(error, path, "is empty: every row would be skipped");
        }
}

bool layout_check(const Touchstone__Internal__V1__InstrumentContext *context,
                  const struct formula_units *units, struct ts_error *error)
{
    struct ts_error found = {0};
    if (!context->layout)
        return error_violation(error, "layout", "is required");
    check_columns(context->layout, &found);
    check_codes(context, units, &found);
    check_spellings(context->layout, &found);
    if (found.violation_count == 0)
        return true;
    if (error)
        *error = found;
    return false;
}
