// SPDX-License-Identifier: Apache-2.0
// Answers of quality control as text, the columns id, chart, inputs_json, expected. A chart is a row of
// CHARTS: its name and a function that asks for its inputs, calls the engine and writes what it said. Any
// other name is that of a rule set.
#include "validate/catalogue.h"
#include "validate/forms.h"

#include "quality/control_checks.h"
#include "quality/control_limits.h"
#include "quality/control_rules.h"
#include "quality/proficiency.h"
#include "validate/quality_inputs.h"
#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/error.h"
#include "wire/text.h"

#include <string.h>

enum { NUMBERS_MOST = 8 };

struct chart {
    const char *name;
    const char *inputs[NUMBERS_MOST]; // numbers it needs, NULL behind the last
    bool (*write)(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                  struct ts_error *error);
};

static bool put_fixed(struct text *out, const struct decimal *value, int places, struct ts_error *error)
{
    struct decimal rounded;
    char text[DECIMAL_TEXT_SIZE];
    if (!decimal_round(value, -places, DECIMAL_HALF_EVEN, &rounded, error))
        return false;
    decimal_format(&rounded, text, sizeof text);
    text_put(out, text);
    return true;
}

// name=value with at most four places and no zeros at the end.
static bool put_named(struct text *out, const char *name, const struct decimal *value, struct ts_error *error)
{
    struct decimal rounded;
    char text[DECIMAL_TEXT_SIZE];
    if (!decimal_round(value, -4, DECIMAL_HALF_EVEN, &rounded, error))
        return false;
    size_t length = decimal_format(&rounded, text, sizeof text);
    while (length > 1 && text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text_printf(out, "%s=%.*s", name, (int)length, text);
    return true;
}

// Four significant digits: 5.764e-09.
static bool put_scientific(struct text *out, const struct decimal *value, struct ts_error *error)
{
    enum { DIGITS = 4 };
    struct decimal rounded;
    if (!decimal_round_significant(value, DIGITS, DECIMAL_HALF_EVEN, &rounded, error))
        return false;
    for (int i = 0; i < DIGITS; i++) {
        int at = (int)rounded.count - 1 - i;
        text_printf(out, "%s%d", i == 1 ? "." : "", at >= 0 ? rounded.digit[at] : 0);
    }
    text_printf(out, "e%+03d", rounded.count ? rounded.exponent + rounded.count - 1 : 0);
    return true;
}

// The rules of the row itself, or the set of this name.
static bool choose_set(const struct quality_inputs *inputs, const char *name,
                       struct control_rule_set *ret_set, struct ts_error *error)
{
    if (inputs->rules.count == 0)
        return catalogue_rule_set(inputs->catalogue, name, ret_set, error);
    *ret_set = inputs->rules;
    return true;
}

static bool put_alarms(const struct quality_inputs *inputs, const struct control_rule_set *set,
                       const struct control_series *series, struct text *out, struct ts_error *error)
{
    size_t count = 0, room = series->count * set->count;
    struct control_alarm *alarms = arena_array(inputs->arena, room + 1, sizeof *alarms);
    if (!alarms)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "There is no memory for the alarms.");
    if (!control_rules_evaluate(set, series, alarms, room, &count, error))
        return false;
    control_rules_write(set, alarms, count, out);
    return true;
}

// Points against given limits.
static bool write_set(struct quality_inputs *inputs, const char *set_name, struct text *out,
                      struct ts_error *error)
{
    struct control_rule_set set;
    struct control_series series = {
        .points = inputs->points, .count = inputs->point_count, .runs = inputs->runs};
    return choose_set(inputs, set_name, &set, error) && quality_inputs_has_points(inputs, error) &&
           quality_inputs_number(inputs, "mean", &series.mean, error) &&
           quality_inputs_number(inputs, "sd", &series.sigma, error) &&
           put_alarms(inputs, &set, &series, out, error);
}

