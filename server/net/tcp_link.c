// SPDX-License-Identifier: Apache-2.0
// The socket of one client, see tcp_link.h. States: HANDSHAKE (TLS), OPEN (HTTP/2), ENDING (the last bytes
// leave), LINGERING (our end is closed, the peer's not yet: closing at once would make the kernel send RST,
// and the peer might lose our last words), CLOSING (uv_close was called).
#include "net/tcp_link.h"

#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "net/counters.h"
#include "net/h2_session.h"
#include "net/limits.h"
#include "net/tls_link.h"
#include "wire/error.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum link_state { LINK_HANDSHAKE, LINK_OPEN, LINK_ENDING, LINK_LINGERING, LINK_CLOSING };

enum { ROUNDS_PER_TURN = 4, KEEPALIVE_SECONDS = 60 };

struct tcp_link {
    uv_tcp_t tcp;
    struct tcp_link_owner *owner;
    struct tcp_link *previous, *next, *dirty_previous, *dirty_next;
    enum link_state state;
    bool is_dirty, is_writing, is_counted, has_drained, is_stalled;
    bool is_waiting; // not read before `due_ms`

    struct address_key address;
    char peer[ADDRESS_TEXT_SIZE];
    struct tls_link *tls;
    struct h2_session *h2; // from the end of the handshake on

    uv_write_t write;
    uv_shutdown_t shutdown;
    uint8_t *unsent; // what the socket did not take, until `write` is done
    size_t unsent_left;

    uint64_t began_ms, due_ms, active_ms, write_since_ms, linger_since_ms;
};

static uint64_t now(const struct tcp_link *link)
{
    return uv_now(link->owner->loop);
}

// ---- lists

void tcp_link_insert(struct tcp_link *link, struct tcp_link **list)
{
    link->next = *list;
    if (link->next)
        link->next->previous = link;
    *list = link;
}

void tcp_link_remove(struct tcp_link *link, struct tcp_link **list)
{
    if (link->next)
        link->next->previous = link->previous;
    if (link->previous)
        link->previous->next = link->next;
    else
        *list = link->next;
}

struct tcp_link *tcp_link_next(const struct tcp_link *link)
{
    return link->next;
}

void tcp_link_set_counted(struct tcp_link *link, bool is_counted)
{
    link->is_counted = is_counted;
}

bool tcp_link_is_counted(const struct tcp_link *link)
{
    return link->is_counted;
}

const struct address_key *tcp_link_address(const struct tcp_link *link)
{
    return &link->address;
}

static void mark_dirty(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    if (link->is_dirty || link->state == LINK_CLOSING)
        return;
    link->is_dirty = true;
    link->dirty_next = NULL;
    link->dirty_previous = owner->dirty_last;
    if (owner->dirty_last)
        owner->dirty_last->dirty_next = link;
    else
        owner->dirty_first = link;
    owner->dirty_last = link;
}

static void forget_dirty(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    if (!link->is_dirty)
        return;
    link->is_dirty = false;
    if (link->dirty_previous)
        link->dirty_previous->dirty_next = link->dirty_next;
    else
        owner->dirty_first = link->dirty_next;
    if (link->dirty_next)
        link->dirty_next->dirty_previous = link->dirty_previous;
    else
        owner->dirty_last = link->dirty_previous;
}

// ---- closing

static void on_closed(uv_handle_t *handle)
{
    struct tcp_link *link = handle->data;
    link->owner->on_gone(link->owner->context, link);
    free(link->unsent);
    free(link);
}

