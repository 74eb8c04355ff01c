// SPDX-License-Identifier: Apache-2.0
// Report forms: how a result is written, see formula_report() in formula.h.
#include "formula/formula.h"
#include "formula/node.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

#define DIGITS 40 // of a format

struct hole {
    char name[FORMULA_NAME_BYTES];
    int digits; // -1 when none are asked for
    char form;  // 'p' places, 's' significant digits, 'g' the same without closing zeros
};

static bool wrong(struct ts_error *error, size_t at, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_REPORT", "The report form at character %zu: %s",
                     at + 1, why);
}

// Reads "name:12s}" behind the opening brace at `*at`, and leaves `*at` behind the closing one.
static bool read_hole(const char *form, size_t *at, struct hole *ret_hole, struct ts_error *error)
{
    struct hole hole = {.digits = -1, .form = 'p'};
    size_t from = *at, length = strcspn(form + from, ":}");
    if (length >= sizeof hole.name)
        return wrong(error, from, "the name is too long.");
    memcpy(hole.name, form + from, length);
    hole.name[length] = '\0';
    from += length;
    if (form[from] == ':') {
        size_t digits = strspn(form + ++from, "0123456789");
        if (digits < 1 || digits > 2)
            return wrong(error, from, "behind the colon should be a number of digits.");
        hole.digits = form[from] - '0';
        if (digits == 2)
            hole.digits = hole.digits * 10 + form[from + 1] - '0';
        from += digits;
        if (form[from] == 's' || form[from] == 'g')
            hole.form = form[from++];
        if (hole.digits > DIGITS || (hole.form != 'p' && hole.digits == 0))
            return wrong(error, from, "the number of digits is out of range.");
    }
    if (form[from] != '}')
        return wrong(error, from, "here should be a closing brace.");
    *at = from + 1;
    *ret_hole = hole;
    return true;
}

static void drop_closing_zeros(char *text)
{
    size_t length = strlen(text);
    if (!strchr(text, '.'))
        return;
    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[length - 1] = '\0';
}

static bool write_number(const struct decimal *number, const struct hole *hole, char *text, size_t size,
                         struct ts_error *error)
{
    struct decimal rounded = *number;
    bool held = true;
    if (hole->digits >= 0)
        held = hole->form == 'p'
                   ? decimal_round(number, -hole->digits, DECIMAL_HALF_EVEN, &rounded, error)
                   : decimal_round_significant(number, hole->digits, DECIMAL_HALF_EVEN, &rounded, error);
    if (!held)
        return false;
    decimal_format(&rounded, text, size);
    if (hole->form == 'g')
        drop_closing_zeros(text);
    return true;
}

static bool fill(const struct hole *hole, const struct formula_space *space, char *text, size_t size,
                 struct ts_error *error)
{
    const struct formula_value *value = space_find(space, hole->name);
    if (!value)
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_REPORT",
                         "The report form needs %s, which is missing.", hole->name);
    if (value->kind == FORMULA_NUMBER)
        return write_number(&value->number, hole, text, size, error);
    if (value->kind != FORMULA_TEXT && value->kind != FORMULA_TRUTH)
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_REPORT", "The report form cannot write %s.",
                         space_kind_name(value->kind));
    snprintf(text, size, "%s", value->kind == FORMULA_TEXT ? value->text : value->truth ? "yes" : "no");
    return true;
}

bool formula_report(const char *form, const struct formula_space *space, char ret_text[FORMULA_TEXT_BYTES],
                    struct ts_error *error)
{
    char text[FORMULA_TEXT_BYTES], piece[FORMULA_TEXT_BYTES];
    size_t length = 0;
    if (!*form)
        form = "{}";
    for (size_t at = 0; form[at];) {
        struct hole hole;
        piece[0] = form[at++];
        piece[1] = '\0';
        if (piece[0] == '{' &&
            (!read_hole(form, &at, &hole, error) || !fill(&hole, space, piece, sizeof piece, error)))
            return false;
        size_t more = strlen(piece);
        if (length + more >= sizeof text)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                             "The result has more than %d bytes.", FORMULA_TEXT_BYTES - 1);
        memcpy(text + length, piece, more);
        length += more;
    }
    text[length] = '\0';
    memcpy(ret_text, text, length + 1);
    return true;
}

static bool is_known(const struct formula_program *program, const char *name)
{
    for (size_t i = 0; i < program->step_count; i++)
        if (strcmp(program->pool + program->steps[i].name, name) == 0)
            return true;
    for (size_t i = 1; i < program->node_count; i++)
        if (program->nodes[i].kind == NODE_NAME && strcmp(program->pool + program->nodes[i].a, name) == 0)
            return true;
    return *name == '\0';
}

bool formula_report_check(const char *form, const struct formula_program *program, struct ts_error *error)
{
    if (strnlen(form, FORMULA_REPORT_BYTES) == FORMULA_REPORT_BYTES)
        return wrong(error, FORMULA_REPORT_BYTES, "the form is too long.");
    for (size_t at = 0; form[at];) {
        struct hole hole;
        if (form[at++] != '{')
            continue;
        if (!read_hole(form, &at, &hole, error))
            return false;
        if (!is_known(program, hole.name))
            return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_REPORT",
                             "The report form names %s, which the formula does not know.", hole.name);
    }
    return true;
}
