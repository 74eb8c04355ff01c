// SPDX-License-Identifier: Apache-2.0
// Command table: visits of the air laboratory to homes.
#include "table/rows.h"
#include "touchstone/v1/open_day.pb-c.h"

static const struct column listed_columns[] = {
    {"BOOKING", "booking_code"},
    {"FROM", "local_begins"},
    {"TO", "local_ends"},
    {"ROUTE", "route_place"},
    {"STATE", "visit_state"},
    {"ADDRESS", "address"},
    {"POINTS", "points"},
    {"FIRST", "first_sampler"},
    {"SECOND", "second_sampler"},
    {"PUMPS", "pumps"},
    {0},
};

static const struct column visit_columns[] = {
    {"Booking", "booking_code"},
    {"Day", "day"},
    {"From", "local_begins"},
    {"To", "local_ends"},
    {"Name", "person.name_masked"},
    {"Address", "address"},
    {"Standard", "air_standard"},
    {"Rooms", "rooms.name"},
    {"Areas m²", "rooms.area_m2"},
    {"Points", "rooms.points"},
    {"Shut for h", "closed_hours"},
    {"State", "visit_state"},
    {"Lacking", "lacking"},
    {"Deviation", "deviation"},
    {"First sampler", "first_sampler"},
    {"Second sampler", "second_sampler"},
    {"Pumps", "pumps"},
    {0},
};

static const struct view visit_view = {.rows = "visit", .columns = visit_columns};
static const struct view visits_view = {.rows = "visits", .columns = listed_columns, .empty = "no visits"};

#define BOOKING_CODE ROWS_POSITIONAL("BOOKING", "booking_code", "the six signs of the booking")

static const struct argument plan_arguments[] = {
    BOOKING_CODE,
    {.name = "address", .field = "address", .traits = ARGUMENT_REQUIRED, .value = "TEXT", .help = "where"},
    {.name = "standard",
     .field = "air_standard",
     .traits = ARGUMENT_REQUIRED,
     .value = "STANDARD",
     .help = "the standard that is judged by"},
    {.name = "central",
     .field = "central_ventilation",
     .kind = ARGUMENT_SWITCH,
     .help = "ventilated centrally"},
    {.name = "radon", .field = "radon", .kind = ARGUMENT_SWITCH, .help = "radon is measured"},
    {.name = "decorated",
     .field = "decoration_end",
     .value = "DAY",
     .help = "when the decoration was finished"},
    {.name = "room",
     .field = "rooms+.name",
     .traits = ARGUMENT_REPEATED,
     .value = "NAME",
     .help = "begins a room; --area belongs to it"},
    {.name = "area",
     .field = "rooms.area_m2",
     .traits = ARGUMENT_REPEATED,
     .value = "M2",
     .help = "its area"},
    {0},
};

static const struct argument crew_arguments[] = {
    BOOKING_CODE,
    ROWS_POSITIONAL("FIRST", "first_sampler", "log-in of a technician"),
    ROWS_POSITIONAL("SECOND", "second_sampler", "log-in of another"),
    {.name = "pump",
     .field = "pumps",
     .traits = ARGUMENT_REPEATED,
     .value = "PUMP",
     .help = "a pump they take"},
    {.name = "route", .field = "route_place", .value = "N", .help = "place on their route"},
    {0},
};

static const struct argument ready_arguments[] = {
    BOOKING_CODE,
    {.name = "shut-since",
     .field = "closed_since",
     .traits = ARGUMENT_REQUIRED,
     .value = "MOMENT",
     .help = "since when doors and windows are shut, 'YYYY-MM-DD HH:MM'"},
    {.name = "home", .field = "someone_home", .kind = ARGUMENT_SWITCH, .help = "somebody will be at home"},
    {.name = "deviation",
     .field = "deviation",
     .value = "TEXT",
     .help = "agreed in spite of what lacks; printed"},
    {0},
};

static const struct argument show_arguments[] = {BOOKING_CODE, {0}};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "day", .field = "day", .value = "DAY", .help = "YYYY-MM-DD (without it: today)"},
    {0},
};

const struct command visit_commands[] = {
    {
        .noun = "visit",
        .verb = "plan",
        .summary = "Say address and rooms of a home; the standard sets the points",
        .summary_zh = "登记上门采样地址与房间",
        ROWS_CALL("OpenDayService", "PlanVisit", plan_visit),
        .traits = COMMAND_WRITE,
        .arguments = plan_arguments,
        .view = &visit_view,
        .examples = "visit plan 7K3M9Q --address 演示路2号301 --standard gbt-18883 --room 卧室 --area 14.5 "
                    "--room 客厅 --area 32",
    },
    {
        .noun = "visit",
        .verb = "crew",
        .summary = "Assign two samplers and their pumps",
        .summary_zh = "安排采样人员与采样泵",
        ROWS_CALL("OpenDayService", "AssignCrew", assign_crew),
        .traits = COMMAND_WRITE,
        .arguments = crew_arguments,
        .view = &visit_view,
    },
    {
        .noun = "visit",
        .verb = "ready",
        .summary = "Record whether the home is ready, or the deviation",
        .summary_zh = "确认采样条件或登记偏离",
        ROWS_CALL("OpenDayService", "ConfirmReadiness", confirm_readiness),
        .traits = COMMAND_WRITE,
        .arguments = ready_arguments,
        .view = &visit_view,
    },
    {
        .noun = "visit",
        .verb = "show",
        .summary = "Show a visit; with --field field_record the form for the crew",
        .summary_zh = "查看上门采样；打印现场记录表",
        ROWS_CALL("OpenDayService", "GetVisit", get_visit),
        .arguments = show_arguments,
        .view = &visit_view,
        .examples = "visit show 7K3M9Q --field field_record",
    },
    {
        .noun = "visit",
        .verb = "list",
        .summary = "The visits of a day, as the route goes",
        .summary_zh = "查看当日上门路线",
        ROWS_CALL("OpenDayService", "ListVisits", list_visits),
        .arguments = list_arguments,
        .view = &visits_view,
    },
    {0},
};
