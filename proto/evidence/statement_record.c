// SPDX-License-Identifier: Apache-2.0
// From a record to its statement, see statement.h. Everything in the record's member `statement` is a text, a
// null or an array of them, so it is first read as it stands and then understood: `limop` says what `limit`
// is, and stands behind it.
#include "evidence/cose.h"
#include "evidence/lines.h"
#include "evidence/nfc.h"
#include "evidence/statement.h"
#include "evidence/statement_parts.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <string.h>

enum { RESULTS_CEILING = 2000, RESULTS_FIRST = 64 };

// A text, null (bytes NULL) or an array of these.
struct loose {
    bool is_given, is_array;
    size_t count; // 1 when it is no array
    struct statement_text *items;
};

enum top {
    ISSUER,
    ISSUED,
    TOP_DATES,
    SAMPLE,
    DOMAIN,
    RULE,
    OVERALL,
    REGISTRY,
    CLASS,
    SAMPLE_ID,
    SUPERSEDES,
    TOPS
};
static const char *const TOP_NAMES[TOPS] = {"issuer",      "issued",    "dates",     "sample",
                                            "domain",      "rule",      "overall",   "registry",
                                            "legal_class", "sample_id", "supersedes"};
enum part { ANALYTE, QUAL, VALUE, UNIT, U, LIMOP, LIMIT, METHOD, VERDICT, RESULT_RULE, SCOPE, PARTS };
static const char *const PART_NAMES[PARTS] = {"analyte", "qual",   "value",   "unit", "u",    "limop",
                                              "limit",   "method", "verdict", "rule", "scope"};

// What is being made.
struct making {
    struct json_reader json;
    struct arena *arena;
    struct loose top[TOPS];
    struct loose sheet_no, revision;
    struct statement_result *results;
    size_t count, capacity;
    bool out_of_memory;
    const char *where; // the member that was wrong first; "" when `wrong` says it
    const char *wrong; // the end of a sentence
};

static bool refuse(struct making *making, const char *where, const char *wrong)
{
    if (!making->wrong) {
        making->where = where;
        making->wrong = wrong;
    }
    return false;
}

static bool fail_memory(struct making *making)
{
    making->out_of_memory = true;
    return false;
}

static bool read_item(struct making *making, struct statement_text *item)
{
    char *text;
    size_t length;
    *item = (struct statement_text){.bytes = NULL};
    if (json_reader_peek(&making->json) == JSON_NULL)
        return json_reader_skip(&making->json, NULL, NULL);
    if (!json_reader_string(&making->json, &text, &length))
        return refuse(making, "statement", "holds something that is no text");
    item->bytes = text;
    item->length = length;
    return true;
}

