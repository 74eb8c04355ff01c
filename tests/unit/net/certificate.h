// SPDX-License-Identifier: Apache-2.0
// Self-signed certificates for tests, made fresh in a temporary directory.
#pragma once

struct certificate {
    char directory[64];
    char certificate[96], key[96]; // paths of PEM files
};

// `valid_seconds` may be negative: a certificate that has expired.
void certificate_make(struct certificate *ret_files, long valid_seconds);
void certificate_remove(struct certificate *files);
