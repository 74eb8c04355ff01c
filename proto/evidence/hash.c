// SPDX-License-Identifier: Apache-2.0
// SHA-256, see hash.h. OpenSSL calls this interface old; the newer one allocates for every hash and can fail.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "evidence/hash.h"

#include <openssl/sha.h>

void hash_of_two(const void *first, size_t first_length, const void *second, size_t second_length,
                 uint8_t ret_hash[HASH_BYTES])
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, first, first_length);
    SHA256_Update(&context, second, second_length);
    SHA256_Final(ret_hash, &context);
}

void hash_of(const void *bytes, size_t length, uint8_t ret_hash[HASH_BYTES])
{
    hash_of_two(bytes, length, "", 0, ret_hash);
}
