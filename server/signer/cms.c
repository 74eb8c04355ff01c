// SPDX-License-Identifier: Apache-2.0
// Builds the CMS of a seal, see cms.h. OpenSSL's own CMS writer always adds signingTime, which PAdES forbids.
// Values are written back to front (der.h): the code reads from the last field to the first.
#include "signer/cms.h"

#include "signer/der.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static const uint8_t OID_DATA[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01};
static const uint8_t OID_SIGNED_DATA[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
static const uint8_t OID_CONTENT_TYPE[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03};
static const uint8_t OID_MESSAGE_DIGEST[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04};
static const uint8_t OID_SIGNING_CERTIFICATE[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
                                                  0x01, 0x09, 0x10, 0x02, 0x2F};
static const uint8_t OID_SHA256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t OID_ECDSA_SHA256[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
static const uint8_t OID_RSA_SHA256[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B};
static const uint8_t VERSION_1[] = {1};

enum { ATTRIBUTE_BYTES = 512, ATTRIBUTES = 3, SIGNATURE_BYTES = 1024 };

struct attribute {
    uint8_t buffer[ATTRIBUTE_BYTES];
    struct der der;
};

static void put_oid(struct der *der, const uint8_t *oid, size_t length)
{
    der_value(der, DER_OID, oid, length);
}

// The type goes in front of the values written since `mark`.
static void wrap_attribute(struct der *der, const uint8_t *oid, size_t length, size_t mark)
{
    der_wrap(der, DER_SET, mark);
    put_oid(der, oid, length);
    der_wrap(der, DER_SEQUENCE, mark);
}

static void put_signing_certificates(struct der *der, const struct certificates *certificates)
{
    size_t mark = der_mark(der);
    for (size_t i = certificates->count; i-- > 0;) {
        uint8_t digest[EVP_MAX_MD_SIZE];
        size_t one = der_mark(der);
        if (EVP_Digest(certificates->der[i], certificates->length[i], digest, NULL, EVP_sha256(), NULL) != 1)
            der->full = true;
        der_value(der, DER_OCTET_STRING, digest, CMS_DIGEST_BYTES);
        der_wrap(der, DER_SEQUENCE, one); // ESSCertIDv2; SHA-256 is its default (RFC 5035 4)
    }
    der_wrap(der, DER_SEQUENCE, mark);
    der_wrap(der, DER_SEQUENCE, mark);
    wrap_attribute(der, OID_SIGNING_CERTIFICATE, sizeof OID_SIGNING_CERTIFICATE, mark);
}

static void sort_attributes(const struct attribute *attributes, const struct attribute *ret_order[ATTRIBUTES])
{
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            const struct der *before = &ret_order[at - 1]->der, *here = &attributes[i].der;
            if (der_compare(before->bytes + before->at, der_length(before), here->bytes + here->at,
                            der_length(here)) <= 0)
                break;
            ret_order[at] = ret_order[at - 1];
        }
        ret_order[at] = &attributes[i];
    }
}

// The attributes in DER order, without the tag and length around them.
static void put_attributes(struct der *der, const struct identity *identity, const uint8_t *digest)
{
    struct attribute attributes[ATTRIBUTES];
    const struct attribute *order[ATTRIBUTES];
    for (size_t i = 0; i < ATTRIBUTES; i++)
        der_init(&attributes[i].der, attributes[i].buffer, ATTRIBUTE_BYTES);
    size_t mark = der_mark(&attributes[0].der);
    put_oid(&attributes[0].der, OID_DATA, sizeof OID_DATA);
    wrap_attribute(&attributes[0].der, OID_CONTENT_TYPE, sizeof OID_CONTENT_TYPE, mark);
    der_value(&attributes[1].der, DER_OCTET_STRING, digest, CMS_DIGEST_BYTES);
    wrap_attribute(&attributes[1].der, OID_MESSAGE_DIGEST, sizeof OID_MESSAGE_DIGEST, mark);
    put_signing_certificates(&attributes[2].der, &identity->certificates);
    sort_attributes(attributes, order);
    for (size_t i = ATTRIBUTES; i-- > 0;) {
        const struct der *one = &order[i]->der;
        der->full = der->full || one->full;
        der_put(der, one->bytes + one->at, der_length(one));
    }
}

static void put_digest_algorithm(struct der *der)
{
    size_t mark = der_mark(der);
    put_oid(der, OID_SHA256, sizeof OID_SHA256);
    der_wrap(der, DER_SEQUENCE, mark);
}

static void put_signature_algorithm(struct der *der, EVP_PKEY *key)
{
    size_t mark = der_mark(der);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
        put_oid(der, OID_ECDSA_SHA256, sizeof OID_ECDSA_SHA256);
    } else {
        der_value(der, DER_NULL, NULL, 0);
        put_oid(der, OID_RSA_SHA256, sizeof OID_RSA_SHA256);
    }
    der_wrap(der, DER_SEQUENCE, mark);
}

