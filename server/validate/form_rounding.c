// SPDX-License-Identifier: Apache-2.0
// The form of reference data for rounding and for comparing with a limit (GB/T 8170-2008):
//   id, kind, input, interval, operator, limit_low|limit_high, method, expected
// The kinds are in the table below. `interval` is the digit to round to, for round_sig the number of
// significant digits; the input may carry (+) or (-). The mode is half to even unless the kind ends in
// _half_up or the method column says half_up. A comparison answers "conform" or "not conform"; by the rounded
// value it also says that value.
#include "judge/comparison.h"
#include "number/rounding.h"
#include "validate/forms.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

enum column { ID, KIND, INPUT, INTERVAL, OPERATOR, LIMITS, METHOD, EXPECTED };

static const char *const columns[] = {
    [ID] = "id",
    [KIND] = "kind",
    [INPUT] = "input",
    [INTERVAL] = "interval",
    [OPERATOR] = "operator",
    [LIMITS] = "limit_low|limit_high",
    [METHOD] = "method",
    [EXPECTED] = "expected",
    NULL,
};

enum target { TO_INTERVAL, TO_SIGNIFICANT };

struct kind {
    const char *name;
    enum target target;
    int parts; // of the digit
    bool shows_mark;
};

static const struct kind kinds[] = {
    {"round", TO_INTERVAL, 1, false},
    {"round_half_unit", TO_INTERVAL, 2, false},
    {"round_fifth_unit", TO_INTERVAL, 5, false},
    {"round_sig", TO_SIGNIFICANT, 1, false},
    {"round_marked", TO_INTERVAL, 1, false},
    {"round_sig_marked", TO_SIGNIFICANT, 1, false},
    {"report_mark", TO_INTERVAL, 1, true},
    {"report_mark_sig", TO_SIGNIFICANT, 1, true},
};

struct mode {
    const char *name;
    enum decimal_mode mode;
};

static const struct mode modes[] = {{"half_even", DECIMAL_HALF_EVEN}, {"half_up", DECIMAL_HALF_UP}};

enum { MODES = sizeof modes / sizeof modes[0] };

static bool unknown(const char *what, const char *text, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_ROW", "there is no %s \"%.100s\"", what, text);
}

static bool wrong_number(const char *what, const struct ts_error *why, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "DECIMAL_INVALID", "the %s %.200s", what, why->detail);
}

// Takes _half_up or _half_even off the end of the kind; `*ret_length` is what is left.
static enum decimal_mode split_mode(const char *kind, size_t *ret_length)
{
    *ret_length = strlen(kind);
    for (size_t i = 0; i < MODES; i++) {
        size_t size = strlen(modes[i].name);
        if (*ret_length > size + 1 && kind[*ret_length - size - 1] == '_' &&
            strcmp(kind + *ret_length - size, modes[i].name) == 0) {
            *ret_length -= size + 1;
            return modes[i].mode;
        }
    }
    return DECIMAL_HALF_EVEN;
}

static const struct kind *find_kind(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(kinds[i].name, name, length) == 0 && kinds[i].name[length] == '\0')
            return &kinds[i];
    return NULL;
}

static bool read_mode(const char *text, enum decimal_mode *mode, struct ts_error *error)
{
    for (size_t i = 0; i < MODES; i++)
        if (strcmp(text, modes[i].name) == 0) {
            *mode = modes[i].mode;
            return true;
        }
    return !*text || unknown("method of rounding", text, error);
}

static bool read_input(const struct validate_row *row, struct rounded *ret_value, struct ts_error *error)
{
    struct ts_error why = {0};
    const char *text = row->cells[INPUT];
    return rounding_parse(text, strlen(text), ret_value, &why) || wrong_number("input", &why, error);
}

// A number of significant digits: a whole number with at most two digits.
static int read_digits(const char *text)
{
    int digits = 0;
    for (size_t i = 0; text[i]; i++) {
        if (i == 2 || text[i] < '0' || text[i] > '9')
            return 0;
        digits = 10 * digits + (text[i] - '0');
    }
    return digits;
}

static bool calculate(const struct validate_row *row, const struct kind *kind, enum decimal_mode mode,
                      struct rounded *ret_value, struct ts_error *error)
{
    struct rounded value;
    struct decimal interval;
    const char *text = row->cells[INTERVAL];
    if (!read_input(row, &value, error))
        return false;
    if (kind->target == TO_SIGNIFICANT)
        return rounding_significant(&value, read_digits(text), mode, ret_value, error);
    return rounding_interval(text, strlen(text), kind->parts, &interval, error) &&
           rounding_round(&value, &interval, mode, ret_value, error);
}

