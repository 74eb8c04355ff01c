// SPDX-License-Identifier: Apache-2.0
// TLS in memory: handshakes cut at every byte, versions, ALPN, plaintext, bad files, and HTTP/2 inside.
#include "certificate.h"
#include "net/tls_context.h"
#include "net/tls_link.h"
#include "wire/error.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct pair {
    struct tls_link *server;
    SSL_CTX *context;
    SSL *client;
    size_t piece; // bytes handed over at once; 0: all
    enum tls_link_result server_result;
    int client_result;
    struct ts_error error;
};

static struct certificate files;
static struct tls_context *server_context;

static void pair_start(struct pair *pair, int version, const char *alpn)
{
    struct ts_error error = {0};
    *pair = (struct pair){.server_result = TLS_LINK_WANTS_MORE};
    pair->server = tls_link_create(server_context, &error);
    assert_non_null(pair->server);
    pair->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(pair->context, version);
    SSL_CTX_set_max_proto_version(pair->context, version);
    SSL_CTX_set_security_level(pair->context, 0); // so that it can offer what is refused
    pair->client = SSL_new(pair->context);
    BIO *from_server = BIO_new(BIO_s_mem()), *to_server = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(from_server, -1);
    BIO_set_mem_eof_return(to_server, -1);
    SSL_set_bio(pair->client, from_server, to_server);
    SSL_set_connect_state(pair->client);
    if (alpn)
        assert_int_equal(
            0, SSL_set_alpn_protos(pair->client, (const unsigned char *)alpn, (unsigned)strlen(alpn)));
}

static void pair_stop(struct pair *pair)
{
    tls_link_free(pair->server);
    SSL_free(pair->client);
    SSL_CTX_free(pair->context);
    ERR_clear_error();
}

static void to_server(struct pair *pair)
{
    uint8_t buffer[4096];
    size_t most = pair->piece ? pair->piece : sizeof buffer;
    int length;
    while ((length = BIO_read(SSL_get_wbio(pair->client), buffer, (int)most)) > 0) {
        assert_true(tls_link_feed(pair->server, buffer, (size_t)length));
        if (pair->server_result == TLS_LINK_WANTS_MORE)
            pair->server_result = tls_link_handshake(pair->server, &pair->error);
    }
}

static bool to_client(struct pair *pair)
{
    uint8_t buffer[4096];
    size_t most = pair->piece ? pair->piece : sizeof buffer, length;
    bool moved = false;
    while ((length = tls_link_take(pair->server, buffer, most)) > 0) {
        BIO_write(SSL_get_rbio(pair->client), buffer, (int)length);
        if (!SSL_is_init_finished(pair->client))
            pair->client_result = SSL_do_handshake(pair->client);
        moved = true;
    }
    return moved;
}

static void shake(struct pair *pair)
{
    ERR_clear_error();
    pair->client_result = SSL_do_handshake(pair->client);
    do
        to_server(pair);
    while (to_client(pair));
}

static void assert_talks(struct pair *pair)
{
    static const char question[] = "question", answer[] = "answer";
    uint8_t buffer[64];
    char heard[64];
    size_t length = 0;
    assert_int_equal(TLS_LINK_OK, pair->server_result);
    assert_true(tls_link_is_ready(pair->server));
    assert_int_equal(sizeof question, SSL_write(pair->client, question, sizeof question));
    assert_int_equal(TLS_LINK_WANTS_MORE,
                     tls_link_read(pair->server, buffer, sizeof buffer, &length, &pair->error));
    to_server(pair);
    assert_int_equal(TLS_LINK_OK, tls_link_read(pair->server, buffer, sizeof buffer, &length, &pair->error));
    assert_int_equal(sizeof question, length);
    assert_memory_equal(question, buffer, length);
    assert_true(tls_link_write(pair->server, (const uint8_t *)answer, sizeof answer, &pair->error));
    to_client(pair);
    assert_int_equal(sizeof answer, SSL_read(pair->client, heard, sizeof heard));
    assert_string_equal(answer, heard);
}

static void test_both_versions_talk_whole_and_byte_by_byte(void **state)
{
    static const int versions[] = {TLS1_3_VERSION, TLS1_2_VERSION};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (size_t piece = 0; piece < 8; piece++) {
            struct pair pair;
            pair_start(&pair, versions[i], "\2h2");
            pair.piece = piece;
            shake(&pair);
            assert_talks(&pair);
            assert_int_equal(versions[i], SSL_version(pair.client));
            pair_stop(&pair);
        }
    }
}

static void test_versions_below_1_2_are_refused(void **state)
{
    static const int versions[] = {TLS1_1_VERSION, TLS1_VERSION};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair;
        pair_start(&pair, versions[i], "\2h2");
        shake(&pair);
        assert_int_not_equal(TLS_LINK_OK, pair.server_result);
        assert_false(tls_link_is_ready(pair.server));
        pair_stop(&pair);
    }
}

static void test_only_h2_is_spoken(void **state)
{
    static const char *const offers[] = {"\x8http/1.1", "\2h3", "\x3h2c", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        struct pair pair;
        pair_start(&pair, TLS1_3_VERSION, offers[i]);
        shake(&pair);
        assert_int_equal(TLS_LINK_FAILED, pair.server_result);
        assert_false(tls_link_is_ready(pair.server));
        pair_stop(&pair);
    }
}

