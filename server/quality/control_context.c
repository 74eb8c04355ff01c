// SPDX-License-Identifier: Apache-2.0
// From the database's message to the engine, see control_context.h.
#include "quality/control_context.h"

#include "number/arithmetic.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <string.h>

// The chart of ranges has one limit, at D4 times its mean: 3 sigma when sigma is a third of the way there.
static const struct control_rule_row RANGE_ROW = {.set = "range",
                                                  .name = "1",
                                                  .kind = "beyond",
                                                  .count = "1",
                                                  .of = "1",
                                                  .sigma = "3",
                                                  .side = "any",
                                                  .effect = "reject",
                                                  .confidence = "verified"};

// The signals of a z-score (ISO 13528:2022, 9.4), by the verdict that is kept with it: its printed figure
// could lie on a line that the exact one does not reach.
static const struct control_rule_row SCORE_ROWS[] = {{.set = "z",
                                                      .name = "questionable",
                                                      .kind = "beyond",
                                                      .count = "1",
                                                      .of = "1",
                                                      .sigma = "2",
                                                      .side = "any",
                                                      .effect = "warning",
                                                      .confidence = "verified"},
                                                     {.set = "z",
                                                      .name = "unsatisfactory",
                                                      .kind = "beyond",
                                                      .count = "1",
                                                      .of = "1",
                                                      .sigma = "3",
                                                      .side = "any",
                                                      .effect = "reject",
                                                      .confidence = "verified"}};
enum { SCORE_RULES = sizeof SCORE_ROWS / sizeof *SCORE_ROWS };

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The chart is too large.");
}

static bool read_number(const char *text, struct decimal *ret_value, struct ts_error *error)
{
    return decimal_parse(text, strlen(text), ret_value, error);
}

static struct decimal *read_values(const Touchstone__Internal__V1__ControlContext *message,
                                   struct arena *arena, struct ts_error *error)
{
    struct decimal *values;
    if (message->n_values > CONTROL_CONTEXT_VALUES) {
        error_set(error, TS_OUT_OF_RANGE, "CONTROL_CONTEXT", "A chart shows at most %d points.",
                  CONTROL_CHART_POINTS);
        return NULL;
    }
    values = arena_array(arena, message->n_values + 1, sizeof *values);
    if (!values) {
        no_memory(error);
        return NULL;
    }
    for (size_t i = 0; i < message->n_values; i++)
        if (!read_number(message->values[i]->value, &values[i], error))
            return NULL;
    return values;
}

static enum control_estimator estimator_of(const char *name)
{
    return strcmp(name, "standard_deviation") == 0 ? CONTROL_STANDARD_DEVIATION : CONTROL_MOVING_RANGE;
}

static bool read_frozen(const Touchstone__Internal__V1__ControlContext *message,
                        struct control_limits *ret_limits, struct ts_error *error)
{
    struct control_limits limits = {.estimator = estimator_of(message->estimator),
                                    .count = (size_t)message->limits_points,
                                    .version = (unsigned)message->limits_version};
    if (!read_number(message->mean, &limits.mean, error) ||
        !read_number(message->sigma, &limits.sigma, error))
        return false;
    *ret_limits = limits;
    return true;
}

static bool is_of_scores(const Touchstone__Internal__V1__ControlContext *message)
{
    return strcmp(message->kind, "z_scores") == 0;
}

static bool read_limits(const Touchstone__Internal__V1__ControlContext *message, const struct decimal *values,
                        struct control_limits *ret_limits, struct ts_error *error)
{
    struct control_individuals own;
    if (is_of_scores(message)) {
        *ret_limits = (struct control_limits){.count = message->n_values};
        decimal_from_int(1, &ret_limits->sigma);
        return true;
    }
    if (message->limits_version > 0)
        return read_frozen(message, ret_limits, error);
    if (!control_limits_individuals(values, message->n_values, &own, error))
        return false;
    *ret_limits = (struct control_limits){.mean = own.mean, .sigma = own.sigma, .count = message->n_values};
    return true;
}

