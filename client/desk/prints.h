// SPDX-License-Identifier: Apache-2.0
// What the desk prints: labels, receipt, agreement and slips, one after the other, by the program's own
// commands (client/terminal runs them, so that the screen never waits), and how its printer is. A copy that
// was printed before needs a reason: the window asks for it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ask;
struct desk;
struct form;

enum { PRINTS_JOBS = 16, PRINTS_WORDS = 10, PRINTS_NUMBER = 48, PRINTS_REASON = 220, PRINTS_STATE = 160 };

enum prints_what { PRINTS_BAG, PRINTS_RECEIPT, PRINTS_AGREEMENT, PRINTS_LABEL, PRINTS_TICKET, PRINTS_RESUME };

enum prints_end { PRINTS_OUT, PRINTS_FAILED, PRINTS_AWAY };

struct prints_job {
    enum prints_what what;
    // By a key, and not by itself.
    bool is_asked;
    // The server was away: not before then.
    int64_t due_ms;
    char number[PRINTS_NUMBER], reason[PRINTS_REASON];
};

struct prints {
    // By flag, TOUCHSTONE_PRINTER and TOUCHSTONE_PAPER, or the profile; "" = none.
    char printer[201], paper[128];
    // What it said of itself when it was asked last, in both languages; "" = not asked yet.
    char state[PRINTS_STATE];
    bool is_ready;
    // Jobs that the printer did not print.
    unsigned kept;
    struct prints_job jobs[PRINTS_JOBS];
    size_t count;
    // The first job is being printed.
    bool is_running;
};

// Ctrl-L: what can be printed of what is shown.
void prints_open(struct desk *desk);
// The window's slots, and its Enter.
void prints_dialog(struct desk *desk, struct form *form);
void prints_confirmed(struct desk *desk);
// Ctrl-R: what the printer did not print.
void prints_resume(struct desk *desk);
// An intake is registered: its labels, and where there is a printer for papers its receipt.
void prints_registered(struct desk *desk);

// For client/terminal: the words of the next command, behind the program's name and ended by NULL; they stay
// until it is done. False when there is none, or one runs.
bool prints_take(struct desk *desk, const char *ret_words[PRINTS_WORDS]);
// `kept` are all that wait for a printer now.
// PRINTS_AWAY: the server could not be asked, and the job is tried again later.
void prints_done(struct desk *desk, enum prints_end end, const char *said, unsigned kept);
// What `print state --both` said, and how many jobs are kept.
void prints_heard(struct desk *desk, bool is_asked, const char *said, unsigned kept);

// For the status line: "zebra !缺纸 待打 3".
void prints_status(const struct desk *desk, int columns, char *ret_text, size_t size);