// A peer that does not read: close by RST if the kernel still holds bytes for it, else it would go on holding
// them. (uv_tcp_close_reset refuses sockets that are shut down already.)
static void forget_sent(const struct tcp_link *link)
{
    const struct linger at_once = {.l_onoff = 1};
    int unsent = 0;
    uv_os_fd_t fd;
    if (uv_fileno((const uv_handle_t *)&link->tcp, &fd) == 0 && ioctl(fd, SIOCOUTQ, &unsent) == 0 &&
        unsent > 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void end_h2(struct tcp_link *link)
{
    struct h2_session *h2 = link->h2;
    if (h2 && h2_session_has_breached(h2))
        link->owner->on_breach(link->owner->context, link);
    link->h2 = NULL;
    h2_session_free(h2); // open streams hear `closed`
}

void tcp_link_abort(struct tcp_link *link)
{
    if (link->state == LINK_CLOSING)
        return;
    link->state = LINK_CLOSING;
    forget_dirty(link);
    end_h2(link);
    tls_link_free(link->tls);
    link->tls = NULL;
    if (link->is_stalled)
        forget_sent(link);
    uv_close((uv_handle_t *)&link->tcp, on_closed);
}

// The last words are in TLS's hands: send them, then hang up.
static void begin_end(struct tcp_link *link)
{
    if (link->state >= LINK_ENDING)
        return;
    if (link->is_waiting) { // it was told nothing and is not read: there is no word to wait for
        tcp_link_abort(link);
        return;
    }
    link->state = LINK_ENDING;
    tls_link_shutdown(link->tls);
    mark_dirty(link);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    struct tcp_link *link = shutdown->handle->data;
    if (status != 0)
        tcp_link_abort(link);
}

static void begin_linger(struct tcp_link *link)
{
    link->state = LINK_LINGERING;
    link->linger_since_ms = now(link);
    end_h2(link);
    if (uv_shutdown(&link->shutdown, (uv_stream_t *)&link->tcp, on_shutdown) != 0)
        tcp_link_abort(link);
}

// ---- writing

static void on_written(uv_write_t *write, int status);

// What the socket does not take now waits in a copy; reading rests until it has gone, so that a peer who does
// not read cannot make us hold more.
static bool write_later(struct tcp_link *link, const uint8_t *bytes, size_t length)
{
    link->unsent = malloc(length);
    if (!link->unsent)
        return false;
    memcpy(link->unsent, bytes, length);
    uv_buf_t buffer = uv_buf_init((char *)link->unsent, (unsigned)length);
    if (uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1, on_written) != 0)
        return false;
    link->is_writing = true;
    link->unsent_left = length;
    link->write_since_ms = now(link);
    uv_read_stop((uv_stream_t *)&link->tcp);
    return true;
}

static bool write_now(struct tcp_link *link, const uint8_t *bytes, size_t length)
{
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int written = uv_try_write((uv_stream_t *)&link->tcp, &buffer, 1);
    if (written == UV_EAGAIN)
        written = 0;
    if (written < 0)
        return false;
    metrics_add(link->owner->counters->bytes_out, (int64_t)length);
    return (size_t)written == length || write_later(link, bytes + written, length - (size_t)written);
}

// Moves what HTTP/2 has to say into TLS. False: TLS failed.
static bool encrypt(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    struct ts_error error = {0};
    while (link->h2 && link->state == LINK_OPEN && tls_link_pending(link->tls) < TCP_LINK_CIPHER_BYTES / 2) {
        size_t length = h2_session_take(link->h2, owner->plain, sizeof owner->plain);
        if (length == 0)
            break;
        if (!tls_link_write(link->tls, owner->plain, length, &error))
            return false;
    }
    return true;
}

static void after_flush(struct tcp_link *link)
{
    if (link->state == LINK_OPEN && h2_session_is_over(link->h2)) {
        begin_end(link); // comes back here when close_notify has left
    } else if (link->state == LINK_ENDING) {
        begin_linger(link);
    }
}

static void flush(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    for (int round = 0; round < ROUNDS_PER_TURN; round++) {
        if (link->is_writing || link->state >= LINK_LINGERING)
            return;
        if (!encrypt(link)) {
            tcp_link_abort(link);
            return;
        }
        size_t length = tls_link_take(link->tls, owner->cipher, sizeof owner->cipher);
        if (length == 0) {
            after_flush(link);
            return;
        }
        if (!write_now(link, owner->cipher, length)) {
            tcp_link_abort(link);
            return;
        }
    }
    mark_dirty(link); // others have their turn first
}

void tcp_link_flush_dirty(struct tcp_link_owner *owner)
{
    const struct tcp_link *last = owner->dirty_last;
    bool was_last = !last;
    while (!was_last && owner->dirty_first) {
        struct tcp_link *link = owner->dirty_first;
        was_last = link == last;
        forget_dirty(link);
        flush(link);
    }
}

static void read_on(struct tcp_link *link);

static void on_written(uv_write_t *write, int status)
{
    struct tcp_link *link = write->handle->data;
    free(link->unsent);
    link->unsent = NULL;
    link->is_writing = false;
    if (link->state == LINK_CLOSING)
        return;
    if (status != 0) {
        tcp_link_abort(link);
        return;
    }
    read_on(link);
    mark_dirty(link);
}

// ---- reading

static void on_wants_take(void *context)
{
    mark_dirty(context);
}

static bool open_h2(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    struct ts_error error = {0};
    struct h2_session_config config = {.limits = owner->limits,
                                       .handlers = owner->handlers,
                                       .handlers_context = owner->handlers_context,
                                       .counters = owner->counters,
                                       .peer = link->peer,
                                       .wants_take = on_wants_take,
                                       .wants_take_context = link};
    link->h2 = h2_session_create(&config, &error);
    if (!link->h2) {
        log_error(LOG_ERROR, "connection_refused", &error);
        return false;
    }
    link->state = LINK_OPEN;
    if (link->has_drained)
        h2_session_drain_now(link->h2);
    return true;
}

static void handshake(struct tcp_link *link)
{
    struct ts_error error = {0};
    switch (tls_link_handshake(link->tls, &error)) {
    case TLS_LINK_OK:
        if (!open_h2(link))
            begin_end(link);
        return;
    case TLS_LINK_WANTS_MORE:
        return;
    default:
        metrics_add(link->owner->counters->handshakes_failed, 1);
        log_write(LOG_DEBUG, "handshake_failed", "peer", link->peer, "detail", error.detail, NULL);
        begin_end(link); // the alert leaves first
    }
}

static void read_plain(struct tcp_link *link)
{
    struct tcp_link_owner *owner = link->owner;
    struct ts_error error = {0};
    size_t length = 0;
    while (link->state == LINK_OPEN) {
        enum tls_link_result result =
            tls_link_read(link->tls, owner->plain, sizeof owner->plain, &length, &error);
        if (result == TLS_LINK_WANTS_MORE)
            return;
        if (result != TLS_LINK_OK) {
            begin_end(link);
            return;
        }
        // False: the connection is over; after_flush ends it when the last frames are out.
        if (!h2_session_receive(link->h2, owner->plain, length, now(link)))
            return;
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct tcp_link *link = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)link->owner->read, sizeof link->owner->read);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct tcp_link *link = stream->data;
    if (length == 0 || (length > 0 && link->state >= LINK_ENDING))
        return; // what comes after the end is read away
    if (length < 0) {
        tcp_link_abort(link);
        return;
    }
    metrics_add(link->owner->counters->bytes_in, length);
    if (!tls_link_feed(link->tls, (const uint8_t *)buffer->base, (size_t)length)) {
        tcp_link_abort(link);
        return;
    }
    if (link->state == LINK_HANDSHAKE)
        handshake(link);
    read_plain(link);
    mark_dirty(link);
}

