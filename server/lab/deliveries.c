// SPDX-License-Identifier: Apache-2.0
// The hook program, see deliveries.h. A few slots, each takes one delivery, runs the program, stores what
// became of it, and takes the next. The first slot looks for work; it wakes another one whenever it finds
// some.
#include "lab/deliveries.h"

#include "core/log.h"
#include "db/pool.h"
#include "db/value.h"
#include "lab/statements.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"
#include "wire/utf8.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    SLOTS = 4,
    LOOK_MS = 2000,
    LEASE_SPARE_S = 60,
    ARENA_BYTES = 64 << 10,
    WORDS_BYTES = 512, // of stderr; its first line is kept
    TRY_LATER = 75,    // EX_TEMPFAIL of sysexits.h
    STDERR_PATIENCE_MS = 200,
    TEXT_BYTES = 1024,
    UTF8_MOST = 4, // bytes of a character
};

// The columns of news_take.
enum { TAKE_ID, TAKE_CHANNEL, TAKE_ADDRESS, TAKE_KIND, TAKE_SHEET, TAKE_REFERENCE, TAKE_CODE, TAKE_AT };

struct delivery_slot {
    struct deliveries *all;
    struct db_ticket *ticket;
    uv_timer_t timer; // when to look again; while a program runs, its deadline
    struct arena *arena;
    const char *id, *kind;
    struct json_text news;
    uv_process_t process;
    uv_pipe_t input, words;
    uv_write_t write;
    uv_shutdown_t end;
    char said[WORDS_BYTES], unread[WORDS_BYTES];
    size_t said_length;
    int open_handles; // of process, input, words
    bool is_running, has_ended, has_said, is_late;
    int64_t exit_status;
    int signal;
};

struct deliveries {
    uv_loop_t *loop;
    struct db_pool *pool;
    char *program, link[TEXT_BYTES];
    uint64_t deadline_ms;
    struct delivery_slot slots[SLOTS];
    int open_timers;
    bool stopping;
};

static void look(struct delivery_slot *slot);

static void on_look(uv_timer_t *timer)
{
    look(timer->data);
}

static void look_later(struct delivery_slot *slot, uint64_t delay_ms)
{
    if (!slot->all->stopping)
        uv_timer_start(&slot->timer, on_look, delay_ms, 0);
}

static void free_when_closed(struct deliveries *all)
{
    int open = all->open_timers;
    for (int i = 0; i < SLOTS; i++)
        open += all->slots[i].open_handles;
    if (open > 0)
        return;
    for (int i = 0; i < SLOTS; i++)
        arena_free(all->slots[i].arena);
    free(all->program);
    free(all);
}

// Nothing is to be done: only the first slot asks again, and finds work for the others; while its own program
// runs, which may take minutes, the one that it woke asks instead.
static void rest(struct delivery_slot *slot)
{
    arena_free(slot->arena);
    slot->arena = NULL;
    if (slot == slot->all->slots || slot->all->slots[0].is_running)
        look_later(slot, LOOK_MS);
}

// ---- what became of it

static void on_done_stored(void *context, const struct db_outcome *outcome)
{
    struct delivery_slot *slot = context;
    (void)outcome; // when this is lost the lease ends, and it is told once more
    slot->ticket = NULL;
    arena_free(slot->arena);
    slot->arena = NULL;
    look_later(slot, 0);
}

static void store(struct delivery_slot *slot, const char *outcome, const char *words)
{
    log_write(strcmp(outcome, "sent") == 0 ? LOG_INFO : LOG_WARNING, "delivery", "delivery_id", slot->id,
              "kind", slot->kind, "outcome", outcome, NULL);
    const struct db_value values[] = {value_text(slot->id), value_text(outcome), value_text(words)};
    slot->ticket = pool_submit(slot->all->pool, STATEMENT_NEWS_DONE, values, 0, on_done_stored, slot, NULL);
    if (!slot->ticket)
        rest(slot);
}

// The length of the character at the beginning of the text; 0 when there is no whole one, or one that a page
// must not hold.
static size_t plain_character(const char *text, size_t length)
{
    int32_t character;
    size_t next = 1;
    while (next <= UTF8_MOST && next <= length && !utf8_is_text(text, next))
        next++;
    if (next > UTF8_MOST || next > length)
        return 0;
    utf8_next(text, next, &character);
    return utf8_is_hazard(character) ? 0 : next;
}

// A program may write GB 18030, colours, or half a character where the room ends: what the database would
// not take, or a terminal would obey, becomes a question mark.
static const char *first_line(struct delivery_slot *slot)
{
    slot->said[slot->said_length] = '\0';
    slot->said[strcspn(slot->said, "\r\n")] = '\0';
    for (size_t at = 0, length = strlen(slot->said), next; at < length; at += next ? next : 1)
        if (!(next = plain_character(slot->said + at, length - at)))
            slot->said[at] = '?';
    return slot->said;
}

