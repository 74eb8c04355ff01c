// SPDX-License-Identifier: Apache-2.0
// Key files, see key_file.h. Encryption is AES-256 under scrypt (RFC 7914) with its parameters for
// interactive use: 16 MiB and some 50 ms a guess.
#include "signer/key_file.h"

#include "signer/secret_file.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

enum { SCRYPT_COST = 16384, SCRYPT_BLOCK = 8, SCRYPT_PARALLEL = 1, FILE_MODE = 0600 };
static const char ENCRYPTED[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

static bool refuse(struct ts_error *error, const char *path, const char *why)
{
    ERR_clear_error();
    return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: %s", path, why);
}

// OpenSSL asks for the passphrase; without one it must not ask at the terminal.
static int give_passphrase(char *buffer, int size, int writing, void *context)
{
    const char *passphrase = context;
    (void)writing;
    size_t length = passphrase ? strcspn(passphrase, "\r\n") : 0;
    if (length == 0 || length > (size_t)size)
        return -1;
    memcpy(buffer, passphrase, length);
    return (int)length;
}

EVP_PKEY *key_file_parse(const char *pem, size_t length, char *passphrase)
{
    BIO *memory = BIO_new_mem_buf(pem, (int)length);
    EVP_PKEY *key = memory ? PEM_read_bio_PrivateKey(memory, NULL, give_passphrase, passphrase) : NULL;
    BIO_free(memory);
    return key;
}

bool key_file_read(const char *path, char *passphrase, EVP_PKEY **ret_key, struct ts_error *error)
{
    char *pem;
    size_t length;
    if (!secret_file_read(path, true, &pem, &length, error))
        return false;
    bool encrypted = strstr(pem, ENCRYPTED) != NULL;
    EVP_PKEY *key = encrypted == (passphrase != NULL) ? key_file_parse(pem, length, passphrase) : NULL;
    secret_file_free(pem, length);
    if (!key)
        return refuse(error, path,
                      encrypted ? "cannot be decrypted: wrong passphrase, or no PKCS#8"
                                : "is not encrypted PKCS#8");
    *ret_key = key;
    return true;
}

static bool write_encrypted(BIO *memory, EVP_PKEY *key, const char *passphrase)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
    X509_ALGOR *algorithm =
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL);
    X509_SIG *sealed = plain && algorithm
                           ? PKCS8_set0_pbe(passphrase, (int)strcspn(passphrase, "\r\n"), plain, algorithm)
                           : NULL;
    if (!sealed)
        X509_ALGOR_free(algorithm); // else it is in `sealed`
    bool written = sealed && PEM_write_bio_PKCS8(memory, sealed) == 1;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return written;
}

bool key_file_create(const char *folder, const char *path, EVP_PKEY *key, const char *passphrase,
                     struct ts_error *error)
{
    BIO *memory = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    if (passphrase && strcspn(passphrase, "\r\n") == 0) {
        BIO_free(memory);
        return refuse(error, path, "would be encrypted with an empty passphrase");
    }
    bool written =
        memory && (passphrase ? write_encrypted(memory, key, passphrase)
                              : PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1);
    long length = written ? BIO_get_mem_data(memory, &pem) : 0;
    bool created = length > 0 ? secret_file_create(folder, path, pem, (size_t)length, FILE_MODE, error)
                              : refuse(error, path, "cannot be made");
    BIO_free(memory);
    return created;
}
