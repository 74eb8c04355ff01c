// SPDX-License-Identifier: Apache-2.0
// Trusted certificates, see trust.h.
#include "verify/trust.h"

#include "verify/memory.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

bool trust_read(const char *pem, size_t length, X509_STORE **ret_store, struct ts_error *error)
{
    memory_begin();
    X509_STORE *store = X509_STORE_new();
    BIO *memory = BIO_new_mem_buf(pem, (int)length);
    X509 *certificate;
    size_t count = 0;
    while (store && memory && (certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL))) {
        count += X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
    }
    BIO_free(memory);
    // The end of the text is an error to OpenSSL too.
    if (memory_was_missed()) {
        X509_STORE_free(store);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    }
    if (count == 0) {
        X509_STORE_free(store);
        return error_set(error, TS_INVALID_ARGUMENT, "NO_CERTIFICATE", "the file holds no certificate");
    }
    *ret_store = store;
    return true;
}

bool trust_holds(X509_STORE *store, X509 *const *certificates, size_t count, time_t at, const char **ret_why)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    bool holds = context && others;
    for (size_t i = 1; holds && i < count; i++)
        holds = sk_X509_push(others, certificates[i]) > 0;
    *ret_why = "no memory";
    if (holds && X509_STORE_CTX_init(context, store, certificates[0], others) == 1) {
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
        // A sealing certificate may be trusted by itself.
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
        X509_VERIFY_PARAM_set_time(parameters, at);
        holds = X509_verify_cert(context) == 1;
        *ret_why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    } else {
        holds = false;
    }
    sk_X509_free(others);
    X509_STORE_CTX_free(context);
    return holds;
}
