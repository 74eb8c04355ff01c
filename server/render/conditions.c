// SPDX-License-Identifier: Apache-2.0
// By which rule it was judged, with what and in which air it was tested, and what a sheet of its kind would
// say and nobody has told, with the reason: one grid, since most of it is a few words.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <glib.h>

enum { MEANS = 2 };

static const double MEANS_PT = 178, ENVIRONMENT_PT = 92;

static const char *equipment(struct record *record)
{
    const char *list = "";
    for (size_t i = 0; i < record_count(record, "equipment"); i++) {
        const char *name = record_text(record, "equipment[%zu].name", i);
        const char *number = record_text(record, "equipment[%zu].number", i);
        const char *gap = i > 0 ? "；" : "";
        list = number[0] ? record_printf(record, "%s%s%s (No. %s)", list, gap, name, number)
                         : record_printf(record, "%s%s%s", list, gap, name);
    }
    return list;
}

static const char *environment(struct record *record)
{
    const char *temperature = record_text(record, "environment.temperature_c");
    const char *humidity = record_text(record, "environment.humidity_percent");
    const char *first = temperature[0] ? record_printf(record, "温度 Temperature %s ℃", temperature) : "";
    const char *second =
        humidity[0] ? record_printf(record, "相对湿度 Relative humidity %s %%", humidity) : "";
    return record_printf(record, "%s%s%s", first, first[0] && second[0] ? "；" : "", second);
}

static struct cell rule(struct record *record)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_LEGAL_ZH, "decision_rule.zh"));
    cell_add(&cell, record_phrase(record, STYLE_LEGAL_EN, "decision_rule.en"));
    return cell;
}

static struct cell missing(struct record *record, size_t i)
{
    return cell_of((struct phrase){"missing_reasons",
                                   record_printf(record, "%s %s：%s %s",
                                                 record_text(record, "missing_reasons[%zu].label_zh", i),
                                                 record_text(record, "missing_reasons[%zu].label_en", i),
                                                 record_text(record, "missing_reasons[%zu].zh", i),
                                                 record_text(record, "missing_reasons[%zu].en", i)),
                                   STYLE_NOTE_ZH});
}

// All of it stays on one page, unless that is much.
void section_conditions(struct flow *flow)
{
    const double most = 240;
    struct record *record = flow->record;
    const struct pair judged = {"判定规则", "Decision rule", rule(record)};
    const struct pair means[MEANS] = {
        {"主要仪器", "Main equipment",
         cell_of((struct phrase){"equipment", equipment(record), STYLE_NOTE_ZH})},
        {"环境条件", "Environment",
         cell_of((struct phrase){"environment", environment(record), STYLE_NOTE_ZH})}};
    // The environment takes more room: both stand in a row where the equipment is few words.
    bool fits = means[0].value.count > 0 && means[1].value.count > 0 &&
                canvas_width(flow->canvas, &means[0].value.phrases[0]) < MEANS_PT - LABEL_PT - 3 * PADDING_PT;
    const struct grid one = {TEXT_WIDTH_PT, LABEL_PT, 0, 0},
                      two = {TEXT_WIDTH_PT, LABEL_PT, MEANS_PT, ENVIRONMENT_PT};
    size_t absent = record_count(record, "missing_reasons");
    struct pair *told = g_new(struct pair, absent + 1);
    for (size_t i = 0; i < absent; i++)
        told[i] = (struct pair){i == 0 ? "未提供的信息" : "", i == 0 ? "Information not given" : "",
                                missing(record, i)};
    double rules = table_grid_height(flow, &one, &judged, 1),
           all = rules + table_grid_height(flow, fits ? &two : &one, means, MEANS) +
                 table_grid_height(flow, &one, told, absent);
    if (all > 0)
        flow_heading(flow, "判定规则与检测信息", "Decision rule and information on the test",
                     all <= most ? all
                     : rules > 0 ? rules
                                 : 44);
    table_grid(flow, &one, &judged, 1);
    table_grid(flow, fits ? &two : &one, means, MEANS);
    table_grid(flow, &one, told, absent);
    g_free(told);
}
