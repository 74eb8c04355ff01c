// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: what is read as a statement is written again to the same bytes, whether it came as CBOR
// or from a record; what is read as an envelope is the one that is written.
#include "evidence/cbor.h"
#include "evidence/cose.h"
#include "evidence/digits.h"
#include "evidence/statement.h"
#include "wire/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 4 << 20, PAYLOAD_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void check_again(const struct statement *statement, const uint8_t *payload, size_t length)
{
    static uint8_t again[PAYLOAD_BYTES];
    size_t again_length;
    check(statement_write(statement, again, sizeof again, &again_length));
    check(again_length == length && memcmp(again, payload, length) == 0);
}

static void try_payload(const uint8_t *data, size_t size, struct arena *arena)
{
    struct statement statement;
    if (statement_read(data, size, arena, &statement, NULL))
        check_again(&statement, data, size);
    else
        cbor_check(data, size);
}

static void try_record(const uint8_t *data, size_t size, struct arena *arena)
{
    static const uint8_t SALT[STATEMENT_SALT_BYTES];
    struct statement statement;
    uint8_t *payload;
    size_t length;
    if (!statement_from_record((const char *)data, size, 1 << 20, SALT, arena, &payload, &length, NULL))
        return;
    check(cose_length(length) <= COSE_BYTES);
    check(statement_read(payload, length, arena, &statement, NULL)); // what is signed is taken
    check_again(&statement, payload, length);
}

static void try_envelope(const uint8_t *data, size_t size)
{
    struct cose cose;
    uint8_t bytes[COSE_BYTES];
    size_t length;
    if (!cose_read(data, size, &cose, NULL))
        return;
    check(cose_write(&cose, bytes, &length) && length == size && memcmp(bytes, data, size) == 0);
    check(cose_length(cose.payload_length) == size);
}

static void try_digits(const uint8_t *data, size_t size, struct arena *arena)
{
    uint8_t *bytes = arena_alloc(arena, DIGITS_BYTES_SIZE(size));
    char *text = arena_alloc(arena, DIGITS_TEXT_SIZE(DIGITS_BYTES_SIZE(size)));
    size_t length;
    if (!digits_read((const char *)data, size, bytes, &length))
        return;
    check(digits_write(bytes, length, text) == size && memcmp(text, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > PAYLOAD_BYTES)
        return 0;
    struct arena *arena = arena_create(ARENA_BYTES);
    check(arena != NULL);
    try_payload(data, size, arena);
    try_record(data, size, arena);
    try_envelope(data, size);
    try_digits(data, size, arena);
    arena_free(arena);
    return 0;
}
