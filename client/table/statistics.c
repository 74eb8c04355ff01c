// SPDX-License-Identifier: Apache-2.0
// Command table: statistics. With --csv they are a file for a spreadsheet.
#include "run/draw_picture.h"
#include "table/rows.h"
#include "touchstone/v1/public.pb-c.h"
#include "touchstone/v1/statistics.pb-c.h"

#define DAY(word, path, text)                                                                                \
    {                                                                                                        \
        .name = word, .field = path, .traits = ARGUMENT_REQUIRED, .value = "DATE", .help = text              \
    }
#define PERIOD                                                                                               \
    DAY("from", "first_day", "first day, YYYY-MM-DD"), DAY("until", "last_day", "last day, YYYY-MM-DD")
#define PUBLIC                                                                                               \
    {                                                                                                        \
        .name = "public", .field = "for_publication", .kind = ARGUMENT_SWITCH,                               \
        .help = "for publication: counts below five are hidden"                                              \
    }

static const struct column pass_columns[] = {
    {"KEY", "key"},
    {"NAME", "name_zh"},
    {"ITEMS", "items"},
    {"PASSED", "passed"},
    {"FAILED", "failed"},
    {"OTHER", "other"},
    {"PASSED %", "pass_percent"},
    {"HIDDEN", "hidden"},
    {0},
};

static const struct view pass_view = {
    .rows = "rows", .columns = pass_columns, .hides = "hidden", .empty = "nothing was released"};

static const struct column turnaround_columns[] = {
    {"METHOD", "method_id"},
    {"NAME", "name_zh"},
    {"TESTS", "tests"},
    {"IN TIME", "in_time"},
    {"LATE", "late"},
    {"IN TIME %", "in_time_percent"},
    {"MEDIAN h", "median_hours"},
    {"9 OF 10 h", "ninth_decile_hours"},
    {"HIDDEN", "hidden"},
    {0},
};

static const struct view turnaround_view = {
    .rows = "rows", .columns = turnaround_columns, .hides = "hidden", .empty = "nothing was released"};

static const struct column load_columns[] = {
    {"HOUR", "hour"},   {"DESK", "desk"},     {"RECEIPTS", "receipts"},
    {"ITEMS", "items"}, {"HIDDEN", "hidden"}, {0},
};

static const struct view load_view = {
    .rows = "rows", .columns = load_columns, .hides = "hidden", .empty = "nothing came in"};

#define PUBLICATION_COLUMNS(above)                                                                           \
    {                                                                                                        \
        {"First day", above "first_day"}, {"Last day", above "last_day"},                                    \
            {"Published", above "published_at"}, {0},                                                        \
    }

static const struct view publication_view = {
    .rows = "publication",
    .columns = (const struct column[])PUBLICATION_COLUMNS(""),
};

// What anybody sees, a table for each command, so that each is a file for a spreadsheet.
static const struct view published_passes_view = {
    .rows = "pass_rates", .columns = pass_columns, .hides = "hidden", .empty = "nothing was released"};

static const struct view published_turnaround_view = {
    .rows = "turnaround",
    .columns = (const struct column[]){{"METHOD", "method_id"},
                                       {"NAME", "name_zh"},
                                       {"IN TIME %", "in_time_percent"},
                                       {"MEDIAN h", "median_hours"},
                                       {"9 OF 10 h", "ninth_decile_hours"},
                                       {0}},
    .empty = "nothing was released"};

static const struct view published_load_view = {
    .rows = "load", .columns = load_columns, .hides = "hidden", .empty = "nothing came in"};

static const struct view periods_view = {.rows = "periods",
                                         .columns = (const struct column[]){{"FROM", "first_day"},
                                                                            {"UNTIL", "last_day"},
                                                                            {"PUBLISHED", "published_at"},
                                                                            {0}},
                                         .empty = "nothing is published"};

static const struct argument pass_arguments[] = {
    ROWS_LABORATORY,
    PERIOD,
    {.name = "by",
     .field = "pass_group",
     .value = "GROUP",
     .help = "what the items are grouped by (without it: product)"},
    PUBLIC,
    {0},
};

static const struct argument period_arguments[] = {ROWS_LABORATORY, PERIOD, PUBLIC, {0}};

