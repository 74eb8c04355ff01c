// SPDX-License-Identifier: Apache-2.0
// Instants and dates as text (RFC 3339), by the proleptic Gregorian calendar from year 1 to 9999. Instants
// are google.protobuf.Timestamp: seconds since 1970 in UTC and nanoseconds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMESTAMP_TEXT_SIZE 40

// "2026-11-24T00:31:14.123456Z"; the fraction has 6 or 9 digits and is left out when it is zero. False when
// the instant lies outside the years or nanos outside a second.
bool timestamp_format(int64_t seconds, int32_t nanos, char ret_text[TIMESTAMP_TEXT_SIZE]);
// Takes any offset ("Z", "+08:00", "+00"), 'T' or a space, and up to nine digits of fraction.
bool timestamp_parse(const char *text, size_t length, int64_t *ret_seconds, int32_t *ret_nanos);

bool timestamp_is_date(int32_t year, int32_t month, int32_t day);
// "2026-11-24" exactly, and a date that exists.
bool timestamp_parse_date(const char *text, size_t length, int32_t *ret_year, int32_t *ret_month,
                          int32_t *ret_day);
