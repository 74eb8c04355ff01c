// SPDX-License-Identifier: Apache-2.0
// See certificate.h.
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static X509 *sign(EVP_PKEY *key, long valid_seconds)
{
    X509 *made = X509_new();
    assert_non_null(made);
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), valid_seconds < 0 ? 2 * valid_seconds : -60);
    X509_gmtime_adj(X509_getm_notAfter(made), valid_seconds);
    X509_NAME *name = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(made, name);
    X509_set_pubkey(made, key);
    assert_true(X509_sign(made, key, EVP_sha256()) > 0);
    return made;
}

void certificate_make(struct certificate *ret_files, long valid_seconds)
{
    snprintf(ret_files->directory, sizeof ret_files->directory, "/tmp/touchstone-net-XXXXXX");
    assert_non_null(mkdtemp(ret_files->directory));
    snprintf(ret_files->certificate, sizeof ret_files->certificate, "%s/certificate.pem",
             ret_files->directory);
    snprintf(ret_files->key, sizeof ret_files->key, "%s/key.pem", ret_files->directory);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert_non_null(key);
    X509 *made = sign(key, valid_seconds);
    FILE *file = fopen(ret_files->certificate, "w");
    assert_true(file && PEM_write_X509(file, made) == 1 && fclose(file) == 0);
    file = fopen(ret_files->key, "w");
    assert_true(file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(file) == 0);
    X509_free(made);
    EVP_PKEY_free(key);
}

void certificate_remove(struct certificate *files)
{
    unlink(files->certificate);
    unlink(files->key);
    rmdir(files->directory);
}
