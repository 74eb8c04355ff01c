// SPDX-License-Identifier: Apache-2.0
// Copies are numbered by the server, over all desks, before they are printed.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct client;
struct order;

enum { PRINT_COUNT_MOST = 30 };

// Numbers the copies of `orders` (their numbers are `numbers`), marks them, and gives them what the server
// says for paper and tickets. Where it cannot be reached this desk counts by itself, and the paper says so.
// `printer` "" = into a file. On failure it is told, *ret_exit_code is set and false returned: nothing is to
// be printed.
bool print_count(struct client *client, struct order *orders, const char *const *numbers, size_t count,
                 const char *printer, int *ret_exit_code);
