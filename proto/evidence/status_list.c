// SPDX-License-Identifier: Apache-2.0
// Status lists, see status_list.h. What is inflated is bounded by the buffer it goes into.
#include "evidence/status_list.h"

#include "evidence/lines.h"
#include "evidence/statement.h"
#include "wire/error.h"
#include "wire/text.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

// The deflated form of 16,384 bytes that do not compress at all.
enum { DEFLATED_BYTES = STATUS_LIST_BYTES + 64 };
static const char HEAD[] = "touchstone-status/1";

void status_list_write(struct text *text, const char *origin, uint64_t shard, uint64_t size,
                       uint64_t unix_time, const uint8_t *states, size_t length)
{
    uint8_t deflated[DEFLATED_BYTES];
    uLongf deflated_length = sizeof deflated;
    if (length > STATUS_LIST_BYTES ||
        compress2(deflated, &deflated_length, states, (uLong)length, Z_BEST_COMPRESSION) != Z_OK) {
        text->failed = true;
        return;
    }
    text_printf(text, "%s\n%s\n%" PRIu64 "\n%" PRIu64 "\n%" PRIu64 "\n", HEAD, origin, shard, size,
                unix_time);
    text_put_base64(text, deflated, deflated_length);
    text_put_char(text, '\n');
}

bool status_list_is_known(const uint8_t *states, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (states[i] & states[i] >> 1 & 0x55) // both bits of one state
            return false;
    return true;
}

static bool refuse(struct ts_error *error, const char *why)
{
    return error_set(error, TS_DATA_LOSS, "E_STATUS", "The status list is broken: %s.", why);
}

static bool inflate_states(const char *line, size_t length, uint8_t *states, struct ts_error *error)
{
    uint8_t deflated[DEFLATED_BYTES];
    size_t deflated_length;
    if (!lines_base64(line, length, deflated, sizeof deflated, &deflated_length))
        return refuse(error, "its list is not base64, or too long");
    uLongf inflated = STATUS_LIST_BYTES;
    uLong used = (uLong)deflated_length;
    int code = uncompress2(states, &inflated, deflated, &used);
    if (code == Z_MEM_ERROR)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Out of memory.");
    if (code != Z_OK || used != deflated_length)
        return refuse(error, "its list cannot be inflated, or not within 16384 bytes");
    memset(states + inflated, 0, STATUS_LIST_BYTES - inflated);
    return status_list_is_known(states, STATUS_LIST_BYTES) || refuse(error, "a state in it is unknown");
}

bool status_list_read(const char *body, size_t length, struct status_list *ret_list, struct ts_error *error)
{
    struct lines lines = {body, body + length};
    struct status_list list;
    const char *line;
    size_t line_length;
    if (!lines_next_is(&lines, HEAD) || !lines_next(&lines, &list.origin, &list.origin_length) ||
        list.origin_length == 0 || !lines_next_number(&lines, &list.shard) ||
        !lines_next_number(&lines, &list.size) || !lines_next_number(&lines, &list.unix_time) ||
        list.size > STATEMENT_INDEX_CEILING || list.unix_time > STATEMENT_INDEX_CEILING ||
        !lines_next(&lines, &line, &line_length) || lines.at != lines.end)
        return refuse(error, "its lines are not those of one");
    if (!inflate_states(line, line_length, list.states, error))
        return false;
    *ret_list = list;
    return true;
}

enum status_list_state status_list_of(const struct status_list *list, uint64_t index)
{
    unsigned place = (unsigned)(index % STATUS_LIST_INDEXES);
    return (enum status_list_state)(list->states[place / 4] >> (2 * (place % 4)) & 3);
}
