// SPDX-License-Identifier: Apache-2.0
// The error type, see error.h. Everything is cut to fit: an error must never fail to be reported.
#include "wire/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Takes back a UTF-8 character that cutting left incomplete at the end.
static void end_between_characters(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (lead >= 0x80 && length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

__attribute__((format(printf, 3, 0))) static void fill(char *text, size_t size, const char *format,
                                                       va_list values)
{
    int length = vsnprintf(text, size, format, values);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= size)
        end_between_characters(text);
}

static void copy(char *text, size_t size, const char *source)
{
    size_t length = strnlen(source, size - 1);
    memcpy(text, source, length);
    text[length] = '\0';
    if (source[length])
        end_between_characters(text);
}

bool error_set(struct ts_error *error, enum ts_status status, const char *reason, const char *format, ...)
{
    if (!error)
        return false;
    char text[sizeof error->detail]; // the values may point into *error
    va_list values;
    va_start(values, format);
    fill(text, sizeof text, format, values);
    va_end(values);
    error->status = status;
    copy(error->reason, sizeof error->reason, reason);
    copy(error->detail, sizeof error->detail, text);
    error->metadata[0] = '\0';
    error->violation_count = 0;
    return false;
}

bool error_violation(struct ts_error *error, const char *field, const char *format, ...)
{
    if (!error || (error->status == TS_INVALID_ARGUMENT && error->violation_count == TS_ERROR_VIOLATIONS))
        return false;
    char text[sizeof error->violations[0].description];
    va_list values;
    va_start(values, format);
    fill(text, sizeof text, format, values);
    va_end(values);
    if (error->status != TS_INVALID_ARGUMENT || error->violation_count == 0)
        error_set(error, TS_INVALID_ARGUMENT, "FIELD_INVALID", "%s%s%s", field, *field ? ": " : "", text);
    size_t at = error->violation_count++;
    copy(error->violations[at].field, sizeof error->violations[at].field, field);
    copy(error->violations[at].description, sizeof error->violations[at].description, text);
    return false;
}

// Appends a JSON string to buffer[*length]; false when it does not fit.
static bool put_json(char *buffer, size_t size, size_t *length, const char *text)
{
    size_t at = *length;
    if (at + 2 > size)
        return false;
    buffer[at++] = '"';
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        char piece[8] = {(char)byte};
        if (byte < 0x20 || byte == '"' || byte == '\\')
            snprintf(piece, sizeof piece, "\\u%04x", byte);
        size_t piece_length = strlen(piece);
        if (at + piece_length + 1 > size)
            return false;
        memcpy(buffer + at, piece, piece_length);
        at += piece_length;
    }
    buffer[at++] = '"';
    *length = at;
    return true;
}

bool error_metadata(struct ts_error *error, const char *key, const char *value)
{
    if (!error)
        return false;
    size_t size = sizeof error->metadata - 2; // room for "}" and the NUL
    size_t kept = strlen(error->metadata);
    char buffer[sizeof error->metadata];
    size_t length = kept ? kept - 1 : 0; // without the closing brace
    memcpy(buffer, error->metadata, length);
    if (length + 1 > size)
        return false;
    buffer[length] = length ? ',' : '{';
    length++;
    if (!put_json(buffer, size, &length, key) || length + 1 > size)
        return false;
    buffer[length++] = ':';
    if (!put_json(buffer, size, &length, value))
        return false;
    memcpy(buffer + length, "}", 2);
    memcpy(error->metadata, buffer, length + 2);
    return false;
}

const char *error_status_name(enum ts_status status)
{
    static const char *const names[] = {
        "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
        "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
        "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED"};
    size_t count = sizeof names / sizeof names[0];
    return (size_t)status < count ? names[status] : "UNKNOWN";
}
