// SPDX-License-Identifier: Apache-2.0
// What a person, a scanner or a paste does at the keyboard, in the desk's own words. client/terminal makes
// them out of what ncurses reads; everything in client/desk takes them, so that it is tested without a
// terminal.
#pragma once

#include <stdint.h>

enum press_kind {
    PRESS_CHARACTER,
    PRESS_ENTER,
    PRESS_ESCAPE,
    PRESS_TAB,
    PRESS_BACK_TAB,
    PRESS_UP,
    PRESS_DOWN,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_HOME,
    PRESS_END,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_BACKSPACE,
    PRESS_DELETE,
    // Ctrl-U: empties the field.
    PRESS_CLEAR,
    // Ctrl-T: to the other view, and back.
    PRESS_SWITCH,
    // Ctrl-G: what is kept here (保管), from the bench too.
    PRESS_KEEPING,
    // Ctrl-C.
    PRESS_LEAVE,
    // Ctrl-L: prints; Ctrl-R: what waits.
    PRESS_PRINT,
    PRESS_RESUME,
    // Ctrl-K: corrects.
    PRESS_MEND,
    // Ctrl-P: the new picture; Ctrl-V: shows it.
    PRESS_PICTURE,
    PRESS_VIEW,
    // Ctrl-O: what was kept without a server.
    PRESS_WAITING,
    PRESS_PASTE_BEGIN,
    PRESS_PASTE_END,
    // PRESS_FUNCTION + 1 is F1.
    PRESS_FUNCTION = 100,
};

enum {
    PRESS_F1 = PRESS_FUNCTION + 1,
    PRESS_F2,
    PRESS_F3,
    PRESS_F4,
    PRESS_F5,
    PRESS_F6,
    PRESS_F7,
    PRESS_F8,
    PRESS_F9,
    PRESS_F10,
    PRESS_F11,
    PRESS_F12,
};

struct press {
    int kind;
    // Of PRESS_CHARACTER.
    uint32_t character;
};