static bool read_loose(struct making *making, struct loose *loose)
{
    bool first = true;
    *loose = (struct loose){.is_given = true, .is_array = json_reader_peek(&making->json) == JSON_ARRAY};
    loose->items = arena_array(making->arena, loose->is_array ? STATEMENT_VALUES : 1, sizeof *loose->items);
    if (!loose->items)
        return fail_memory(making);
    if (!loose->is_array) {
        loose->count = 1;
        return read_item(making, loose->items);
    }
    if (!json_reader_enter(&making->json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(&making->json, &first)) {
        if (loose->count == STATEMENT_VALUES)
            return refuse(making, "statement", "has a list of more than 64 texts");
        if (!read_item(making, &loose->items[loose->count++]))
            return false;
    }
    return true;
}

static size_t find_name(const char *const *names, size_t count, const char *key, size_t length)
{
    size_t i = 0;
    while (i < count && !json_reader_is_key(key, length, names[i]))
        i++;
    return i;
}

static bool is_null(const struct loose *loose)
{
    return !loose->is_given || (!loose->is_array && !loose->items[0].bytes);
}

// The one text; an empty one for null.
static struct statement_text one(const struct loose *loose)
{
    struct statement_text none = {"", 0};
    return is_null(loose) || loose->is_array ? none : loose->items[0];
}

static bool read_whole(const char *text, size_t length, uint64_t *ret_number)
{
    return lines_number(text, length, ret_number) && *ret_number < STATEMENT_WHOLE_CEILING;
}

static bool take_number(struct making *making, const char *name, struct statement_text text,
                        uint64_t *ret_number)
{
    return read_whole(text.bytes, text.length, ret_number) || refuse(making, name, "is no whole number");
}

// "#12"; where nothing else may stand, "12" as well.
static bool take_code(struct making *making, const char *name, struct statement_text text,
                      uint64_t *ret_number)
{
    size_t mark = text.length > 0 && text.bytes[0] == '#';
    return read_whole(text.bytes + mark, text.length - mark, ret_number) ||
           refuse(making, name, "is no code of the registry");
}

static bool take_choice(struct making *making, const char *name, const struct loose *loose, uint64_t last,
                        unsigned *ret_choice)
{
    uint64_t number;
    struct statement_text text = one(loose);
    if (!lines_number(text.bytes, text.length, &number) || number > last)
        return refuse(making, name, "is none of its choices");
    *ret_choice = (unsigned)number;
    return true;
}

static bool take_text(struct making *making, const char *name, struct statement_text text,
                      struct statement_text *ret_text)
{
    size_t length;
    if (text.length > COSE_BYTES) // could not be stated either
        return refuse(making, name, "is too long");
    const char *bytes = nfc_make(text.bytes, text.length, making->arena, &length);
    if (!bytes)
        return fail_memory(making);
    *ret_text = (struct statement_text){bytes, length};
    return true;
}

// A code or a name: what begins with # is a code.
static bool take_name(struct making *making, const char *name, const struct loose *loose,
                      struct statement_code *ret_code)
{
    struct statement_text text = one(loose);
    if (is_null(loose))
        return refuse(making, name, "is missing");
    *ret_code = (struct statement_code){.code = 0};
    if (text.length > 0 && text.bytes[0] == '#')
        return take_code(making, name, text, &ret_code->code);
    return take_text(making, name, text, &ret_code->text);
}

static bool take_decimal(struct making *making, const char *name, struct statement_text text,
                         struct statement_number *ret_number)
{
    *ret_number = (struct statement_number){.form = STATEMENT_NONE};
    if (!text.bytes)
        return true;
    return statement_number_read(text.bytes, text.length, ret_number) || refuse(making, name, "is no number");
}

static bool take_flag(struct making *making, struct statement_text text, bool *ret_flag)
{
    if (text.length != 1 || (text.bytes[0] != '0' && text.bytes[0] != '1'))
        return refuse(making, "limit", "does not say by 0 or 1 whether it is closed");
    *ret_flag = text.bytes[0] == '1';
    return true;
}

static bool take_plan(struct making *making, const struct statement_text *items,
                      struct statement_limit *limit)
{
    return take_number(making, "limit", items[0], &limit->sample_size) &&
           take_number(making, "limit", items[1], &limit->acceptance) &&
           take_decimal(making, "limit", items[2], &limit->low) &&
           take_decimal(making, "limit", items[3], &limit->high);
}

static bool take_limit(struct making *making, const struct loose *loose, struct statement_limit *limit)
{
    static const size_t COUNTS[] = {
        [STATEMENT_CLOSED_RANGE] = 2, [STATEMENT_OPEN_RANGE] = 4, [STATEMENT_PLAN] = 4};
    size_t wanted = COUNTS[limit->kind];
    const struct statement_text *items = loose->items;
    if (is_null(loose)) // whether that may be is for statement_check to say
        return wanted == 0 || refuse(making, "limit", "is missing");
    if (loose->is_array != (wanted > 0) || (wanted > 0 && loose->count != wanted))
        return refuse(making, "limit", "has not the parts that its operator needs");
    switch (limit->kind) {
    case STATEMENT_NO_LIMIT:
    case STATEMENT_NOT_PERMITTED:
    case STATEMENT_NOT_TO_BE_DETECTED:
        return refuse(making, "limit", "is not null");
    case STATEMENT_GRADE:
    case STATEMENT_EQUALS:
        return take_text(making, "limit", items[0], &limit->text);
    case STATEMENT_CLOSED_RANGE:
        return take_decimal(making, "limit", items[0], &limit->low) &&
               take_decimal(making, "limit", items[1], &limit->high);
    case STATEMENT_OPEN_RANGE:
        return take_decimal(making, "limit", items[0], &limit->low) &&
               take_flag(making, items[1], &limit->low_closed) &&
               take_decimal(making, "limit", items[2], &limit->high) &&
               take_flag(making, items[3], &limit->high_closed);
    case STATEMENT_PLAN:
        return take_plan(making, items, limit);
    default:
        return take_decimal(making, "limit", items[0], &limit->low);
    }
}

static bool take_values(struct making *making, const struct loose *loose, struct statement_result *result)
{
    if (is_null(loose) || loose->is_array != (result->qualifier == STATEMENT_COUNTS))
        return refuse(making, "value", "does not fit its qualifier");
    if (result->qualifier == STATEMENT_TEXT)
        return take_text(making, "value", loose->items[0], &result->text);
    struct statement_number *values = arena_array(making->arena, loose->count + 1, sizeof *values);
    if (!values)
        return fail_memory(making);
    for (size_t i = 0; i < loose->count; i++)
        if (!take_decimal(making, "value", loose->items[i], &values[i]))
            return false;
    result->values = values;
    result->count = loose->count;
    return true;
}

static bool take_result(struct making *making, const struct loose *parts, struct statement_result *result)
{
    unsigned qualifier, kind, verdict, scope;
    if (!take_choice(making, "qual", &parts[QUAL], STATEMENT_COUNTS, &qualifier) ||
        !take_choice(making, "limop", &parts[LIMOP], STATEMENT_OPEN_RANGE, &kind) ||
        !take_choice(making, "verdict", &parts[VERDICT], STATEMENT_NOT_JUDGED, &verdict) ||
        !take_choice(making, "scope", &parts[SCOPE], 1, &scope))
        return false;
    result->qualifier = (enum statement_qualifier)qualifier;
    result->limit.kind = (enum statement_operator)kind;
    result->verdict = (enum statement_verdict)verdict;
    result->in_scope = scope == 1;
    result->has_rule = !is_null(&parts[RESULT_RULE]);
    if (result->has_rule && !take_code(making, "rule", one(&parts[RESULT_RULE]), &result->rule))
        return false;
    struct statement_text uncertainty = {.bytes = NULL};
    if (!is_null(&parts[U]))
        uncertainty = one(&parts[U]);
    if (!take_name(making, "analyte", &parts[ANALYTE], &result->analyte) ||
        !take_name(making, "unit", &parts[UNIT], &result->unit) ||
        !take_name(making, "method", &parts[METHOD], &result->method) ||
        !take_values(making, &parts[VALUE], result) ||
        !take_decimal(making, "u", uncertainty, &result->uncertainty) ||
        !take_limit(making, &parts[LIMIT], &result->limit))
        return false;
    const char *wrong = statement_check_result(result);
    return !wrong || refuse(making, "", wrong);
}

// Room for one more; zeroed.
static struct statement_result *add_result(struct making *making)
{
    if (making->count == making->capacity) {
        size_t capacity = making->capacity ? 2 * making->capacity : RESULTS_FIRST;
        struct statement_result *results = arena_array(making->arena, capacity, sizeof *results);
        if (!results)
            return NULL;
        if (making->count)
            memcpy(results, making->results, making->count * sizeof *results);
        making->results = results;
        making->capacity = capacity;
    }
    return &making->results[making->count++];
}

static bool read_result(struct making *making)
{
    struct loose parts[PARTS] = {{.is_given = false}};
    const char *key;
    size_t length;
    bool first = true;
    if (!json_reader_enter(&making->json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(&making->json, &first, &key, &length)) {
        size_t part = find_name(PART_NAMES, PARTS, key, length);
        if (part == PARTS)
            return refuse(making, "results", "have a member that no statement has");
        if (!read_loose(making, &parts[part]))
            return false;
    }
    if (making->count == RESULTS_CEILING)
        return refuse(making, "results", "are more than 2000");
    struct statement_result *result = add_result(making);
    return result ? take_result(making, parts, result) : fail_memory(making);
}

static bool read_results(struct making *making)
{
    bool first = true;
    if (!json_reader_enter(&making->json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(&making->json, &first))
        if (!read_result(making))
            return false;
    return true;
}

static bool read_member(struct making *making)
{
    const char *key;
    size_t length;
    bool first = true;
    if (!json_reader_enter(&making->json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(&making->json, &first, &key, &length)) {
        size_t top = find_name(TOP_NAMES, TOPS, key, length);
        if (top == TOPS && !json_reader_is_key(key, length, "results"))
            return refuse(making, "statement", "has a member that no statement has");
        if (!(top == TOPS ? read_results(making) : read_loose(making, &making->top[top])))
            return false;
    }
    return true;
}

static bool read_record(struct making *making)
{
    const char *key;
    size_t length;
    bool first = true, found = false;
    if (!json_reader_enter(&making->json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(&making->json, &first, &key, &length)) {
        bool fine;
        if (json_reader_is_key(key, length, "statement"))
            fine = found = read_member(making);
        else if (json_reader_is_key(key, length, "sheet_no"))
            fine = read_loose(making, &making->sheet_no);
        else if (json_reader_is_key(key, length, "revision"))
            fine = read_loose(making, &making->revision);
        else
            fine = json_reader_skip(&making->json, NULL, NULL);
        if (!fine)
            return false;
    }
    if (json_reader_finish(&making->json))
        return found || refuse(making, "statement", "is missing");
    return false;
}

static bool take_dates(struct making *making, const struct loose *loose, uint64_t dates[3])
{
    if (!loose->is_array || loose->count != 3)
        return refuse(making, "dates", "are not three");
    for (size_t i = 0; i < 3; i++)
        if (!take_number(making, "dates", loose->items[i], &dates[i]))
            return false;
    return true;
}

static bool take_sample_id(struct making *making, const struct loose *loose, struct statement *statement)
{
    statement->has_sample_id = !is_null(loose);
    if (!statement->has_sample_id)
        return true;
    if (!loose->is_array || loose->count != 2)
        return refuse(making, "sample_id", "is not a kind and a text");
    return take_number(making, "sample_id", loose->items[0], &statement->sample_id_kind) &&
           take_text(making, "sample_id", loose->items[1], &statement->sample_id);
}

static bool take_top(struct making *making, struct statement *statement)
{
    const struct loose *top = making->top;
    const struct {
        enum top from;
        uint64_t *to;
    } numbers[] = {{ISSUED, &statement->issued},
                   {DOMAIN, &statement->domain},
                   {OVERALL, &statement->overall},
                   {REGISTRY, &statement->registry},
                   {CLASS, &statement->legal_class}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!take_number(making, TOP_NAMES[numbers[i].from], one(&top[numbers[i].from]), numbers[i].to))
            return false;
    statement->has_superseded = !is_null(&top[SUPERSEDES]);
    if (statement->has_superseded &&
        !take_number(making, "supersedes", one(&top[SUPERSEDES]), &statement->superseded))
        return false;
    return take_number(making, "revision", one(&making->revision), &statement->revision) &&
           take_code(making, "rule", one(&top[RULE]), &statement->rule) &&
           take_text(making, "sheet_no", one(&making->sheet_no), &statement->sheet_no) &&
           take_text(making, "issuer", one(&top[ISSUER]), &statement->issuer) &&
           take_text(making, "sample", one(&top[SAMPLE]), &statement->sample) &&
           take_dates(making, &top[TOP_DATES], statement->dates) &&
           take_sample_id(making, &top[SAMPLE_ID], statement);
}

static bool fits(const struct statement *statement, uint8_t *payload, size_t *ret_length)
{
    return statement_write(statement, payload, COSE_BYTES, ret_length) &&
           cose_length(*ret_length) <= COSE_BYTES;
}

// Of the results only those that failed, in their order, as many as may be stated.
static void keep_failing(struct making *making, struct statement *statement)
{
    size_t kept = 0;
    for (size_t i = 0; i < making->count && kept < STATEMENT_RESULTS; i++) {
        enum statement_verdict verdict = making->results[i].verdict;
        if (verdict == STATEMENT_FAIL || verdict == STATEMENT_CONDITIONAL_FAIL)
            making->results[kept++] = making->results[i];
    }
    statement->result_count = kept;
    statement->is_partial = true;
}

static bool write_out(struct making *making, struct statement *statement, uint8_t **ret_payload,
                      size_t *ret_length)
{
    size_t length;
    uint8_t *payload = arena_alloc(making->arena, COSE_BYTES);
    if (!payload)
        return fail_memory(making);
    statement->results = making->results;
    statement->result_count = making->count;
    if (making->count > STATEMENT_RESULTS || !fits(statement, payload, &length)) {
        keep_failing(making, statement);
        while (!fits(statement, payload, &length))
            if (statement->result_count-- == 0)
                return refuse(making, "statement", "is too long even without results");
    }
    const char *wrong = statement_check(statement);
    if (wrong)
        return refuse(making, "", wrong);
    *ret_payload = payload;
    *ret_length = length;
    return true;
}

bool statement_from_record(const char *record, size_t length, uint64_t index,
                           const uint8_t salt[STATEMENT_SALT_BYTES], struct arena *arena,
                           uint8_t **ret_payload, size_t *ret_length, struct ts_error *error)
{
    struct making making = {.arena = arena};
    struct statement statement = {.index = index};
    memcpy(statement.salt, salt, STATEMENT_SALT_BYTES);
    hash_of(record, length, statement.record_hash);
    json_reader_init(&making.json, record, length, arena);
    if (read_record(&making) && take_top(&making, &statement) &&
        write_out(&making, &statement, ret_payload, ret_length))
        return true;
    if (making.out_of_memory || making.json.out_of_memory)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Out of memory.");
    const char *where = making.wrong ? making.where : "its JSON";
    const char *wrong = making.wrong ? making.wrong : making.json.wrong;
    return error_set(error, TS_FAILED_PRECONDITION, "STATEMENT_IMPOSSIBLE",
                     "The record cannot be stated: %s%s%s.", where, *where ? " " : "",
                     wrong ? wrong : "is not as expected");
}