static void test_h2_is_chosen_among_others(void **state)
{
    struct pair pair;
    (void)state;
    pair_start(&pair, TLS1_3_VERSION, "\x8http/1.1\2h2");
    shake(&pair);
    assert_talks(&pair);
    pair_stop(&pair);
}

static void test_plaintext_fails_with_a_reason(void **state)
{
    static const char *const texts[] = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                        "\x16\x03\x01\xff\xffgarbage........"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct pair pair;
        pair_start(&pair, TLS1_3_VERSION, "\2h2");
        assert_true(tls_link_feed(pair.server, (const uint8_t *)texts[i], strlen(texts[i])));
        assert_int_equal(TLS_LINK_FAILED, tls_link_handshake(pair.server, &pair.error));
        assert_int_equal(TLS_LINK_FAILED, tls_link_handshake(pair.server, &pair.error));
        assert_string_equal("TLS_FAILED", pair.error.reason);
        assert_true(pair.error.detail[0]);
        pair_stop(&pair);
    }
}

static void test_a_changed_record_fails_and_nothing_is_read(void **state)
{
    struct pair pair;
    uint8_t record[512], plain[64];
    size_t plain_length = 0;
    (void)state;
    pair_start(&pair, TLS1_3_VERSION, "\2h2");
    shake(&pair);
    SSL_write(pair.client, "question", 8);
    int length = BIO_read(SSL_get_wbio(pair.client), record, sizeof record);
    record[length - 1] ^= 1;
    tls_link_feed(pair.server, record, (size_t)length);
    assert_int_equal(TLS_LINK_FAILED,
                     tls_link_read(pair.server, plain, sizeof plain, &plain_length, &pair.error));
    assert_false(tls_link_write(pair.server, (const uint8_t *)"x", 1, &pair.error));
    pair_stop(&pair);
}

static void test_close_notify_goes_both_ways(void **state)
{
    struct pair pair;
    uint8_t plain[8];
    char heard[8];
    size_t length = 0;
    (void)state;
    pair_start(&pair, TLS1_3_VERSION, "\2h2");
    shake(&pair);
    SSL_shutdown(pair.client);
    to_server(&pair);
    assert_int_equal(TLS_LINK_CLOSED, tls_link_read(pair.server, plain, sizeof plain, &length, &pair.error));
    tls_link_shutdown(pair.server);
    to_client(&pair);
    int result = SSL_read(pair.client, heard, sizeof heard);
    assert_int_equal(SSL_ERROR_ZERO_RETURN, SSL_get_error(pair.client, result));
    pair_stop(&pair);
}

static void test_no_session_can_be_resumed(void **state)
{
    struct pair pair;
    (void)state;
    pair_start(&pair, TLS1_3_VERSION, "\2h2");
    shake(&pair);
    assert_talks(&pair);
    assert_false(SSL_SESSION_is_resumable(SSL_get0_session(pair.client)));
    pair_stop(&pair);
}

static void test_a_connection_outlives_its_context(void **state)
{
    struct ts_error error = {0};
    struct tls_context *kept = server_context;
    struct pair pair;
    (void)state;
    server_context = tls_context_create(files.certificate, files.key, &error);
    assert_non_null(server_context);
    pair_start(&pair, TLS1_3_VERSION, "\2h2");
    tls_context_free(server_context);
    server_context = kept;
    shake(&pair);
    assert_talks(&pair);
    pair_stop(&pair);
}

static void assert_refused(const char *certificate, const char *key)
{
    struct ts_error error = {0};
    assert_null(tls_context_create(certificate, key, &error));
    assert_string_equal("TLS_FILES", error.reason);
    assert_int_equal(TS_FAILED_PRECONDITION, error.status);
}

static void test_bad_files_are_refused(void **state)
{
    struct certificate other, expired;
    (void)state;
    certificate_make(&other, 3600);
    certificate_make(&expired, -3600);
    assert_refused("/nonexistent", files.key);
    assert_refused(files.certificate, "/nonexistent");
    assert_refused(files.key, files.key);
    assert_refused(files.certificate, other.key);
    assert_refused(expired.certificate, expired.key);
    certificate_remove(&other);
    certificate_remove(&expired);
}

static int set_up(void **state)
{
    struct ts_error error = {0};
    (void)state;
    certificate_make(&files, 3600);
    server_context = tls_context_create(files.certificate, files.key, &error);
    return server_context ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tls_context_free(server_context);
    tls_context_free(NULL);
    certificate_remove(&files);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_versions_talk_whole_and_byte_by_byte),
        cmocka_unit_test(test_versions_below_1_2_are_refused),
        cmocka_unit_test(test_only_h2_is_spoken),
        cmocka_unit_test(test_h2_is_chosen_among_others),
        cmocka_unit_test(test_plaintext_fails_with_a_reason),
        cmocka_unit_test(test_a_changed_record_fails_and_nothing_is_read),
        cmocka_unit_test(test_close_notify_goes_both_ways),
        cmocka_unit_test(test_no_session_can_be_resumed),
        cmocka_unit_test(test_a_connection_outlives_its_context),
        cmocka_unit_test(test_bad_files_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
