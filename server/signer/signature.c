// SPDX-License-Identifier: Apache-2.0
// Signatures, see signature.h.
#include "signer/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

bool signature_note(EVP_PKEY *key, const uint8_t *bytes, size_t length,
                    uint8_t ret_signature[SIGNATURE_BYTES], size_t *ret_length)
{
    const EVP_MD *digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t signature_length = SIGNATURE_BYTES;
    bool made = context && EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1 &&
                EVP_DigestSign(context, ret_signature, &signature_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (made)
        *ret_length = signature_length;
    return made;
}

bool signature_es256(EVP_PKEY *key, const uint8_t *bytes, size_t length,
                     uint8_t ret_signature[COSE_SIGNATURE_BYTES])
{
    enum { HALF = COSE_SIGNATURE_BYTES / 2 };
    uint8_t der[SIGNATURE_BYTES];
    const uint8_t *at = der;
    size_t der_length;
    if (!signature_note(key, bytes, length, der, &der_length))
        return false;
    ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &at, (long)der_length);
    bool written = parts && BN_bn2binpad(ECDSA_SIG_get0_r(parts), ret_signature, HALF) == HALF &&
                   BN_bn2binpad(ECDSA_SIG_get0_s(parts), ret_signature + HALF, HALF) == HALF;
    ECDSA_SIG_free(parts);
    ERR_clear_error();
    return written;
}
