// SPDX-License-Identifier: Apache-2.0
// TLS over memory BIOs, see tls_link.h. The error queue of OpenSSL is per thread and shared by all
// connections: it is emptied before every call whose failure is read from it.
#include "net/tls_link.h"

#include "net/tls_context_ssl.h"
#include "wire/error.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

struct tls_link {
    SSL *ssl;
    BIO *from_peer, *to_peer; // owned by ssl
    bool is_ready, has_failed;
};

struct tls_link *tls_link_create(struct tls_context *context, struct ts_error *error)
{
    struct tls_link *link = calloc(1, sizeof *link);
    SSL *ssl = link ? tls_context_new_ssl(context) : NULL;
    BIO *from_peer = BIO_new(BIO_s_mem()), *to_peer = BIO_new(BIO_s_mem());
    if (!ssl || !from_peer || !to_peer) {
        BIO_free(from_peer);
        BIO_free(to_peer);
        SSL_free(ssl);
        free(link);
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a TLS connection.");
        return NULL;
    }
    // Empty means "later", not "end of file".
    BIO_set_mem_eof_return(from_peer, -1);
    BIO_set_mem_eof_return(to_peer, -1);
    SSL_set_bio(ssl, from_peer, to_peer);
    SSL_set_accept_state(ssl);
    *link = (struct tls_link){.ssl = ssl, .from_peer = from_peer, .to_peer = to_peer};
    return link;
}

void tls_link_free(struct tls_link *link)
{
    if (!link)
        return;
    SSL_free(link->ssl);
    free(link);
}

bool tls_link_feed(struct tls_link *link, const uint8_t *bytes, size_t length)
{
    return length <= INT_MAX && BIO_write(link->from_peer, bytes, (int)length) == (int)length;
}

static enum tls_link_result fail(struct tls_link *link, struct ts_error *error)
{
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    link->has_failed = true;
    error_set(error, TS_UNAVAILABLE, "TLS_FAILED", "%s", reason ? reason : "TLS failed");
    ERR_clear_error();
    return TLS_LINK_FAILED;
}

static enum tls_link_result judge(struct tls_link *link, int result, struct ts_error *error)
{
    switch (SSL_get_error(link->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TLS_LINK_WANTS_MORE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_LINK_CLOSED;
    default:
        return fail(link, error);
    }
}

static bool chose_h2(const SSL *ssl)
{
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(ssl, &chosen, &length);
    return length == 2 && memcmp(chosen, "h2", 2) == 0;
}

enum tls_link_result tls_link_handshake(struct tls_link *link, struct ts_error *error)
{
    if (link->has_failed)
        return TLS_LINK_FAILED;
    if (link->is_ready)
        return TLS_LINK_OK;
    ERR_clear_error();
    int result = SSL_do_handshake(link->ssl);
    if (result != 1)
        return judge(link, result, error);
    // A client without the ALPN extension never reaches choose_alpn.
    if (!chose_h2(link->ssl)) {
        tls_link_shutdown(link);
        link->has_failed = true;
        error_set(error, TS_UNAVAILABLE, "TLS_FAILED", "the client does not offer h2");
        return TLS_LINK_FAILED;
    }
    link->is_ready = true;
    return TLS_LINK_OK;
}

bool tls_link_is_ready(const struct tls_link *link)
{
    return link->is_ready && !link->has_failed;
}

enum tls_link_result tls_link_read(struct tls_link *link, uint8_t *buffer, size_t size, size_t *ret_length,
                                   struct ts_error *error)
{
    if (link->has_failed)
        return TLS_LINK_FAILED;
    ERR_clear_error();
    int result = SSL_read_ex(link->ssl, buffer, size, ret_length);
    return result == 1 ? TLS_LINK_OK : judge(link, result, error);
}

bool tls_link_write(struct tls_link *link, const uint8_t *bytes, size_t length, struct ts_error *error)
{
    size_t written;
    if (link->has_failed || !link->is_ready)
        return false;
    ERR_clear_error();
    // A memory BIO takes everything, so a short write cannot happen.
    if (SSL_write_ex(link->ssl, bytes, length, &written) == 1 && written == length)
        return true;
    fail(link, error);
    return false;
}

void tls_link_shutdown(struct tls_link *link)
{
    if (link->has_failed || !SSL_is_init_finished(link->ssl))
        return;
    ERR_clear_error();
    SSL_shutdown(link->ssl);
    ERR_clear_error();
}

size_t tls_link_take(struct tls_link *link, uint8_t *buffer, size_t size)
{
    int length = BIO_read(link->to_peer, buffer, size > INT_MAX ? INT_MAX : (int)size);
    return length > 0 ? (size_t)length : 0;
}

size_t tls_link_pending(const struct tls_link *link)
{
    return BIO_ctrl_pending(link->to_peer);
}
