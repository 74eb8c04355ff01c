// SPDX-License-Identifier: Apache-2.0
// See worksheet_charts.h. The database gives the points of a chart with one place behind them, for the value
// that comes next; as many places are made of it as the worksheet has controls of the chart.
#include "lab/worksheet_charts.h"

#include "lab/controls.h"
#include "quality/control_context.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <string.h>

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The chart is too large.");
}

// Positions and decisions stand in the same order.
static bool is_of(const Touchstone__V1__WorksheetPosition *placed, const char *chart)
{
    return placed->kind == TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_CONTROL &&
           strcmp(placed->chart, chart) == 0;
}

// Appends the controls of the chart in their order.
static bool extend(const Touchstone__Internal__V1__WorksheetContext *context,
                   const Touchstone__Internal__V1__WorksheetDecision *decision, const char *chart,
                   Touchstone__Internal__V1__ControlContext *extended, size_t *ret_count, struct arena *arena,
                   struct ts_error *error)
{
    size_t before = extended->n_values - 1, count = 0;
    const Touchstone__Internal__V1__ControlValue *place = extended->values[before];
    Touchstone__Internal__V1__ControlValue *added =
        arena_array(arena, context->n_positions + 1, sizeof *added);
    Touchstone__Internal__V1__ControlValue **values =
        arena_array(arena, before + context->n_positions + 1, sizeof *values);
    if (!added || !values)
        return no_memory(error);
    memcpy(values, extended->values, before * sizeof *values);
    for (size_t i = 0; i < context->n_positions; i++) {
        if (!is_of(context->positions[i], chart))
            continue;
        added[count] = *place;
        added[count].value = decision->positions[i]->value;
        values[before + count] = &added[count];
        count++;
    }
    extended->values = values;
    extended->n_values = before + count;
    *ret_count = count;
    return true;
}

static Touchstone__V1__PositionOutcome outcome_of(const Touchstone__Internal__V1__FoundPosition *found)
{
    for (size_t i = 0; i < found->n_alarms; i++)
        if (found->alarms[i]->rejects)
            return TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_REJECTED;
    return TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_ACCEPTED;
}

// The last `count` points of the series are the controls; of a chart of ranges the series is shorter by one.
static bool tell(const Touchstone__Internal__V1__WorksheetContext *context,
                 Touchstone__Internal__V1__WorksheetDecision *decision, const char *chart,
                 const struct control_context *judged, size_t count, struct arena *arena,
                 struct ts_error *error)
{
    size_t nth = 0, before = judged ? judged->series.count - count : 0;
    for (size_t i = 0; i < context->n_positions; i++) {
        Touchstone__Internal__V1__FoundPosition *found = decision->positions[i];
        if (!is_of(context->positions[i], chart))
            continue;
        nth++;
        if (judged &&
            !controls_alarms_at(judged, before + nth, arena, &found->alarms, &found->n_alarms, error))
            return false;
        found->outcome = outcome_of(found);
    }
    return true;
}

static bool judge(const Touchstone__Internal__V1__WorksheetContext *context,
                  Touchstone__Internal__V1__WorksheetDecision *decision,
                  const Touchstone__Internal__V1__WorksheetChart *chart, struct arena *arena,
                  struct ts_error *error)
{
    struct control_context judged;
    size_t count = 0;
    if (!chart->context || chart->context->n_values == 0)
        return error_set(error, TS_INTERNAL, "WORKSHEET_BROKEN", "The chart has no place for a control.");
    Touchstone__Internal__V1__ControlContext extended = *chart->context;
    if (!extend(context, decision, chart->chart, &extended, &count, arena, error))
        return false;
    if (extended.limits_version == 0)
        return tell(context, decision, chart->chart, NULL, count, arena, error);
    return control_context_read(&extended, arena, &judged, error) &&
           tell(context, decision, chart->chart, &judged, count, arena, error);
}

bool worksheet_charts_judge(const Touchstone__Internal__V1__WorksheetContext *context,
                            Touchstone__Internal__V1__WorksheetDecision *decision, struct arena *arena,
                            struct ts_error *error)
{
    Touchstone__Internal__V1__FoundChart *found = arena_array(arena, context->n_charts + 1, sizeof *found);
    decision->charts = arena_array(arena, context->n_charts + 1, sizeof *decision->charts);
    if (!found || !decision->charts)
        return no_memory(error);
    for (size_t i = 0; i < context->n_charts; i++) {
        touchstone__internal__v1__found_chart__init(&found[i]);
        found[i].chart = context->charts[i]->chart;
        found[i].chart_version = context->charts[i]->context ? context->charts[i]->context->chart_version : 0;
        found[i].rules_revision =
            context->charts[i]->context ? context->charts[i]->context->rules_revision : 0;
        decision->charts[decision->n_charts++] = &found[i];
        if (!judge(context, decision, context->charts[i], arena, error))
            return false;
    }
    return true;
}