// Of the two ECDSA signatures that fit, (r, s) and (r, n - s), the one with the lower s: verifiers take no
// other, so that no byte of a sheet can be changed.
static bool lower_half(uint8_t *signature, size_t *length)
{
    const uint8_t *at = signature;
    ECDSA_SIG *made = d2i_ECDSA_SIG(NULL, &at, (long)*length);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *half = BN_new(), *other = BN_new(), *r = made ? BN_dup(ECDSA_SIG_get0_r(made)) : NULL;
    const BIGNUM *order = group ? EC_GROUP_get0_order(group) : NULL;
    bool done = r && order && half && other && BN_rshift1(half, order) == 1;
    if (done && BN_cmp(ECDSA_SIG_get0_s(made), half) > 0) {
        done = BN_sub(other, order, ECDSA_SIG_get0_s(made)) == 1 && ECDSA_SIG_set0(made, r, other) == 1;
        r = done ? NULL : r; // ECDSA_SIG_set0 took both
        other = done ? NULL : other;
        int written = done ? i2d_ECDSA_SIG(made, &signature) : 0;
        done = written > 0;
        *length = done ? (size_t)written : *length;
    }
    BN_free(r);
    BN_free(other);
    BN_free(half);
    EC_GROUP_free(group);
    ECDSA_SIG_free(made);
    return done;
}

// RFC 5652 5.4: what is signed is the attributes as a SET OF, whatever tag they later carry.
static bool sign_attributes(const struct identity *identity, const uint8_t *digest, uint8_t *ret_signature,
                            size_t *ret_length)
{
    uint8_t buffer[ATTRIBUTES * ATTRIBUTE_BYTES];
    struct der der;
    der_init(&der, buffer, sizeof buffer);
    size_t mark = der_mark(&der);
    put_attributes(&der, identity, digest);
    der_wrap(&der, DER_SET, mark);
    *ret_length = SIGNATURE_BYTES;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = der_start(&der) && context &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, identity->key) == 1 &&
                EVP_DigestSign(context, ret_signature, ret_length, der_start(&der), der_length(&der)) == 1;
    EVP_MD_CTX_free(context);
    return done &&
           (EVP_PKEY_get_base_id(identity->key) != EVP_PKEY_EC || lower_half(ret_signature, ret_length));
}

static void put_issuer_and_serial(struct der *der, const X509 *certificate)
{
    size_t mark = der_mark(der);
    uint8_t *issuer = NULL, *serial = NULL;
    int serial_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    int issuer_length = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    if (serial_length > 0 && issuer_length > 0) {
        der_put(der, serial, (size_t)serial_length);
        der_put(der, issuer, (size_t)issuer_length);
    } else {
        der->full = true;
    }
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    der_wrap(der, DER_SEQUENCE, mark);
}

static void put_signer(struct der *der, const struct identity *identity, const uint8_t *digest,
                       const uint8_t *signature, size_t signature_length)
{
    size_t mark = der_mark(der);
    der_value(der, DER_OCTET_STRING, signature, signature_length);
    put_signature_algorithm(der, identity->key);
    size_t attributes = der_mark(der);
    put_attributes(der, identity, digest);
    der_wrap(der, DER_CONTEXT_0, attributes);
    put_digest_algorithm(der);
    put_issuer_and_serial(der, identity->certificates.parsed[0]);
    der_value(der, DER_INTEGER, VERSION_1, sizeof VERSION_1);
    der_wrap(der, DER_SEQUENCE, mark);
}

// A SET OF: in DER order, the greatest written first.
static void put_certificates(struct der *der, const struct certificates *certificates)
{
    size_t mark = der_mark(der);
    bool written[CERTIFICATES_CEILING] = {false};
    for (size_t round = 0; round < certificates->count; round++) {
        size_t greatest = certificates->count;
        for (size_t i = 0; i < certificates->count; i++)
            if (!written[i] && (greatest == certificates->count ||
                                der_compare(certificates->der[i], certificates->length[i],
                                            certificates->der[greatest], certificates->length[greatest]) > 0))
                greatest = i;
        der_put(der, certificates->der[greatest], certificates->length[greatest]);
        written[greatest] = true;
    }
    der_wrap(der, DER_CONTEXT_0, mark);
}

static void put_signed_data(struct der *der, const struct identity *identity, const uint8_t *digest,
                            const uint8_t *signature, size_t signature_length)
{
    size_t whole = der_mark(der), mark = whole;
    put_signer(der, identity, digest, signature, signature_length);
    der_wrap(der, DER_SET, mark);
    put_certificates(der, &identity->certificates);
    mark = der_mark(der);
    put_oid(der, OID_DATA, sizeof OID_DATA);
    der_wrap(der, DER_SEQUENCE, mark);
    mark = der_mark(der);
    put_digest_algorithm(der);
    der_wrap(der, DER_SET, mark);
    der_value(der, DER_INTEGER, VERSION_1, sizeof VERSION_1);
    der_wrap(der, DER_SEQUENCE, whole);
    der_wrap(der, DER_CONTEXT_0, whole);
    put_oid(der, OID_SIGNED_DATA, sizeof OID_SIGNED_DATA);
    der_wrap(der, DER_SEQUENCE, whole);
}

bool cms_seal(const struct identity *identity, const uint8_t digest[CMS_DIGEST_BYTES],
              uint8_t ret_cms[CMS_CEILING_BYTES], size_t *ret_length, struct ts_error *error)
{
    uint8_t signature[SIGNATURE_BYTES], buffer[CMS_CEILING_BYTES];
    size_t signature_length;
    struct der der;
    if (!sign_attributes(identity, digest, signature, &signature_length))
        return error_set(error, TS_INTERNAL, "SIGNING", "the key does not sign");
    der_init(&der, buffer, sizeof buffer);
    put_signed_data(&der, identity, digest, signature, signature_length);
    if (!der_start(&der))
        return error_set(error, TS_OUT_OF_RANGE, "SIGNATURE_SIZE", "the signature is larger than its room");
    memcpy(ret_cms, der_start(&der), der_length(&der));
    *ret_length = der_length(&der);
    return true;
}