static bool run_rounding(const struct validate_row *row, struct validate_answer *ret_answer,
                         struct ts_error *error)
{
    struct rounded value;
    size_t length;
    char text[DECIMAL_TEXT_SIZE + 3];
    enum decimal_mode mode = split_mode(row->cells[KIND], &length);
    const struct kind *kind = find_kind(row->cells[KIND], length);
    if (!kind)
        return unknown("kind", row->cells[KIND], error);
    if (!read_mode(row->cells[METHOD], &mode, error) || !calculate(row, kind, mode, &value, error))
        return false;
    if (kind->shows_mark)
        rounding_format(&value, text, sizeof text);
    else
        decimal_format(&value.value, text, sizeof text);
    form_answer(row->cells[EXPECTED], text, ret_answer);
    return true;
}

static bool read_limit(const char *text, size_t length, struct decimal *ret_limit, struct ts_error *error)
{
    struct ts_error why = {0};
    return decimal_parse(text, length, ret_limit, &why) || wrong_number("limit", &why, error);
}

// low|high; a relation with one limit also takes it without the bar, or on the other side of it.
static bool read_limits(const char *text, struct comparison_limits *limits, struct ts_error *error)
{
    const struct comparison_operator *relation = limits->relation;
    size_t low_length = strcspn(text, "|");
    const char *low = text, *high = text[low_length] ? text + low_length + 1 : "";
    if (relation->has_low != relation->has_high) {
        const char *one = low_length ? low : high;
        size_t length = low_length ? low_length : strlen(high);
        if (low_length && *high)
            return error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_ROW", "%s has one limit, not two",
                             relation->name);
        return read_limit(one, length, relation->has_low ? &limits->low : &limits->high, error);
    }
    return read_limit(low, low_length, &limits->low, error) &&
           read_limit(high, strlen(high), &limits->high, error);
}

static bool read_comparison_method(const char *text, enum comparison_method *ret_method,
                                   struct ts_error *error)
{
    *ret_method = strcmp(text, "rounded") == 0 ? COMPARISON_ROUNDED : COMPARISON_FULL;
    // A standard that is silent means the full value (4.3.1.2).
    return *ret_method == COMPARISON_ROUNDED || !*text || strcmp(text, "full") == 0 ||
           strcmp(text, "default-full") == 0 || unknown("method of comparison", text, error);
}

static bool run_comparison(const struct validate_row *row, struct validate_answer *ret_answer,
                           struct ts_error *error)
{
    struct comparison_limits limits = {.relation = comparison_find(row->cells[OPERATOR])};
    struct comparison_outcome outcome;
    struct rounded value;
    char number[DECIMAL_TEXT_SIZE], text[DECIMAL_TEXT_SIZE + 32];
    const char *interval = row->cells[INTERVAL];
    if (!limits.relation)
        return unknown("operator", row->cells[OPERATOR], error);
    if (!read_input(row, &value, error) || !read_limits(row->cells[LIMITS], &limits, error) ||
        !read_comparison_method(row->cells[METHOD], &limits.method, error) ||
        (*interval && !rounding_interval(interval, strlen(interval), 1, &limits.interval, error)) ||
        !comparison_compare(&value, &limits, &outcome, error))
        return false;
    int length = snprintf(text, sizeof text, "%s", outcome.conforms ? "conform" : "not conform");
    if (limits.method == COMPARISON_ROUNDED) {
        decimal_format(&outcome.compared, number, sizeof number);
        snprintf(text + length, sizeof text - (size_t)length, " (rounded %s)", number);
    }
    form_answer(row->cells[EXPECTED], text, ret_answer);
    return true;
}

static bool run(const struct validate_row *row, struct arena *arena, struct validate_answer *ret_answer,
                struct ts_error *error)
{
    (void)arena;
    bool compares = strcmp(row->cells[KIND], "compare") == 0;
    if ((compares ? run_comparison : run_rounding)(row, ret_answer, error))
        return true;
    if (strcmp(error->reason, "VALIDATE_ROW") == 0)
        return false; // a row that this form cannot read
    form_refusal(row->cells[EXPECTED], error, ret_answer);
    return true;
}

const struct validate_form form_rounding = {.name = "rounding", .columns = columns, .run = run};
