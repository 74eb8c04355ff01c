// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: the records of a journal and its header. What is read as a record is one that was
// written: sealed again in its place it is the same; and the plain form read is the plain form written. The
// first byte chooses which.
#include "journal/record.h"
#include "journal/scan.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static const uint8_t key[JOURNAL_KEY_BYTES] = {7};

struct seen {
    uint64_t next;
    size_t count;
};

static bool visit(void *context, const struct scan_position *position, const struct record *record,
                  struct ts_error *error)
{
    struct seen *seen = context;

    (void)error;
    check(position->place.number == seen->count && position->at >= seen->next);
    check(record->kind > RECORD_NONE && record->kind < RECORD_KINDS);
    seen->next = position->at + SCAN_HEAD_BYTES + position->length;
    seen->count++;
    return true;
}

static void begin(struct seal *seal)
{
    struct seal_header header = {.desk = "D1"};
    uint8_t bytes[SEAL_HEADER_BYTES];

    seal_header_write(&header, bytes);
    check(seal_begin(seal, key, bytes, NULL));
}

static struct scan_end scan(const struct seal *seal, const uint8_t *bytes, size_t size, struct seen *seen)
{
    struct scan_end end;

    *seen = (struct seen){.next = SEAL_HEADER_BYTES};
    check(scan_run(bytes, size, seal, visit, seen, &end, NULL));
    check(end.at >= SEAL_HEADER_BYTES && (end.at <= size || size < SEAL_HEADER_BYTES));
    check(end.place.number == seen->count);
    check(end.ending != SCAN_WHOLE || end.at == size || size < SEAL_HEADER_BYTES);
    return end;
}

// Any bytes behind a header.
static void any_file(const uint8_t *data, size_t size)
{
    uint8_t *file = malloc(SEAL_HEADER_BYTES + size);
    struct seal seal;
    struct seen seen;

    check(file != NULL);
    begin(&seal);
    memcpy(file, seal.header, SEAL_HEADER_BYTES);
    memcpy(file + SEAL_HEADER_BYTES, data, size);
    scan(&seal, file, SEAL_HEADER_BYTES + size, &seen);
    free(file);
}

// Two records whose second is cut or changed where the input says: the first is read, whatever was done.
static void spoiled_file(const uint8_t *data, size_t size)
{
    uint8_t file[SEAL_HEADER_BYTES + 256], plain[64];
    struct record record = {.kind = RECORD_DROPPED, .at_ms = 5};
    struct seal seal;
    struct seen seen;
    struct scan_end end;
    size_t first;

    if (size < 3)
        return;
    begin(&seal);
    memcpy(file, seal.header, SEAL_HEADER_BYTES);
    record_put_text(&record, DROPPED_DESK, "D1");
    record_put_text(&record, DROPPED_LABORATORY, "JEW");
    record_write(&record, plain);
    end.at = SEAL_HEADER_BYTES;
    first = SCAN_HEAD_BYTES + record_size(&record) + SEAL_TAG_BYTES;
    for (struct seal_place place = {0}; place.number < 2; place.number++) {
        check(scan_frame(&seal, &place, plain, record_size(&record), file + end.at, NULL));
        end.at += first;
        memcpy(place.tag_before, file + end.at - SEAL_TAG_BYTES, SEAL_TAG_BYTES);
    }
    for (size_t i = 1; i + 1 < size; i += 2)
        file[SEAL_HEADER_BYTES + first + data[i] % first] ^= data[i + 1];
    scan(&seal, file, SEAL_HEADER_BYTES + first + 1 + data[0] % first, &seen);
    check(seen.count >= 1);
}

static void plain_record(const uint8_t *data, size_t size)
{
    struct record record;
    uint8_t *again;
    char text[32];

    if (!record_read(data, size, &record))
        return;
    check(record_size(&record) == size);
    again = malloc(size);
    check(again != NULL);
    record_write(&record, again);
    check(memcmp(again, data, size) == 0);
    free(again);
    for (size_t i = 0; i < RECORD_FIELDS; i++) {
        record_text(&record, i, text, sizeof text);
        check(strlen(text) < sizeof text);
        check(record_number(&record, i) >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seal_header header;

    if (size == 0)
        return 0;
    switch (data[0] % 4) {
    case 0:
        any_file(data + 1, size - 1);
        break;
    case 1:
        spoiled_file(data + 1, size - 1);
        break;
    case 2:
        plain_record(data + 1, size - 1);
        break;
    default:
        if (size - 1 >= SEAL_HEADER_BYTES && seal_header_read(data + 1, &header))
            check(memchr(header.desk, '\0', sizeof header.desk) != NULL);
    }
    return 0;
}
