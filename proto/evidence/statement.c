// SPDX-License-Identifier: Apache-2.0
// Statements to and from CBOR, see statement.h: one table of keys for both directions.
#include "evidence/statement.h"

#include "evidence/cbor.h"
#include "evidence/statement_parts.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stddef.h>
#include <string.h>

enum { DATES = 3, RESULT_PARTS = 11, KEYS = 18, KEY_SAMPLE_ID = 15, KEY_SUPERSEDES = 16, KEY_PARTIAL = 17 };

// What is being read. Every step fails once something was wrong.
struct reading {
    struct cbor_reader cbor;
    struct arena *arena;
    bool out_of_memory;
};

static bool take(struct reading *reading, enum cbor_kind kind, struct cbor_item *ret_item)
{
    return cbor_read(&reading->cbor, ret_item) && ret_item->kind == kind;
}

static bool take_array(struct reading *reading, uint64_t count)
{
    struct cbor_item item;
    return take(reading, CBOR_ARRAY, &item) && item.argument == count;
}

static bool read_uint(struct reading *reading, void *field)
{
    struct cbor_item item;
    if (!take(reading, CBOR_UINT, &item) || item.argument >= STATEMENT_WHOLE_CEILING)
        return false;
    *(uint64_t *)field = item.argument;
    return true;
}

static void write_uint(struct cbor_writer *writer, const void *field)
{
    cbor_put(writer, CBOR_UINT, *(const uint64_t *)field);
}

static bool read_text(struct reading *reading, void *field)
{
    struct cbor_item item;
    if (!take(reading, CBOR_TEXT, &item))
        return false;
    *(struct statement_text *)field =
        (struct statement_text){(const char *)item.bytes, (size_t)item.argument};
    return true;
}

static void write_text(struct cbor_writer *writer, const void *field)
{
    const struct statement_text *text = field;
    cbor_put_text(writer, text->bytes, text->length);
}

static bool read_bytes(struct reading *reading, void *field, size_t length)
{
    struct cbor_item item;
    if (!take(reading, CBOR_BYTES, &item) || item.argument != length)
        return false;
    memcpy(field, item.bytes, length);
    return true;
}

static bool read_salt(struct reading *reading, void *field)
{
    return read_bytes(reading, field, STATEMENT_SALT_BYTES);
}

static void write_salt(struct cbor_writer *writer, const void *field)
{
    cbor_put_bytes(writer, field, STATEMENT_SALT_BYTES);
}

static bool read_hash(struct reading *reading, void *field)
{
    return read_bytes(reading, field, HASH_BYTES);
}

static void write_hash(struct cbor_writer *writer, const void *field)
{
    cbor_put_bytes(writer, field, HASH_BYTES);
}

static bool read_dates(struct reading *reading, void *field)
{
    bool fine = take_array(reading, DATES);
    for (size_t i = 0; fine && i < DATES; i++)
        fine = read_uint(reading, (uint64_t *)field + i);
    return fine;
}

static void write_dates(struct cbor_writer *writer, const void *field)
{
    cbor_put(writer, CBOR_ARRAY, DATES);
    for (size_t i = 0; i < DATES; i++)
        write_uint(writer, (const uint64_t *)field + i);
}

static bool read_code(struct reading *reading, struct statement_code *code)
{
    *code = (struct statement_code){.code = 0};
    return cbor_is_next(&reading->cbor, CBOR_UINT) ? read_uint(reading, &code->code)
                                                   : read_text(reading, &code->text);
}

static void write_code(struct cbor_writer *writer, const struct statement_code *code)
{
    if (code->text.bytes)
        write_text(writer, &code->text);
    else
        write_uint(writer, &code->code);
}

static bool take_simple(struct reading *reading, uint64_t value)
{
    struct cbor_item item;
    return take(reading, CBOR_SIMPLE, &item) && item.argument == value;
}

static bool read_bool(struct reading *reading, bool *ret_value)
{
    struct cbor_item item;
    if (!take(reading, CBOR_SIMPLE, &item) || item.argument == CBOR_NULL)
        return false;
    *ret_value = item.argument == CBOR_TRUE;
    return true;
}

// The sign apart, as the magnitude may need all 64 bits.
static bool read_int(struct reading *reading, bool *ret_negative, uint64_t *ret_magnitude)
{
    struct cbor_item item;
    if (!cbor_read(&reading->cbor, &item) || (item.kind != CBOR_UINT && item.kind != CBOR_NINT))
        return false;
    *ret_negative = item.kind == CBOR_NINT;
    *ret_magnitude = item.argument + (item.kind == CBOR_NINT);
    return !*ret_negative || *ret_magnitude > 0; // -2^64 needs 65 bits
}

