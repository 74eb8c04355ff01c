// SPDX-License-Identifier: Apache-2.0
// The journal and its keys at the desk: they come from the server after a log-in, and stay on the disk
// wrapped by the password, which opens them when there is no server.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/reason.h"
#include "touchstone/v1/offline.pb-c.h"

static void tell_opened(struct desk *desk)
{
    const struct journal_about *about = journal_about(desk->offline.journal);
    const char *zh = reason_say(about->damage_reason, true);

    if (about->damage[0] != '\0')
        desk_tell(desk, NOTE_BAD, "%s（字节 %llu）", "The journal cannot be used: %s (byte %llu)",
                  desk->chinese && zh != NULL ? zh : about->damage,
                  (unsigned long long)about->damaged_at_byte);
    else if (about->torn_bytes > 0)
        desk_tell(
            desk, NOTE_BAD, "断电时最后一条没有写完（未告诉任何人已存），残余在 %s",
            "The power went while one was being written, and nobody was told that it is saved. The rest "
            "is in %s",
            about->torn_path);
}

static void tell_unopened(struct desk *desk, const struct ts_error *error)
{
    struct offline *offline = &desk->offline;
    bool is_news = !offline->is_busy || strcmp(error->reason, "JOURNAL_BUSY") != 0;
    char why[REASON_TEXT];

    offline->is_busy = strcmp(error->reason, "JOURNAL_BUSY") == 0;
    offline->busy_ms = desk->now_ms;
    snprintf(offline->trouble, sizeof offline->trouble, "%s", offline_why(desk, error, why));
    if (is_news)
        desk_tell(desk, NOTE_BAD, "断网时不能收样，本机日志打不开：%s",
                  "Without a server nothing can be taken in here; the journal does not open: %s",
                  offline->trouble);
}

// The journal of this desk, with the keys that are there.
static bool open_journal(struct desk *desk)
{
    struct offline *offline = &desk->offline;
    struct ts_error error = {0};
    char path[PATH_MAX];

    if (offline->journal != NULL)
        return true;
    if (journal_path(offline->profile, path, &error))
        offline->journal = journal_open(
            &(const struct journal_settings){
                .path = path, .desk = desk->desk, .keys = &offline->keys, .now_ms = offline->wall_ms},
            &error);
    if (offline->journal == NULL) {
        tell_unopened(desk, &error);
        return false;
    }
    offline->trouble[0] = '\0';
    tell_opened(desk);
    return true;
}

void opening_again(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (!offline->is_busy || offline->journal != NULL || !offline->has_keys ||
        desk->now_ms - offline->busy_ms < OFFLINE_AGAIN_MS || !open_journal(desk))
        return;
    offline->is_busy = false;
    offline->wants_leases = true;
    offline->after_ms = 0;
    if (journal_about(offline->journal)->damage[0] == '\0')
        desk_tell(desk, NOTE_GOOD, "另一个程序已退出：本机日志可用了",
                  "The other program has ended: the journal of this machine is open");
}

bool opening_knows(const struct desk *desk, const char *username)
{
    return desk->offline.profile[0] != '\0' && username[0] != '\0' &&
           journal_keys_are_kept(desk->offline.profile, username);
}

// All that is known of the person without a server.
static void adopt(struct desk *desk, const struct journal_keys *keys)
{
    desk->offline.keys = *keys;
    desk->offline.has_keys = true;
    snprintf(desk->username, sizeof desk->username, "%s", keys->username);
    snprintf(desk->name, sizeof desk->name, "%s", keys->display_name);
    snprintf(desk->time_zone, sizeof desk->time_zone, "%s", keys->time_zone);
    if (desk->laboratory[0] == '\0')
        snprintf(desk->laboratory, sizeof desk->laboratory, "%s", keys->laboratory);
    if (desk->desk[0] == '\0')
        snprintf(desk->desk, sizeof desk->desk, "%s", keys->desk);
}

bool opening_unlock(struct desk *desk, const char *username, const char *password)
{
    struct offline *offline = &desk->offline;
    struct journal_keys keys;
    struct ts_error error = {0};
    char why[REASON_TEXT];

    if (!journal_keys_open(offline->profile, username, password, &keys, &error)) {
        desk_tell(desk, NOTE_BAD, "连不上服务器，密码也打不开本机日志：%s",
                  "No server, and the password does not open this machine's journal: %s",
                  offline_why(desk, &error, why));
        return false;
    }
    adopt(desk, &keys);
    journal_keys_wipe(&keys);
    offline->is_local = true;
    if (!open_journal(desk))
        return true;
    if (!desk->catalogue->is_whole && !kept_catalogue_load(desk))
        desk_tell(desk, NOTE_BAD, "连不上服务器，本机也没有目录：不能收样，请用纸单",
                  "No server, and no catalogue is kept here: take in on paper until it is back");
    else
        desk_tell(desk, NOTE_BAD, "连不上服务器：已用密码解锁，只能离线收样",
                  "No server: unlocked for offline intake only");
    return true;
}

static bool read_key(const Touchstone__V1__JournalKey *given, struct journal_key *ret_key)
{
    size_t length = strlen(given->key_hex);

    if (length != 2 * JOURNAL_KEY_BYTES || strspn(given->key_hex, "0123456789abcdef") != length)
        return false;
    snprintf(ret_key->key_id, sizeof ret_key->key_id, "%s", given->key_id);
    for (size_t i = 0; i < JOURNAL_KEY_BYTES; i++) {
        char pair[3] = {given->key_hex[2 * i], given->key_hex[2 * i + 1], '\0'};

        ret_key->bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

// The keys came: kept for the next start, and the journal opened.
void opening_take_keys(struct desk *desk, const ProtobufCMessage *response)
{
    const Touchstone__V1__GetJournalKeysResponse *answer =
        (const Touchstone__V1__GetJournalKeysResponse *)response;
    struct offline *offline = &desk->offline;
    struct ts_error error = {0};
    struct journal_keys keys = {0};
    char why[REASON_TEXT];

    for (size_t i = 0; i < answer->n_keys && keys.count < JOURNAL_KEYS_MOST; i++) {
        keys.count += read_key(answer->keys[i], &keys.keys[keys.count]);
        explicit_bzero(answer->keys[i]->key_hex, strlen(answer->keys[i]->key_hex));
    }
    snprintf(keys.username, sizeof keys.username, "%s", desk->username);
    snprintf(keys.display_name, sizeof keys.display_name, "%s", desk->name);
    snprintf(keys.desk, sizeof keys.desk, "%s", desk->desk);
    snprintf(keys.laboratory, sizeof keys.laboratory, "%s", desk->laboratory);
    snprintf(keys.time_zone, sizeof keys.time_zone, "%s", answer->time_zone);
    if (offline->password[0] != '\0' &&
        !journal_keys_keep(offline->profile, &keys, offline->password, &error))
        desk_tell(desk, NOTE_BAD, "本机存不下离线钥匙：%s",
                  "The key for hours without a server is not kept: %s", offline_why(desk, &error, why));
    explicit_bzero(offline->password, sizeof offline->password);
    adopt(desk, &keys);
    journal_keys_wipe(&keys);
    open_journal(desk);
}
