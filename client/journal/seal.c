// SPDX-License-Identifier: Apache-2.0
// See seal.h. By OpenSSL's EVP.
#include "journal/seal.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "journal/bytes.h"
#include "journal/crc32c.h"
#include "wire/error.h"

static const uint8_t magic[8] = "TSJRNL1\n";

enum {
    AT_ID = 8,
    AT_KEY = 24,
    AT_CREATED = 40,
    AT_DESK = 48,
    AT_CRC = SEAL_HEADER_BYTES - 4,
    ASSOCIATED_BYTES = SEAL_HEADER_BYTES + 8 + SEAL_TAG_BYTES,
};

void seal_header_write(const struct seal_header *header, uint8_t ret_bytes[SEAL_HEADER_BYTES])
{
    memset(ret_bytes, 0, SEAL_HEADER_BYTES);
    memcpy(ret_bytes, magic, sizeof magic);
    memcpy(ret_bytes + AT_ID, header->journal_id, 16);
    memcpy(ret_bytes + AT_KEY, header->key_id, 16);
    bytes_put_64(ret_bytes + AT_CREATED, (uint64_t)header->created_at_ms);
    memcpy(ret_bytes + AT_DESK, header->desk, SEAL_DESK_BYTES);
    bytes_put_32(ret_bytes + AT_CRC, crc32c(0, ret_bytes, AT_CRC));
}

bool seal_is_begun(const uint8_t bytes[SEAL_HEADER_BYTES])
{
    return memcmp(bytes, magic, sizeof magic) == 0;
}

bool seal_is_newer(const uint8_t bytes[SEAL_HEADER_BYTES])
{
    return memcmp(bytes, magic, 6) == 0 && bytes[7] == magic[7] && bytes[6] > magic[6] && bytes[6] <= '9';
}

bool seal_header_read(const uint8_t bytes[SEAL_HEADER_BYTES], struct seal_header *ret_header)
{
    struct seal_header header;

    if (memcmp(bytes, magic, sizeof magic) != 0 || bytes_get_32(bytes + AT_CRC) != crc32c(0, bytes, AT_CRC) ||
        bytes[AT_DESK + SEAL_DESK_BYTES - 1] != '\0')
        return false;
    memcpy(header.journal_id, bytes + AT_ID, 16);
    memcpy(header.key_id, bytes + AT_KEY, 16);
    header.created_at_ms = (int64_t)bytes_get_64(bytes + AT_CREATED);
    memcpy(header.desk, bytes + AT_DESK, SEAL_DESK_BYTES);
    *ret_header = header;
    return true;
}

bool seal_id_make(uint8_t ret_id[16])
{
    if (getrandom(ret_id, 16, 0) != 16)
        return false;
    ret_id[6] = (uint8_t)((ret_id[6] & 0x0f) | 0x40);
    ret_id[8] = (uint8_t)((ret_id[8] & 0x3f) | 0x80);
    return true;
}

static int hex_of(char sign)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = sign != '\0' ? strchr(digits, sign | 0x20) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

bool seal_id_read(const char *text, uint8_t ret_id[16])
{
    size_t count = 0;

    if (strlen(text) != 36)
        return false;
    for (size_t i = 0; i < 36;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i++] != '-')
                return false;
            continue;
        }
        if (hex_of(text[i]) < 0 || hex_of(text[i + 1]) < 0)
            return false;
        ret_id[count++] = (uint8_t)(hex_of(text[i]) << 4 | hex_of(text[i + 1]));
        i += 2;
    }
    return count == 16;
}

