// SPDX-License-Identifier: Apache-2.0
// The loop of `touchstone desk`: waits for keys, for answers and for signals, gives them to the desk and
// shows what it looks like then. Nothing here waits for the server.
#include "terminal/terminal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"
#include "command/command.h"
#include "desk/desk.h"
#include "desk/page.h"
#include "desk/paint.h"
#include "desk/press.h"
#include "rpc/rpc.h"
#include "run/client.h"
#include "session/session.h"
#include "terminal/beside.h"
#include "terminal/printing.h"
#include "terminal/screen.h"
#include "terminal/viewer.h"
#include "terminal/worker.h"
#include "text/exit_code.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/error.h"

enum { TIMEOUT_MS = 15000 };

enum { ON_KEYS, ON_SIGNAL, ON_ANSWER, WAITS };

struct loop {
    struct client *client;
    struct desk *desk;
    struct worker *worker;
    struct beside beside;
    struct printing printing;
    bool was_signalled;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// The time of day, for what is kept here and what is leased until then.
static void tell_time(struct desk *desk)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    desk->offline.wall_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show(const struct loop *loop)
{
    struct page page;
    int rows, columns;

    screen_size(&rows, &columns);
    if (page_init(&page, rows, columns)) {
        paint_desk(loop->desk, &page);
        screen_show(&page);
    }
    page_done(&page);
}

// Everything that is there. False when the terminal is gone.
static bool read_keys(struct loop *loop)
{
    struct press press;
    enum screen_read got;
    bool any = false;

    while ((got = screen_read(&press)) != SCREEN_NOTHING) {
        any = true;
        if (got == SCREEN_PRESS)
            desk_press(loop->desk, &press, now_ms());
    }
    return any;
}

// A new session is kept for the profile, as `touchstone login` keeps it.
static void keep_token(struct loop *loop)
{
    struct session *session = &loop->client->session;
    struct desk *desk = loop->desk;
    struct ts_error error = {0};

    if (desk->new_token[0] == '\0')
        return;
    worker_set_token(loop->worker, desk->new_token);
    snprintf(session->server, sizeof session->server, "%s", loop->client->profile.server);
    snprintf(session->username, sizeof session->username, "%s", desk->username);
    snprintf(session->token, sizeof session->token, "%s", desk->new_token);
    explicit_bzero(desk->new_token, sizeof desk->new_token);
    if (!session_save(loop->client->profile.name, session, &error))
        desk_tell(desk, NOTE_BAD, "会话不能保存：%s", "The session cannot be kept: %s", error.detail);
}

// A chart that the bench wants to see.
static void show_chart(struct loop *loop)
{
    struct bench *bench = bench_of(loop->desk);
    const Touchstone__V1__DrawChartResponse *drawn =
        (Touchstone__V1__DrawChartResponse *)bench->picture.message;
    struct ts_error error = {0};
    bool is_open = false;
    char path[PATH_MAX];

    if (bench->picture_name[0] == '\0' || drawn == NULL)
        return;
    if (viewer_show(bench->picture_name, drawn->picture.data, drawn->picture.len, path, sizeof path, &is_open,
                    &error))
        bench_picture_shown(loop->desk, path, is_open, error.detail);
    else
        bench_picture_shown(loop->desk, NULL, false, error.detail);
    desk_drop(&bench->picture);
}

// The picture of the intake, to compare the item with.
static void show_photo(struct loop *loop)
{
    struct keeping *keeping = loop->desk->keeping;
    const Touchstone__V1__GetPhotoResponse *answer =
        (Touchstone__V1__GetPhotoResponse *)keeping->picture.message;
    struct ts_error error = {0};
    bool is_open = false;
    char path[PATH_MAX];

    if (!keeping->wants_picture || answer == NULL)
        return;
    keeping->wants_picture = false;
    if (!viewer_show(answer->item_code, answer->content.data, answer->content.len, path, sizeof path,
                     &is_open, &error))
        desk_tell(loop->desk, NOTE_BAD, "照片不能保存：%s", "The picture cannot be kept: %s", error.detail);
    else if (is_open)
        desk_tell(loop->desk, NOTE_PLAIN, "照片已打开：%s", "The picture is open: %s", path);
    else
        desk_tell(loop->desk, NOTE_PLAIN, "照片在 %s（设 TOUCHSTONE_VIEWER 可自动打开）",
                  "The picture is in %s (set TOUCHSTONE_VIEWER to have it opened)", path);
    desk_drop(&keeping->picture);
}

static void take_answer(struct loop *loop)
{
    struct worker_answer answer;

    if (!worker_take(loop->worker, &answer))
        return;
    desk_answer(loop->desk, &answer.ask, answer.response, &answer.outcome);
    keep_token(loop);
    show_chart(loop);
    show_photo(loop);
}

static void start_next(struct loop *loop)
{
    struct ask ask;

    if (loop->desk->wants_cancel) {
        worker_cancel(loop->worker);
        loop->desk->wants_cancel = false;
    }
    if (desk_take_ask(loop->desk, &ask))
        worker_start(loop->worker, &ask);
    if (loop->desk->wants_print && loop->desk->offline.slip != NULL)
        printing_slip(&loop->printing, loop->client, loop->desk, loop->desk->offline.slip);
    loop->desk->wants_print = false;
    printing_look(&loop->printing, loop->desk);
}

static int wait_ms(const struct loop *loop)
{
    int desk = desk_wait_ms(loop->desk, now_ms()), beside = beside_wait_ms(&loop->beside);

    return beside < desk ? beside : desk;
}

static void run(struct loop *loop)
{
    struct pollfd waits[WAITS] = {[ON_KEYS] = {.fd = STDIN_FILENO, .events = POLLIN},
                                  [ON_SIGNAL] = {.fd = loop->client->signal_fd, .events = POLLIN},
                                  [ON_ANSWER] = {.fd = worker_fd(loop->worker), .events = POLLIN}};

    while (!loop->desk->wants_end) {
        start_next(loop);
        show(loop);
        if (poll(waits, WAITS, wait_ms(loop)) < 0 && errno != EINTR)
            return;
        tell_time(loop->desk);
        // A resize comes as EINTR, and as a key.
        if (!read_keys(loop) && waits[ON_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
            return;
        if (waits[ON_SIGNAL].revents != 0) {
            loop->was_signalled = true;
            return;
        }
        take_answer(loop);
        desk_tick(loop->desk, now_ms());
        beside_look(&loop->beside, loop->desk, now_ms());
        memset(&waits[ON_KEYS].revents, 0, sizeof waits[ON_KEYS].revents);
    }
}

static bool invite(struct desk *desk)
{
    struct bench *bench = bench_create();

    if (bench != NULL)
        desk_invite(desk, &bench_guest, bench);
    return bench != NULL;
}

static bool open_all(struct loop *loop, struct ts_error *error)
{
    struct client *client = loop->client;
    struct rpc_settings settings = {0};

    if (!client_choose_profile(client, error))
        return false;
    if (client->profile.server[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "NO_SERVER", "no server is given for profile '%s'",
                         client->profile.name);
    if (!session_load(client->profile.name, client->profile.server, &client->session, error) ||
        !client_watch_signals(client, error))
        return false;
    signal(SIGPIPE, SIG_IGN);
    settings = (struct rpc_settings){.server = client->profile.server,
                                     .ca = client->profile.ca,
                                     .token = client->session.token,
                                     .timeout_ms = TIMEOUT_MS};
    loop->desk =
        desk_create(client->profile.server, client->session.token[0] != '\0' ? client->session.username : "",
                    client_laboratory(client), client->profile.desk, client->chinese);
    if (loop->desk == NULL || !invite(loop->desk))
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    beside_begin(&loop->beside, client, loop->desk);
    snprintf(loop->desk->offline.profile, sizeof loop->desk->offline.profile, "%s", client->profile.name);
    tell_time(loop->desk);
    offline_begin(loop->desk);
    loop->worker = worker_create(&settings, error);
    return loop->worker != NULL && screen_open(client->out_style.color, error);
}

static int run_at(struct client *client, bool at_bench)
{
    struct loop loop = {.client = client};
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK;

    if (open_all(&loop, &error)) {
        loop.desk->prefers_guest = at_bench;
        run(&loop);
        screen_close();
        exit_code = loop.was_signalled ? EXIT_CODE_INTERRUPTED : EXIT_CODE_OK;
    } else {
        exit_code = client_fail(client, &error);
    }
    beside_end(&loop.beside);
    printing_end(&loop.printing);
    worker_free(loop.worker);
    desk_free(loop.desk);
    return exit_code;
}

int terminal_desk(struct client *client, const struct command *command)
{
    (void)command;
    return run_at(client, false);
}

int terminal_bench(struct client *client, const struct command *command)
{
    (void)command;
    return run_at(client, true);
}