// What the program said, else how it ended.
static void judge(struct delivery_slot *slot)
{
    char ended[64];
    const char *words = first_line(slot);
    snprintf(ended, sizeof ended, slot->signal ? "killed by signal %d" : "exit status %d",
             slot->signal ? slot->signal : (int)slot->exit_status);
    if (slot->is_late)
        store(slot, "later", "the hook program did not end in time");
    else if (!slot->signal && slot->exit_status == 0)
        store(slot, "sent", "");
    else
        store(slot, !slot->signal && slot->exit_status == TRY_LATER ? "later" : "failed",
              *words ? words : ended);
}

// ---- the program

static void on_handle_closed(uv_handle_t *handle)
{
    struct delivery_slot *slot = handle->data;
    if (--slot->open_handles > 0)
        return;
    if (slot->all->stopping)
        free_when_closed(slot->all);
    else
        judge(slot);
}

static void close_program(struct delivery_slot *slot)
{
    uv_timer_stop(&slot->timer);
    uv_close((uv_handle_t *)&slot->process, on_handle_closed);
    uv_close((uv_handle_t *)&slot->input, on_handle_closed);
    uv_close((uv_handle_t *)&slot->words, on_handle_closed);
    slot->is_running = false;
}

// The group: what the program has started ends with it.
static void kill_program(struct delivery_slot *slot)
{
    if (!slot->has_ended && kill(-slot->process.pid, SIGKILL) != 0)
        uv_process_kill(&slot->process, SIGKILL);
}

static void on_words_late(uv_timer_t *timer)
{
    close_program(timer->data); // somebody it left behind keeps its standard error open
}

static void end_when_over(struct delivery_slot *slot)
{
    if (!slot->is_running || !slot->has_ended)
        return;
    if (slot->has_said)
        close_program(slot);
    else
        uv_timer_start(&slot->timer, on_words_late, STDERR_PATIENCE_MS, 0);
}

static void on_ended(uv_process_t *process, int64_t exit_status, int signal)
{
    struct delivery_slot *slot = process->data;
    slot->has_ended = true;
    slot->exit_status = exit_status;
    slot->signal = signal;
    end_when_over(slot);
}

static void on_deadline(uv_timer_t *timer)
{
    struct delivery_slot *slot = timer->data;
    slot->is_late = true;
    kill_program(slot);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_room)
{
    struct delivery_slot *slot = handle->data;
    size_t left = sizeof slot->said - 1 - slot->said_length;
    (void)suggested;
    *ret_room = left > 0 ? uv_buf_init(slot->said + slot->said_length, (unsigned)left)
                         : uv_buf_init(slot->unread, sizeof slot->unread);
}

static void on_words(uv_stream_t *stream, ssize_t length, const uv_buf_t *room)
{
    struct delivery_slot *slot = stream->data;
    if (length < 0) {
        slot->has_said = true;
        uv_read_stop(stream);
        end_when_over(slot);
    } else if (room->base == slot->said + slot->said_length) {
        slot->said_length += (size_t)length;
    }
}

// libuv 1.44 calls it without asking whether there is one.
static void on_shut(uv_shutdown_t *end, int status)
{
    (void)end;
    (void)status;
}

static void on_written(uv_write_t *write, int status)
{
    struct delivery_slot *slot = write->data;
    (void)status; // a program that does not read says by its exit status what became of it
    if (!uv_is_closing((uv_handle_t *)&slot->input))
        uv_shutdown(&slot->end, (uv_stream_t *)&slot->input, on_shut);
}

static int spawn(struct delivery_slot *slot)
{
    // Nothing of the daemon's own environment, which may hold secrets or steer a shell (docs/sheet-life.md).
    char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         lang[] = "LANG=C.UTF-8";
    char *environment[] = {path, lang, NULL};
    char *argv[] = {slot->all->program, NULL};
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&slot->input},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&slot->words}};
    const uv_process_options_t options = {.exit_cb = on_ended,
                                          .file = slot->all->program,
                                          .args = argv,
                                          .env = environment,
                                          .flags = UV_PROCESS_DETACHED,
                                          .stdio = stdio,
                                          .stdio_count = 3};
    uv_pipe_init(slot->all->loop, &slot->input, 0);
    uv_pipe_init(slot->all->loop, &slot->words, 0);
    slot->process.data = slot->input.data = slot->words.data = slot->write.data = slot;
    slot->open_handles = 3;
    slot->is_running = true;
    slot->has_ended = slot->has_said = slot->is_late = false;
    slot->said_length = 0;
    slot->signal = 0;
    return uv_spawn(slot->all->loop, &slot->process, &options);
}

