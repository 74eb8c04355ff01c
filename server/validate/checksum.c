// SPDX-License-Identifier: Apache-2.0
// Checksums by OpenSSL, see checksum.h.
#include "validate/checksum.h"

#include <openssl/evp.h>
#include <stdio.h>

static void write_hex(const unsigned char *digest, unsigned length, char ret_hex[CHECKSUM_SIZE])
{
    *ret_hex = '\0';
    for (unsigned i = 0; i < length && 2 * i + 2 < CHECKSUM_SIZE; i++)
        snprintf(ret_hex + (size_t)2 * i, 3, "%02x", digest[i]);
}

void checksum_of_bytes(const char *bytes, size_t length, char ret_hex[CHECKSUM_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1)
        size = 0;
    write_hex(digest, size, ret_hex);
}

static bool hash_stream(FILE *file, EVP_MD_CTX *context)
{
    unsigned char block[16384];
    size_t taken;
    while ((taken = fread(block, 1, sizeof block, file)) > 0)
        if (EVP_DigestUpdate(context, block, taken) != 1)
            return false;
    return !ferror(file);
}

void checksum_of_program(char ret_hex[CHECKSUM_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    FILE *file = fopen("/proc/self/exe", "re");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = file && context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                hash_stream(file, context) && EVP_DigestFinal_ex(context, digest, &size) == 1;
    EVP_MD_CTX_free(context);
    if (file)
        fclose(file);
    write_hex(digest, done ? size : 0, ret_hex);
}
