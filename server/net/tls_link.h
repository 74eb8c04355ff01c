// SPDX-License-Identifier: Apache-2.0
// One TLS connection without any I/O: ciphertext is fed and taken, plaintext is read and written. Owned by
// tcp_link. After TLS_LINK_FAILED only taking (the alert) and freeing make sense.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_context;
struct tls_link;
struct ts_error;

enum tls_link_result {
    TLS_LINK_WANTS_MORE, // ciphertext from the peer
    TLS_LINK_OK,
    TLS_LINK_CLOSED, // the peer said close_notify
    TLS_LINK_FAILED
};

struct tls_link *tls_link_create(struct tls_context *context, struct ts_error *error);
void tls_link_free(struct tls_link *link);

// Takes ciphertext from the peer. False without memory.
bool tls_link_feed(struct tls_link *link, const uint8_t *bytes, size_t length);
// Goes on with the handshake. TLS_LINK_OK: it is done and ALPN chose h2.
enum tls_link_result tls_link_handshake(struct tls_link *link, struct ts_error *error);
bool tls_link_is_ready(const struct tls_link *link);
// Reads plaintext; *ret_length > 0 with TLS_LINK_OK only.
enum tls_link_result tls_link_read(struct tls_link *link, uint8_t *buffer, size_t size, size_t *ret_length,
                                   struct ts_error *error);
// Encrypts plaintext, all of it. Only when ready.
bool tls_link_write(struct tls_link *link, const uint8_t *bytes, size_t length, struct ts_error *error);
// Says close_notify.
void tls_link_shutdown(struct tls_link *link);
// Takes up to `size` bytes of ciphertext for the peer; 0 when there is none.
size_t tls_link_take(struct tls_link *link, uint8_t *buffer, size_t size);
size_t tls_link_pending(const struct tls_link *link);
