// SPDX-License-Identifier: Apache-2.0
// See keys.h. The file: 8 bytes "TSJKEY1\n", u32 memory (KiB), u32 passes, u32 lanes of Argon2id (RFC 9106),
// 16 bytes salt, 12 bytes nonce, then AES-256-GCM of the lines; associated are all bytes before the nonce and
// the user's name.
#include "journal/keys.h"

#include <argon2.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "files/read_file.h"
#include "files/user_file.h"
#include "journal/bytes.h"
#include "journal/seal.h"
#include "wire/arena.h"
#include "wire/error.h"

static const uint8_t magic[8] = "TSJKEY1\n";
// Begins the line of the time zone, which older files lack; a key's line begins with its id.
static const char zone_word[] = "zone ";

enum {
    AT_COST = 8,
    AT_SALT = 20,
    AT_NONCE = 36,
    AT_SEALED = AT_NONCE + SEAL_NONCE_BYTES,
    SALT_BYTES = 16,
    // The second choice of RFC 9106, section 4: for where memory is dear.
    MEMORY_KIB = 64 * 1024,
    PASSES = 3,
    LANES = 4,
    MEMORY_MOST_KIB = 1024 * 1024,
    PASSES_MOST = 16,
    LANES_MOST = 16,
    TEXT_BYTES = 4096,
    ARENA_BYTES = 64 * 1024,
};

static bool path_of(const char *profile, const char *username, char ret_path[PATH_MAX],
                    struct ts_error *error)
{
    // The name is the person's typing.
    if (strchr(username, '/') != NULL || username[0] == '.' || username[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "%.60s is no name for a file", username);
    return user_file_path(USER_STATE, ret_path, error, "journal/%s/%s.keys", profile, username);
}

// The key that wraps, from the password and what the file's head says.
static bool stretch(const uint8_t *head, const char *password, uint8_t ret_key[JOURNAL_KEY_BYTES],
                    struct ts_error *error)
{
    uint32_t memory = bytes_get_32(head + AT_COST), passes = bytes_get_32(head + AT_COST + 4),
             lanes = bytes_get_32(head + AT_COST + 8);

    if (memory > MEMORY_MOST_KIB || passes > PASSES_MOST || lanes > LANES_MOST)
        return error_set(error, TS_DATA_LOSS, "JOURNAL_KEYS_DAMAGED",
                         "the kept keys are damaged: log in again");
    if (argon2id_hash_raw(passes, memory, lanes, password, strlen(password), head + AT_SALT, SALT_BYTES,
                          ret_key, JOURNAL_KEY_BYTES) != ARGON2_OK)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "JOURNAL_MEMORY",
                         "there is not memory enough (64 MiB) to open the journal's keys");
    return true;
}

static struct seal_associated associate(const uint8_t *head, const char *username,
                                        uint8_t bytes[AT_NONCE + 64])
{
    size_t length = strnlen(username, 64);

    memcpy(bytes, head, AT_NONCE);
    memcpy(bytes + AT_NONCE, username, length);
    return (struct seal_associated){bytes, AT_NONCE + length};
}

static size_t write_lines(const struct journal_keys *keys, char text[TEXT_BYTES])
{
    int length = snprintf(text, TEXT_BYTES, "%s\n%s\n%s\n", keys->display_name, keys->desk, keys->laboratory);

    if (keys->time_zone[0] != '\0')
        length += snprintf(text + length, TEXT_BYTES - (size_t)length, "%s%s\n", zone_word, keys->time_zone);
    for (size_t i = 0; i < keys->count && i < JOURNAL_KEYS_MOST; i++) {
        length += snprintf(text + length, TEXT_BYTES - (size_t)length, "%s ", keys->keys[i].key_id);
        for (size_t j = 0; j < JOURNAL_KEY_BYTES; j++)
            length += snprintf(text + length, TEXT_BYTES - (size_t)length, "%02x", keys->keys[i].bytes[j]);
        length += snprintf(text + length, TEXT_BYTES - (size_t)length, "\n");
    }
    return (size_t)length;
}

static bool is_line(const char *text)
{
    return strpbrk(text, "\n\r") == NULL;
}

bool journal_keys_keep(const char *profile, const struct journal_keys *keys, const char *password,
                       struct ts_error *error)
{
    uint8_t file[AT_SEALED + TEXT_BYTES + SEAL_TAG_BYTES], key[JOURNAL_KEY_BYTES], associated[AT_NONCE + 64];
    char path[PATH_MAX], text[TEXT_BYTES];
    size_t length;
    bool done;

