// SPDX-License-Identifier: Apache-2.0
// terminfo: see ability.h.
#include "terminal/ability.h"

#include <curses.h>
#include <stddef.h>
#include <term.h>
#include <unistd.h>

bool ability_full_screen(const char *term)
{
    bool has_all;
    int found;

    if (term == NULL || term[0] == '\0' || setupterm(term, STDOUT_FILENO, &found) != OK)
        return false;
    has_all = cursor_address != NULL && clear_screen != NULL;
    // The screen reads it again for itself.
    del_curterm(cur_term);
    return has_all;
}
