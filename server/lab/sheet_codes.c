// SPDX-License-Identifier: Apache-2.0
// See sheet_codes.h. The short code is the beginning of the sid, which nobody can guess who has not seen the
// sheet; lab.sheet_code() in SQL makes the same one.
#include "lab/sheet_codes.h"

#include "evidence/cose.h"
#include "evidence/digits.h"
#include "evidence/log_entry.h"
#include "wire/arena.h"

enum { CODE_CHARACTERS = 8, BITS_EACH = 5 };

// Crockford's base 32: no letter that looks like a digit.
static void write_code(const uint8_t sid[HASH_BYTES], char ret_code[CODE_CHARACTERS + 1])
{
    static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t bits = 0;
    for (int i = 0; i < CODE_CHARACTERS * BITS_EACH / 8; i++)
        bits = bits << 8 | sid[i];
    for (int i = CODE_CHARACTERS; i-- > 0; bits >>= BITS_EACH)
        ret_code[i] = ALPHABET[bits & 31];
    ret_code[CODE_CHARACTERS] = '\0';
}

bool sheet_codes_make(const char *host, const char *sheet_no, const uint8_t *cose, size_t length,
                      struct arena *arena, struct sheet_codes *ret_codes, struct ts_error *error)
{
    struct cose read;
    uint8_t sid[HASH_BYTES];
    char code[CODE_CHARACTERS + 1];
    if (!cose_read(cose, length, &read, error))
        return false;
    log_entry_sid(read.payload, read.payload_length, sid);
    write_code(sid, code);
    char *digits = arena_alloc(arena, DIGITS_TEXT_SIZE(length));
    if (digits)
        digits_write(cose, length, digits);
    const struct sheet_codes codes = {
        .full = digits ? arena_printf(arena, "https://%s/s#%s", host, digits) : NULL,
        .small = arena_printf(arena, "https://%s/s?n=%s&c=%s", host, sheet_no, code)};
    if (!codes.full || !codes.small)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a sheet's codes.");
    *ret_codes = codes;
    return true;
}
