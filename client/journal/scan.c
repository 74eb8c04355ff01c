// SPDX-License-Identifier: Apache-2.0
// See scan.h.
#include "journal/scan.h"

#include <stdlib.h>
#include <string.h>

#include "journal/bytes.h"
#include "journal/crc32c.h"
#include "journal/record.h"
#include "wire/error.h"

enum { AT_HEAD_SUM = 4, AT_BODY_SUM = 8, AT_NONCE = 12 };

static uint32_t head_sum(uint64_t number, const uint8_t *length)
{
    uint8_t bytes[8];

    bytes_put_64(bytes, number);
    return crc32c(crc32c(0, bytes, sizeof bytes), length, 4);
}

static bool are_zero(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

// What stands at `at`; SCAN_WHOLE with *ret_length when it is a record whose sums are right.
static enum scan_ending look(const uint8_t *at, size_t left, uint64_t number, uint32_t *ret_length)
{
    uint32_t length;

    if (left < SCAN_HEAD_BYTES || are_zero(at, left))
        return SCAN_TORN;
    length = bytes_get_32(at);
    if (bytes_get_32(at + AT_HEAD_SUM) != head_sum(number, at) || length < SEAL_TAG_BYTES ||
        length > RECORD_CEILING_BYTES)
        return SCAN_DAMAGED;
    if (left - SCAN_HEAD_BYTES < length)
        return SCAN_TORN;
    *ret_length = length;
    if (bytes_get_32(at + AT_BODY_SUM) == crc32c(0, at + AT_NONCE, SEAL_NONCE_BYTES + (size_t)length))
        return SCAN_WHOLE;
    // A file system may have made the file longer before the bytes came: then the tag, which is never zero,
    // lacks.
    if (left - SCAN_HEAD_BYTES == length && are_zero(at + left - SEAL_TAG_BYTES, SEAL_TAG_BYTES))
        return SCAN_TORN;
    return SCAN_DAMAGED;
}

bool scan_open(const struct seal *seal, const struct scan_position *position, const uint8_t *frame,
               uint8_t *ret_plain)
{
    return seal_open(seal, &position->place, frame + AT_NONCE, frame + SCAN_HEAD_BYTES, position->length,
                     ret_plain);
}

static bool visit_one(const uint8_t *frame, const struct seal *seal, const struct scan_position *position,
                      scan_visit *visit, void *context, enum scan_ending *ret_ending, struct ts_error *error)
{
    uint8_t *plain = malloc(position->length);
    struct record record;
    bool goes_on = true;

    if (plain == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (!scan_open(seal, position, frame, plain))
        *ret_ending = SCAN_FORGED;
    else if (!record_read(plain, position->length - SEAL_TAG_BYTES, &record))
        *ret_ending = SCAN_NEWER;
    else
        goes_on = visit(context, position, &record, error);
    explicit_bzero(plain, position->length);
    free(plain);
    return goes_on;
}

bool scan_run(const uint8_t *bytes, size_t size, const struct seal *seal, scan_visit *visit, void *context,
              struct scan_end *ret_end, struct ts_error *error)
{
    struct scan_end end = {.ending = SCAN_WHOLE, .at = SEAL_HEADER_BYTES};

    while (end.at < size) {
        const uint8_t *frame = bytes + end.at;
        struct scan_position position = {.at = end.at, .place = end.place};

        end.ending = look(frame, size - end.at, end.place.number, &position.length);
        if (end.ending != SCAN_WHOLE)
            break;
        if (!visit_one(frame, seal, &position, visit, context, &end.ending, error))
            return false;
        if (end.ending != SCAN_WHOLE)
            break;
        end.at += SCAN_HEAD_BYTES + (uint64_t)position.length;
        end.place.number++;
        memcpy(end.place.tag_before, bytes + end.at - SEAL_TAG_BYTES, SEAL_TAG_BYTES);
    }
    *ret_end = end;
    return true;
}

bool scan_frame(const struct seal *seal, const struct seal_place *place, const uint8_t *plain, size_t length,
                uint8_t *ret_frame, struct ts_error *error)
{
    uint32_t sealed = (uint32_t)(length + SEAL_TAG_BYTES);

    if (!seal_close(seal, place, plain, length, ret_frame + AT_NONCE, ret_frame + SCAN_HEAD_BYTES, error))
        return false;
    bytes_put_32(ret_frame, sealed);
    bytes_put_32(ret_frame + AT_HEAD_SUM, head_sum(place->number, ret_frame));
    bytes_put_32(ret_frame + AT_BODY_SUM, crc32c(0, ret_frame + AT_NONCE, SEAL_NONCE_BYTES + (size_t)sealed));
    return true;
}
