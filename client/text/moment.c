// SPDX-License-Identifier: Apache-2.0
// See moment.h.
#include "text/moment.h"

#include <glib.h>

bool moment_write(const char *zone, int64_t seconds, char ret_text[MOMENT_BYTES])
{
    GTimeZone *known = zone[0] != '\0' ? g_time_zone_new_identifier(zone) : NULL;
    GDateTime *utc = g_date_time_new_from_unix_utc(seconds),
              *there = utc != NULL && known != NULL ? g_date_time_to_timezone(utc, known) : NULL;
    char *text = there != NULL ? g_date_time_format(there, "%Y-%m-%d %H:%M")
                 : utc != NULL ? g_date_time_format(utc, "%Y-%m-%d %H:%M UTC")
                               : NULL;
    bool is_known = there != NULL;

    g_strlcpy(ret_text, text != NULL ? text : "", MOMENT_BYTES);
    g_free(text);
    g_clear_pointer(&there, g_date_time_unref);
    g_clear_pointer(&utc, g_date_time_unref);
    g_clear_pointer(&known, g_time_zone_unref);
    return is_known;
}
