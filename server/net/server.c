// SPDX-License-Identifier: Apache-2.0
// Listeners, caps, the list of links, the flush at the end of each loop turn, deadlines, drain, and the new
// certificate; see server.h. The flush runs in a prepare handle (what timers and closing callbacks left) and
// in a check handle (what I/O brought), so nothing waits across a blocking poll.
#include "net/server.h"

#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "net/calm.h"
#include "net/counters.h"
#include "net/limits.h"
#include "net/stream.h"
#include "net/tcp_link.h"
#include "net/tls_context.h"
#include "wire/error.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { BACKLOG = 512, SWEEP_MOST_MS = 500, SWEEP_LEAST_MS = 10, DRAIN_NOTICE_MS = 1000 };

struct listener {
    uv_tcp_t tcp;
    uv_tcp_t refused; // takes a connection that there is no memory for: libuv would listen no more
    bool is_refusing, someone_waits, is_closed;
    struct net_server *server;
    struct listener *next;
    int port;
};

struct net_server {
    struct tcp_link_owner owner;
    struct net_limits limits;
    struct net_handlers handlers;
    struct net_counters counters;
    struct tls_context *tls;
    struct address_book addresses;
    struct calm calm;
    struct tcp_link *links;
    size_t link_count;
    struct listener *listeners;

    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle; // active while the dirty list could not be emptied: keeps the poll from blocking
    uv_timer_t sweep;
    uv_timer_t waiting; // for the next handshake that was put off
    int open_handles;

    bool is_draining, is_closing, drain_was_final;
    uint64_t drain_began_ms;
    void (*on_drained)(void *context);
    void *drained_context;
    void (*on_closed)(void *context);
    void *closed_context;
};

// ---- the turn

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void turn(struct net_server *server)
{
    tcp_link_flush_dirty(&server->owner);
    if (server->is_closing)
        return;
    if (server->owner.dirty_first)
        uv_idle_start(&server->idle, on_idle);
    else
        uv_idle_stop(&server->idle);
}

static void on_prepare(uv_prepare_t *prepare)
{
    turn(prepare->data);
}

static void on_check(uv_check_t *check)
{
    turn(check->data);
}

// ---- links

static void tell_drained(struct net_server *server)
{
    void (*on_drained)(void *context) = server->on_drained;
    if (!server->is_draining || server->link_count > 0 || !on_drained)
        return;
    server->on_drained = NULL;
    on_drained(server->drained_context);
}

static void free_when_closed(struct net_server *server)
{
    if (!server->is_closing || server->open_handles > 0 || server->link_count > 0)
        return;
    void (*on_closed)(void *context) = server->on_closed;
    void *context = server->closed_context;
    tls_context_free(server->tls);
    free(server);
    if (on_closed)
        on_closed(context);
}

static void on_gone(void *context, struct tcp_link *link)
{
    struct net_server *server = context;
    tcp_link_remove(link, &server->links);
    server->link_count--;
    metrics_set(server->counters.open_connections, (int64_t)server->link_count);
    if (tcp_link_is_counted(link))
        address_book_remove(&server->addresses, tcp_link_address(link));
    if (server->is_closing)
        free_when_closed(server);
    else
        tell_drained(server);
}

static void on_breach(void *context, const struct tcp_link *link)
{
    struct net_server *server = context;
    calm_add(&server->calm, &server->limits, tcp_link_address(link), uv_now(server->owner.loop));
}

static void on_waiting(uv_timer_t *timer)
{
    struct net_server *server = timer->data;
    uint64_t now_ms = uv_now(server->owner.loop), next_ms = UINT64_MAX;
    for (struct tcp_link *link = server->links; link; link = tcp_link_next(link)) {
        uint64_t due_ms = tcp_link_begin_due(link, now_ms);
        next_ms = due_ms < next_ms ? due_ms : next_ms;
    }
    if (next_ms != UINT64_MAX)
        uv_timer_start(timer, on_waiting, next_ms - now_ms, 0);
}

