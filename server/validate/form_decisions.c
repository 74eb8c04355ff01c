// SPDX-License-Identifier: Apache-2.0
// The form of reference data for decision rules (ILAC-G8:09/2019):
//   id, value, U_expanded, k, limit_low, limit_high, interval, rule, expected
// An empty k is 2, an empty U is missing, an empty interval is closed. The answer is the word of the outcome;
// the rule prob answers "p=0.66", with as many places as the expected cell shows and at least two.
#include "judge/decision.h"
#include "validate/forms.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

enum column { ID, VALUE, UNCERTAINTY, COVERAGE, LOW, HIGH, INTERVAL, RULE, EXPECTED };

static const char *const columns[] = {
    [ID] = "id",
    [VALUE] = "value",
    [UNCERTAINTY] = "U_expanded",
    [COVERAGE] = "k",
    [LOW] = "limit_low",
    [HIGH] = "limit_high",
    [INTERVAL] = "interval",
    [RULE] = "rule",
    [EXPECTED] = "expected",
    NULL,
};

struct interval {
    const char *name;
    bool low_included, high_included;
};

static const struct interval intervals[] = {
    {"", true, true},
    {"closed", true, true},
    {"open", false, false},
    {"strict", false, false},
    {"closed_open", true, false},
    {"open_closed", false, true},
    {"[]", true, true},
    {"()", false, false},
    {"[)", true, false},
    {"(]", false, true},
    // The words of limits.csv for one limit.
    {"le", true, true},
    {"ge", true, true},
    {"lt", true, false},
    {"gt", false, true},
};

enum { PLACES_LEAST = 2 };

static bool unknown(const char *what, const char *text, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_ROW", "there is no %s \"%.100s\"", what, text);
}

// `*ret_given` is false for an empty cell; a cell that must not be empty gets NULL for it.
static bool read_number(const struct validate_row *row, enum column column, bool *ret_given,
                        struct decimal *ret_value, struct ts_error *error)
{
    struct ts_error why = {0};
    const char *text = row->cells[column];
    if (ret_given) {
        *ret_given = *text;
        if (!*text)
            return true;
    }
    return decimal_parse(text, strlen(text), ret_value, &why) ||
           error_set(error, TS_INVALID_ARGUMENT, "DECISION_INPUT", "the cell %s %.200s", columns[column],
                     why.detail);
}

static bool read_coverage(const struct validate_row *row, struct decimal *ret_coverage,
                          struct ts_error *error)
{
    bool given;
    if (!read_number(row, COVERAGE, &given, ret_coverage, error))
        return false;
    return !given || !decimal_is_zero(ret_coverage) ||
           error_set(error, TS_INVALID_ARGUMENT, "DECISION_INPUT", "the coverage factor is 0");
}

static bool read_words(const struct validate_row *row, struct decision_input *input, struct ts_error *error)
{
    if (!decision_find_rule(row->cells[RULE], &input->rule))
        return unknown("rule", row->cells[RULE], error);
    for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++)
        if (strcmp(intervals[i].name, row->cells[INTERVAL]) == 0) {
            input->low_included = intervals[i].low_included;
            input->high_included = intervals[i].high_included;
            return true;
        }
    return unknown("interval", row->cells[INTERVAL], error);
}

static bool read_input(const struct validate_row *row, struct decision_input *input, struct ts_error *error)
{
    return read_words(row, input, error) && read_number(row, VALUE, NULL, &input->value, error) &&
           read_number(row, UNCERTAINTY, &input->has_uncertainty, &input->uncertainty, error) &&
           read_coverage(row, &input->coverage, error) &&
           read_number(row, LOW, &input->has_low, &input->low, error) &&
           read_number(row, HIGH, &input->has_high, &input->high, error);
}

// How many digits stand behind the point.
static int shown_places(const char *expected)
{
    const char *point = strchr(expected, '.');
    int places = point ? (int)strspn(point + 1, "0123456789") : 0;
    return places < PLACES_LEAST ? PLACES_LEAST : places;
}

static bool write_probability(const struct decimal *probability, const char *expected, char *text,
                              size_t size, struct ts_error *error)
{
    struct decimal shown;
    char number[DECIMAL_TEXT_SIZE];
    if (!decimal_round(probability, -shown_places(expected), DECIMAL_HALF_EVEN, &shown, error))
        return false;
    decimal_format(&shown, number, sizeof number);
    snprintf(text, size, "p=%s", number);
    return true;
}

static bool answer(const struct validate_row *row, struct validate_answer *ret_answer, struct ts_error *error)
{
    struct decision_input input = {0};
    struct decision_result result;
    char text[DECIMAL_TEXT_SIZE + 8];
    if (!read_input(row, &input, error) || !decision_decide(&input, &result, error))
        return false;
    snprintf(text, sizeof text, "%s", decision_outcome_name(result.outcome));
    if (result.outcome == DECISION_NO_VERDICT &&
        !write_probability(&result.probability, row->cells[EXPECTED], text, sizeof text, error))
        return false;
    form_answer(row->cells[EXPECTED], text, ret_answer);
    return true;
}

static bool run(const struct validate_row *row, struct arena *arena, struct validate_answer *ret_answer,
                struct ts_error *error)
{
    (void)arena;
    if (answer(row, ret_answer, error))
        return true;
    if (strcmp(error->reason, "VALIDATE_ROW") == 0)
        return false; // a row that this form cannot read
    form_refusal(row->cells[EXPECTED], error, ret_answer);
    return true;
}

const struct validate_form form_decisions = {.name = "decisions", .columns = columns, .run = run};
