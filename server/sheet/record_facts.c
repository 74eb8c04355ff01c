// SPDX-License-Identifier: Apache-2.0
// Reads a few facts from the record, see record_facts.h. The renderer has checked all of it before.
#include "sheet/record_facts.h"

#include "wire/arena.h"
#include "wire/json_reader.h"

#include <ctype.h>

static bool read_text(struct json_reader *reader, const char **ret_text)
{
    char *text;
    size_t length;
    if (json_reader_peek(reader) != JSON_STRING || !json_reader_string(reader, &text, &length))
        return json_reader_fail(reader, "a text was expected");
    *ret_text = arena_copy(reader->arena, text, length);
    return *ret_text != NULL;
}

// The text of one member of an object; the others are skipped.
static void read_member(struct json_reader *reader, const char *wanted, const char **ret_text)
{
    const char *key;
    size_t length;
    bool first = true;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return;
    while (json_reader_next_member(reader, &first, &key, &length))
        if (json_reader_is_key(key, length, wanted))
            read_text(reader, ret_text);
        else
            json_reader_skip(reader, NULL, NULL);
}

static void read_top(struct json_reader *reader, struct record_facts *facts)
{
    const char *key;
    size_t length;
    bool first = true, first_signature = true;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return;
    while (json_reader_next_member(reader, &first, &key, &length))
        if (json_reader_is_key(key, length, "sheet_no"))
            read_text(reader, &facts->sheet_no);
        else if (json_reader_is_key(key, length, "revision"))
            read_text(reader, &facts->revision);
        else if (json_reader_is_key(key, length, "specimen"))
            json_reader_bool(reader, &facts->specimen);
        else if (json_reader_is_key(key, length, "institute"))
            read_member(reader, "name_zh", &facts->institute);
        else if (json_reader_is_key(key, length, "signatures") && json_reader_enter(reader, JSON_ARRAY))
            while (json_reader_next_element(reader, &first_signature))
                read_member(reader, "at", &facts->approved_at); // the approval is the last one
        else
            json_reader_skip(reader, NULL, NULL);
}

static bool is_time(const char *text)
{
    static const char SHAPE[] = "dddd-dd-dd dd:dd";
    for (size_t i = 0; SHAPE[i]; i++)
        if (SHAPE[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != SHAPE[i])
            return false;
    return text[sizeof SHAPE - 1] == '\0';
}

bool record_facts_read(const uint8_t *record, size_t length, struct arena *arena,
                       struct record_facts *ret_facts, struct ts_error *error)
{
    struct json_reader reader;
    struct record_facts facts = {.sheet_no = NULL};
    json_reader_init(&reader, (const char *)record, length, arena);
    read_top(&reader, &facts);
    if (!json_reader_finish(&reader))
        return error_set(error, TS_INVALID_ARGUMENT, "RECORD_BROKEN", "the record is not JSON as expected");
    if (!facts.sheet_no || !facts.revision || !facts.institute || !facts.approved_at ||
        !is_time(facts.approved_at))
        return error_set(error, TS_INVALID_ARGUMENT, "RECORD_BROKEN", "the record lacks what a seal needs");
    *ret_facts = facts;
    return true;
}
