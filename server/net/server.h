// SPDX-License-Identifier: Apache-2.0
// The listening side: accepts within the caps, owns all connections, drains and closes them, changes the
// certificate while running. serve.c creates one. All on the loop's thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct clock;
struct metrics;
struct net_handlers;
struct net_limits;
struct net_server;
struct tls_context;
struct ts_error;

struct net_server_config {
    uv_loop_t *loop;
    struct tls_context *tls;             // becomes the server's
    const struct net_limits *limits;     // copied
    const struct net_handlers *handlers; // must outlive the server
    void *handlers_context;
    struct metrics *metrics; // may be NULL
};

// NULL without memory; then `tls` stays the caller's.
struct net_server *net_server_create(const struct net_server_config *config, struct ts_error *error);

// Listens on a numeric address ("0.0.0.0", "::", "127.0.0.1"); port 0 asks the kernel. May be called for
// several addresses. UNAVAILABLE/LISTEN_FAILED.
bool net_server_listen(struct net_server *server, const char *address, int port, struct ts_error *error);
// Takes over a listening socket (socket activation, binary upgrade).
bool net_server_listen_fd(struct net_server *server, int fd, struct ts_error *error);
// The port of the n-th listener; 0 when there is none.
int net_server_port(const struct net_server *server, size_t listener);
size_t net_server_connections(const struct net_server *server);
// What all connections hold now: messages not yet whole, and answers not yet taken.
void net_server_read_queued(const struct net_server *server, uint64_t *ret_in_bytes, uint64_t *ret_out_bytes);

// New connections get the new certificate. When the files are bad the old one stays and false is answered.
bool net_server_reload_tls(struct net_server *server, const char *certificate, const char *key,
                           struct ts_error *error);

// Stops listening, tells every client by GOAWAY (RFC 9113 6.8, in two steps), lets open streams end, closes;
// after limits.drain_timeout_ms what is left is cut. on_drained comes once, when no connection is left.
void net_server_drain(struct net_server *server, void (*on_drained)(void *context), void *context);

// Closes everything at once (open streams hear `closed`) and frees the server when the loop has closed the
// handles: run the loop on. on_closed may be NULL. NULL server is fine.
void net_server_close(struct net_server *server, void (*on_closed)(void *context), void *context);