static const struct argument chart_arguments[] = {
    ROWS_LABORATORY,
    PERIOD,
    {.name = "of", .field = "statistic", .value = "STATISTIC", .help = "which (without it: pass-rates)"},
    {.name = "by",
     .field = "pass_group",
     .value = "GROUP",
     .help = "of pass rates: grouped by (without it: product)"},
    PUBLIC,
    {.name = "format", .field = "format", .value = "FORMAT", .help = "svg (without it) or png"},
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH | ARGUMENT_REQUIRED,
     .value = "FILE",
     .help = "where to ('-' = standard output)",
     .letter = 'o'},
    {0},
};

static const struct argument publish_arguments[] = {ROWS_LABORATORY, PERIOD, ROWS_REASON, {0}};

#define FIRST_DAY                                                                                            \
    {                                                                                                        \
        .name = "from", .field = "first_day", .value = "DATE",                                               \
        .help = "first day of a published period (without it: the newest)"                                   \
    }

static const struct argument published_passes_arguments[] = {
    ROWS_LABORATORY,
    FIRST_DAY,
    {.name = "by",
     .field = "pass_group",
     .value = "GROUP",
     .help = "domain, product (without it), claim or seller_type"},
    {0},
};

static const struct argument published_arguments[] = {ROWS_LABORATORY, FIRST_DAY, {0}};

#define STATISTICS_CALL(rpc, name) ROWS_CALL("StatisticsService", rpc, name)

#define PUBLISHED ROWS_CALL("PublicService", "ShowStatistics", show_statistics), .traits = COMMAND_OPEN

const struct command statistics_commands[] = {
    {.noun = "statistics",
     .verb = "pass-rates",
     .summary = "How much passes, by domain, product, claim or kind of seller",
     .summary_zh = "合格率统计",
     STATISTICS_CALL("GetPassRates", get_pass_rates),
     .arguments = pass_arguments,
     .view = &pass_view,
     .examples = "statistics pass-rates --from 2027-03-15 --until 2027-03-15 --by product --public --csv"},
    {.noun = "statistics",
     .verb = "turnaround",
     .summary = "From intake to release, against what was promised",
     .summary_zh = "检测周期与承诺对比",
     STATISTICS_CALL("GetTurnaround", get_turnaround),
     .arguments = period_arguments,
     .view = &turnaround_view},
    {.noun = "statistics",
     .verb = "load",
     .summary = "Intakes by hour and desk",
     .summary_zh = "按时段与窗口的受理量",
     STATISTICS_CALL("GetLoad", get_load),
     .arguments = period_arguments,
     .view = &load_view},
    {.noun = "statistics",
     .verb = "chart",
     .summary = "Draw one of them as bars, SVG or PNG",
     .summary_zh = "绘制统计图（SVG 或 PNG）",
     STATISTICS_CALL("DrawStatistics", draw_statistics),
     .arguments = chart_arguments,
     .run = draw_picture_run,
     .examples = "statistics chart --of load --from 2027-03-15 --until 2027-03-15 --output load.svg"},
    {.noun = "statistics",
     .verb = "publish",
     .summary = "Freeze the public form of days that are over, for anybody to read",
     .summary_zh = "公布一期统计（公布后不再更改）",
     STATISTICS_CALL("PublishStatistics", publish_statistics),
     .traits = COMMAND_WRITE,
     .arguments = publish_arguments,
     .view = &publication_view,
     .examples = "statistics publish --from 2027-03-15 --until 2027-03-15 --reason 'open day'"},
    {.noun = "statistics",
     .verb = "published",
     .summary = "Which periods are published; needs no session",
     .summary_zh = "已公布的统计期（无需登录）",
     PUBLISHED,
     .arguments = published_arguments,
     .view = &periods_view},
    {.noun = "statistics",
     .verb = "published-pass-rates",
     .summary = "Published: how much passes; needs no session",
     .summary_zh = "已公布的合格率（无需登录）",
     PUBLISHED,
     .arguments = published_passes_arguments,
     .view = &published_passes_view,
     .examples = "statistics published-pass-rates --by claim --csv"},
    {.noun = "statistics",
     .verb = "published-turnaround",
     .summary = "Published: from intake to release; needs no session",
     .summary_zh = "已公布的检测周期（无需登录）",
     PUBLISHED,
     .arguments = published_arguments,
     .view = &published_turnaround_view},
    {.noun = "statistics",
     .verb = "published-load",
     .summary = "Published: intakes by hour and desk; needs no session",
     .summary_zh = "已公布的受理量（无需登录）",
     PUBLISHED,
     .arguments = published_arguments,
     .view = &published_load_view},
    {0},
};
