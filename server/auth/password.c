// SPDX-License-Identifier: Apache-2.0
// Password hashing, see password.h. Called by lab/login.c on worker threads and by the admin commands.
#include "auth/password.h"

#include <argon2.h>
#include <openssl/rand.h>
#include <string.h>

enum { SALT_BYTES = 16, HASH_BYTES = 32 };

static bool fail_busy(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "PASSWORD_HASHING_FAILED",
                     "The server is too busy to check passwords. Try again in a moment.");
}

bool password_hash(const struct password_cost *cost, const char *password,
                   char ret_encoded[PASSWORD_HASH_SIZE], struct ts_error *error)
{
    uint8_t salt[SALT_BYTES];
    if (RAND_bytes(salt, sizeof salt) != 1)
        return error_set(error, TS_INTERNAL, "NO_RANDOMNESS", "The server has no randomness. Try again.");
    int code = argon2id_hash_encoded(cost->passes, cost->memory_kib, cost->lanes, password, strlen(password),
                                     salt, sizeof salt, HASH_BYTES, ret_encoded, PASSWORD_HASH_SIZE);
    return code == ARGON2_OK || fail_busy(error);
}

bool password_verify(const char *encoded, const char *password, struct ts_error *error)
{
    int code = argon2id_verify(encoded, password, strlen(password));
    if (code == ARGON2_OK || code == ARGON2_VERIFY_MISMATCH)
        return code == ARGON2_OK;
    if (code == ARGON2_MEMORY_ALLOCATION_ERROR || code == ARGON2_THREAD_FAIL)
        return fail_busy(error);
    return error_set(error, TS_INTERNAL, "PASSWORD_HASH_DAMAGED", "The server could not check the password.");
}