static void read_on(struct tcp_link *link)
{
    if (uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) != 0)
        tcp_link_abort(link);
}

// ---- beginning

static void read_address(struct tcp_link *link)
{
    struct sockaddr_storage address = {0};
    int length = sizeof address;
    uv_tcp_getpeername(&link->tcp, (struct sockaddr *)&address, &length);
    address_book_read((const struct sockaddr *)&address, &link->address, link->peer);
}

struct tcp_link *tcp_link_accept(struct tcp_link_owner *owner, uv_stream_t *listener, struct ts_error *error)
{
    struct tcp_link *link = calloc(1, sizeof *link);
    if (!link) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a connection.");
        return NULL;
    }
    link->owner = owner;
    link->began_ms = link->active_ms = now(link);
    int code = uv_tcp_init(owner->loop, &link->tcp);
    if (code != 0) {
        loop_error(error, "uv_tcp_init", code);
        free(link);
        return NULL;
    }
    link->tcp.data = link;
    code = uv_accept(listener, (uv_stream_t *)&link->tcp);
    if (code == 0)
        read_address(link);
    else
        loop_error(error, "accept", code);
    return link;
}

bool tcp_link_start(struct tcp_link *link, struct tls_context *tls, uint64_t wait_ms)
{
    struct ts_error error = {0};
    link->tls = tls_link_create(tls, &error);
    if (!link->tls) {
        log_error(LOG_ERROR, "connection_refused", &error);
        tcp_link_abort(link);
        return false;
    }
    uv_tcp_nodelay(&link->tcp, 1);
    uv_tcp_keepalive(&link->tcp, 1, KEEPALIVE_SECONDS);
    link->due_ms = now(link) + wait_ms;
    link->is_waiting = wait_ms > 0;
    if (!link->is_waiting)
        read_on(link);
    return link->state != LINK_CLOSING;
}