    if (!is_line(keys->display_name) || !is_line(keys->desk) || !is_line(keys->laboratory) ||
        !is_line(keys->time_zone))
        return error_set(error, TS_INVALID_ARGUMENT, "JOURNAL_KEYS", "a name has more than one line");
    if (!path_of(profile, keys->username, path, error) || !atomic_file_make_folders(path, error))
        return false;
    memcpy(file, magic, sizeof magic);
    bytes_put_32(file + AT_COST, MEMORY_KIB);
    bytes_put_32(file + AT_COST + 4, PASSES);
    bytes_put_32(file + AT_COST + 8, LANES);
    if (getrandom(file + AT_SALT, SALT_BYTES + SEAL_NONCE_BYTES, 0) != SALT_BYTES + SEAL_NONCE_BYTES)
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
    if (!stretch(file, password, key, error))
        return false;
    length = write_lines(keys, text);
    done = seal_encrypt(key, file + AT_NONCE, associate(file, keys->username, associated), (uint8_t *)text,
                        length, file + AT_SEALED) ||
           error_set(error, TS_INTERNAL, "JOURNAL_SEAL", "the cryptographic library cannot wrap the keys");
    explicit_bzero(key, sizeof key);
    explicit_bzero(text, sizeof text);
    return done && atomic_file_write(path, file, AT_SEALED + length + SEAL_TAG_BYTES, 0600, error);
}

// Takes the line at *at; false at the end.
static bool next_line(char **at, char **ret_line)
{
    char *end = strchr(*at, '\n');

    if (end == NULL)
        return false;
    *end = '\0';
    *ret_line = *at;
    *at = end + 1;
    return true;
}

static bool read_key(const char *line, struct journal_key *key)
{
    const char *hex = line + 37;

    if (strlen(line) != 37 + 2 * JOURNAL_KEY_BYTES || line[36] != ' ')
        return false;
    snprintf(key->key_id, sizeof key->key_id, "%.36s", line);
    for (size_t i = 0; i < JOURNAL_KEY_BYTES; i++) {
        unsigned value;

        if (sscanf(hex + 2 * i, "%2x", &value) != 1)
            return false;
        key->bytes[i] = (uint8_t)value;
    }
    return true;
}

static bool read_lines(char *text, struct journal_keys *keys)
{
    char *at = text, *line;

    if (!next_line(&at, &line))
        return false;
    snprintf(keys->display_name, sizeof keys->display_name, "%s", line);
    if (!next_line(&at, &line))
        return false;
    snprintf(keys->desk, sizeof keys->desk, "%s", line);
    if (!next_line(&at, &line))
        return false;
    snprintf(keys->laboratory, sizeof keys->laboratory, "%s", line);
    while (keys->count < JOURNAL_KEYS_MOST && next_line(&at, &line))
        if (strncmp(line, zone_word, sizeof zone_word - 1) == 0)
            snprintf(keys->time_zone, sizeof keys->time_zone, "%s", line + sizeof zone_word - 1);
        else if (!read_key(line, &keys->keys[keys->count++]))
            return false;
    return keys->count > 0;
}

static bool unwrap(const uint8_t *file, size_t size, const char *username, const char *password,
                   struct journal_keys *keys, struct ts_error *error)
{
    uint8_t key[JOURNAL_KEY_BYTES], associated[AT_NONCE + 64];
    char text[TEXT_BYTES + SEAL_TAG_BYTES + 1] = "";
    bool done;

    if (size < AT_SEALED + SEAL_TAG_BYTES || size > AT_SEALED + TEXT_BYTES + SEAL_TAG_BYTES ||
        memcmp(file, magic, sizeof magic) != 0)
        return error_set(error, TS_DATA_LOSS, "JOURNAL_KEYS_DAMAGED",
                         "the kept keys are damaged: log in again");
    if (!stretch(file, password, key, error))
        return false;
    done = seal_decrypt(key, file + AT_NONCE, associate(file, username, associated), file + AT_SEALED,
                        size - AT_SEALED, (uint8_t *)text);
    explicit_bzero(key, sizeof key);
    if (!done)
        error_set(error, TS_UNAUTHENTICATED, "JOURNAL_PASSWORD",
                  "This is not the password of the last log-in at this desk.");
    else if (text[size - AT_SEALED - SEAL_TAG_BYTES] = '\0', !read_lines(text, keys))
        done =
            error_set(error, TS_DATA_LOSS, "JOURNAL_KEYS_DAMAGED", "the kept keys are damaged: log in again");
    explicit_bzero(text, sizeof text);
    return done;
}

bool journal_keys_open(const char *profile, const char *username, const char *password,
                       struct journal_keys *ret_keys, struct ts_error *error)
{
    struct journal_keys keys = {0};
    char path[PATH_MAX];
    struct arena *arena;
    uint8_t *file;
    size_t size;
    bool done;

    if (!path_of(profile, username, path, error))
        return false;
    arena = arena_create(ARENA_BYTES);
    if (arena == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    done = read_file_whole(path, ARENA_BYTES / 2, arena, &file, &size, error);
    if (!done && access(path, F_OK) != 0 && errno == ENOENT)
        error_set(error, TS_NOT_FOUND, "JOURNAL_NO_KEYS",
                  "%.40s has not prepared this desk for work without the server: log in once with it.",
                  username);
    snprintf(keys.username, sizeof keys.username, "%s", username);
    done = done && unwrap(file, size, username, password, &keys, error);
    if (done)
        *ret_keys = keys;
    journal_keys_wipe(&keys);
    arena_free(arena);
    return done;
}

void journal_keys_wipe(struct journal_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}

bool journal_keys_are_kept(const char *profile, const char *username)
{
    char path[PATH_MAX];
    struct ts_error error = {0};

    return path_of(profile, username, path, &error) && access(path, R_OK) == 0;
}