static void write_int(struct cbor_writer *writer, bool negative, uint64_t magnitude)
{
    cbor_put(writer, negative ? CBOR_NINT : CBOR_UINT, magnitude - negative);
}

static bool read_number(struct reading *reading, struct statement_number *number)
{
    uint64_t exponent;
    bool negative;
    *number = (struct statement_number){.form = STATEMENT_NONE};
    if (cbor_is_next(&reading->cbor, CBOR_SIMPLE))
        return take_simple(reading, CBOR_NULL);
    if (cbor_is_next(&reading->cbor, CBOR_TEXT)) {
        number->form = STATEMENT_WORDS;
        return read_text(reading, &number->text);
    }
    number->form = STATEMENT_SCALED;
    if (!take_array(reading, 2) || !read_int(reading, &number->negative, &number->mantissa) ||
        !read_int(reading, &negative, &exponent) || exponent > INT16_MAX)
        return false;
    number->exponent = negative ? -(int)exponent : (int)exponent;
    return true;
}

static void write_number(struct cbor_writer *writer, const struct statement_number *number)
{
    if (number->form == STATEMENT_NONE) {
        cbor_put_null(writer);
    } else if (number->form == STATEMENT_WORDS) {
        write_text(writer, &number->text);
    } else {
        cbor_put(writer, CBOR_ARRAY, 2);
        write_int(writer, number->negative, number->mantissa);
        write_int(writer, number->exponent < 0,
                  (uint64_t)(number->exponent < 0 ? -number->exponent : number->exponent));
    }
}

static bool read_limit(struct reading *reading, struct statement_limit *limit)
{
    switch (limit->kind) {
    case STATEMENT_NO_LIMIT:
    case STATEMENT_NOT_PERMITTED:
    case STATEMENT_NOT_TO_BE_DETECTED:
        return take_simple(reading, CBOR_NULL);
    case STATEMENT_GRADE:
    case STATEMENT_EQUALS:
        return read_text(reading, &limit->text);
    case STATEMENT_CLOSED_RANGE:
        return take_array(reading, 2) && read_number(reading, &limit->low) &&
               read_number(reading, &limit->high);
    case STATEMENT_OPEN_RANGE:
        return take_array(reading, 4) && read_number(reading, &limit->low) &&
               read_bool(reading, &limit->low_closed) && read_number(reading, &limit->high) &&
               read_bool(reading, &limit->high_closed);
    case STATEMENT_PLAN:
        return take_array(reading, 4) && read_uint(reading, &limit->sample_size) &&
               read_uint(reading, &limit->acceptance) && read_number(reading, &limit->low) &&
               read_number(reading, &limit->high);
    default:
        return read_number(reading, &limit->low);
    }
}

static void write_limit(struct cbor_writer *writer, const struct statement_limit *limit)
{
    switch (limit->kind) {
    case STATEMENT_NO_LIMIT:
    case STATEMENT_NOT_PERMITTED:
    case STATEMENT_NOT_TO_BE_DETECTED:
        cbor_put_null(writer);
        return;
    case STATEMENT_GRADE:
    case STATEMENT_EQUALS:
        write_text(writer, &limit->text);
        return;
    case STATEMENT_CLOSED_RANGE:
        cbor_put(writer, CBOR_ARRAY, 2);
        write_number(writer, &limit->low);
        write_number(writer, &limit->high);
        return;
    case STATEMENT_OPEN_RANGE:
        cbor_put(writer, CBOR_ARRAY, 4);
        write_number(writer, &limit->low);
        cbor_put_bool(writer, limit->low_closed);
        write_number(writer, &limit->high);
        cbor_put_bool(writer, limit->high_closed);
        return;
    case STATEMENT_PLAN:
        cbor_put(writer, CBOR_ARRAY, 4);
        cbor_put(writer, CBOR_UINT, limit->sample_size);
        cbor_put(writer, CBOR_UINT, limit->acceptance);
        write_number(writer, &limit->low);
        write_number(writer, &limit->high);
        return;
    default:
        write_number(writer, &limit->low);
    }
}

