// SPDX-License-Identifier: Apache-2.0
// What lab's steps know beyond a call: carried by the dispatcher as an opaque pointer, made by serve.c.
#pragma once

#include "auth/password.h"

struct board;
struct calculator;
struct deliveries;
struct log_works;
struct sheet_works;

struct lab {
    struct password_cost password_cost;
    struct board *board;           // what walls show
    struct calculator *calculator; // formulas, parsed
    struct log_works *log;         // enters statements; told the same
    struct deliveries *deliveries; // tells recipients; NULL without a hook program
    struct sheet_works *sheets;    // draws and seals in the background; told when a sheet is released
};
