// SPDX-License-Identifier: Apache-2.0
// Findings and files of an audit, see audit_parts.h.
#include "verify/audit_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Codes that are no proof of anything wrong.
static const char *const WARNINGS[] = {
    "TIME_BACK",  "TIME_AHEAD",  "STATUS_OLD",     "STATUS_TIME",       "STATUS_BEHIND",
    "KEYS_TAKEN", "KEYS_BEHIND", "REGISTRY_EARLY", "RULES_NOT_CHECKED",
};

static enum audit_level level_of(const char *code)
{
    for (size_t i = 0; i < sizeof WARNINGS / sizeof WARNINGS[0]; i++)
        if (strcmp(code, WARNINGS[i]) == 0)
            return AUDIT_WARNING;
    return AUDIT_FINDING;
}

void audit_find(struct audit *audit, const char *code, const char *where, const char *format, ...)
{
    struct audit_report *report = audit->report;
    enum audit_level level = level_of(code);
    va_list arguments;
    *(level == AUDIT_FINDING ? &report->findings : &report->warnings) += 1;
    // A crowd of warnings must not keep a finding from being shown.
    if (report->kept == AUDIT_FINDINGS || (level == AUDIT_WARNING && report->kept >= AUDIT_FINDINGS / 2))
        return;
    struct audit_finding *finding = &report->list[report->kept++];
    finding->level = level;
    finding->code = code;
    snprintf(finding->where, sizeof finding->where, "%s", where);
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
}

void audit_init_file(struct audit_file *file, size_t ceiling, const char *format, ...)
{
    va_list arguments;
    *file = (struct audit_file){.ceiling = ceiling};
    va_start(arguments, format);
    vsnprintf(file->path, sizeof file->path, format, arguments);
    va_end(arguments);
}

bool audit_file_append(struct audit_file *file, const void *bytes, size_t length)
{
    enum { FIRST_BYTES = 4096 };
    if (file->got == AUDIT_TOO_LONG || length > file->ceiling - file->length) {
        file->got = AUDIT_TOO_LONG;
        return true;
    }
    if (file->length + length > file->capacity) {
        size_t capacity = file->capacity ? file->capacity * 2 : FIRST_BYTES;
        while (capacity < file->length + length)
            capacity *= 2;
        uint8_t *more = realloc(file->bytes, capacity);
        if (!more)
            return false;
        file->bytes = more;
        file->capacity = capacity;
    }
    if (length > 0)
        memcpy(file->bytes + file->length, bytes, length);
    file->length += length;
    return true;
}

void audit_free_files(struct audit_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(files[i].bytes);
        files[i].bytes = NULL;
        files[i].length = files[i].capacity = 0;
    }
}

bool audit_fetch(struct audit *audit, struct audit_file *files, size_t count)
{
    return count == 0 || audit->order->source.fetch(audit->order->source.context, files, count, audit->error);
}

bool audit_fail_memory(struct audit *audit)
{
    return error_set(audit->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
}

bool audit_wait(struct audit *audit)
{
    return audit->order->source.wait && audit->order->source.wait(audit->order->source.context);
}
