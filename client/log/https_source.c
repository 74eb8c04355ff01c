// SPDX-License-Identifier: Apache-2.0
// Files over HTTPS, see https_source.h. What a server cannot give now (429, 5xx) is asked for again a few
// times; what it says is not there (404, 410) is absent.
#include "log/https_source.h"

#include "rpc/trust.h"
#include "wire/error.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 5000, POLL_MS = 1000, TRIES = 4, PAUSE_MS = 250, URL_SIZE = 640 };

struct transfer {
    CURL *curl;
    struct audit_file *file; // NULL: not under way
    struct https_source *source;
    bool is_out_of_memory;
    char text[CURL_ERROR_SIZE];
};

struct https_source {
    struct https_source_settings settings;
    CURLM *multi;
    struct transfer transfers[AUDIT_BATCH];
    bool lacks_h2;
    bool is_interrupted;
};

struct https_source *https_source_create(const struct https_source_settings *settings, struct ts_error *error)
{
    struct https_source *source = NULL;
    if (strncmp(settings->url, "https://", 8) != 0 || strpbrk(settings->url, "?#@ \t\r\n\\") ||
        strlen(settings->url) + AUDIT_PATH_SIZE + 2 > URL_SIZE) {
        error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                  "'%.100s' is no address of a log: expected https://HOST/log", settings->url);
        return NULL;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
        source = calloc(1, sizeof *source);
    bool whole = source && (source->multi = curl_multi_init()) &&
                 curl_multi_setopt(source->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L) == CURLM_OK;
    for (size_t i = 0; whole && i < AUDIT_BATCH; i++) {
        source->transfers[i].source = source;
        whole = (source->transfers[i].curl = curl_easy_init()) != NULL;
    }
    if (whole) {
        source->settings = *settings;
        return source;
    }
    https_source_free(source);
    error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return NULL;
}

void https_source_free(struct https_source *source)
{
    if (!source)
        return;
    for (size_t i = 0; i < AUDIT_BATCH; i++)
        curl_easy_cleanup(source->transfers[i].curl);
    curl_multi_cleanup(source->multi);
    free(source);
}

static int before_request(void *context, char *peer, char *local, int peer_port, int local_port)
{
    struct transfer *transfer = context;
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    if (trust_agreed_on_h2(transfer->curl))
        return CURL_PREREQFUNC_OK;
    transfer->source->lacks_h2 = true;
    return CURL_PREREQFUNC_ABORT;
}

// Behind the ceiling nothing more is kept, and nothing more is wanted.
static size_t take_body(char *bytes, size_t one, size_t length, void *context)
{
    struct transfer *transfer = context;
    (void)one;
    if (!audit_file_append(transfer->file, bytes, length)) {
        transfer->is_out_of_memory = true;
        return 0;
    }
    return transfer->file->got == AUDIT_TOO_LONG ? 0 : length;
}

static bool begin(struct https_source *source, struct transfer *transfer, struct audit_file *file)
{
    const struct https_source_settings *settings = &source->settings;
    CURL *curl = transfer->curl;
    char url[URL_SIZE];
    int wrong = 0;
    size_t length = strlen(settings->url);
    snprintf(url, sizeof url, "%s%s%s", settings->url, length && settings->url[length - 1] == '/' ? "" : "/",
             file->path);
    curl_easy_reset(curl);
    transfer->file = file;
    transfer->text[0] = '\0';
    file->got = AUDIT_GOT;
    file->length = 0;
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_URL, url);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_USERAGENT, "touchstone/" TOUCHSTONE_VERSION);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, settings->timeout_ms);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, before_request);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PREREQDATA, transfer);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->text);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    return wrong == 0 && trust_set_up(curl, settings->ca) &&
           curl_multi_add_handle(source->multi, curl) == CURLM_OK;
}

