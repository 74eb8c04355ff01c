// SPDX-License-Identifier: Apache-2.0
// The folder of keys, see signing_keys.h. statement.pem is the first statement key; statement-2.pem to
// statement-9.pem are those that came after it.
#include "signer/signing_keys.h"

#include "signer/key_file.h"
#include "signer/mark.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char DEMONSTRATION[] = "demonstration-";

// In the order in which they are made; the first is the statement key.
static const struct {
    const char *name;
    bool is_p256; // else Ed25519
} FILES[1 + SIGNING_KEYS_NOTES] = {
    {"statement", true}, {"log", false}, {"log-p256", true}, {"status", false}, {"status-p256", true}};

const char *signing_keys_mark(const struct signing_keys_place *place)
{
    return place->passphrase ? "mark" : "demonstration-mark";
}

// "FOLDER/demonstration-statement-2.pem"; `number` above 1 only of statement keys.
static bool write_path(const struct signing_keys_place *place, const char *name, size_t number,
                       char ret_path[PATH_MAX], struct ts_error *error)
{
    char suffix[sizeof "-18446744073709551615"] = "";
    if (number > 1)
        snprintf(suffix, sizeof suffix, "-%zu", number);
    int length = snprintf(ret_path, PATH_MAX, "%s/%s%s%s.pem", place->folder,
                          place->passphrase ? "" : DEMONSTRATION, name, suffix);
    return length < PATH_MAX ||
           error_set(error, TS_INVALID_ARGUMENT, "KEY_FILE", "the folder's name is too long");
}

static bool is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static bool make_one(const struct signing_keys_place *place, const char *path, bool is_p256,
                     struct ts_error *error)
{
    EVP_PKEY *key = is_p256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool made = key ? key_file_create(place->folder, path, key, place->passphrase, error)
                    : error_set(error, TS_INTERNAL, "KEY_FILE", "%s: a key cannot be made", path);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return made;
}

// Whether a log has begun with keys of this folder: they may then not be made anew.
static bool has_begun(const struct signing_keys_place *place, const char *origin, bool *ret_begun,
                      struct ts_error *error)
{
    struct mark_file file;
    struct mark mark;
    if (!mark_open(place->folder, signing_keys_mark(place), origin, &file, error))
        return false;
    bool read = mark_read(&file, &mark, error);
    mark_close(&file);
    if (read)
        *ret_begun = mark.size > 0;
    return read;
}

// Which of the five are there, one bit each.
static bool look(const struct signing_keys_place *place, unsigned *ret_there, struct ts_error *error)
{
    char path[PATH_MAX];
    *ret_there = 0;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        if (!write_path(place, FILES[i].name, 1, path, error))
            return false;
        *ret_there |= (unsigned)is_there(path) << i;
    }
    return true;
}

enum { ALL_THERE = (1 << (1 + SIGNING_KEYS_NOTES)) - 1 };

static bool refuse_loss(const struct signing_keys_place *place, struct ts_error *error)
{
    return error_set(error, TS_FAILED_PRECONDITION, "KEYS_LOST",
                     "%s lacks keys of a log that has begun; put them back from your copy, none is made anew",
                     place->folder);
}

bool signing_keys_make(const struct signing_keys_place *place, const char *origin, struct ts_error *error)
{
    char path[PATH_MAX];
    unsigned there;
    bool begun = false;
    if (mkdir(place->folder, 0700) != 0 && errno != EEXIST)
        return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: %s", place->folder, strerror(errno));
    if (!look(place, &there, error))
        return false;
    if (there == ALL_THERE)
        return true;
    // The mark comes first, so that keys without one are never a first start.
    if (there == 0 && !mark_create(place->folder, signing_keys_mark(place), origin, error))
        return false;
    if (!has_begun(place, origin, &begun, error))
        return false;
    if (begun)
        return refuse_loss(place, error);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        if (!(there >> i & 1) && (!write_path(place, FILES[i].name, 1, path, error) ||
                                  !make_one(place, path, FILES[i].is_p256, error)))
            return false;
    return true;
}

