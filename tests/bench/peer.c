// SPDX-License-Identifier: Apache-2.0
// One client connection of the load, see peer.h. nghttp2 makes the frames, OpenSSL the records; one write of
// TLS per turn, so that the load costs little of the machine that it shares with what it measures.
#include "peer.h"

#include "wire/grpc_frame.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 64 * 1024, WINDOW_BYTES = 16 << 20 };

struct peer {
    int fd;
    SSL *ssl;
    nghttp2_session *session;
    const uint8_t *pending; // of nghttp2, not yet in output
    size_t pending_length;
    uint8_t output[OUTPUT_BYTES];
    size_t output_length, output_done;
    bool wants_write;
};

SSL_CTX *peer_context(const char *ca_file)
{
    static const unsigned char h2[] = "\x02h2";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_load_verify_locations(context, ca_file, NULL) != 1 ||
        SSL_CTX_set_alpn_protos(context, h2, sizeof h2 - 1) != 0)
        errx(1, "no TLS with the certificate %s", ca_file);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags, void *user)
{
    struct peer_call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    (void)flags;
    (void)user;
    if (!call || name_length < 11 || memcmp(name, "grpc-", 5) != 0)
        return 0;
    if (name_length == 11 && memcmp(name, "grpc-status", 11) == 0)
        call->status = atoi((const char *)value);
    else if (name_length == 12 && memcmp(name, "grpc-message", 12) == 0)
        snprintf(call->message, sizeof call->message, "%.*s", (int)value_length, (const char *)value);
    return 0;
}

// FNV-1a (draft-eastlake-fnv).
static uint64_t digest(uint64_t digest, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        digest = (digest ^ bytes[i]) * 0x100000001b3u;
    return digest;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length,
                   void *user)
{
    struct peer_call *call = nghttp2_session_get_stream_user_data(session, id);
    (void)flags;
    (void)user;
    if (!call)
        return 0;
    for (size_t i = 0; i < length && call->received + i < GRPC_FRAME_PREFIX; i++)
        call->announced = call->announced << 8 | bytes[i]; // the flag, which is to be 0, is shifted out
    call->received += length;
    if (call->is_digested)
        call->digest = digest(call->digest, bytes, length);
    return 0;
}

// Exactly one message, and something in it.
static void check_answer(struct peer_call *call)
{
    if (call->status != 0 ||
        (call->announced > 0 && call->received == GRPC_FRAME_PREFIX + (size_t)call->announced))
        return;
    call->status = -1;
    snprintf(call->message, sizeof call->message, "the answer is not one message: %zu bytes", call->received);
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *user)
{
    struct peer_call *call = nghttp2_session_get_stream_user_data(session, id);
    (void)user;
    if (!call)
        return 0;
    if (error)
        call->status = -1;
    check_answer(call);
    call->done(call);
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *buffer, size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    struct peer_call *call = source->ptr;
    size_t length = call->body_length - call->sent;
    (void)session;
    (void)id;
    (void)user;
    if (length > size)
        length = size;
    memcpy(buffer, call->body + call->sent, length);
    call->sent += length;
    if (call->sent == call->body_length)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)length;
}

static void start_http2(struct peer *peer)
{
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                               {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES}};
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        errx(1, "no memory");
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    if (nghttp2_session_client_new(&peer->session, callbacks, peer) != 0 ||
        nghttp2_submit_settings(peer->session, NGHTTP2_FLAG_NONE, settings, 2) != 0 ||
        nghttp2_session_set_local_window_size(peer->session, NGHTTP2_FLAG_NONE, 0, WINDOW_BYTES) != 0)
        errx(1, "no HTTP/2");
    nghttp2_session_callbacks_del(callbacks);
}