static void run(struct delivery_slot *slot)
{
    int failure = spawn(slot);
    if (failure) {
        log_write(LOG_ERROR, "hook_not_started", "program", slot->all->program, "error", uv_strerror(failure),
                  NULL);
        slot->exit_status = TRY_LATER;
        slot->said_length = (size_t)snprintf(slot->said, sizeof slot->said,
                                             "the hook program cannot be started: %s", uv_strerror(failure));
        close_program(slot); // uv_spawn leaves the handle to be closed
        return;
    }
    uv_buf_t news = uv_buf_init(slot->news.text, (unsigned)slot->news.length);
    uv_read_start((uv_stream_t *)&slot->words, give_room, on_words);
    uv_timer_start(&slot->timer, on_deadline, slot->all->deadline_ms, 0);
    uv_write(&slot->write, (uv_stream_t *)&slot->input, &news, 1, on_written);
}

// ---- taking

static char *column(const struct delivery_slot *slot, const PGresult *result, int number)
{
    return arena_copy(slot->arena, PQgetvalue(result, 0, number), (size_t)PQgetlength(result, 0, number));
}

static bool read_news(struct delivery_slot *slot, const PGresult *result)
{
    Touchstone__Internal__V1__HookNews news = TOUCHSTONE__INTERNAL__V1__HOOK_NEWS__INIT;
    slot->arena = arena_create(ARENA_BYTES);
    if (!slot->arena)
        return false;
    slot->id = column(slot, result, TAKE_ID);
    slot->kind = news.kind = column(slot, result, TAKE_KIND);
    news.channel = column(slot, result, TAKE_CHANNEL);
    news.address = column(slot, result, TAKE_ADDRESS);
    news.sheet_no = column(slot, result, TAKE_SHEET);
    news.reference = column(slot, result, TAKE_REFERENCE);
    news.code = column(slot, result, TAKE_CODE);
    news.at = column(slot, result, TAKE_AT);
    news.link = slot->all->link;
    return slot->id && news.kind && news.channel && news.address && news.sheet_no && news.reference &&
           news.code && json_message_write(&news.base, slot->arena, &slot->news, NULL);
}

static void wake_another(struct deliveries *all)
{
    for (int i = 1; i < SLOTS; i++) {
        struct delivery_slot *slot = &all->slots[i];
        if (!slot->ticket && !slot->arena && !uv_is_active((uv_handle_t *)&slot->timer)) {
            look_later(slot, 0);
            return;
        }
    }
}

static void on_taken(void *context, const struct db_outcome *outcome)
{
    struct delivery_slot *slot = context;
    slot->ticket = NULL;
    if (slot->all->stopping)
        return;
    if (outcome->kind != DB_DONE || PQntuples(outcome->result) == 0 || !read_news(slot, outcome->result)) {
        rest(slot); // what was taken and could not be read ends with its lease
        return;
    }
    wake_another(slot->all);
    run(slot);
}

static void look(struct delivery_slot *slot)
{
    char lease[24];
    snprintf(lease, sizeof lease, "%d", (int)(slot->all->deadline_ms / 1000) + LEASE_SPARE_S);
    const struct db_value values[] = {value_text(lease)};
    slot->ticket = pool_submit(slot->all->pool, STATEMENT_NEWS_TAKE, values, 0, on_taken, slot, NULL);
    if (!slot->ticket)
        rest(slot);
}

// ---- begin and end

struct deliveries *deliveries_create(struct uv_loop_s *loop, const struct deliveries_config *config,
                                     struct ts_error *error)
{
    struct deliveries *all = calloc(1, sizeof *all);
    if (all)
        all->program = strdup(config->program);
    if (!all || !all->program) {
        free(all);
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the deliveries.");
        return NULL;
    }
    all->loop = loop;
    all->pool = config->pool;
    all->deadline_ms = config->deadline_ms;
    snprintf(all->link, sizeof all->link, "https://%s/t", config->host);
    for (int i = 0; i < SLOTS; i++) {
        all->slots[i].all = all;
        uv_timer_init(loop, &all->slots[i].timer);
        all->slots[i].timer.data = &all->slots[i];
        all->open_timers++;
    }
    look_later(&all->slots[0], 0);
    return all;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct delivery_slot *slot = handle->data;
    slot->all->open_timers--;
    free_when_closed(slot->all);
}

void deliveries_free(struct deliveries *all)
{
    if (!all)
        return;
    all->stopping = true;
    for (int i = 0; i < SLOTS; i++) {
        struct delivery_slot *slot = &all->slots[i];
        if (slot->ticket)
            pool_orphan(slot->ticket);
        slot->ticket = NULL;
        if (slot->is_running) {
            kill_program(slot);
            close_program(slot);
        }
        uv_close((uv_handle_t *)&slot->timer, on_timer_closed);
    }
}