static bool read_values(struct reading *reading, struct statement_result *result)
{
    struct cbor_item item = {.argument = 1};
    if (result->qualifier == STATEMENT_TEXT)
        return read_text(reading, &result->text);
    if (result->qualifier == STATEMENT_COUNTS && !take(reading, CBOR_ARRAY, &item))
        return false;
    size_t count = (size_t)item.argument; // cbor_check bounds it
    struct statement_number *values = arena_array(reading->arena, count + 1, sizeof *values);
    if (!values) {
        reading->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_number(reading, &values[i]))
            return false;
    result->values = values;
    result->count = count;
    return true;
}

static void write_values(struct cbor_writer *writer, const struct statement_result *result)
{
    if (result->qualifier == STATEMENT_TEXT) {
        write_text(writer, &result->text);
        return;
    }
    if (result->qualifier == STATEMENT_COUNTS)
        cbor_put(writer, CBOR_ARRAY, result->count);
    for (size_t i = 0; i < result->count; i++)
        write_number(writer, &result->values[i]);
}

// A number that names one of a few things.
static bool read_choice(struct reading *reading, uint64_t last, unsigned *ret_choice)
{
    uint64_t number;
    if (!read_uint(reading, &number) || number > last)
        return false;
    *ret_choice = (unsigned)number;
    return true;
}

static bool read_result(struct reading *reading, struct statement_result *result)
{
    unsigned qualifier, kind, verdict, scope;
    if (!take_array(reading, RESULT_PARTS) || !read_code(reading, &result->analyte) ||
        !read_choice(reading, STATEMENT_COUNTS, &qualifier))
        return false;
    result->qualifier = (enum statement_qualifier)qualifier;
    if (!read_values(reading, result) || !read_code(reading, &result->unit) ||
        !read_number(reading, &result->uncertainty) || !read_choice(reading, STATEMENT_OPEN_RANGE, &kind))
        return false;
    result->limit.kind = (enum statement_operator)kind;
    if (!read_limit(reading, &result->limit) || !read_code(reading, &result->method) ||
        !read_choice(reading, STATEMENT_NOT_JUDGED, &verdict))
        return false;
    result->verdict = (enum statement_verdict)verdict;
    result->has_rule = cbor_is_next(&reading->cbor, CBOR_UINT);
    if (!(result->has_rule ? read_uint(reading, &result->rule) : take_simple(reading, CBOR_NULL)) ||
        !read_choice(reading, 1, &scope))
        return false;
    result->in_scope = scope == 1;
    return true;
}

static void write_result(struct cbor_writer *writer, const struct statement_result *result)
{
    cbor_put(writer, CBOR_ARRAY, RESULT_PARTS);
    write_code(writer, &result->analyte);
    cbor_put(writer, CBOR_UINT, result->qualifier);
    write_values(writer, result);
    write_code(writer, &result->unit);
    write_number(writer, &result->uncertainty);
    cbor_put(writer, CBOR_UINT, result->limit.kind);
    write_limit(writer, &result->limit);
    write_code(writer, &result->method);
    cbor_put(writer, CBOR_UINT, result->verdict);
    if (result->has_rule)
        cbor_put(writer, CBOR_UINT, result->rule);
    else
        cbor_put_null(writer);
    cbor_put(writer, CBOR_UINT, result->in_scope);
}

static bool read_results(struct reading *reading, void *field)
{
    struct statement *statement = field;
    struct cbor_item item;
    if (!take(reading, CBOR_ARRAY, &item) || item.argument > STATEMENT_RESULTS)
        return false;
    size_t count = (size_t)item.argument;
    struct statement_result *results = arena_array(reading->arena, count + 1, sizeof *results);
    if (!results) {
        reading->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_result(reading, &results[i]))
            return false;
    statement->results = results;
    statement->result_count = count;
    return true;
}

static void write_results(struct cbor_writer *writer, const void *field)
{
    const struct statement *statement = field;
    cbor_put(writer, CBOR_ARRAY, statement->result_count);
    for (size_t i = 0; i < statement->result_count; i++)
        write_result(writer, &statement->results[i]);
}

static bool read_sample_id(struct reading *reading, void *field)
{
    struct statement *statement = field;
    statement->has_sample_id = true;
    return take_array(reading, 2) && read_uint(reading, &statement->sample_id_kind) &&
           read_text(reading, &statement->sample_id);
}

static void write_sample_id(struct cbor_writer *writer, const void *field)
{
    const struct statement *statement = field;
    cbor_put(writer, CBOR_ARRAY, 2);
    write_uint(writer, &statement->sample_id_kind);
    write_text(writer, &statement->sample_id);
}

static bool read_superseded(struct reading *reading, void *field)
{
    struct statement *statement = field;
    statement->has_superseded = true;
    return read_uint(reading, &statement->superseded);
}

