// SPDX-License-Identifier: Apache-2.0
// The certificates of a seal, see certificates.h.
#include "signer/certificates.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static bool is_root(X509 *certificate)
{
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

// Takes ownership of `certificate`.
static bool add(struct certificates *certificates, X509 *certificate, struct ts_error *error)
{
    size_t count = certificates->count;
    if (count == CERTIFICATES_CEILING) {
        X509_free(certificate);
        return error_set(error, TS_INVALID_ARGUMENT, "CERTIFICATE", "more than %d certificates",
                         CERTIFICATES_CEILING);
    }
    certificates->parsed[count] = certificate;
    int length = i2d_X509(certificate, &certificates->der[count]);
    certificates->count = count + 1;
    if (length <= 0)
        return error_set(error, TS_INVALID_ARGUMENT, "CERTIFICATE", "a certificate cannot be encoded");
    certificates->length[count] = (size_t)length;
    if (count > 0 && X509_verify(certificates->parsed[count - 1], X509_get0_pubkey(certificate)) != 1)
        return error_set(error, TS_INVALID_ARGUMENT, "CERTIFICATE",
                         "certificate %zu did not issue the one before it", count + 1);
    return true;
}

bool certificates_read(const char *pem, size_t length, struct certificates *ret_certificates,
                       struct ts_error *error)
{
    struct certificates certificates = {.count = 0};
    BIO *memory = BIO_new_mem_buf(pem, (int)length);
    X509 *certificate;
    bool fine = memory != NULL;
    while (fine && (certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL))) {
        if (certificates.count > 0 && is_root(certificate))
            X509_free(certificate);
        else
            fine = add(&certificates, certificate, error);
    }
    ERR_clear_error(); // the end of the file is an error to OpenSSL
    BIO_free(memory);
    if (fine && certificates.count == 0)
        fine = error_set(error, TS_INVALID_ARGUMENT, "CERTIFICATE", "the file holds no certificate");
    if (fine)
        *ret_certificates = certificates;
    else
        certificates_done(&certificates);
    return fine;
}

void certificates_done(struct certificates *certificates)
{
    for (size_t i = 0; i < certificates->count; i++) {
        X509_free(certificates->parsed[i]);
        OPENSSL_free(certificates->der[i]);
    }
    certificates->count = 0;
}

bool certificates_are_demonstration(const struct certificates *certificates)
{
    X509_NAME *subject = X509_get_subject_name(certificates->parsed[0]);
    int at = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1);
    uint8_t *text = NULL;
    if (at < 0)
        return false;
    int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    size_t mark = strlen(CERTIFICATES_DEMONSTRATION);
    bool marked = length >= (int)mark && memcmp(text, CERTIFICATES_DEMONSTRATION, mark) == 0;
    OPENSSL_free(text);
    return marked;
}