void seal_id_write(const uint8_t id[16], char ret_text[37])
{
    char *at = ret_text;

    for (size_t i = 0; i < 16; i++)
        at += sprintf(at, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
}

bool seal_begin(struct seal *seal, const uint8_t institute_key[JOURNAL_KEY_BYTES],
                const uint8_t header[SEAL_HEADER_BYTES], struct ts_error *error)
{
    static char digest[] = "SHA256", info[] = "touchstone journal 1";
    uint8_t key[JOURNAL_KEY_BYTES];
    OSSL_PARAM given[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, sizeof key),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, seal->header + AT_ID, 16),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof info - 1),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = hkdf != NULL ? EVP_KDF_CTX_new(hkdf) : NULL;
    bool done;

    memcpy(seal->header, header, SEAL_HEADER_BYTES);
    memcpy(key, institute_key, sizeof key);
    done = context != NULL && EVP_KDF_derive(context, seal->key, sizeof seal->key, given) == 1;
    explicit_bzero(key, sizeof key);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(hkdf);
    return done || error_set(error, TS_INTERNAL, "JOURNAL_SEAL", "the cryptographic library gives no key");
}

bool seal_encrypt(const uint8_t key[JOURNAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES],
                  struct seal_associated associated, const uint8_t *plain, size_t length, uint8_t *ret_sealed)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, last = 0;
    bool done = context != NULL && length <= INT_MAX &&
                EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                EVP_EncryptUpdate(context, NULL, &written, associated.bytes, (int)associated.length) == 1 &&
                EVP_EncryptUpdate(context, ret_sealed, &written, plain, (int)length) == 1 &&
                EVP_EncryptFinal_ex(context, ret_sealed + written, &last) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_BYTES, ret_sealed + length) == 1;

    EVP_CIPHER_CTX_free(context);
    return done;
}

bool seal_decrypt(const uint8_t key[JOURNAL_KEY_BYTES], const uint8_t nonce[SEAL_NONCE_BYTES],
                  struct seal_associated associated, const uint8_t *sealed, size_t length, uint8_t *ret_plain)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t tag[SEAL_TAG_BYTES];
    int written = 0, last = 0;
    bool done = context != NULL && length >= SEAL_TAG_BYTES && length <= INT_MAX;

    if (done) {
        memcpy(tag, sealed + length - SEAL_TAG_BYTES, sizeof tag);
        done = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
               EVP_DecryptUpdate(context, NULL, &written, associated.bytes, (int)associated.length) == 1 &&
               EVP_DecryptUpdate(context, ret_plain, &written, sealed, (int)(length - SEAL_TAG_BYTES)) == 1 &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_BYTES, tag) == 1 &&
               EVP_DecryptFinal_ex(context, ret_plain + written, &last) == 1;
    }
    EVP_CIPHER_CTX_free(context);
    return done;
}

static struct seal_associated associate(const struct seal *seal, const struct seal_place *place,
                                        uint8_t bytes[ASSOCIATED_BYTES])
{
    memcpy(bytes, seal->header, SEAL_HEADER_BYTES);
    bytes_put_64(bytes + SEAL_HEADER_BYTES, place->number);
    memcpy(bytes + SEAL_HEADER_BYTES + 8, place->tag_before, SEAL_TAG_BYTES);
    return (struct seal_associated){bytes, ASSOCIATED_BYTES};
}

bool seal_close(const struct seal *seal, const struct seal_place *place, const uint8_t *plain, size_t length,
                uint8_t ret_nonce[SEAL_NONCE_BYTES], uint8_t *ret_sealed, struct ts_error *error)
{
    uint8_t associated[ASSOCIATED_BYTES];

    if (getrandom(ret_nonce, SEAL_NONCE_BYTES, 0) != SEAL_NONCE_BYTES)
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
    return seal_encrypt(seal->key, ret_nonce, associate(seal, place, associated), plain, length,
                        ret_sealed) ||
           error_set(error, TS_INTERNAL, "JOURNAL_SEAL", "the cryptographic library cannot seal a record");
}

bool seal_open(const struct seal *seal, const struct seal_place *place, const uint8_t nonce[SEAL_NONCE_BYTES],
               const uint8_t *sealed, size_t length, uint8_t *ret_plain)
{
    uint8_t associated[ASSOCIATED_BYTES];

    return seal_decrypt(seal->key, nonce, associate(seal, place, associated), sealed, length, ret_plain);
}
