// SPDX-License-Identifier: Apache-2.0
// The sealing key, see identity.h.
#include "signer/identity.h"

#include "signer/demonstration.h"
#include "signer/key_file.h"
#include "signer/secret_file.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { RSA_BITS_LEAST = 3072 };

static bool refuse(struct ts_error *error, const char *why)
{
    ERR_clear_error();
    return error_set(error, TS_FAILED_PRECONDITION, "SEALING_KEY", "%s", why);
}

// Verifiers take these two kinds and no other (docs/record.md).
static bool is_key_for_sealing(EVP_PKEY *key)
{
    char group[32] = "";
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST;
    return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

// Fit to seal: right kind and size, and the certificate's own.
static bool check(const struct identity *identity, struct ts_error *error)
{
    if (!is_key_for_sealing(identity->key))
        return refuse(error, "the key is neither P-256 nor RSA of 3072 bits or more");
    if (X509_check_private_key(identity->certificates.parsed[0], identity->key) != 1)
        return refuse(error, "the certificate is not the key's");
    if ((X509_get_key_usage(identity->certificates.parsed[0]) &
         (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return refuse(error, "the certificate is not for signatures");
    uint32_t purposes = X509_get_extended_key_usage(identity->certificates.parsed[0]);
    if (purposes != UINT32_MAX && (purposes & XKU_SSL_SERVER))
        return refuse(error, "the certificate is one of a web server");
    if (identity->demonstration != certificates_are_demonstration(&identity->certificates))
        return refuse(error, identity->demonstration ? "the certificate is not a demonstration one"
                                                     : "a demonstration certificate is no production key");
    return true;
}

static bool read_parts(const char *key_pem, size_t key_length, char *passphrase, const char *certificate_pem,
                       size_t certificate_length, struct identity *identity, struct ts_error *error)
{
    identity->key = key_file_parse(key_pem, key_length, passphrase);
    if (!identity->key)
        return refuse(error, "the key cannot be read: wrong passphrase or no PKCS#8");
    return certificates_read(certificate_pem, certificate_length, &identity->certificates, error) &&
           check(identity, error);
}

bool identity_read(const char *key_path, const char *passphrase_path, const char *certificate_path,
                   struct identity *ret_identity, struct ts_error *error)
{
    struct identity identity = {.key = NULL};
    char *key = NULL, *passphrase = NULL, *certificate = NULL;
    size_t key_length = 0, passphrase_length = 0, certificate_length = 0;
    bool fine = secret_file_read(key_path, true, &key, &key_length, error) &&
                secret_file_read(passphrase_path, true, &passphrase, &passphrase_length, error) &&
                secret_file_read(certificate_path, false, &certificate, &certificate_length, error);
    if (fine && !strstr(key, "-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        fine = refuse(error, "the key is not encrypted PKCS#8");
    fine = fine && read_parts(key, key_length, passphrase, certificate, certificate_length, &identity, error);
    secret_file_free(key, key_length);
    secret_file_free(passphrase, passphrase_length);
    secret_file_free(certificate, certificate_length);
    if (fine)
        *ret_identity = identity;
    else
        identity_done(&identity);
    return fine;
}

// Key and certificate in one file, so that no crash can part them.
static bool make_key(const char *directory, const char *path, struct ts_error *error)
{
    char *pem;
    size_t length, certificate;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: %s", directory, strerror(errno));
    if (!demonstration_make(&pem, &length, &certificate, error))
        return false;
    bool made = secret_file_create(directory, path, pem, length, 0600, error);
    secret_file_free(pem, length);
    return made;
}

// The certificate also by itself, for those who want to trust it; made again where an earlier start could
// not.
static bool publish(const char *directory, const char *pem, struct ts_error *error)
{
    char path[PATH_MAX];
    struct stat state;
    const char *certificate = strstr(pem, "-----BEGIN CERTIFICATE-----");
    snprintf(path, sizeof path, "%s/seal-certificate.pem", directory);
    if (stat(path, &state) == 0 || !certificate)
        return true; // a file without one is refused when it is read
    return secret_file_create(directory, path, certificate, strlen(certificate), 0644, error);
}

bool identity_demonstrate(const char *directory, struct identity *ret_identity, struct ts_error *error)
{
    struct identity identity = {.demonstration = true};
    struct stat state;
    char path[PATH_MAX];
    char *pem;
    size_t length;
    if (snprintf(path, sizeof path, "%s/demonstration-seal.pem", directory) >= (int)sizeof path - 32)
        return error_set(error, TS_INVALID_ARGUMENT, "KEY_FILE", "the directory's name is too long");
    if (stat(path, &state) != 0 && !make_key(directory, path, error))
        return false;
    if (!secret_file_read(path, true, &pem, &length, error))
        return false;
    bool fine =
        publish(directory, pem, error) && read_parts(pem, length, NULL, pem, length, &identity, error);
    secret_file_free(pem, length);
    if (fine)
        *ret_identity = identity;
    else
        identity_done(&identity);
    return fine;
}

void identity_done(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    certificates_done(&identity->certificates);
    identity->key = NULL;
}

bool identity_is_valid(const struct identity *identity, time_t now)
{
    const X509 *certificate = identity->certificates.parsed[0];
    return X509_cmp_time(X509_get0_notBefore(certificate), &now) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &now) > 0;
}

int identity_days_left(const struct identity *identity)
{
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(identity->certificates.parsed[0])) != 1)
        return 0;
    return days < 0 || seconds < 0 ? days - 1 : days;
}
