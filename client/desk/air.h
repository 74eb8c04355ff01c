// SPDX-License-Identifier: Apache-2.0
// Visits to homes at the desk: address, rooms and their points, crew, readiness, the field record.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct Touchstone__V1__AirVisit;
struct Touchstone__V1__GetVisitResponse;
struct ask;
struct desk;
struct form;

// Rooms that the form has at the least, how many more than there are, and what it has room for.
enum { AIR_ROOMS_LEAST = 12, AIR_ROOMS_MORE = 4, AIR_ROOMS = 35, AIR_NAME = 256 };

void air_show(struct desk *desk, const char *booking_code);
void air_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
// Nothing is planned yet for the booking that was asked for.
void air_unplanned(struct desk *desk);
// The visit that is shown; NULL while none is planned.
const struct Touchstone__V1__AirVisit *air_visit(const struct desk *desk);

void air_dialog(struct desk *desk, struct form *form);
bool air_fill(struct desk *desk, struct ask *ask);
// Whether every room of the plan that is typed has a name and an area; else it is told.
bool air_is_ready(struct desk *desk);

// "卧室 14.5" as a name and an area; false when it is none.
bool air_room(const char *text, char ret_name[AIR_NAME], const char **ret_area);
// Points of a room at the least, by the standard (docs/open-day.md): 0 when the area is no number.
int air_points(bool is_gb_50325, const char *area);
