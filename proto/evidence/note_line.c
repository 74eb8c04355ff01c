// SPDX-License-Identifier: Apache-2.0
// Lines of notes by public keys, see note_line.h. Ed25519 over the body (RFC 8032); P-256: an ECDSA-Sig-Value
// in DER over the body's SHA-256.
#include "evidence/note_line.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static EVP_PKEY *read_key(enum note_key kind, const uint8_t *spki, size_t length)
{
    enum { GROUP_SIZE = 32, SPKI_CEILING = 4096 };
    const uint8_t *at = spki;
    char group[GROUP_SIZE] = "";
    if (length > SPKI_CEILING)
        return NULL;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)length);
    if (!key)
        return NULL;
    bool fits = at == spki + length &&
                EVP_PKEY_get_base_id(key) == (kind == NOTE_ED25519 ? EVP_PKEY_ED25519 : EVP_PKEY_EC);
    if (fits && kind == NOTE_P256)
        fits =
            EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && strcmp(group, "prime256v1") == 0;
    if (fits)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

bool note_line_is_key(enum note_key kind, const uint8_t *spki, size_t length)
{
    EVP_PKEY *key = read_key(kind, spki, length);
    EVP_PKEY_free(key);
    return key != NULL;
}

static bool id_of(enum note_key kind, const char *name, EVP_PKEY *key, const uint8_t *spki, size_t length,
                  uint8_t ret_id[NOTE_KEY_ID_BYTES])
{
    uint8_t raw[NOTE_ED25519_BYTES];
    size_t raw_length = sizeof raw;
    if (kind == NOTE_P256) {
        note_key_id(kind, name, spki, length, ret_id);
        return true;
    }
    if (EVP_PKEY_get_raw_public_key(key, raw, &raw_length) != 1)
        return false;
    note_key_id(kind, name, raw, raw_length, ret_id);
    return true;
}

bool note_line_id(enum note_key kind, const char *name, const uint8_t *spki, size_t length,
                  uint8_t ret_id[NOTE_KEY_ID_BYTES])
{
    EVP_PKEY *key = read_key(kind, spki, length);
    bool done = key && id_of(kind, name, key, spki, length, ret_id);
    EVP_PKEY_free(key);
    return done;
}

static bool holds(EVP_PKEY *key, enum note_key kind, const struct note *note,
                  const struct note_signature *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context &&
        EVP_DigestVerifyInit(context, NULL, kind == NOTE_P256 ? EVP_sha256() : NULL, NULL, key) == 1 &&
        EVP_DigestVerify(context, signature->bytes, signature->length, (const uint8_t *)note->body,
                         note->body_length) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool note_line_is_good(const struct note *note, enum note_key kind, const char *name, const uint8_t *spki,
                       size_t length)
{
    uint8_t id[NOTE_KEY_ID_BYTES];
    EVP_PKEY *key = read_key(kind, spki, length);
    bool able = key && id_of(kind, name, key, spki, length, id), good = false;
    for (size_t i = 0; able && i < note->count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (!note_is_by(signature, name, id))
            continue;
        good = holds(key, kind, note, signature);
        able = good; // one that does not hold is enough to refuse the note
    }
    EVP_PKEY_free(key);
    return good;
}
