// SPDX-License-Identifier: Apache-2.0
// The OpenSSL side of tls_context.h, for tls_link.c alone, so that nobody else sees OpenSSL.
#pragma once

#include <openssl/types.h>

struct tls_context;

// A new connection's SSL, NULL without memory. It keeps the context's insides alive.
SSL *tls_context_new_ssl(struct tls_context *context);