uint64_t tcp_link_begin_due(struct tcp_link *link, uint64_t now_ms)
{
    if (!link->is_waiting || link->state >= LINK_CLOSING)
        return UINT64_MAX;
    if (now_ms < link->due_ms)
        return link->due_ms;
    link->is_waiting = false;
    link->began_ms = now_ms; // the waiting is no part of its handshake
    read_on(link);
    return UINT64_MAX;
}

// ---- deadlines and the end in order

static void check_open(struct tcp_link *link, uint64_t now_ms)
{
    const struct net_limits *limits = link->owner->limits;
    uint64_t header_since_ms = h2_session_header_since_ms(link->h2);
    uint64_t frame_ms = h2_session_last_frame_ms(link->h2);
    h2_session_check(link->h2, now_ms);
    if (h2_session_open_streams(link->h2) > 0)
        link->active_ms = now_ms;
    else if (frame_ms > link->active_ms)
        link->active_ms = frame_ms;
    if (header_since_ms && now_ms - header_since_ms > limits->header_timeout_ms) {
        counters_limit_hit(link->owner->counters, "header_timeout_ms");
        begin_end(link);
    } else if (now_ms - link->active_ms > limits->idle_timeout_ms) {
        counters_limit_hit(link->owner->counters, "idle_timeout_ms");
        h2_session_drain_now(link->h2);
        mark_dirty(link);
    }
}

static void check_writing(struct tcp_link *link, uint64_t now_ms)
{
    size_t left = uv_stream_get_write_queue_size((uv_stream_t *)&link->tcp);
    if (left != link->unsent_left) {
        link->unsent_left = left;
        link->write_since_ms = now_ms;
    } else if (now_ms - link->write_since_ms > link->owner->limits->write_timeout_ms) {
        counters_limit_hit(link->owner->counters, "write_timeout_ms");
        link->is_stalled = true;
        tcp_link_abort(link);
    }
}

void tcp_link_check(struct tcp_link *link, uint64_t now_ms)
{
    const struct net_limits *limits = link->owner->limits;
    bool is_greeted = link->h2 && h2_session_is_greeted(link->h2);
    if (link->state == LINK_CLOSING || link->is_waiting)
        return;
    if (link->state == LINK_LINGERING) {
        if (now_ms - link->linger_since_ms > limits->linger_timeout_ms) {
            counters_limit_hit(link->owner->counters, "linger_timeout_ms");
            link->is_stalled = true;
            tcp_link_abort(link);
        }
    } else if (link->is_writing) {
        check_writing(link, now_ms);
    } else if (link->state < LINK_ENDING && !is_greeted) {
        if (now_ms - link->began_ms > limits->handshake_timeout_ms) {
            counters_limit_hit(link->owner->counters, "handshake_timeout_ms");
            begin_end(link);
        }
    } else if (link->state == LINK_OPEN) {
        check_open(link, now_ms);
    }
}

void tcp_link_drain(struct tcp_link *link, bool is_final)
{
    link->has_drained = true;
    if (link->state == LINK_HANDSHAKE)
        begin_end(link); // it has asked for nothing yet and will try elsewhere
    else if (link->state == LINK_OPEN && is_final)
        h2_session_drain_now(link->h2);
    else if (link->state == LINK_OPEN)
        h2_session_drain(link->h2);
}

void tcp_link_add_queued(const struct tcp_link *link, uint64_t *in_bytes, uint64_t *out_bytes)
{
    if (link->h2)
        h2_session_add_queued(link->h2, in_bytes, out_bytes);
    if (link->is_writing)
        *out_bytes += uv_stream_get_write_queue_size((const uv_stream_t *)&link->tcp);
}
