// SPDX-License-Identifier: Apache-2.0
// Instants for people: local time to the second. Scripts get RFC 3339 in UTC.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Writes nothing for an instant outside the calendar.
void instant_write(FILE *out, int64_t seconds, int32_t nanos, bool terminal);

// Writes a text that came from elsewhere (a certificate, an error's metadata, the history): as local time for
// a terminal when all of it is an instant, otherwise as it stands. Raw: the caller makes it safe.
void instant_write_text(FILE *out, const char *text, bool terminal);
