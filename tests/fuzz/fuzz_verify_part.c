// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: the parts of a sheet that verification reads only behind a right digest, and the trusted
// certificates; the first byte picks the part.
#include "verify/cms_check.h"
#include "verify/embedded_record.h"
#include "verify/trust.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_cms(const uint8_t *data, size_t size)
{
    struct cms_check cms;
    if (size < CMS_CHECK_DIGEST_BYTES)
        return;
    const char *code =
        cms_check_read(data + CMS_CHECK_DIGEST_BYTES, size - CMS_CHECK_DIGEST_BYTES, data, &cms);
    if (cms.count > CMS_CHECK_CERTIFICATES || (!code && cms.count == 0))
        abort();
    cms_check_done(&cms);
}

static void take_record(const uint8_t *data, size_t size)
{
    struct embedded_record record;
    if (embedded_record_read(data, size, &record) && strlen(record.sha256) != 64)
        abort();
}

static void take_trust(const uint8_t *data, size_t size)
{
    X509_STORE *store = NULL;
    struct ts_error error = {0};
    if (trust_read((const char *)data, size, &store, &error) == !store)
        abort();
    X509_STORE_free(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const PARTS[])(const uint8_t *, size_t) = {take_cms, take_record, take_trust};
    if (size > 0)
        PARTS[data[0] % 3](data + 1, size - 1);
    return 0;
}
