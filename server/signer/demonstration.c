// SPDX-License-Identifier: Apache-2.0
// Makes a demonstration key and certificate, see demonstration.h. P-256, ten years back and ahead.
#include "signer/demonstration.h"

#include "signer/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = 10, SERIAL_BYTES = 16 }; // years before and after: a demonstration may set its clock back

static bool name_subject(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    static const struct {
        const char *field, *text;
    } parts[] = {{"C", "CN"},
                 {"O", CERTIFICATES_DEMONSTRATION " Touchstone demonstration"},
                 {"CN", "演示印章，无效 Demonstration seal, not valid"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (X509_NAME_add_entry_by_txt(name, parts[i].field, MBSTRING_UTF8, (const uint8_t *)parts[i].text,
                                       -1, -1, 0) != 1)
            return false;
    return X509_set_issuer_name(certificate, name) == 1;
}

static bool number(X509 *certificate)
{
    uint8_t bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (bytes[0] & 0x7F) | 0x40; // positive, and always as long
    BIGNUM *big = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool done = big && BN_to_ASN1_INTEGER(big, X509_get_serialNumber(certificate));
    BN_free(big);
    return done;
}

static bool extend(X509 *certificate)
{
    static const struct {
        int kind;
        const char *value;
    } extensions[] = {{NID_basic_constraints, "critical,CA:FALSE"},
                      {NID_key_usage, "critical,digitalSignature,nonRepudiation"},
                      {NID_subject_key_identifier, "hash"}};
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, &context, extensions[i].kind, extensions[i].value);
        bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        if (!added)
            return false;
    }
    return true;
}

static bool fill(X509 *certificate, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 && number(certificate) &&
           name_subject(certificate) &&
           X509_time_adj_ex(X509_getm_notBefore(certificate), -YEARS * 365, 0, NULL) &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), YEARS * 365, 0, NULL) &&
           X509_set_pubkey(certificate, key) == 1 && extend(certificate) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool write_pem(BIO *memory, EVP_PKEY *key, X509 *certificate, size_t *ret_certificate)
{
    if (PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) != 1)
        return false;
    *ret_certificate = BIO_pending(memory) > 0 ? (size_t)BIO_pending(memory) : 0;
    return PEM_write_bio_X509(memory, certificate) == 1;
}

bool demonstration_make(char **ret_pem, size_t *ret_length, size_t *ret_certificate, struct ts_error *error)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIO *memory = BIO_new(BIO_s_secmem());
    char *bytes = NULL, *pem = NULL;
    bool made = key && certificate && memory && fill(certificate, key) &&
                write_pem(memory, key, certificate, ret_certificate);
    long length = made ? BIO_get_mem_data(memory, &bytes) : 0;
    if (length > 0 && (pem = malloc((size_t)length + 1))) {
        memcpy(pem, bytes, (size_t)length);
        pem[length] = '\0';
        *ret_pem = pem;
        *ret_length = (size_t)length;
    }
    BIO_free(memory);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pem || error_set(error, TS_INTERNAL, "DEMONSTRATION_KEY", "a demonstration key cannot be made");
}
