// SPDX-License-Identifier: Apache-2.0
// One request becomes one reply, see answer.h.
#include "signer/answer.h"

#include "signer/cms.h"
#include "signer/log_signing.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A full request and all that it is read into and answered with.
enum { ARENA_BYTES = 8 * 1024 * 1024, SHEET_NO_CHARACTERS = 40, REVISION_CEILING = 9999 };

static bool is_sheet_no(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-./_", text[i]))
            return false;
    return length > 0 && length <= SHEET_NO_CHARACTERS;
}

static bool check_seal(const struct identity *identity, const Touchstone__Internal__V1__SealRequest *request,
                       struct ts_error *error)
{
    if (!is_sheet_no(request->sheet_no))
        return error_violation(error, "sheet_no", "is not a sheet number");
    if (request->revision < 0 || request->revision > REVISION_CEILING)
        return error_violation(error, "revision", "is not between 0 and %d", REVISION_CEILING);
    if (request->digest.len != CMS_DIGEST_BYTES)
        return error_violation(error, "digest", "has not %d bytes", CMS_DIGEST_BYTES);
    if (request->specimen != identity->demonstration)
        return error_set(error, TS_FAILED_PRECONDITION, "KEY_KIND",
                         identity->demonstration ? "a demonstration key seals specimens only"
                                                 : "a production key seals no specimen");
    if (!identity_is_valid(identity, time(NULL)))
        return error_set(error, TS_FAILED_PRECONDITION, "CERTIFICATE_EXPIRED",
                         "the sealing certificate is not valid today");
    return true;
}

static bool seal(const struct identity *identity, const Touchstone__Internal__V1__SealRequest *request,
                 struct arena *arena, Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error)
{
    uint8_t *cms = arena_alloc(arena, CMS_CEILING_BYTES);
    size_t length;
    if (!cms)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The signer is out of memory.");
    if (!check_seal(identity, request, error) ||
        !cms_seal(identity, request->digest.data, cms, &length, error))
        return false;
    reply->cms = (ProtobufCBinaryData){length, cms};
    return true;
}

static bool answer(const struct signer *signer, const Touchstone__Internal__V1__SignerRequest *request,
                   struct arena *arena, Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error)
{
    switch (request ? request->request_case : TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST__NOT_SET) {
    case TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_SEAL:
        return seal(&signer->identity, request->seal, arena, reply, error);
    case TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_IDENTITY:
        return log_signing_identity(signer, arena, reply, error);
    case TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATEMENTS:
        return log_signing_statements(signer, request->statements, arena, reply, error);
    case TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_CHECKPOINT:
        return log_signing_checkpoint(signer, request->checkpoint, arena, reply, error);
    case TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATUS:
        return log_signing_status(signer, request->status, arena, reply, error);
    default:
        return error_set(error, TS_INVALID_ARGUMENT, "REQUEST_BROKEN",
                         "the request is not one of the known ones");
    }
}

static uint8_t *pack(const Touchstone__Internal__V1__SignerReply *reply, size_t *ret_length)
{
    *ret_length = touchstone__internal__v1__signer_reply__get_packed_size(reply);
    uint8_t *packed = malloc(*ret_length + 1);
    if (packed)
        touchstone__internal__v1__signer_reply__pack(reply, packed);
    return packed;
}

uint8_t *answer_request(const struct signer *signer, const uint8_t *request, size_t length,
                        size_t *ret_length)
{
    Touchstone__Internal__V1__SignerReply reply = TOUCHSTONE__INTERNAL__V1__SIGNER_REPLY__INIT;
    struct ts_error error = {.status = TS_OK};
    struct arena *arena = arena_create(ARENA_BYTES);
    char text[360] = "";
    if (!arena)
        return NULL;
    ProtobufCAllocator allocator = arena_allocator(arena);
    if (!answer(signer, touchstone__internal__v1__signer_request__unpack(&allocator, length, request), arena,
                &reply, &error))
        snprintf(text, sizeof text, "%s: %s", error.reason, error.detail);
    const struct certificates *certificates = &signer->identity.certificates;
    reply.error = text;
    reply.certificate = (ProtobufCBinaryData){certificates->length[0], certificates->der[0]};
    reply.demonstration = signer->identity.demonstration;
    uint8_t *packed = pack(&reply, ret_length);
    arena_free(arena);
    return packed;
}
