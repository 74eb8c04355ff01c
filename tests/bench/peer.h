// SPDX-License-Identifier: Apache-2.0
// One client connection: TLS 1.3 and HTTP/2, many gRPC calls at once. Used by load.c, which owns the calls
// and polls the sockets.
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer;

// One call in flight. The caller fills the first part and keeps all of it until done is called.
struct peer_call {
    const char *path;
    const char *token; // 32 hex digits
    const uint8_t *body;
    size_t body_length; // gRPC prefix included
    void (*done)(struct peer_call *call);

    bool is_digested; // asked for by the caller: what a measurement does not pay for

    size_t sent, received;
    uint64_t digest;    // of the answer's bytes
    uint32_t announced; // length of its message, by the prefix
    int status;         // of gRPC; -1 none came
    char message[160];
};

SSL_CTX *peer_context(const char *ca_file);
// Connects to 127.0.0.1 and waits for the handshake; ends the program when that fails.
struct peer *peer_open(SSL_CTX *context, unsigned port);
void peer_close(struct peer *peer);
void peer_submit(struct peer *peer, struct peer_call *call);
// Reads what has come (done is called from here) and writes what is to go.
void peer_turn(struct peer *peer);
int peer_descriptor(const struct peer *peer);
bool peer_wants_write(const struct peer *peer);
