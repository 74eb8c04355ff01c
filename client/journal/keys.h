// SPDX-License-Identifier: Apache-2.0
// The institute's journal keys at a desk. They come from the server (DeskService.GetJournalKeys) to somebody
// who has just logged in, and stay on the disk only wrapped by that person's password: a desk that was
// started without a network is opened by the password, and a stolen disk gives nothing.
//
// Argon2id takes a tenth of a second and 64 MiB: call keep and open from a thread that may wait.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

enum { JOURNAL_KEY_BYTES = 32, JOURNAL_KEYS_MOST = 16 };

struct journal_key {
    char key_id[37];
    uint8_t bytes[JOURNAL_KEY_BYTES];
};

// With whom they were given: all that a desk without a server knows of the person.
struct journal_keys {
    char username[64], display_name[128], desk[16], laboratory[16];
    // The institute's, for papers; "": kept by a program that did not ask for it.
    char time_zone[64];
    // The first is the newest: new journals are written with it.
    struct journal_key keys[JOURNAL_KEYS_MOST];
    size_t count;
};

// Wraps them for this person, in "$XDG_STATE_HOME/touchstone/journal/PROFILE/USER.keys".
bool journal_keys_keep(const char *profile, const struct journal_keys *keys, const char *password,
                       struct ts_error *error);

// UNAUTHENTICATED JOURNAL_PASSWORD: it is another password. NOT_FOUND JOURNAL_NO_KEYS: this person never
// prepared this desk.
bool journal_keys_open(const char *profile, const char *username, const char *password,
                       struct journal_keys *ret_keys, struct ts_error *error);

// Whether this person has keys here; the password is not asked for.
bool journal_keys_are_kept(const char *profile, const char *username);

// Overwrites them.
void journal_keys_wipe(struct journal_keys *keys);
