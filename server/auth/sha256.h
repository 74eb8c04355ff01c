// SPDX-License-Identifier: Apache-2.0
// SHA-256 as OpenSSL's providers have it, looked up once. EVP_sha256() and SHA256() look it up at every use,
// which takes longer than to hash a request. For any thread.
#pragma once

#include <openssl/types.h>

// For EVP_DigestInit_ex and EVP_Digest; never NULL.
const EVP_MD *sha256_method(void);