// Runs and labels of the points; a range is of the later of its two values, and left out with either.
static bool read_places(const Touchstone__Internal__V1__ControlContext *message, size_t skipped,
                        struct arena *arena, struct control_context *context, struct ts_error *error)
{
    unsigned long *runs = arena_array(arena, message->n_values + 1, sizeof *runs);
    bool *left_out = arena_array(arena, message->n_values + 1, sizeof *left_out);
    context->labels = arena_array(arena, message->n_values + 1, sizeof *context->labels);
    context->days = arena_array(arena, message->n_values + 1, sizeof *context->days);
    context->remarks = arena_array(arena, message->n_values + 1, sizeof *context->remarks);
    context->scores = arena_array(arena, message->n_values + 1, sizeof *context->scores);
    if (!context->scores || !runs || !left_out || !context->labels || !context->days || !context->remarks)
        return no_memory(error);
    for (size_t i = skipped; i < message->n_values; i++) {
        runs[i - skipped] = (unsigned long)message->values[i]->run;
        left_out[i - skipped] =
            message->values[i]->left_out || (skipped && message->values[i - skipped]->left_out);
        context->labels[i - skipped] = message->values[i]->label;
        context->days[i - skipped] = message->values[i]->day;
        context->remarks[i - skipped] = message->values[i]->remark;
        context->scores[i - skipped] = (struct control_chart_score){.measured = message->values[i]->measured,
                                                                    .assigned = message->values[i]->assigned,
                                                                    .sigma_pt = message->values[i]->sigma_pt};
    }
    context->series.runs = runs;
    context->left_out = left_out;
    return true;
}

// centre + 3 (upper - centre) / 3, everything times 3 so that nothing is divided.
static bool read_range_series(struct decimal *values, size_t count, struct control_context *context,
                              struct ts_error *error)
{
    struct decimal centre, upper;
    decimal_from_int(3, &context->series.scale);
    context->series.points = values;
    context->series.count = count > 0 ? count - 1 : 0;
    // Each range is of two values that are not needed any more when it is written.
    return (count < 2 || control_limits_ranges(values, count, values, error)) &&
           control_limits_range_lines(&context->limits, &centre, &upper, error) &&
           number_multiply(&centre, &context->series.scale, &context->series.mean, error) &&
           number_subtract(&upper, &centre, &context->series.sigma, error);
}

static bool read_score_series(const struct decimal *values, size_t count, struct control_context *context,
                              struct ts_error *error)
{
    for (size_t i = 0; i < SCORE_RULES; i++)
        if (!control_rules_add(&context->set, &SCORE_ROWS[i], error))
            return false;
    context->series =
        (struct control_series){.points = values, .count = count, .sigma = context->limits.sigma};
    return true;
}

// The rows that are in force stand in the message; what the database checked is checked again where it is
// used.
static bool read_rules(const Touchstone__Internal__V1__ControlContext *message, struct control_rule_set *set,
                       struct ts_error *error)
{
    static const char SIGNED[] = "signed"; // as good as certain, by an act of the laboratory
    if (message->n_rules == 0)
        return error_set(error, TS_INTERNAL, "CONTROL_SET_UNKNOWN",
                         "The rule set of this chart has no rules.");
    for (size_t i = 0; i < message->n_rules; i++) {
        const Touchstone__Internal__V1__ControlRule *told = message->rules[i];
        const struct control_rule_row row = {
            .set = message->rule_set,
            .name = told->name,
            .kind = told->kind,
            .count = told->count,
            .of = told->of,
            .sigma = told->sigma,
            .side = told->side,
            .scope = told->scope,
            .effect = told->effect,
            .confidence = strcmp(told->confidence, SIGNED) == 0 ? "certain" : told->confidence};
        if (!control_rules_add(set, &row, error))
            return false;
    }
    return true;
}

static bool read_series(const Touchstone__Internal__V1__ControlContext *message, struct decimal *values,
                        struct control_context *context, struct ts_error *error)
{
    if (context->has_ranges)
        return control_rules_add(&context->set, &RANGE_ROW, error) &&
               read_range_series(values, message->n_values, context, error);
    if (context->has_scores)
        return read_score_series(values, message->n_values, context, error);
    if (!read_rules(message, &context->set, error))
        return false;
    if (context->limits.version == 0)
        return control_limits_series(values, message->n_values, &context->series, error);
    context->series = (struct control_series){.points = values,
                                              .count = message->n_values,
                                              .mean = context->limits.mean,
                                              .sigma = context->limits.sigma};
    return true;
}