static void write_superseded(struct cbor_writer *writer, const void *field)
{
    write_uint(writer, &((const struct statement *)field)->superseded);
}

static bool read_partial(struct reading *reading, void *field)
{
    ((struct statement *)field)->is_partial = true;
    return take_simple(reading, CBOR_TRUE); // left out when it is not
}

static void write_partial(struct cbor_writer *writer, const void *field)
{
    (void)field;
    cbor_put_bool(writer, true);
}

// In the order of the keys, which are 1 to 18.
static const struct {
    size_t offset;
    bool (*read)(struct reading *reading, void *field);
    void (*write)(struct cbor_writer *writer, const void *field);
} FIELDS[KEYS] = {
    {offsetof(struct statement, issuer), read_text, write_text},
    {offsetof(struct statement, sheet_no), read_text, write_text},
    {offsetof(struct statement, revision), read_uint, write_uint},
    {offsetof(struct statement, index), read_uint, write_uint},
    {offsetof(struct statement, salt), read_salt, write_salt},
    {offsetof(struct statement, issued), read_uint, write_uint},
    {offsetof(struct statement, dates), read_dates, write_dates},
    {offsetof(struct statement, sample), read_text, write_text},
    {offsetof(struct statement, domain), read_uint, write_uint},
    {0, read_results, write_results},
    {offsetof(struct statement, rule), read_uint, write_uint},
    {offsetof(struct statement, overall), read_uint, write_uint},
    {offsetof(struct statement, record_hash), read_hash, write_hash},
    {offsetof(struct statement, registry), read_uint, write_uint},
    {0, read_sample_id, write_sample_id},
    {0, read_superseded, write_superseded},
    {0, read_partial, write_partial},
    {offsetof(struct statement, legal_class), read_uint, write_uint},
};

static bool has_key(const struct statement *statement, uint64_t key)
{
    return key == KEY_SAMPLE_ID    ? statement->has_sample_id
           : key == KEY_SUPERSEDES ? statement->has_superseded
           : key == KEY_PARTIAL    ? statement->is_partial
                                   : true;
}

bool statement_write(const struct statement *statement, uint8_t *ret_payload, size_t size, size_t *ret_length)
{
    struct cbor_writer writer;
    size_t count = 0;
    cbor_writer_init(&writer, ret_payload, size);
    for (uint64_t key = 1; key <= KEYS; key++)
        count += has_key(statement, key);
    cbor_put(&writer, CBOR_MAP, count);
    for (uint64_t key = 1; key <= KEYS; key++)
        if (has_key(statement, key)) {
            cbor_put(&writer, CBOR_UINT, key);
            FIELDS[key - 1].write(&writer, (const char *)statement + FIELDS[key - 1].offset);
        }
    if (!writer.full)
        *ret_length = writer.length;
    return !writer.full;
}

// All keys that must be there, and no other ones.
static bool read_fields(struct reading *reading, struct statement *statement)
{
    struct cbor_item item;
    uint32_t seen = 0;
    if (!take(reading, CBOR_MAP, &item))
        return false;
    for (uint64_t left = item.argument; left > 0; left--) {
        uint64_t key;
        if (!read_uint(reading, &key) || key < 1 || key > KEYS)
            return false;
        if (!FIELDS[key - 1].read(reading, (char *)statement + FIELDS[key - 1].offset))
            return false;
        seen |= UINT32_C(1) << key;
    }
    for (uint64_t key = 1; key <= KEYS; key++)
        if (has_key(statement, key) && !(seen >> key & 1))
            return false;
    return true;
}

bool statement_read(const uint8_t *payload, size_t length, struct arena *arena,
                    struct statement *ret_statement, struct ts_error *error)
{
    const char *wrong = cbor_check(payload, length);
    if (wrong)
        return error_set(error, TS_DATA_LOSS, "E_CBOR", "The statement is broken: %s.", wrong);
    struct reading reading = {.cbor = {payload, payload + length}, .arena = arena};
    struct statement statement = {.revision = 0};
    if (!read_fields(&reading, &statement)) {
        if (reading.out_of_memory)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Out of memory.");
        return error_set(error, TS_DATA_LOSS, "E_SCHEMA",
                         "The statement is broken: a field is missing, unknown or of another kind.");
    }
    wrong = statement_check(&statement);
    if (wrong)
        return error_set(error, TS_DATA_LOSS, "E_SCHEMA", "The statement is broken: %s.", wrong);
    *ret_statement = statement;
    return true;
}
