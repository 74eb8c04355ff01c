// SPDX-License-Identifier: Apache-2.0
// Layouts that tests read files by: written once as JSON, as a laboratory would write them.
#pragma once

#include "touchstone/internal/v1/instrument.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"

#include <stdlib.h>
#include <string.h>

// Comma, point, a column for the code; percent becomes per mille.
#define LAYOUT_LONG                                                                                          \
    "{\"layout\":{\"instrument\":\"XRF-01\",\"kind\":\"csv\",\"has_header\":true,"                           \
    "\"item\":{\"heading\":\"Item\"},\"parameter\":{\"heading\":\"Code\"},"                                  \
    "\"values\":[{\"column\":{\"heading\":\"Value\"}}],"                                                     \
    "\"codes\":[{\"code\":\"Au\",\"method_id\":\"M_XRF\",\"parameter_id\":\"AU\",\"unit\":\"%\","            \
    "\"detection_limit\":\"0.01\",\"quantification_limit\":\"0.03\",\"expanded_uncertainty\":\"2.0\"},"      \
    "{\"code\":\"Pb\",\"method_id\":\"M_XRF\",\"parameter_id\":\"PB\",\"unit\":\"mg/kg\"}],"                 \
    "\"spellings\":[{\"text\":\"ND\",\"qualifier\":\"not_detected\"},"                                       \
    "{\"text\":\"<LOQ\",\"qualifier\":\"less_than\"},{\"text\":\"n.d. <\",\"qualifier\":\"not_detected\"}]," \
    "\"skipped\":[\"#\",\"BLANK\"]},\"units\":[\"[ppth]\",\"mg/kg\"],\"profile_version\":3,"                 \
    "\"unit_factors\":\"[[\\\"%\\\",\\\"%\\\",\\\"mass fraction\\\",\\\"0.01\\\",\\\"0\\\"],"                \
    "[\\\"[ppth]\\\",\\\"‰\\\",\\\"mass fraction\\\",\\\"0.001\\\",\\\"0\\\"]]\"}"

// Semicolon, comma, two lines before; a column for each code, two of them replicates.
#define LAYOUT_WIDE                                                                                          \
    "{\"layout\":{\"instrument\":\"ICP\",\"kind\":\"csv\",\"delimiter\":\"semicolon\",\"decimal_mark\":"     \
    "\"comma\",\"skip_lines\":2,\"item\":{\"from\":1},"                                                      \
    "\"values\":[{\"column\":{\"from\":2},\"code\":\"Au\"},{\"column\":{\"from\":3},\"code\":\"Au\"},"       \
    "{\"column\":{\"from\":4},\"code\":\"Pb\"}],"                                                            \
    "\"codes\":[{\"code\":\"Au\",\"method_id\":\"M_XRF\",\"parameter_id\":\"AU\"},"                          \
    "{\"code\":\"Pb\",\"method_id\":\"M_XRF\",\"parameter_id\":\"PB\"}]},\"units\":[\"[ppth]\",\"mg/kg\"]}"

// Fixed width: item at 1 to 11, value at 14 to 20; one line of header.
#define LAYOUT_FIXED                                                                                         \
    "{\"layout\":{\"instrument\":\"Titrator\",\"kind\":\"fixed\",\"has_header\":true,"                       \
    "\"item\":{\"from\":1,\"width\":11},"                                                                    \
    "\"values\":[{\"column\":{\"from\":14,\"width\":7},\"code\":\"Ag\"}],"                                   \
    "\"codes\":[{\"code\":\"Ag\",\"method_id\":\"M_TIT\",\"parameter_id\":\"AG\"}]},\"units\":[\"[ppth]\"]}"

static inline Touchstone__Internal__V1__InstrumentContext *layout_of(struct arena *arena, const char *json)
{
    struct ts_error error = {0};
    ProtobufCMessage *message = json_message_read(&touchstone__internal__v1__instrument_context__descriptor,
                                                  json, strlen(json), arena, &error);
    if (!message)
        abort();
    return (Touchstone__Internal__V1__InstrumentContext *)message;
}
