// SPDX-License-Identifier: Apache-2.0
// TLS of a libcurl handle: certificate and host name always checked, TLS 1.2 or newer, ALPN h2 only.
#pragma once

#include <stdbool.h>

#include <curl/curl.h>

// Sets up the handle; `ca` NULL or "" trusts the system's store. There is no way to trust less.
bool trust_set_up(CURL *curl, const char *ca);

// Whether the connection of a running transfer agreed on HTTP/2 by ALPN.
bool trust_agreed_on_h2(CURL *curl);
