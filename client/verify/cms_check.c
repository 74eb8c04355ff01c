// SPDX-License-Identifier: Apache-2.0
// Checks the CMS of a seal, see cms_check.h (RFC 5652 5, RFC 5035 4).
#include "verify/cms_check.h"

#include "verify/der_read.h"
#include "verify/memory.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_SEQUENCE = 0x30, TAG_SET = 0x31, TAG_CONTEXT_0 = 0xA0 };

enum { RSA_BITS_LEAST = 3072 };

static const uint8_t SIGNED_DATA[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
static const uint8_t VERSION_1[] = {0x02, 0x01, 0x01};
static const uint8_t SHA256_ALGORITHM[] = {0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48,
                                           0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t DATA_DETACHED[] = {0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48,
                                        0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01};
static const uint8_t CONTENT_TYPE[] = {0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7,
                                       0x0D, 0x01, 0x09, 0x03, 0x31, 0x0B, 0x06, 0x09, 0x2A,
                                       0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01};
static const uint8_t MESSAGE_DIGEST[] = {0x30, 0x2F, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7,
                                         0x0D, 0x01, 0x09, 0x04, 0x31, 0x22, 0x04, 0x20};
static const uint8_t SIGNING_CERTIFICATE[] = {0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7,
                                              0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F};
static const uint8_t ECDSA_SHA256[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                       0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
static const uint8_t RSA_SHA256[] = {0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                     0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00};

#define EXACTLY(rest, bytes) der_read_exactly(rest, bytes, sizeof bytes)

// The pieces of a CMS, none of them judged yet.
struct pieces {
    struct der_span certificates[CMS_CHECK_CERTIFICATES];
    size_t count;
    struct der_span issuer_and_serial, attributes, algorithm, signature;
};

static bool read_certificates(struct der_span inside, struct pieces *pieces)
{
    while (inside.length > 0 && pieces->count < CMS_CHECK_CERTIFICATES)
        if (!der_read(&inside, TAG_SEQUENCE, NULL, &pieces->certificates[pieces->count++]))
            return false;
    return inside.length == 0 && pieces->count > 0;
}

static bool read_signer(struct der_span inside, struct pieces *pieces)
{
    return EXACTLY(&inside, VERSION_1) && der_read(&inside, TAG_SEQUENCE, NULL, &pieces->issuer_and_serial) &&
           EXACTLY(&inside, SHA256_ALGORITHM) &&
           der_read(&inside, TAG_CONTEXT_0, NULL, &pieces->attributes) &&
           der_read(&inside, TAG_SEQUENCE, NULL, &pieces->algorithm) &&
           der_read(&inside, TAG_OCTETS, &pieces->signature, NULL) && inside.length == 0;
}

static bool read_pieces(const uint8_t *cms, size_t length, struct pieces *pieces)
{
    struct der_span rest = {cms, length}, info, explicit_data, data, set, algorithms, signer;
    if (!der_read(&rest, TAG_SEQUENCE, &info, NULL) || rest.length != 0 || !EXACTLY(&info, SIGNED_DATA) ||
        !der_read(&info, TAG_CONTEXT_0, &explicit_data, NULL) || info.length != 0 ||
        !der_read(&explicit_data, TAG_SEQUENCE, &data, NULL) || explicit_data.length != 0)
        return false;
    if (!EXACTLY(&data, VERSION_1) || !der_read(&data, TAG_SET, &algorithms, NULL) ||
        !EXACTLY(&algorithms, SHA256_ALGORITHM) || algorithms.length != 0 || !EXACTLY(&data, DATA_DETACHED) ||
        !der_read(&data, TAG_CONTEXT_0, &set, NULL) || !read_certificates(set, pieces))
        return false;
    return der_read(&data, TAG_SET, &set, NULL) && data.length == 0 &&
           der_read(&set, TAG_SEQUENCE, &signer, NULL) && set.length == 0 && read_signer(signer, pieces);
}

// The certificate with this hash, taken out of the list so that none is named twice.
static X509 *take_certificate(struct pieces *pieces, const uint8_t *hash)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct der_span *one = &pieces->certificates[i];
        uint8_t digest[EVP_MAX_MD_SIZE];
        if (one->length == 0)
            continue;
        if (EVP_Digest(one->at, one->length, digest, NULL, EVP_sha256(), NULL) != 1) {
            memory_missed();
            return NULL;
        }
        if (memcmp(digest, hash, CMS_CHECK_DIGEST_BYTES) != 0)
            continue;
        const uint8_t *at = one->at;
        X509 *certificate = d2i_X509(NULL, &at, (long)one->length);
        if (certificate && at != one->at + one->length) {
            X509_free(certificate);
            certificate = NULL;
        }
        one->length = 0;
        return certificate;
    }
    return NULL;
}

// signingCertificateV2 names each certificate once, the signer's first.
static bool bind_certificates(struct der_span attribute, struct pieces *pieces, struct cms_check *check)
{
    struct der_span set, value, list, one, hash;
    if (!EXACTLY(&attribute, SIGNING_CERTIFICATE) || !der_read(&attribute, TAG_SET, &set, NULL) ||
        attribute.length != 0 || !der_read(&set, TAG_SEQUENCE, &value, NULL) || set.length != 0 ||
        !der_read(&value, TAG_SEQUENCE, &list, NULL) || value.length != 0)
        return false;
    while (list.length > 0) {
        if (check->count == pieces->count || !der_read(&list, TAG_SEQUENCE, &one, NULL) ||
            !der_read(&one, TAG_OCTETS, &hash, NULL) || one.length != 0 ||
            hash.length != CMS_CHECK_DIGEST_BYTES)
            return false;
        X509 *certificate = take_certificate(pieces, hash.at);
        if (!certificate)
            return false;
        check->certificates[check->count++] = certificate;
    }
    return check->count == pieces->count;
}

static bool is_issuer_and_serial(const struct pieces *pieces, X509 *certificate)
{
    struct der_span rest = pieces->issuer_and_serial, inside;
    uint8_t *issuer = NULL, *serial = NULL;
    int issuer_length = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    int serial_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    bool same = issuer_length > 0 && serial_length > 0 && der_read(&rest, TAG_SEQUENCE, &inside, NULL) &&
                der_read_exactly(&inside, issuer, (size_t)issuer_length) &&
                der_read_exactly(&inside, serial, (size_t)serial_length) && inside.length == 0;
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    return same;
}

// Of the two kinds that touchstone-signer seals with, and of its sizes.
static bool is_algorithm(const struct pieces *pieces, EVP_PKEY *key)
{
    struct der_span rest = pieces->algorithm;
    char group[32] = "";
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST && EXACTLY(&rest, RSA_SHA256) && rest.length == 0;
    return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0 && EXACTLY(&rest, ECDSA_SHA256) && rest.length == 0;
}

// Beside (r, s) also (r, n - s) fits an ECDSA signature: without this a sheet could be given other bytes.
static bool is_lower_half(const struct pieces *pieces, EVP_PKEY *key)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return true;
    const uint8_t *at = pieces->signature.at;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)pieces->signature.length);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *half = BN_new();
    bool able = group && half && BN_rshift1(half, EC_GROUP_get0_order(group)) == 1;
    bool lower = able && signature && BN_cmp(ECDSA_SIG_get0_s(signature), half) <= 0;
    if (!able)
        memory_missed();
    BN_free(half);
    EC_GROUP_free(group);
    ECDSA_SIG_free(signature);
    return lower;
}

