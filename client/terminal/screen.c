// SPDX-License-Identifier: Apache-2.0
// ncursesw: see screen.h. Bracketed paste tells what is pasted from what is typed (xterm control sequences,
// mode 2004).
#define _XOPEN_SOURCE_EXTENDED 1
#include "terminal/screen.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/page.h"
#include "desk/press.h"
#include "terminal/ability.h"
#include "wire/error.h"

enum { ESCAPE_MS = 50, CODE_PASTE_BEGIN = KEY_MAX + 1, CODE_PASTE_END = KEY_MAX + 2, COLORS_LEAST = 8 };

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

static void send(const char *sequence)
{
    (void)!write(STDOUT_FILENO, sequence, strlen(sequence));
}

static bool check(struct ts_error *error)
{
    const char *term = getenv("TERM");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "the desk needs a terminal; scripts use 'touchstone intake register'");
    if (!ability_full_screen(term))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "the terminal '%.60s' (TERM) cannot show full screens; use another, for example "
                         "TERM=xterm-256color",
                         term != NULL ? term : "");
    return true;
}

static void choose_colors(void)
{
    static const short foregrounds[PAGE_STYLES] = {[PAGE_LABEL] = COLOR_CYAN,
                                                   [PAGE_BAD] = COLOR_RED,
                                                   [PAGE_GOOD] = COLOR_GREEN,
                                                   [PAGE_KEY] = COLOR_YELLOW};

    use_default_colors();
    for (short i = 0; i < PAGE_STYLES; i++)
        init_pair((short)(i + 1), foregrounds[i] != 0 ? foregrounds[i] : -1, -1);
}

bool screen_open(bool has_color, struct ts_error *error)
{
    if (!check(error))
        return false;
    set_escdelay(ESCAPE_MS);
    if (newterm(NULL, stdout, stdin) == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the terminal cannot be opened");
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    define_key("\033[200~", CODE_PASTE_BEGIN);
    define_key("\033[201~", CODE_PASTE_END);
    if (has_color && has_colors() && start_color() == OK && COLORS >= COLORS_LEAST)
        choose_colors();
    send(PASTE_ON);
    return true;
}

void screen_close(void)
{
    if (stdscr == NULL || isendwin())
        return;
    send(PASTE_OFF);
    endwin();
    // What ncurses holds of the terminal goes too.
    delscreen(set_term(NULL));
}

void screen_size(int *ret_rows, int *ret_columns)
{
    getmaxyx(stdscr, *ret_rows, *ret_columns);
}

static attr_t attributes_of(enum page_style style)
{
    switch (style) {
    case PAGE_TITLE:
        return A_REVERSE;
    case PAGE_FIELD:
        return A_UNDERLINE;
    case PAGE_FOCUS:
        return A_REVERSE;
    case PAGE_STRONG:
    case PAGE_KEY:
    case PAGE_BAD:
    case PAGE_GOOD:
        return A_BOLD;
    case PAGE_DIM:
        return A_DIM;
    default:
        return A_NORMAL;
    }
}

void screen_show(const struct page *page)
{
    bool has_color = COLORS >= COLORS_LEAST && COLOR_PAIRS > PAGE_STYLES;

    erase();
    for (int row = 0; row < page->rows; row++)
        for (int column = 0; column < page->columns; column++) {
            const struct page_cell *cell = page_at(page, row, column);
            short pair = has_color ? (short)(cell->style + 1) : 0;
            cchar_t letter;

            // The second column of a wide letter.
            if (cell->text[0] == L'\0')
                continue;
            if (setcchar(&letter, cell->text, attributes_of(cell->style), pair, NULL) == OK)
                mvadd_wch(row, column, &letter);
        }
    if (page->cursor_row >= 0)
        move(page->cursor_row, page->cursor_column);
    curs_set(page->cursor_row >= 0 ? 1 : 0);
    refresh();
}

struct code {
    wint_t code;
    int kind;
};

static int kind_of_key(wint_t code)
{
    static const struct code codes[] = {
        {KEY_UP, PRESS_UP},
        {KEY_DOWN, PRESS_DOWN},
        {KEY_LEFT, PRESS_LEFT},
        {KEY_RIGHT, PRESS_RIGHT},
        {KEY_HOME, PRESS_HOME},
        {KEY_END, PRESS_END},
        {KEY_PPAGE, PRESS_PAGE_UP},
        {KEY_NPAGE, PRESS_PAGE_DOWN},
        {KEY_BACKSPACE, PRESS_BACKSPACE},
        {KEY_DC, PRESS_DELETE},
        {KEY_BTAB, PRESS_BACK_TAB},
        {KEY_ENTER, PRESS_ENTER},
        {CODE_PASTE_BEGIN, PRESS_PASTE_BEGIN},
        {CODE_PASTE_END, PRESS_PASTE_END},
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].kind;
    if (code > (wint_t)KEY_F0 && code <= (wint_t)KEY_F(12))
        return PRESS_FUNCTION + (int)(code - KEY_F0);
    return -1;
}

static int kind_of_letter(wint_t letter)
{
    static const struct code codes[] = {
        {'\r', PRESS_ENTER},    {'\n', PRESS_ENTER},  {'\t', PRESS_TAB},   {27, PRESS_ESCAPE},
        {127, PRESS_BACKSPACE}, {8, PRESS_BACKSPACE}, {21, PRESS_CLEAR},   {3, PRESS_LEAVE},
        {1, PRESS_HOME},        {5, PRESS_END},       {20, PRESS_SWITCH},  {11, PRESS_MEND},
        {16, PRESS_PICTURE},    {22, PRESS_VIEW},     {15, PRESS_WAITING}, {7, PRESS_KEEPING},
        {12, PRESS_PRINT},      {18, PRESS_RESUME},
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == letter)
            return codes[i].kind;
    return PRESS_CHARACTER;
}

enum screen_read screen_read(struct press *ret_press)
{
    wint_t code;
    int got = get_wch(&code), kind;

    if (got == ERR)
        return SCREEN_NOTHING;
    if (got == KEY_CODE_YES && code == KEY_RESIZE)
        return SCREEN_RESIZED;
    kind = got == KEY_CODE_YES ? kind_of_key(code) : kind_of_letter(code);
    if (kind < 0)
        return SCREEN_UNKNOWN;
    *ret_press = (struct press){kind, kind == PRESS_CHARACTER ? (uint32_t)code : 0};
    return SCREEN_PRESS;
}