// An address whose connections were ended for breaches is served, but slowly. False: not even that.
static bool begin(struct net_server *server, struct tcp_link *link)
{
    uint64_t now_ms = uv_now(server->owner.loop), wait_ms;
    const char *limit = calm_plan(&server->calm, &server->limits, tcp_link_address(link), now_ms, &wait_ms);
    if (limit)
        counters_limit_hit(&server->counters, limit);
    if (wait_ms == UINT64_MAX) {
        log_write(LOG_WARNING, "connection_refused", "cap", "calm", NULL);
        return false;
    }
    if (!tcp_link_start(link, server->tls, wait_ms))
        return false;
    bool is_armed = uv_is_active((uv_handle_t *)&server->waiting);
    if (wait_ms > 0 && (!is_armed || uv_timer_get_due_in(&server->waiting) > wait_ms))
        uv_timer_start(&server->waiting, on_waiting, wait_ms, 0);
    return true;
}

static bool admit(struct net_server *server, struct tcp_link *link)
{
    if (server->link_count > server->limits.connections) {
        counters_limit_hit(&server->counters, "connections");
        log_write(LOG_WARNING, "connection_refused", "cap", "connections", NULL);
        return false;
    }
    if (!address_book_add(&server->addresses, tcp_link_address(link),
                          server->limits.connections_per_address)) {
        counters_limit_hit(&server->counters, "connections_per_address");
        log_write(LOG_WARNING, "connection_refused", "cap", "address", NULL);
        return false;
    }
    tcp_link_set_counted(link, true);
    return true;
}

static void on_connection(uv_stream_t *stream, int status);

static void free_listener_when_closed(struct listener *listener)
{
    struct net_server *server = listener->server;
    if (!listener->is_closed || listener->is_refusing)
        return;
    free(listener);
    server->open_handles--;
    free_when_closed(server);
}

static void on_refused(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    listener->is_refusing = false;
    if (listener->someone_waits && !uv_is_closing((uv_handle_t *)&listener->tcp))
        on_connection((uv_stream_t *)&listener->tcp, 0);
    else
        free_listener_when_closed(listener);
}

// libuv reads a listening socket only while each connection is taken off it, so without memory it is still
// taken.
static void refuse(struct listener *listener)
{
    listener->someone_waits = listener->is_refusing;
    if (listener->is_refusing)
        return;
    listener->is_refusing = true;
    uv_tcp_init(listener->server->owner.loop, &listener->refused);
    listener->refused.data = listener;
    uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&listener->refused);
    uv_close((uv_handle_t *)&listener->refused, on_refused);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    struct net_server *server = listener->server;
    struct ts_error error = {0};
    if (status != 0) {
        log_write(LOG_ERROR, "accept_failed", "detail", uv_strerror(status), NULL);
        return;
    }
    struct tcp_link *link = tcp_link_accept(&server->owner, stream, &error);
    if (!link || error.reason[0])
        log_error(LOG_ERROR, "accept_failed", &error);
    if (!link) {
        refuse(listener);
        return;
    }
    tcp_link_insert(link, &server->links);
    server->link_count++;
    if (error.reason[0] || server->is_draining || !admit(server, link)) {
        tcp_link_abort(link);
        return;
    }
    metrics_add(server->counters.accepted, 1);
    metrics_set(server->counters.open_connections, (int64_t)server->link_count);
    if (!begin(server, link))
        tcp_link_abort(link);
}

static void sweep_drain(struct net_server *server, uint64_t now_ms)
{
    uint64_t since_ms = now_ms - server->drain_began_ms;
    bool is_over = since_ms >= server->limits.drain_timeout_ms;
    bool is_final = since_ms >= DRAIN_NOTICE_MS && !server->drain_was_final;
    server->drain_was_final |= is_final;
    for (struct tcp_link *link = server->links; link && (is_over || is_final); link = tcp_link_next(link)) {
        if (!is_over) {
            tcp_link_drain(link, true);
            continue;
        }
        counters_limit_hit(&server->counters, "drain_timeout_ms");
        tcp_link_abort(link);
    }
}

