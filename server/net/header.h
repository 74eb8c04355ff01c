// SPDX-License-Identifier: Apache-2.0
// One field of an HTTP/2 header or trailer block as an answer gives it.
#pragma once

struct net_header {
    const char *name;  // lower case
    const char *value; // without CR, LF, NUL; "-bin" values already base64
};
