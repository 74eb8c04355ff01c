// SPDX-License-Identifier: Apache-2.0
// Building an SSL_CTX that is safe by what it leaves out, see tls_context.h.
#include "net/tls_context.h"

#include "net/tls_context_ssl.h"
#include "wire/error.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>

// RFC 7301: the protocol name with its length before it.
static const unsigned char alpn_h2[] = {2, 'h', '2'};

struct tls_context {
    SSL_CTX *ssl;
};

static int choose_alpn(SSL *ssl, const unsigned char **ret_chosen, unsigned char *ret_length,
                       const unsigned char *offered, unsigned offered_length, void *context)
{
    (void)ssl;
    (void)context;
    unsigned char *chosen;
    int result = SSL_select_next_proto(&chosen, ret_length, alpn_h2, sizeof alpn_h2, offered, offered_length);
    if (result != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL; // no_application_protocol
    *ret_chosen = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool refuse(struct ts_error *error, const char *path, const char *text)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    error_set(error, TS_FAILED_PRECONDITION, "TLS_FILES", "%s: %s%s%s", path, text, reason ? ": " : "",
              reason ? reason : "");
    ERR_clear_error();
    return false;
}

static bool load_files(SSL_CTX *ssl, const char *certificate_path, const char *key_path,
                       struct ts_error *error)
{
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ssl, certificate_path) != 1)
        return refuse(error, certificate_path, "no certificate chain in PEM could be read");
    if (SSL_CTX_use_PrivateKey_file(ssl, key_path, SSL_FILETYPE_PEM) != 1)
        return refuse(error, key_path, "no private key of this certificate in PEM could be read");
    if (SSL_CTX_check_private_key(ssl) != 1)
        return refuse(error, key_path, "the key does not belong to the certificate");
    const X509 *certificate = SSL_CTX_get0_certificate(ssl);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return refuse(error, certificate_path, "the certificate has expired");
    return true;
}

static bool set_rules(SSL_CTX *ssl)
{
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ssl, 0);
    // Idle desks give back their record buffers.
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(ssl, choose_alpn, NULL);
    // TLS 1.2 only with what RFC 9113 9.2.2 does not forbid: ephemeral keys and AEAD.
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

struct tls_context *tls_context_create(const char *certificate_path, const char *key_path,
                                       struct ts_error *error)
{
    struct tls_context *context = calloc(1, sizeof *context);
    SSL_CTX *ssl = context ? SSL_CTX_new(TLS_server_method()) : NULL;
    if (!ssl || !set_rules(ssl)) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No TLS context.");
        goto failed;
    }
    if (!load_files(ssl, certificate_path, key_path, error))
        goto failed;
    context->ssl = ssl;
    return context;
failed:
    SSL_CTX_free(ssl);
    free(context);
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl); // connections hold their own reference
    free(context);
}

SSL *tls_context_new_ssl(struct tls_context *context)
{
    return SSL_new(context->ssl);
}