static void on_sweep(uv_timer_t *timer)
{
    struct net_server *server = timer->data;
    uint64_t now_ms = uv_now(server->owner.loop);
    for (struct tcp_link *link = server->links; link; link = tcp_link_next(link))
        tcp_link_check(link, now_ms);
    if (server->is_draining) {
        sweep_drain(server, now_ms);
        tell_drained(server); // for a server that had no connection
    }
}

// ---- beginning

static uint64_t sweep_interval_ms(const struct net_limits *limits)
{
    uint64_t shortest_ms = SWEEP_MOST_MS * 4;
    const uint64_t timeouts_ms[] = {limits->handshake_timeout_ms, limits->idle_timeout_ms,
                                    limits->header_timeout_ms,    limits->write_timeout_ms,
                                    limits->drain_timeout_ms,     limits->linger_timeout_ms};
    for (size_t i = 0; i < sizeof timeouts_ms / sizeof timeouts_ms[0]; i++) {
        if (timeouts_ms[i] < shortest_ms)
            shortest_ms = timeouts_ms[i];
    }
    return shortest_ms / 4 < SWEEP_LEAST_MS ? SWEEP_LEAST_MS : shortest_ms / 4;
}

static void start_handles(struct net_server *server)
{
    uv_loop_t *loop = server->owner.loop;
    uint64_t interval_ms = sweep_interval_ms(&server->limits);
    // These initialisers cannot fail: they only link into the loop's lists.
    uv_prepare_init(loop, &server->prepare);
    uv_check_init(loop, &server->check);
    uv_idle_init(loop, &server->idle);
    uv_timer_init(loop, &server->sweep);
    uv_timer_init(loop, &server->waiting);
    server->open_handles = 5;
    server->prepare.data = server->check.data = server->idle.data = server->sweep.data = server;
    server->waiting.data = server;
    uv_prepare_start(&server->prepare, on_prepare);
    uv_check_start(&server->check, on_check);
    uv_timer_start(&server->sweep, on_sweep, interval_ms, interval_ms);
    uv_unref((uv_handle_t *)&server->prepare);
    uv_unref((uv_handle_t *)&server->check);
    uv_unref((uv_handle_t *)&server->sweep);
    uv_unref((uv_handle_t *)&server->waiting);
}

struct net_server *net_server_create(const struct net_server_config *config, struct ts_error *error)
{
    struct net_server *server = calloc(1, sizeof *server);
    if (!server) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the server.");
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); // libuv writes without MSG_NOSIGNAL
    server->limits = *config->limits;
    server->handlers = *config->handlers;
    server->tls = config->tls;
    counters_init(&server->counters, config->metrics);
    server->owner.loop = config->loop;
    server->owner.limits = &server->limits;
    server->owner.handlers = &server->handlers;
    server->owner.handlers_context = config->handlers_context;
    server->owner.counters = &server->counters;
    server->owner.on_gone = on_gone;
    server->owner.on_breach = on_breach;
    server->owner.context = server;
    start_handles(server);
    return server;
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    listener->is_closed = true;
    free_listener_when_closed(listener);
}

