// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any request to the signer gets a reply, and a seal only for a digest of the right length.
#include "signer/answer.h"
#include "signer/cms.h"
#include "testing.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct identity identity;
    size_t length;
    if (!identity.key)
        testing_identity(&identity);
    if (size > ANSWER_REQUEST_BYTES)
        return 0;
    uint8_t *bytes = answer_request(&identity, data, size, &length);
    Touchstone__Internal__V1__SignerReply *reply =
        bytes ? touchstone__internal__v1__signer_reply__unpack(NULL, length, bytes) : NULL;
    if (!reply || (*reply->error && reply->cms.len > 0) || reply->certificate.len == 0)
        abort();
    if (reply->cms.len > 0 && size < CMS_DIGEST_BYTES)
        abort();
    touchstone__internal__v1__signer_reply__free_unpacked(reply, NULL);
    free(bytes);
    return 0;
}
