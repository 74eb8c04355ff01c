// SPDX-License-Identifier: Apache-2.0
// One request becomes one reply, see answer.h.
#include "signer/answer.h"

#include "signer/cms.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHEET_NO_CHARACTERS = 40, REVISION_CEILING = 9999 };

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
                 uint8_t *cms, size_t *ret_length, struct ts_error *error)
{
    return check_seal(identity, request, error) &&
           cms_seal(identity, request->digest.data, cms, ret_length, error);
}

uint8_t *answer_request(const struct identity *identity, const uint8_t *request, size_t length,
                        size_t *ret_length)
{
    Touchstone__Internal__V1__SignerReply reply = TOUCHSTONE__INTERNAL__V1__SIGNER_REPLY__INIT;
    Touchstone__Internal__V1__SignerRequest *message =
        touchstone__internal__v1__signer_request__unpack(NULL, length, request);
    struct ts_error error = {.status = TS_OK};
    uint8_t cms[CMS_CEILING_BYTES];
    size_t cms_length = 0;
    char text[360] = "";
    bool fine;
    if (!message || message->request_case == TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST__NOT_SET)
        fine = error_set(&error, TS_INVALID_ARGUMENT, "REQUEST_BROKEN",
                         "the request is not one of the known ones");
    else
        fine = message->request_case == TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_IDENTITY ||
               seal(identity, message->seal, cms, &cms_length, &error);
    if (!fine)
        snprintf(text, sizeof text, "%s: %s", error.reason, error.detail);
    reply.error = text;
    reply.cms = (ProtobufCBinaryData){cms_length, cms};
    reply.certificate =
        (ProtobufCBinaryData){identity->certificates.length[0], identity->certificates.der[0]};
    reply.demonstration = identity->demonstration;
    touchstone__internal__v1__signer_request__free_unpacked(message, NULL);
    *ret_length = touchstone__internal__v1__signer_reply__get_packed_size(&reply);
    uint8_t *packed = malloc(*ret_length + 1);
    if (packed)
        touchstone__internal__v1__signer_reply__pack(&reply, packed);
    return packed;
}