static bool write_individuals(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                              struct ts_error *error)
{
    struct control_individuals limits;
    struct control_series series;
    struct control_rule_set set;
    const char *name = quality_inputs_text(inputs, "rules");
    (void)numbers;
    if (!choose_set(inputs, name ? name : "nelson8", &set, error) ||
        !control_limits_individuals(inputs->points, inputs->point_count, &limits, error) ||
        !control_limits_series(inputs->points, inputs->point_count, &series, error) ||
        !put_named(out, "mean", &limits.mean, error) ||
        !put_named(out, ";MRbar", &limits.range_mean, error) ||
        !put_named(out, ";UCL", &limits.upper, error) || !put_named(out, ";LCL", &limits.lower, error))
        return false;
    series.runs = inputs->runs;
    text_put(out, ";alarms=");
    return put_alarms(inputs, &set, &series, out, error);
}

static bool write_ranges(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                         struct ts_error *error)
{
    struct control_individuals limits;
    (void)numbers;
    if (!control_limits_individuals(inputs->points, inputs->point_count, &limits, error) ||
        !put_named(out, "CL", &limits.range_mean, error) ||
        !put_named(out, ";UCL", &limits.range_upper, error))
        return false;
    text_put(out, ";LCL=0");
    return true;
}

static bool put_score(struct text *out, const struct proficiency_score *score, int places,
                      struct ts_error *error)
{
    if (!put_fixed(out, &score->value, places, error))
        return false;
    text_printf(out, " %s", proficiency_verdict_name(score->verdict));
    return true;
}

static bool write_z(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                    struct ts_error *error)
{
    struct proficiency_score score;
    (void)inputs;
    return proficiency_z(&numbers[0], &numbers[1], &numbers[2], &score, error) &&
           put_score(out, &score, 2, error);
}

static bool write_zeta(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                       struct ts_error *error)
{
    struct proficiency_score score;
    (void)inputs;
    return proficiency_zeta(&numbers[0], &numbers[1], &numbers[2], &numbers[3], &score, error) &&
           put_fixed(out, &score.value, 3, error);
}

static bool write_en(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                     struct ts_error *error)
{
    struct proficiency_score score;
    (void)inputs;
    return proficiency_en(&numbers[0], &numbers[1], &numbers[2], &numbers[3], &score, error) &&
           put_score(out, &score, 3, error);
}

static bool write_algorithm_a(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                              struct ts_error *error)
{
    struct proficiency_robust robust;
    struct decimal *scratch = arena_array(inputs->arena, inputs->point_count + 1, sizeof *scratch);
    (void)numbers;
    if (!scratch)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "There is no memory for the results.");
    if (!proficiency_algorithm_a(inputs->points, inputs->point_count, scratch, &robust, error))
        return false;
    text_put(out, "x*=");
    if (!put_fixed(out, &robust.mean, 4, error))
        return false;
    text_put(out, ";s*=");
    return put_fixed(out, &robust.deviation, 4, error);
}

static bool write_horwitz(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                          struct ts_error *error)
{
    struct decimal horwitz, thompson;
    (void)inputs;
    if (!proficiency_horwitz(&numbers[0], &horwitz, error) ||
        !proficiency_thompson(&numbers[0], &thompson, error))
        return false;
    text_put(out, "sigma_horwitz=");
    if (!put_scientific(out, &horwitz, error))
        return false;
    text_put(out, ";sigma_thompson=");
    return put_scientific(out, &thompson, error);
}

static bool put_accepted(struct text *out, bool accepted)
{
    text_put(out, accepted ? "accept" : "reject");
    return true;
}

static bool write_crm(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                      struct ts_error *error)
{
    bool accepted = false;
    (void)inputs;
    return control_checks_reference(&numbers[0], &numbers[1], &numbers[2], &numbers[3], &accepted, error) &&
           put_accepted(out, accepted);
}

static bool write_blank(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                        struct ts_error *error)
{
    struct decimal loq;
    enum control_blank level = CONTROL_BLANK_HIGH;
    bool has_loq = quality_inputs_text(inputs, "loq");
    if (has_loq && !quality_inputs_number(inputs, "loq", &loq, error))
        return false;
    return control_checks_blank(&numbers[0], &numbers[1], has_loq ? &loq : NULL, &level, error) &&
           put_accepted(out, level == CONTROL_BLANK_CLEAN);
}

static bool write_drift(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                        struct ts_error *error)
{
    bool accepted = false;
    (void)inputs;
    return control_checks_drift(&numbers[0], &numbers[1], &numbers[2], &accepted, error) &&
           put_accepted(out, accepted);
}

