// SPDX-License-Identifier: Apache-2.0
// The session token of a profile, kept in $XDG_STATE_HOME/touchstone/NAME.session with mode 0600. It is
// bound to the server that gave it: a token is never sent to another one.
#pragma once

#include <stdbool.h>

struct ts_error;

struct session {
    char server[256];
    char username[64];
    // 32 hex digits; empty = no session.
    char token[80];
};

// Reads the session of the profile for this server. No file, or one of another server, is an empty
// session. A file that others can read is refused.
bool session_load(const char *profile, const char *server, struct session *ret_session,
                  struct ts_error *error);

bool session_save(const char *profile, const struct session *session, struct ts_error *error);

// Removes the file. One that is not there is fine.
bool session_forget(const char *profile, struct ts_error *error);
