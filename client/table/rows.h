// SPDX-License-Identifier: Apache-2.0
// What the files of the command table share: short forms for arguments that many commands have, and for
// naming an RPC with its messages.
#pragma once

#include "command/command.h"

// Names an RPC and its two messages; `name` is the method in protobuf-c's spelling.
#define ROWS_CALL(service, rpc, name)                                                                        \
    .method = "/touchstone.v1." service "/" rpc, .request = &touchstone__v1__##name##_request__descriptor,   \
    .response = &touchstone__v1__##name##_response__descriptor

#define ROWS_LABORATORY                                                                                      \
    {                                                                                                        \
        .name = "laboratory", .field = "laboratory", .traits = ARGUMENT_REQUIRED | ARGUMENT_FROM_PROFILE,    \
        .value = "CODE", .help = "code of the laboratory, for example JEW; without it the profile's"         \
    }

#define ROWS_VERSION                                                                                         \
    {                                                                                                        \
        .name = "version", .field = "version", .value = "N",                                                 \
        .help = "row version that you saw; without it the client reads it just before"                       \
    }

#define ROWS_REASON                                                                                          \
    {                                                                                                        \
        .name = "reason", .field = "reason", .traits = ARGUMENT_REQUIRED, .value = "TEXT",                   \
        .help = "why; kept in the history"                                                                   \
    }

#define ROWS_OPTION(word, path, metavariable, text)                                                          \
    {                                                                                                        \
        .name = word, .field = path, .value = metavariable, .help = text                                     \
    }

#define ROWS_NEEDED(word, path, metavariable, text)                                                          \
    {                                                                                                        \
        .name = word, .field = path, .traits = ARGUMENT_REQUIRED, .value = metavariable, .help = text        \
    }

#define ROWS_POSITIONAL(positional, path, text)                                                              \
    {                                                                                                        \
        .name = positional, .field = path, .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,                \
        .value = positional, .help = text                                                                    \
    }

#define ROWS_ITEM                                                                                            \
    {                                                                                                        \
        .name = "ITEM", .field = "item_code", .kind = ARGUMENT_ITEM_CODE,                                    \
        .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED, .value = "ITEM",                                  \
        .help = "item code, as on the label"                                                                 \
    }

// Under what a result came about, as EnterResult, EnterReading and EnterWorksheet take it.
#define ROWS_CIRCUMSTANCES                                                                                   \
    {.name = "temperature", .field = "temperature_c", .value = "CELSIUS", .help = "room temperature in °C"}, \
        {.name = "humidity",                                                                                 \
         .field = "humidity_percent",                                                                        \
         .value = "PERCENT",                                                                                 \
         .help = "relative humidity in percent"},                                                            \
    {                                                                                                        \
        .name = "deviation", .field = "deviation", .value = "TEXT",                                          \
        .help = "what was done otherwise than the method says; printed on the sheet"                         \
    }

#define ROWS_TEST                                                                                            \
    ROWS_POSITIONAL("TEST", "test_id", "id of the test, or the item code when the item has one test")

// An item in a list of several.
extern const struct column rows_item_columns[];

// Commands of one area; each ends with a NULL noun.
extern const struct command desk_commands[];
extern const struct command item_commands[];
extern const struct command open_day_commands[];
extern const struct command queue_commands[];
extern const struct command printing_commands[];
extern const struct command visit_commands[];
extern const struct command custody_commands[];
extern const struct command custody_day_commands[];
extern const struct command fee_commands[];
extern const struct command correction_commands[];
extern const struct command complaint_commands[];
extern const struct command statistics_commands[];
extern const struct command bench_commands[];
extern const struct command change_commands[];
extern const struct command sheet_commands[];
extern const struct command sheet_life_commands[];
extern const struct command delivery_commands[];
extern const struct command fitness_commands[];
extern const struct command log_commands[];
extern const struct command instrument_commands[];
extern const struct command proficiency_commands[];
extern const struct command quality_commands[];
extern const struct command record_commands[];
extern const struct command worksheet_commands[];
extern const struct command staff_commands[];
extern const struct command catalogue_commands[];
extern const struct command history_commands[];
extern const struct command own_commands[];
extern const struct command offline_commands[];
