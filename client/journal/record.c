// SPDX-License-Identifier: Apache-2.0
// See record.h. Numbers are little-endian; nothing depends on the machine.
#include "journal/record.h"

#include <string.h>

#include "journal/bytes.h"

enum { HEAD_BYTES = 10 };

static const uint8_t fields_of[RECORD_KINDS] = {
    [RECORD_INTAKE] = INTAKE_FIELDS,    [RECORD_CODES] = CODES_FIELDS,
    [RECORD_LEASE] = LEASE_FIELDS,      [RECORD_BOOKED] = OUTCOME_FIELDS,
    [RECORD_CONFLICT] = OUTCOME_FIELDS, [RECORD_SET_ASIDE] = OUTCOME_FIELDS,
    [RECORD_DROPPED] = DROPPED_FIELDS,  [RECORD_SPENT] = SPENT_FIELDS,
};

void record_put(struct record *record, size_t field, const void *bytes, size_t length)
{
    record->fields[field] = (struct record_field){bytes, length};
}

void record_put_text(struct record *record, size_t field, const char *text)
{
    record_put(record, field, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

size_t record_size(const struct record *record)
{
    size_t size = HEAD_BYTES;

    for (size_t i = 0; i < fields_of[record->kind]; i++)
        size += 4 + record->fields[i].length;
    return size;
}

void record_write(const struct record *record, uint8_t *ret_bytes)
{
    uint8_t *at = ret_bytes;

    *at++ = (uint8_t)record->kind;
    *at++ = fields_of[record->kind];
    bytes_put_64(at, (uint64_t)record->at_ms);
    at += 8;
    for (size_t i = 0; i < fields_of[record->kind]; i++) {
        const struct record_field *field = &record->fields[i];

        bytes_put_32(at, (uint32_t)field->length);
        if (field->length > 0)
            memcpy(at + 4, field->bytes, field->length);
        at += 4 + field->length;
    }
}

bool record_read(const uint8_t *bytes, size_t length, struct record *ret_record)
{
    struct record record = {0};
    size_t at = HEAD_BYTES;

    if (length < HEAD_BYTES || bytes[0] >= RECORD_KINDS || bytes[0] == RECORD_NONE ||
        bytes[1] != fields_of[bytes[0]])
        return false;
    record.kind = (enum record_kind)bytes[0];
    record.at_ms = (int64_t)bytes_get_64(bytes + 2);
    for (size_t i = 0; i < bytes[1]; i++) {
        size_t field_length;

        if (length - at < 4)
            return false;
        field_length = bytes_get_32(bytes + at);
        at += 4;
        if (length - at < field_length)
            return false;
        record.fields[i] = (struct record_field){bytes + at, field_length};
        at += field_length;
    }
    if (at != length)
        return false;
    *ret_record = record;
    return true;
}

void record_text(const struct record *record, size_t field, char *ret_text, size_t size)
{
    const struct record_field *from = &record->fields[field];
    size_t length = from->length < size ? from->length : size - 1;

    // Not in the middle of a character of UTF-8.
    while (length < from->length && length > 0 && (from->bytes[length] & 0xc0) == 0x80)
        length--;
    for (size_t i = 0; i < length; i++)
        ret_text[i] = from->bytes[i] < ' ' ? ' ' : (char)from->bytes[i];
    ret_text[length] = '\0';
}

int64_t record_number(const struct record *record, size_t field)
{
    const struct record_field *from = &record->fields[field];
    int64_t number = 0;

    if (from->length == 0 || from->length > 18)
        return 0;
    for (size_t i = 0; i < from->length; i++) {
        if (from->bytes[i] < '0' || from->bytes[i] > '9')
            return 0;
        number = number * 10 + (from->bytes[i] - '0');
    }
    return number;
}
