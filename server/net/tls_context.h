// SPDX-License-Identifier: Apache-2.0
// The server side of TLS: certificate chain and key from PEM files, TLS 1.2 and 1.3, ALPN "h2" and nothing
// else, no session tickets, no renegotiation. Connections keep what they were born with, so a new context
// can take its place at any time.
#pragma once

struct tls_context;
struct ts_error;

// FAILED_PRECONDITION/TLS_FILES: unreadable, not PEM, key and certificate do not belong together, or the
// certificate has expired.
struct tls_context *tls_context_create(const char *certificate_path, const char *key_path,
                                       struct ts_error *error);
void tls_context_free(struct tls_context *context);
