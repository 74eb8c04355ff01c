// SPDX-License-Identifier: Apache-2.0
// See instant.h.
#include "print/instant.h"

#include <string.h>
#include <time.h>

#include "wire/timestamp.h"

void instant_write(FILE *out, int64_t seconds, int32_t nanos, bool terminal)
{
    time_t at = (time_t)seconds;
    char text[64];
    struct tm parts;

    if (terminal ? localtime_r(&at, &parts) == NULL : gmtime_r(&at, &parts) == NULL)
        return;
    if (terminal) {
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
        fputs(text, out);
    } else {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
        fprintf(out, "%s.%06dZ", text, (int)(nanos / 1000));
    }
}

void instant_write_text(FILE *out, const char *text, bool terminal)
{
    int64_t seconds;
    int32_t nanos;

    if (terminal && timestamp_parse(text, strlen(text), &seconds, &nanos))
        instant_write(out, seconds, nanos, true);
    else
        fputs(text, out);
}