static bool fail(const struct https_source *source, const struct transfer *transfer, CURLcode result,
                 struct ts_error *error)
{
    const char *text = transfer->text[0] ? transfer->text : curl_easy_strerror(result);
    if (transfer->is_out_of_memory || result == CURLE_OUT_OF_MEMORY)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (source->lacks_h2)
        return error_set(error, TS_UNAVAILABLE, "NO_H2", "%.120s does not speak HTTP/2 over TLS (ALPN h2)",
                         source->settings.url);
    if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE)
        return error_set(error, TS_UNAUTHENTICATED, "UNTRUSTED", "no trusted connection to %.100s: %.120s",
                         source->settings.url, text);
    return error_set(error, TS_UNAVAILABLE, "NOT_REACHED", "%.80s of %.80s cannot be fetched: %.80s",
                     transfer->file->path, source->settings.url, text);
}

// What the server's answer means for the file. `ret_again`: it may have it later.
static bool conclude(struct https_source *source, struct transfer *transfer, CURLcode result, bool *ret_again,
                     struct ts_error *error)
{
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_again = false;
    if (status == 200 && transfer->file->got == AUDIT_TOO_LONG && !transfer->is_out_of_memory)
        return true;
    if (result != CURLE_OK)
        return fail(source, transfer, result, error);
    if (status == 200)
        return true;
    transfer->file->length = 0;
    transfer->file->got = AUDIT_ABSENT;
    if (status == 404 || status == 410)
        return true;
    *ret_again = status == 429 || status >= 500;
    return *ret_again || error_set(error, TS_UNAVAILABLE, "NOT_REACHED", "%.120s answers %ld for %.80s",
                                   source->settings.url, status, transfer->file->path);
}

static bool wait_for_more(struct https_source *source)
{
    struct curl_waitfd signal = {.fd = source->settings.signal_fd, .events = CURL_WAIT_POLLIN};
    if (curl_multi_poll(source->multi, &signal, source->settings.signal_fd >= 0 ? 1 : 0, POLL_MS, NULL) !=
        CURLM_OK)
        return false;
    source->is_interrupted = signal.revents != 0;
    return !source->is_interrupted;
}

// Drives all transfers to their ends; which files are to be asked for again is marked.
static bool drive(struct https_source *source, bool *again, struct audit_file *files, struct ts_error *error)
{
    int running = 1, left;
    bool done = true;
    while (done && running > 0) {
        if (curl_multi_perform(source->multi, &running) != CURLM_OK)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        for (CURLMsg *message; done && (message = curl_multi_info_read(source->multi, &left));) {
            struct transfer *transfer = NULL;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
            done = conclude(source, transfer, message->data.result, &again[transfer->file - files], error);
        }
        if (done && running > 0 && !wait_for_more(source))
            return source->is_interrupted
                       ? error_set(error, TS_CANCELLED, "INTERRUPTED", "interrupted")
                       : error_set(error, TS_INTERNAL, "POLL", "cannot wait for the server");
    }
    return done;
}

static bool fetch_marked(struct https_source *source, bool *again, struct audit_file *files, size_t count,
                         struct ts_error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < count; i++)
        if (again[i] && !begin(source, &source->transfers[i], &files[i]))
            done = error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    done = done && drive(source, again, files, error);
    for (size_t i = 0; i < count; i++) {
        if (source->transfers[i].file)
            curl_multi_remove_handle(source->multi, source->transfers[i].curl);
        source->transfers[i].file = NULL;
    }
    return done;
}

bool https_source_fetch(void *context, struct audit_file *files, size_t count, struct ts_error *error)
{
    struct https_source *source = context;
    bool again[AUDIT_BATCH];
    size_t left = count;
    for (size_t i = 0; i < count; i++)
        again[i] = true;
    for (int i = 0; i < TRIES && left > 0; i++) {
        if (i > 0 && !https_source_wait(source))
            return error_set(error, TS_CANCELLED, "INTERRUPTED", "interrupted");
        if (!fetch_marked(source, again, files, count, error))
            return false;
        left = 0;
        for (size_t k = 0; k < count; k++)
            left += again[k];
    }
    return left == 0 || error_set(error, TS_UNAVAILABLE, "NOT_REACHED", "%.120s is busy; try again later",
                                  source->settings.url);
}

bool https_source_wait(void *context)
{
    struct https_source *source = context;
    struct pollfd wait = {.fd = source->settings.signal_fd, .events = POLLIN};
    return poll(&wait, source->settings.signal_fd >= 0 ? 1 : 0, PAUSE_MS) <= 0;
}
