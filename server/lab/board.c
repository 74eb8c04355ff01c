// SPDX-License-Identifier: Apache-2.0
// See board.h. Who watches renews a lease of the asking; without one the timer sleeps. A watcher looks at the
// daemon's copy and never at the database, and nothing of a stream that stays open all day grows.
#include "lab/board.h"

#include "db/pool.h"
#include "db/value.h"
#include "lab/lab.h"
#include "lab/statements.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "touchstone/v1/queue.pb-c.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    ASK_MS = 250,
    LOOK_MS = 50,
    WATCHED_MS = 2000,
    // A sign of life, so that a page knows that the line is open.
    BEAT_LOOKS = 100,
    TEXT_MAX = 256 << 10,
};

static const char AWAY[] = "{\"away\":true}";

struct board {
    struct db_pool *pool;
    struct db_ticket *ticket;
    uv_timer_t timer;
    uint64_t watched_until_ms;
    char *text;
    size_t length;
    int edition; // of the text, from 1; 0: nothing is known yet
};

// A watcher's own.
struct watcher {
    int looks;
};

static void keep(struct board *board, const char *text, size_t length)
{
    if (board->text && board->length == length && memcmp(board->text, text, length) == 0)
        return;
    char *copy = length <= TEXT_MAX ? malloc(length + 1) : NULL;
    if (!copy)
        return; // the old one stays; it is asked again
    memcpy(copy, text, length);
    copy[length] = '\0';
    free(board->text);
    board->text = copy;
    board->length = length;
    board->edition = board->edition % 1000000 + 1;
}

static void on_asked(void *context, const struct db_outcome *outcome)
{
    struct board *board = context;
    board->ticket = NULL;
    if (outcome->kind == DB_DONE && PQntuples(outcome->result) == 1)
        keep(board, PQgetvalue(outcome->result, 0, 0), (size_t)PQgetlength(outcome->result, 0, 0));
    else
        keep(board, AWAY, sizeof AWAY - 1);
}

static void on_timer(uv_timer_t *timer)
{
    struct board *board = timer->data;
    const struct db_value values[] = {value_text("")};
    if (uv_now(timer->loop) > board->watched_until_ms) {
        uv_timer_stop(timer);
        return;
    }
    if (board->ticket)
        return;
    board->ticket = pool_submit(board->pool, STATEMENT_PUBLIC_BOARD, values, uv_now(timer->loop) + WATCHED_MS,
                                on_asked, board, NULL);
    if (!board->ticket)
        keep(board, AWAY, sizeof AWAY - 1);
}

static void watch(struct board *board)
{
    board->watched_until_ms = uv_now(board->timer.loop) + WATCHED_MS;
    if (!uv_is_active((uv_handle_t *)&board->timer))
        uv_timer_start(&board->timer, on_timer, 0, ASK_MS);
}

struct board *board_create(struct uv_loop_s *loop, struct db_pool *pool, struct ts_error *error)
{
    struct board *board = calloc(1, sizeof *board);
    if (!board) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to start.");
        return NULL;
    }
    board->pool = pool;
    uv_timer_init(loop, &board->timer);
    board->timer.data = board;
    return board;
}

static void on_closed(uv_handle_t *handle)
{
    struct board *board = handle->data;
    free(board->text);
    free(board);
}

void board_free(struct board *board)
{
    if (!board)
        return;
    if (board->ticket)
        pool_orphan(board->ticket);
    uv_close((uv_handle_t *)&board->timer, on_closed);
}

static struct watcher *begin_watch(struct rpc_call *call)
{
    struct watcher *watcher = arena_alloc(call->arena, sizeof *watcher);
    if (watcher)
        watcher->looks = 0;
    return watcher;
}

static struct rpc_verdict watch_step(struct rpc_call *call)
{
    struct board *board = ((struct lab *)dispatch_lab(call->dispatch))->board;
    struct watcher *watcher = call->state;
    int edition = call->stage; // the one last sent
    if (!call->is_web || !board) {
        error_set(&call->error, TS_UNIMPLEMENTED, "METHOD_UNKNOWN", "There is no such method here.");
        return rpc_fail(call);
    }
    if (dispatch_is_draining(call->dispatch))
        return rpc_end(call); // the page comes back by itself
    if (!watcher)
        watcher = call->state = begin_watch(call);
    if (!watcher)
        return rpc_fail_stopping(call);
    watch(board);
    if (board->edition != edition) {
        if (!rpc_send_event(call, board->text, board->length))
            return rpc_wait_writable(call, edition);
        edition = board->edition;
        watcher->looks = 0;
    } else if (++watcher->looks % BEAT_LOOKS == 0 && !rpc_send_event(call, NULL, 0)) {
        return rpc_wait_writable(call, edition);
    }
    return rpc_wait_ms(call, LOOK_MS, edition);
}

const struct rpc_method board_events = {
    .path = "/board/events",
    .name = "Board.Events",
    .request = &touchstone__v1__show_board_request__descriptor,
    .response = &touchstone__v1__show_board_response__descriptor,
    .streams_reply = true,
    .is_unbounded = true,
    .is_crowded = true,
    .step = watch_step,
};
