// SPDX-License-Identifier: Apache-2.0
// TLS settings: see trust.h. libcurl would offer HTTP/1.1 beside h2 and could fall back to it; the
// callback narrows the offer, and prior knowledge keeps libcurl from speaking anything else.
#include "rpc/trust.h"

#include <string.h>

#include <openssl/ssl.h>

static CURLcode offer_only_h2(CURL *curl, void *context, void *unused)
{
    static const unsigned char h2[] = {2, 'h', '2'};

    (void)curl;
    (void)unused;
    return SSL_CTX_set_alpn_protos(context, h2, sizeof h2) == 0 ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
}

bool trust_set_up(CURL *curl, const char *ca)
{
    int wrong = 0;

    wrong |= (int)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, offer_only_h2);
    if (ca != NULL && ca[0] != '\0') {
        wrong |= (int)curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
        // Only this file: not the system's authorities beside it.
        wrong |= (int)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    return wrong == 0;
}

bool trust_agreed_on_h2(CURL *curl)
{
    const struct curl_tlssessioninfo *session = NULL;
    const unsigned char *protocol = NULL;
    unsigned length = 0;

    if (curl_easy_getinfo(curl, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
        session->internals == NULL)
        return false;
    SSL_get0_alpn_selected(session->internals, &protocol, &length);
    return length == 2 && memcmp(protocol, "h2", 2) == 0;
}
