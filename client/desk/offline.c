// SPDX-License-Identifier: Apache-2.0
// What the desk has for the hours without a server: see offline.h. When it asks for that is in
// offline_calls.c.
#include "desk/offline.h"

#include <stdlib.h>
#include <string.h>

#include "desk/state.h"
#include "wire/arena.h"

void offline_done(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    journal_close(offline->other);
    journal_close(offline->journal);
    journal_keys_wipe(&offline->keys);
    arena_free(offline->slip_arena);
    free(offline->kept.bytes);
    explicit_bzero(offline->password, sizeof offline->password);
}

void offline_begin(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (offline->profile[0] == '\0')
        return;
    offline->is_local = offline->needs_login = false;
    // Once kept they are the same until somebody else logs in.
    offline->wants_keys = offline->journal == NULL || offline->password[0] != '\0';
    offline->wants_leases = true;
    offline->after_ms = 0;
}

const char *offline_why(const struct desk *desk, const struct ts_error *error, char text[REASON_TEXT])
{
    reason_tell(error, desk->chinese, text, REASON_TEXT);
    return text;
}

size_t offline_waiting(const struct desk *desk)
{
    return desk->offline.journal != NULL ? journal_waiting(desk->offline.journal) : 0;
}

bool offline_is_stopped(const struct desk *desk)
{
    size_t at;

    return desk->offline.journal != NULL &&
           journal_next(desk->offline.journal, desk->offline.wall_ms, &at) == JOURNAL_PERSON;
}

size_t offline_codes(const struct desk *desk)
{
    return desk->offline.journal != NULL ? journal_codes_left(desk->offline.journal, desk->laboratory) : 0;
}

int offline_places(const struct desk *desk)
{
    return desk->offline.journal != NULL
               ? journal_places_left(desk->offline.journal, desk->laboratory, desk->offline.wall_ms)
               : 0;
}

bool offline_can_keep(const struct desk *desk)
{
    return desk->offline.journal != NULL && journal_about(desk->offline.journal)->damaged_at_byte == 0;
}
