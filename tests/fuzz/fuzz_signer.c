// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any request to the signer gets a reply, a seal only for a digest of the right length, and
// nothing that is signed comes with an error.
#include "signer/answer.h"
#include "signer/cms.h"
#include "testing.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz-signer-XXXXXX"; // of keys and mark, until the end

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0)
        perror(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signer signer;
    size_t length;
    if (!signer.origin) {
        if (!mkdtemp(folder) || atexit(remove_folder) != 0)
            abort();
        testing_signer(folder, "lab.example/log", &signer);
    }
    if (size > ANSWER_REQUEST_BYTES)
        return 0;
    uint8_t *bytes = answer_request(&signer, data, size, &length);
    Touchstone__Internal__V1__SignerReply *reply =
        bytes ? touchstone__internal__v1__signer_reply__unpack(NULL, length, bytes) : NULL;
    if (!reply || (*reply->error && (reply->cms.len > 0 || reply->n_coses > 0 || *reply->note)) ||
        reply->certificate.len == 0)
        abort();
    if (reply->cms.len > 0 && size < CMS_DIGEST_BYTES)
        abort();
    touchstone__internal__v1__signer_reply__free_unpacked(reply, NULL);
    free(bytes);
    return 0;
}
