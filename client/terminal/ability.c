// SPDX-License-Identifier: Apache-2.0
// terminfo: see ability.h.
#include "terminal/ability.h"

#include <curses.h>
#include <stddef.h>
#include <term.h>
#include <unistd.h>

bool ability_full_screen(const char *term)
{
    int found;

    return term != NULL && term[0] != '\0' && setupterm(term, STDOUT_FILENO, &found) == OK &&
           cursor_address != NULL && clear_screen != NULL;
}