// What was signed is the attributes under the tag of a set (RFC 5652 5.4).
static bool is_signature(const struct pieces *pieces, EVP_PKEY *key)
{
    uint8_t whole[4096];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = pieces->attributes.length;
    bool able = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1;
    bool good = false;
    if (!able)
        memory_missed(); // is_algorithm has seen the key
    if (able && length <= sizeof whole && length > 1) {
        memcpy(whole, pieces->attributes.at, length);
        whole[0] = TAG_SET;
        good = EVP_DigestVerify(context, pieces->signature.at, pieces->signature.length, whole, length) == 1;
    }
    EVP_MD_CTX_free(context);
    return good;
}

const char *cms_check_read(const uint8_t *cms, size_t length, const uint8_t digest[CMS_CHECK_DIGEST_BYTES],
                           struct cms_check *ret_check)
{
    struct pieces pieces = {.count = 0};
    struct der_span whole, inside, certificate;
    *ret_check = (struct cms_check){.count = 0};
    if (!read_pieces(cms, length, &pieces))
        return "SIGNATURE_FORM";
    whole = pieces.attributes;
    if (!der_read(&whole, TAG_CONTEXT_0, &inside, NULL) || !EXACTLY(&inside, CONTENT_TYPE) ||
        !EXACTLY(&inside, MESSAGE_DIGEST))
        return "SIGNATURE_FORM";
    if (!der_read_exactly(&inside, digest, CMS_CHECK_DIGEST_BYTES))
        return "CONTENT_CHANGED";
    if (!der_read(&inside, TAG_SEQUENCE, &certificate, NULL) || inside.length != 0)
        return "SIGNATURE_FORM";
    if (!bind_certificates(certificate, &pieces, ret_check) ||
        !is_issuer_and_serial(&pieces, ret_check->certificates[0]))
        return "CERTIFICATE_BINDING";
    EVP_PKEY *key = X509_get0_pubkey(ret_check->certificates[0]);
    if (!key || !is_algorithm(&pieces, key))
        return "SIGNATURE_FORM";
    return is_signature(&pieces, key) && is_lower_half(&pieces, key) ? NULL : "SIGNATURE_WRONG";
}

void cms_check_done(struct cms_check *check)
{
    for (size_t i = 0; i < check->count; i++)
        X509_free(check->certificates[i]);
    check->count = 0;
}