static bool write_duplicate(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                            struct ts_error *error)
{
    bool accepted = false;
    (void)inputs;
    return control_checks_duplicates(&numbers[0], &numbers[1], &numbers[2], &accepted, error) &&
           put_accepted(out, accepted);
}

static bool write_rpd(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                      struct ts_error *error)
{
    struct decimal percent;
    (void)inputs;
    return control_checks_duplicates_percent(&numbers[0], &numbers[1], &percent, error) &&
           put_fixed(out, &percent, 2, error);
}

static bool write_recovery(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                           struct ts_error *error)
{
    struct decimal percent;
    bool accepted = false;
    (void)inputs;
    if (!control_checks_recovery_percent(&numbers[0], &numbers[1], &numbers[2], &percent, error) ||
        !control_checks_recovery(&numbers[0], &numbers[1], &numbers[2], &numbers[3], &numbers[4], &accepted,
                                 error) ||
        !put_fixed(out, &percent, 1, error))
        return false;
    text_put_char(out, ' ');
    return put_accepted(out, accepted);
}

static bool write_tolerance(struct quality_inputs *inputs, const struct decimal *numbers, struct text *out,
                            struct ts_error *error)
{
    bool accepted = false;
    (void)inputs;
    return control_checks_tolerance(&numbers[0], &numbers[1], &numbers[2], &accepted, error) &&
           put_accepted(out, accepted);
}

static const struct chart CHARTS[] = {
    {"individuals", {NULL}, write_individuals},
    {"mr_chart", {NULL}, write_ranges},
    {"z_score", {"x", "x_pt", "sigma_pt"}, write_z},
    {"zeta", {"x", "x_ref", "u_lab", "u_ref"}, write_zeta},
    {"En", {"x", "x_ref", "U_lab", "U_ref"}, write_en},
    {"algorithm_A", {NULL}, write_algorithm_a},
    {"horwitz", {"mass_fraction"}, write_horwitz},
    {"crm", {"x", "x_ref", "U_ref", "U_lab"}, write_crm},
    {"blank", {"blank", "lod"}, write_blank},
    {"flow_drift", {"before", "after", "limit_pct"}, write_drift},
    {"calibration_drift", {"nominal", "found", "limit_pct"}, write_drift},
    {"duplicate", {"a", "b", "limit_pct"}, write_duplicate},
    {"rpd", {"a", "b"}, write_rpd},
    {"recovery", {"spiked", "unspiked", "added", "low_pct", "high_pct"}, write_recovery},
    {"tolerance", {"found", "nominal", "tolerance"}, write_tolerance},
};

static bool write_answer(const char *name, struct quality_inputs *inputs, struct text *out,
                         struct ts_error *error)
{
    struct decimal numbers[NUMBERS_MOST];
    for (size_t i = 0; i < sizeof CHARTS / sizeof *CHARTS; i++) {
        const struct chart *chart = &CHARTS[i];
        if (strcmp(chart->name, name) != 0)
            continue;
        for (size_t n = 0; n < NUMBERS_MOST && chart->inputs[n]; n++)
            if (!quality_inputs_number(inputs, chart->inputs[n], &numbers[n], error))
                return false;
        return chart->write(inputs, numbers, out, error);
    }
    return write_set(inputs, name, out, error);
}

enum { CHART = 1, INPUTS, EXPECTED };

static bool run(const struct validate_row *row, struct arena *arena, struct validate_answer *ret_answer,
                struct ts_error *error)
{
    struct quality_inputs inputs;
    struct text out;
    text_init(&out, arena);
    if (!quality_inputs_read(row->cells[INPUTS], row->catalogue, arena, &inputs, error))
        return false;
    struct ts_error refusal = {0};
    if (!write_answer(row->cells[CHART], &inputs, &out, &refusal)) {
        if (inputs.unread || refusal.status == TS_NOT_FOUND || refusal.status == TS_RESOURCE_EXHAUSTED) {
            *error = refusal;
            return false;
        }
        form_refusal(row->cells[EXPECTED], &refusal, ret_answer);
        return true;
    }
    const char *got = text_finish(&out);
    if (!got)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "There is no memory for the answer.");
    form_answer(row->cells[EXPECTED], got, ret_answer);
    return true;
}

static const char *const COLUMNS[] = {"id", "chart", "inputs_json", "expected", NULL};

const struct validate_form form_quality = {.name = "quality", .columns = COLUMNS, .run = run};