static void read_verdicts(const Touchstone__Internal__V1__ControlContext *message,
                          struct control_context *context)
{
    for (size_t i = 0; i < message->n_values; i++)
        for (size_t rule = 0; rule < SCORE_RULES; rule++)
            if (strcmp(message->values[i]->verdict, SCORE_ROWS[rule].name) == 0)
                context->alarms[context->alarm_count++] =
                    (struct control_alarm){.position = i + 1, .rule = rule, .members = 1};
}

static bool find_alarms(const Touchstone__Internal__V1__ControlContext *message, struct arena *arena,
                        struct control_context *context, struct ts_error *error)
{
    size_t most = context->series.count * context->set.count;
    context->alarms = arena_array(arena, most + 1, sizeof *context->alarms);
    if (!context->alarms)
        return no_memory(error);
    if (context->has_scores) {
        read_verdicts(message, context);
        return true;
    }
    return control_rules_evaluate(&context->set, &context->series, context->alarms, most,
                                  &context->alarm_count, error);
}

bool control_context_read(const Touchstone__Internal__V1__ControlContext *message, struct arena *arena,
                          struct control_context *ret_context, struct ts_error *error)
{
    struct control_context context = {.has_ranges = strcmp(message->kind, "moving_range") == 0,
                                      .has_scores = is_of_scores(message)};
    struct decimal *values = read_values(message, arena, error);
    if (!values || !read_limits(message, values, &context.limits, error) ||
        !read_series(message, values, &context, error) ||
        !read_places(message, context.has_ranges ? 1 : 0, arena, &context, error) ||
        !find_alarms(message, arena, &context, error))
        return false;
    *ret_context = context;
    return true;
}

bool control_context_freeze(const Touchstone__Internal__V1__ControlContext *message, struct arena *arena,
                            struct control_limits *ret_limits, struct ts_error *error)
{
    const struct control_limits previous = {.version = (unsigned)message->limits_version};
    struct decimal *values = read_values(message, arena, error);
    bool *begins = arena_array(arena, message->n_values + 1, sizeof *begins);
    size_t count = 0;
    if (!values)
        return false;
    if (!begins)
        return no_memory(error);
    for (size_t i = 0; i < message->n_values; i++) {
        if (message->values[i]->left_out)
            continue;
        begins[count] = i > 0 && message->values[i - 1]->left_out;
        values[count++] = values[i];
    }
    return control_limits_freeze(values, begins, count, estimator_of(message->estimator), &previous,
                                 ret_limits, error);
}

bool control_context_chart(const Touchstone__Internal__V1__ControlContext *message,
                           const struct control_context *context, struct control_chart *ret_chart,
                           struct ts_error *error)
{
    struct control_chart chart = {.title_zh = message->title_zh,
                                  .title_en = message->title_en,
                                  .unit = message->unit,
                                  .points = context->series.points,
                                  .labels = context->labels,
                                  .days = context->has_scores ? context->days : NULL,
                                  .remarks = context->remarks,
                                  .runs = context->series.runs,
                                  .left_out = context->left_out,
                                  .count = context->series.count,
                                  .first = (size_t)message->first_point + (context->has_ranges ? 1 : 0),
                                  .frozen_by = message->frozen_by,
                                  .frozen_on = message->frozen_on,
                                  .laboratory = message->laboratory,
                                  .institute = message->institute,
                                  .form_no = message->form_no,
                                  .edition = message->edition,
                                  .specimen = message->specimen,
                                  .drawn_by = message->drawn_by,
                                  .drawn_at = message->drawn_at,
                                  .time_zone = message->time_zone,
                                  .material = message->material,
                                  .scores = context->has_scores ? context->scores : NULL,
                                  .providers = message->providers,
                                  .rules_revision = context->has_ranges ? -1 : (long)message->rules_revision,
                                  .set_name = context->has_ranges ? RANGE_ROW.set : message->rule_set,
                                  .set = &context->set,
                                  .alarms = context->alarms,
                                  .alarm_count = context->alarm_count,
                                  .has_ranges = context->has_ranges,
                                  .has_scores = context->has_scores};
    if (context->has_scores)
        control_chart_from_scores(&chart, &context->limits);
    else if (context->has_ranges ? !control_chart_from_range_limits(&chart, &context->limits, error)
                                 : !control_chart_from_limits(&chart, &context->limits, error))
        return false;
    *ret_chart = chart;
    return true;
}
