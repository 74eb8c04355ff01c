// SPDX-License-Identifier: Apache-2.0
// The terminal by ncursesw: opened, given back as it was, a page copied to it, presses read from it. Holds no
// logic of the desk. ncurses keeps one terminal for the program, so there is one screen.
#pragma once

#include <stdbool.h>

struct page;
struct press;
struct ts_error;

// INVALID_ARGUMENT with a sentence for a terminal that cannot show full screens.
bool screen_open(bool has_color, struct ts_error *error);

// Gives the terminal back. Also when it was never opened.
void screen_close(void);

void screen_size(int *ret_rows, int *ret_columns);

void screen_show(const struct page *page);

enum screen_read { SCREEN_NOTHING, SCREEN_PRESS, SCREEN_RESIZED, SCREEN_UNKNOWN };

// The next press that is there; never waits, but for the rest of a key's sequence.
enum screen_read screen_read(struct press *ret_press);
