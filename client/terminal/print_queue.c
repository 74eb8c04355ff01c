// SPDX-License-Identifier: Apache-2.0
// See print_queue.h.
#include "terminal/print_queue.h"

#include <stdio.h>
#include <stdlib.h>

#include "desk/desk.h"
#include "printer/spool.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "wire/error.h"

enum { JOB_MS = 600000, STATE_MS = 30000, ASK_MS = 4000, SOON_MS = 100, LATER_MS = 1000 };

static const char PROGRAM[] = "/proc/self/exe";

void print_queue_begin(struct print_queue *queue, const struct client *client, struct desk *desk)
{
    const struct profile *profile = &client->profile;
    const struct {
        const char *variable, *value;
    } told[] = {{"TOUCHSTONE_PROFILE", profile->name},
                {"TOUCHSTONE_SERVER", profile->server},
                {"TOUCHSTONE_CA", profile->ca},
                {"TOUCHSTONE_PRINTER", profile->printer},
                {"TOUCHSTONE_PAPER", profile->paper}};

    *queue = (struct print_queue){0};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (told[i].value[0] != '\0')
            setenv(told[i].variable, told[i].value, 1);
    snprintf(desk->prints.printer, sizeof desk->prints.printer, "%s", profile->printer);
    snprintf(desk->prints.paper, sizeof desk->prints.paper, "%s", profile->paper);
}

static void count_one(void *context, const char *printer, const char *what)
{
    (void)printer;
    (void)what;
    ++*(unsigned *)context;
}

static unsigned count_kept(void)
{
    struct ts_error error = {0};
    unsigned kept = 0;

    spool_each(count_one, &kept, &error);
    return kept;
}

static void ask_printer(struct print_queue *queue, struct desk *desk, int64_t now_ms)
{
    static const char *const words[] = {PROGRAM, "print", "state", "--both", NULL};
    enum child_state state = child_look(&queue->state, now_ms);
    struct ts_error error = {0};

    if (state == CHILD_DONE || state == CHILD_FAILED || state == CHILD_LATE)
        prints_heard(desk, state == CHILD_DONE, queue->state.said, count_kept());
    // Not while labels are being printed: a printer speaks to one at a time.
    if (desk->prints.printer[0] == '\0' || queue->state.pid != 0 || queue->job.pid != 0 ||
        (queue->asked_ms != 0 && now_ms - queue->asked_ms < ASK_MS))
        return;
    queue->asked_ms = now_ms;
    child_start(&queue->state, words, now_ms + STATE_MS, &error);
}

// Nothing was printed, because the server could not be asked.
static bool is_away(int exit_code)
{
    return exit_code == EXIT_CODE_TRUST || exit_code == EXIT_CODE_UNAVAILABLE ||
           exit_code == EXIT_CODE_UNKNOWN_OUTCOME;
}

static void print_next(struct print_queue *queue, struct desk *desk, int64_t now_ms)
{
    const char *words[PRINTS_WORDS + 1] = {PROGRAM};
    enum child_state state = child_look(&queue->job, now_ms);
    struct ts_error error = {0};

    if (state == CHILD_DONE || state == CHILD_FAILED || state == CHILD_LATE) {
        prints_done(desk,
                    state == CHILD_DONE             ? PRINTS_OUT
                    : is_away(queue->job.exit_code) ? PRINTS_AWAY
                                                    : PRINTS_FAILED,
                    queue->job.said, count_kept());
        // What it left is to be counted.
        queue->asked_ms = 0;
    }
    if (queue->job.pid != 0 || queue->state.pid != 0 || !prints_take(desk, words + 1))
        return;
    if (!child_start(&queue->job, words, now_ms + JOB_MS, &error))
        prints_done(desk, PRINTS_FAILED, error.detail, count_kept());
}

void print_queue_look(struct print_queue *queue, struct desk *desk, int64_t now_ms)
{
    print_next(queue, desk, now_ms);
    ask_printer(queue, desk, now_ms);
}

int print_queue_wait_ms(const struct print_queue *queue)
{
    return queue->job.pid != 0 || queue->state.pid != 0 ? SOON_MS : LATER_MS;
}

void print_queue_end(struct print_queue *queue)
{
    // Ended in the middle of a label it would be printed once more; before that, counted and never printed.
    child_leave(&queue->job);
    child_stop(&queue->state);
}
