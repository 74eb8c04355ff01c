// SPDX-License-Identifier: Apache-2.0
// See sha256.h.
#include "auth/sha256.h"

#include <openssl/evp.h>
#include <pthread.h>

static EVP_MD *found;

static void find(void)
{
    found = EVP_MD_fetch(NULL, "SHA256", NULL);
}

// What could not be looked up for want of memory is looked up at every use.
const EVP_MD *sha256_method(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find);
    return found ? found : EVP_sha256();
}
