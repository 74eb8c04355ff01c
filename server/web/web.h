// SPDX-License-Identifier: Apache-2.0
// The consumers' pages as they are served: client/web joined at build time into one table of bytes. Pure: no
// file is read at run time. docs/verify-page.md says how each is to be answered.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct web_asset {
    const char *path; // "/s/page.css"
    const char *content_type;
    const char *policy;       // Content-Security-Policy
    const char *worker_scope; // Service-Worker-Allowed, or NULL
    const uint8_t *bytes;
    size_t length;
    const char *etag; // as it is sent
    // Where WEB_MARKER stands in the bytes, or -1. The page is served with s/data.json in its place, each <
    // in it written as \u003c; the etag is then not the answer's.
    long marker;
    const uint8_t *packed; // the same by gzip
    size_t packed_length;
};

#define WEB_MARKER "@DATA@"

// By path.
extern const struct web_asset WEB_ASSETS[];
extern const size_t WEB_ASSET_COUNT;

// The asset of exactly this path, without query; NULL when there is none.
const struct web_asset *web_find(const char *path, size_t length);