static int connect_loopback(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        err(1, "connect to port %u", port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

struct peer *peer_open(SSL_CTX *context, unsigned port)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer || !(peer->ssl = SSL_new(context)))
        errx(1, "no memory");
    peer->fd = connect_loopback(port);
    SSL_set_tlsext_host_name(peer->ssl, "localhost");
    SSL_set1_host(peer->ssl, "localhost");
    SSL_set_fd(peer->ssl, peer->fd);
    if (SSL_connect(peer->ssl) != 1)
        errx(1, "TLS: %s", ERR_error_string(ERR_get_error(), NULL));
    start_http2(peer);
    fcntl(peer->fd, F_SETFL, O_NONBLOCK);
    return peer;
}

void peer_close(struct peer *peer)
{
    nghttp2_session_del(peer->session);
    SSL_free(peer->ssl);
    close(peer->fd);
    free(peer);
}

#define HEADER(name, value)                                                                                  \
    {                                                                                                        \
        (uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value),                                  \
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE                                     \
    }

void peer_submit(struct peer *peer, struct peer_call *call)
{
    char bearer[48];
    snprintf(bearer, sizeof bearer, "Bearer %s", call->token);
    nghttp2_nv headers[] = {
        HEADER(":method", "POST"),       HEADER(":scheme", "https"),
        HEADER(":path", call->path),     HEADER(":authority", "localhost"),
        HEADER("te", "trailers"),        HEADER("content-type", "application/grpc"),
        HEADER("authorization", bearer),
    };
    headers[6].flags = NGHTTP2_NV_FLAG_NO_COPY_NAME; // the value is on the stack
    const nghttp2_data_provider provider = {.source = {.ptr = call}, .read_callback = read_body};
    call->sent = call->received = 0;
    call->announced = 0;
    call->digest = 0xcbf29ce484222325u;
    call->status = -1;
    call->message[0] = '\0';
    if (nghttp2_submit_request(peer->session, NULL, headers, 7, &provider, call) < 0)
        errx(1, "a request could not be submitted");
}

// True when there is something to write.
static bool fill_output(struct peer *peer)
{
    if (peer->output_done < peer->output_length)
        return true;
    peer->output_done = peer->output_length = 0;
    while (peer->output_length < OUTPUT_BYTES) {
        if (peer->pending_length == 0) {
            ssize_t length = nghttp2_session_mem_send(peer->session, &peer->pending);
            if (length < 0)
                errx(1, "HTTP/2: %s", nghttp2_strerror((int)length));
            if (length == 0)
                break;
            peer->pending_length = (size_t)length;
        }
        size_t room = OUTPUT_BYTES - peer->output_length;
        size_t length = peer->pending_length < room ? peer->pending_length : room;
        memcpy(peer->output + peer->output_length, peer->pending, length);
        peer->output_length += length;
        peer->pending += length;
        peer->pending_length -= length;
    }
    return peer->output_length > 0;
}

static void write_output(struct peer *peer)
{
    peer->wants_write = false;
    while (fill_output(peer)) {
        ERR_clear_error();
        int length = SSL_write(peer->ssl, peer->output + peer->output_done,
                               (int)(peer->output_length - peer->output_done));
        if (length <= 0) {
            if (SSL_get_error(peer->ssl, length) != SSL_ERROR_WANT_WRITE)
                errx(1, "the daemon closed a connection");
            peer->wants_write = true;
            return;
        }
        peer->output_done += (size_t)length;
    }
}

static void read_input(struct peer *peer)
{
    uint8_t input[OUTPUT_BYTES / 4];
    for (;;) {
        ERR_clear_error();
        int length = SSL_read(peer->ssl, input, sizeof input);
        if (length <= 0) {
            if (SSL_get_error(peer->ssl, length) != SSL_ERROR_WANT_READ)
                errx(1, "the daemon closed a connection");
            return;
        }
        ssize_t taken = nghttp2_session_mem_recv(peer->session, input, (size_t)length);
        if (taken < 0)
            errx(1, "HTTP/2: %s", nghttp2_strerror((int)taken));
    }
}

void peer_turn(struct peer *peer)
{
    read_input(peer);
    write_output(peer);
}

int peer_descriptor(const struct peer *peer)
{
    return peer->fd;
}

bool peer_wants_write(const struct peer *peer)
{
    return peer->wants_write;
}
