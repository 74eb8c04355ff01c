// SPDX-License-Identifier: Apache-2.0
// Between the screen on which items go back (returning.c) and their handing out (handing_out.c): what is
// checked before, and one call after the other.
#pragma once

#include <protobuf-c/protobuf-c.h>

struct desk;
struct return_item;
struct returning;

// returning.c: the row of this item, NULL when it does not go back here.
struct return_item *returning_find(struct returning *returning, const char *code);

// F8: sends when everything is there and who stands there is known, else tells what is wrong.
void handing_out_begin(struct desk *desk);
// The next item that is ready; with the same key when nobody knows what came of it.
void handing_out_next(struct desk *desk);
void handing_out_returned(struct desk *desk, ProtobufCMessage *response);
void handing_out_presented(struct desk *desk, ProtobufCMessage *response);
// Tells that nobody knows.
void handing_out_unsettled(struct desk *desk);
