// SPDX-License-Identifier: Apache-2.0
// The seal of a sheet, see seal.h.
#include "sheet/seal.h"

#include "sheet/increment.h"
#include "wire/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { PDF_CEILING_BYTES = 15 * 1024 * 1024, HOLE_CHARACTERS = 2 * SEAL_HOLE_BYTES + 2 };

// Four numbers of fixed width: they are written when everything has its place.
static void patch_byte_range(char *at, size_t hole, size_t length)
{
    char range[INCREMENT_BYTE_RANGE_SIZE + 1];
    size_t after = hole + HOLE_CHARACTERS;
    snprintf(range, sizeof range, "[0 %-10zu %-10zu %-10zu]", hole, after, length - after);
    memcpy(at, range, strlen(range));
}

static bool digest_around_hole(struct seal_draft *draft)
{
    size_t after = draft->hole + HOLE_CHARACTERS;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, draft->bytes, draft->hole) == 1 &&
                EVP_DigestUpdate(context, draft->bytes + after, draft->length - after) == 1 &&
                EVP_DigestFinal_ex(context, draft->digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

bool seal_prepare(const struct seal_input *input, struct arena *arena, struct seal_draft *ret_draft,
                  struct ts_error *error)
{
    struct drawn drawn;
    struct record_facts facts;
    struct increment increment;
    struct text text;
    if (input->pdf_length > PDF_CEILING_BYTES)
        return error_set(error, TS_OUT_OF_RANGE, "PDF_TOO_LARGE", "the drawn PDF is larger than %d bytes",
                         PDF_CEILING_BYTES);
    if (!drawn_read(input->pdf, input->pdf_length, &drawn, error) ||
        !record_facts_read(input->record, input->record_length, arena, &facts, error))
        return false;
    text_init(&text, arena);
    text_append(&text, input->pdf, input->pdf_length);
    increment_put(&text, &drawn, &facts, input, SEAL_HOLE_BYTES, &increment);
    char *bytes = text_finish(&text);
    if (!bytes)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the sheet");
    struct seal_draft draft = {.bytes = (uint8_t *)bytes, .length = text.length, .hole = increment.hole};
    patch_byte_range(bytes + increment.byte_range, draft.hole, draft.length);
    if (!digest_around_hole(&draft))
        return error_set(error, TS_INTERNAL, "DIGEST", "the sheet cannot be digested");
    *ret_draft = draft;
    return true;
}

bool seal_finish(struct seal_draft *draft, const uint8_t *cms, size_t cms_length, struct ts_error *error)
{
    static const char DIGITS[] = "0123456789abcdef";
    if (cms_length == 0 || cms_length > SEAL_HOLE_BYTES)
        return error_set(error, TS_OUT_OF_RANGE, "SIGNATURE_SIZE", "the signature has %zu bytes, the hole %d",
                         cms_length, SEAL_HOLE_BYTES);
    uint8_t *at = draft->bytes + draft->hole + 1;
    for (size_t i = 0; i < cms_length; i++) {
        *at++ = (uint8_t)DIGITS[cms[i] >> 4];
        *at++ = (uint8_t)DIGITS[cms[i] & 15];
    }
    return true;
}
