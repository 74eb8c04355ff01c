// SPDX-License-Identifier: Apache-2.0
// Session tokens, see token.h. Called by lab/login.c (new ones) and rpc/dispatch.c (presented ones).
#include "auth/token.h"

#include "auth/sha256.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <strings.h>

bool token_create(char ret_text[TOKEN_TEXT_SIZE], struct ts_error *error)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[TOKEN_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return error_set(error, TS_INTERNAL, "NO_RANDOMNESS",
                         "The server could not make a session. Try again.");
    for (size_t i = 0; i < sizeof bytes; i++) {
        ret_text[2 * i] = digits[bytes[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_text[2 * TOKEN_BYTES] = '\0';
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_token(const char *text, size_t length, uint8_t ret_bytes[TOKEN_BYTES])
{
    if (length != 2 * TOKEN_BYTES)
        return false;
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool token_hash(const char *text, size_t length, uint8_t ret_hash[TOKEN_HASH_BYTES], struct ts_error *error)
{
    uint8_t bytes[TOKEN_BYTES];
    if (!read_token(text, length, bytes))
        return error_set(error, TS_UNAUTHENTICATED, "SESSION_MISSING", "Log in first.");
    // Whoever is told that the session has ended logs in again: never for want of memory.
    return EVP_Digest(bytes, sizeof bytes, ret_hash, NULL, sha256_method(), NULL) == 1 ||
           error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
}

const char *token_of_header(const char *header)
{
    static const char scheme[] = "Bearer ";
    if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0)
        return NULL;
    return header + sizeof scheme - 1;
}