static int read_port(const uv_tcp_t *tcp)
{
    struct sockaddr_storage address = {0};
    int length = sizeof address;
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

// Binds or opens, then listens; the handle exists already.
static int begin_listening(struct listener *listener, const char *address, int port, int fd)
{
    struct sockaddr_storage where = {0};
    int code;
    if (fd >= 0) {
        code = uv_tcp_open(&listener->tcp, fd);
    } else {
        code = uv_ip4_addr(address, port, (struct sockaddr_in *)&where);
        if (code != 0)
            code = uv_ip6_addr(address, port, (struct sockaddr_in6 *)&where);
        if (code == 0)
            code = uv_tcp_bind(&listener->tcp, (const struct sockaddr *)&where, 0);
    }
    return code != 0 ? code : uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
}

static bool add_listener(struct net_server *server, const char *address, int port, int fd,
                         struct ts_error *error)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener || uv_tcp_init(server->owner.loop, &listener->tcp) != 0) {
        free(listener);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a listener.");
    }
    listener->server = server;
    listener->tcp.data = listener;
    server->open_handles++;
    int code = begin_listening(listener, address, port, fd);
    if (code != 0) {
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
        return error_set(error, TS_UNAVAILABLE, "LISTEN_FAILED", "Cannot listen on %s port %d: %s.", address,
                         port, uv_strerror(code));
    }
    listener->port = read_port(&listener->tcp);
    struct listener **end = &server->listeners;
    while (*end)
        end = &(*end)->next;
    *end = listener;
    return true;
}

bool net_server_listen(struct net_server *server, const char *address, int port, struct ts_error *error)
{
    return add_listener(server, address, port, -1, error);
}

bool net_server_listen_fd(struct net_server *server, int fd, struct ts_error *error)
{
    return add_listener(server, "a passed socket", 0, fd, error);
}

int net_server_port(const struct net_server *server, size_t listener)
{
    const struct listener *at = server->listeners;
    while (at && listener-- > 0)
        at = at->next;
    return at ? at->port : 0;
}

size_t net_server_connections(const struct net_server *server)
{
    return server->link_count;
}

void net_server_read_queued(const struct net_server *server, uint64_t *ret_in_bytes, uint64_t *ret_out_bytes)
{
    *ret_in_bytes = *ret_out_bytes = 0;
    for (const struct tcp_link *link = server->links; link; link = tcp_link_next(link))
        tcp_link_add_queued(link, ret_in_bytes, ret_out_bytes);
}

bool net_server_reload_tls(struct net_server *server, const char *certificate, const char *key,
                           struct ts_error *error)
{
    struct tls_context *fresh = tls_context_create(certificate, key, error);
    if (!fresh)
        return false;
    tls_context_free(server->tls);
    server->tls = fresh;
    return true;
}

// ---- the end

static void close_listeners(struct net_server *server)
{
    while (server->listeners) {
        struct listener *listener = server->listeners;
        server->listeners = listener->next;
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    }
}

void net_server_drain(struct net_server *server, void (*on_drained)(void *context), void *context)
{
    if (server->is_draining)
        return;
    server->is_draining = true;
    server->on_drained = on_drained;
    server->drained_context = context;
    server->drain_began_ms = uv_now(server->owner.loop);
    uv_ref((uv_handle_t *)&server->sweep);
    close_listeners(server);
    for (struct tcp_link *link = server->links; link; link = tcp_link_next(link))
        tcp_link_drain(link, false);
    if (server->link_count == 0) // told from the next turn, not from inside
        uv_timer_start(&server->sweep, on_sweep, 0, SWEEP_LEAST_MS);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct net_server *server = handle->data;
    server->open_handles--;
    free_when_closed(server);
}

void net_server_close(struct net_server *server, void (*on_closed)(void *context), void *context)
{
    if (!server || server->is_closing)
        return;
    server->is_closing = true;
    server->on_drained = NULL;
    server->on_closed = on_closed;
    server->closed_context = context;
    close_listeners(server);
    for (struct tcp_link *link = server->links; link; link = tcp_link_next(link))
        tcp_link_abort(link);
    uv_close((uv_handle_t *)&server->prepare, on_handle_closed);
    uv_close((uv_handle_t *)&server->check, on_handle_closed);
    uv_close((uv_handle_t *)&server->idle, on_handle_closed);
    uv_close((uv_handle_t *)&server->sweep, on_handle_closed);
    uv_close((uv_handle_t *)&server->waiting, on_handle_closed);
}