bool signing_keys_renew(const struct signing_keys_place *place, struct ts_error *error)
{
    struct signing_keys keys;
    char path[PATH_MAX];
    if (!signing_keys_read(place, &keys,
                           error)) // with the same passphrase, or the next start would read neither
        return false;
    signing_keys_done(&keys);
    for (size_t number = 1; number <= SIGNING_KEYS_STATEMENTS; number++) {
        if (!write_path(place, FILES[0].name, number, path, error))
            return false;
        if (!is_there(path))
            return number > 1 ? make_one(place, path, true, error)
                              : error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE",
                                          "%s has no statement key that could be followed by another",
                                          place->folder);
    }
    return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE",
                     "%s has %d statement keys already; move the oldest ones away, but keep a copy",
                     place->folder, SIGNING_KEYS_STATEMENTS);
}

static bool is_of_kind(EVP_PKEY *key, bool is_p256)
{
    char group[32] = "";
    return is_p256 ? EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
                         strcmp(group, SN_X9_62_prime256v1) == 0
                   : EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
}

static bool read_one(const struct signing_keys_place *place, const char *path, bool is_p256,
                     struct signing_key *ret_key, struct ts_error *error)
{
    struct signing_key key = {.key = NULL};
    if (!key_file_read(path, place->passphrase, &key.key, error))
        return false;
    int length = is_of_kind(key.key, is_p256) ? i2d_PUBKEY(key.key, &key.spki) : 0;
    ERR_clear_error();
    *ret_key = key; // freed with the others
    ret_key->spki_length = length > 0 ? (size_t)length : 0;
    return length > 0 || error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: is not a %s key", path,
                                   is_p256 ? "P-256" : "Ed25519");
}

static bool read_statements(const struct signing_keys_place *place, struct signing_keys *keys,
                            struct ts_error *error)
{
    char path[PATH_MAX];
    for (size_t number = SIGNING_KEYS_STATEMENTS; number >= 1; number--) {
        if (!write_path(place, FILES[0].name, number, path, error))
            return false;
        if (is_there(path) && !read_one(place, path, true, &keys->statements[keys->statement_count++], error))
            return false;
    }
    if (keys->statement_count > 0)
        cose_kid(keys->statements[0].spki, keys->statements[0].spki_length, keys->kid);
    return true;
}

static bool read_notes(const struct signing_keys_place *place, struct signing_keys *keys,
                       struct ts_error *error)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < SIGNING_KEYS_NOTES; i++)
        if (!write_path(place, FILES[1 + i].name, 1, path, error) ||
            !read_one(place, path, FILES[1 + i].is_p256, &keys->notes[i], error))
            return false;
    return true;
}

bool signing_keys_read(const struct signing_keys_place *place, struct signing_keys *ret_keys,
                       struct ts_error *error)
{
    struct signing_keys keys = {.statement_count = 0};
    unsigned there;
    if (!look(place, &there, error))
        return false;
    bool fine = read_statements(place, &keys, error);
    if (fine && (there & ~1u) == 0 && keys.statement_count == 0) {
        *ret_keys = keys;
        return true;
    }
    fine = fine && keys.statement_count == 0 ? refuse_loss(place, error) : fine;
    fine = fine && read_notes(place, &keys, error);
    if (fine)
        *ret_keys = keys;
    else
        signing_keys_done(&keys);
    return fine;
}

static void free_key(struct signing_key *key)
{
    EVP_PKEY_free(key->key);
    OPENSSL_free(key->spki);
    *key = (struct signing_key){.key = NULL};
}

void signing_keys_done(struct signing_keys *keys)
{
    for (size_t i = 0; i < SIGNING_KEYS_STATEMENTS; i++)
        free_key(&keys->statements[i]);
    for (size_t i = 0; i < SIGNING_KEYS_NOTES; i++)
        free_key(&keys->notes[i]);
    keys->statement_count = 0;
}
