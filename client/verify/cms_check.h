// SPDX-License-Identifier: Apache-2.0
// The CMS of a seal, read as strictly as touchstone-signer writes it: every byte of it is either fixed,
// compared with something signed, or the signature itself.
#pragma once

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CMS_CHECK_CERTIFICATES = 4, CMS_CHECK_DIGEST_BYTES = 32 };

struct cms_check {
    size_t count;                               // the signer's certificate first
    X509 *certificates[CMS_CHECK_CERTIFICATES]; // owned
};

// Codes for verify.h; NULL when the signature over `digest` is right. ret_check is filled as far as the CMS
// could be read and is always to be ended with cms_check_done.
const char *cms_check_read(const uint8_t *cms, size_t length, const uint8_t digest[CMS_CHECK_DIGEST_BYTES],
                           struct cms_check *ret_check);
void cms_check_done(struct cms_check *check);
