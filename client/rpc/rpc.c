// SPDX-License-Identifier: Apache-2.0
// gRPC over libcurl: see rpc.h. The request is one POST whose body is one framed message; the answer's
// body is cut into messages as it comes, and its trailers give the status (gRPC over HTTP/2,
// "Requests" and "Responses").
#include "rpc/rpc.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "rpc/answer.h"
#include "rpc/outcome.h"
#include "rpc/trust.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/grpc_frame.h"
#include "wire/prescan.h"

enum {
    MESSAGE_CEILING_BYTES = 16 * 1024 * 1024,
    ARENA_CEILING_BYTES = 64 * 1024 * 1024,
    REQUEST_CEILING_BYTES = 64 * 1024 * 1024,
    CONNECT_TIMEOUT_MS = 5000,
    // How much longer than the server the client waits for an answer.
    PATIENCE_MS = 2000,
    POLL_MS = 1000,
};

struct rpc {
    CURLM *multi; // NULL after a transfer that failed: the next one begins with connections of its own
    CURL *curl;
    struct rpc_settings settings;
};

struct call {
    struct rpc *rpc;
    const ProtobufCMessageDescriptor *response;
    rpc_take *take;
    void *context;
    // Memory of the message that is coming, and of the headers.
    struct arena *message_arena;
    struct arena *header_arena;
    struct grpc_frame frame;
    struct answer answer;
    // The connection stood, and the request may be on its way.
    bool is_begun;
    bool lacks_h2;
    bool is_interrupted;
    bool is_stopped;
    struct ts_error error;
    char text[CURL_ERROR_SIZE];
};

struct rpc *rpc_create(const struct rpc_settings *settings, struct ts_error *error)
{
    struct rpc *rpc;

    if (settings->server == NULL || settings->server[0] == '\0' ||
        strpbrk(settings->server, "/@?# \t\r\n\\") != NULL) {
        error_set(error, TS_INVALID_ARGUMENT, "USAGE", "'%.100s' is no server address: expected host:port",
                  settings->server != NULL ? settings->server : "");
        return NULL;
    }
    rpc = calloc(1, sizeof *rpc);
    if (rpc != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == 0) {
        rpc->multi = curl_multi_init();
        rpc->curl = curl_easy_init();
        rpc->settings = *settings;
    }
    if (rpc == NULL || rpc->multi == NULL || rpc->curl == NULL) {
        rpc_free(rpc);
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    return rpc;
}

void rpc_free(struct rpc *rpc)
{
    if (rpc == NULL)
        return;
    curl_easy_cleanup(rpc->curl);
    if (rpc->multi != NULL)
        curl_multi_cleanup(rpc->multi);
    free(rpc);
}

static int before_request(void *context, char *peer, char *local, int peer_port, int local_port)
{
    struct call *call = context;

    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    call->lacks_h2 = !trust_agreed_on_h2(call->rpc->curl);
    if (call->lacks_h2)
        return CURL_PREREQFUNC_ABORT;
    call->is_begun = true;
    return CURL_PREREQFUNC_OK;
}

static size_t take_header(char *line, size_t one, size_t length, void *context)
{
    struct call *call = context;

    (void)one;
    if (answer_header(&call->answer, line, length))
        return length;
    call->is_stopped = true;
    error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return 0;
}

// A whole message has come: checks, unpacks and hands it on; then makes room for the next.
static bool take_message(struct call *call)
{
    struct grpc_frame *frame = &call->frame;
    ProtobufCAllocator allocator = arena_allocator(call->message_arena);
    ProtobufCMessage *message;

    if (frame->compressed)
        return error_set(&call->error, TS_INTERNAL, "COMPRESSED", "the server compressed an answer unasked");
    if (!prescan_message(call->response, frame->message, frame->length, &call->error))
        return error_set(&call->error, TS_INTERNAL, "MESSAGE_MALFORMED",
                         "the server's answer cannot be read");
    message = protobuf_c_message_unpack(call->response, &allocator, frame->length, frame->message);
    if (message == NULL)
        return error_set(&call->error, TS_INTERNAL, "MESSAGE_MALFORMED",
                         "the server's answer cannot be read");
    return call->take(call->context, message, &call->error);
}

static bool renew_frame(struct call *call)
{
    arena_free(call->message_arena);
    call->message_arena = arena_create(ARENA_CEILING_BYTES);
    if (call->message_arena == NULL)
        return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    grpc_frame_init(&call->frame, call->message_arena, MESSAGE_CEILING_BYTES);
    return true;
}

static size_t take_body(char *bytes, size_t one, size_t length, void *context)
{
    struct call *call = context;
    size_t at = 0;

    (void)one;
    // The page of a web server that is no gRPC server.
    if (!call->answer.is_grpc || call->answer.http_status != 200)
        return length;
    while (at < length) {
        size_t taken = 0;
        enum grpc_frame_result result =
            grpc_frame_feed(&call->frame, (const uint8_t *)bytes + at, length - at, &taken, &call->error);

        at += taken;
        if (result == GRPC_FRAME_MORE)
            break;
        if (result == GRPC_FRAME_FAILED || !take_message(call) || !renew_frame(call)) {
            call->is_stopped = true;
            return 0;
        }
    }
    return length;
}

static struct curl_slist *add_header(struct curl_slist *list, bool *all_added, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);

    *all_added = *all_added && longer != NULL;
    return longer != NULL ? longer : list;
}

// NULL without memory.
static struct curl_slist *request_headers(const struct rpc_settings *settings)
{
    static const char *const fixed[] = {"content-type: application/grpc", "te: trailers",
                                        "grpc-accept-encoding: identity", "Accept:", "Expect:"};
    struct curl_slist *list = NULL;
    char line[160];
    bool all_added = true;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        list = add_header(list, &all_added, fixed[i]);
    snprintf(line, sizeof line, "grpc-timeout: %ldm", settings->timeout_ms);
    list = add_header(list, &all_added, line);
    if (settings->token != NULL && settings->token[0] != '\0') {
        snprintf(line, sizeof line, "authorization: Bearer %s", settings->token);
        list = add_header(list, &all_added, line);
    }
    if (all_added)
        return list;
    curl_slist_free_all(list);
    return NULL;
}

// Any of them may need memory, and none may be missing: the call would go through a proxy, or trust others.
static bool set_up(struct call *call, const char *method, const uint8_t *body, size_t length,
                   struct curl_slist *headers)
{
    const struct rpc_settings *settings = &call->rpc->settings;
    CURL *curl = call->rpc->curl;
    char url[512];
    int wrong = 0;

    snprintf(url, sizeof url, "https://%s%s", settings->server, method);
    curl_easy_reset(curl);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_URL, url);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_USERAGENT, "touchstone/" TOUCHSTONE_VERSION);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_POST, 1L);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, settings->timeout_ms + PATIENCE_MS);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, before_request);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_PREREQDATA, call);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_HEADERDATA, call);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
    wrong |= (int)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->text);
    return wrong == 0 && trust_set_up(curl, settings->ca);
}

static CURLcode transfer_result(CURLM *multi)
{
    int left;
    CURLMsg *message = curl_multi_info_read(multi, &left);

    return message != NULL && message->msg == CURLMSG_DONE ? message->data.result : CURLE_RECV_ERROR;
}

// Drives the one transfer to its end, or to a signal.
static CURLcode drive(struct call *call)
{
    struct rpc *rpc = call->rpc;
    struct curl_waitfd signal = {.fd = rpc->settings.signal_fd, .events = CURL_WAIT_POLLIN};
    unsigned signal_count = rpc->settings.signal_fd >= 0 ? 1 : 0;
    CURLcode result = CURLE_OUT_OF_MEMORY;
    CURLMcode driven;
    int running = 1;

    if (rpc->multi == NULL)
        rpc->multi = curl_multi_init();
    if (rpc->multi == NULL || curl_multi_add_handle(rpc->multi, rpc->curl) != CURLM_OK)
        return result;
    while ((driven = curl_multi_perform(rpc->multi, &running)) == CURLM_OK && running > 0) {
        driven = curl_multi_poll(rpc->multi, &signal, signal_count, POLL_MS, NULL);
        if (driven != CURLM_OK)
            break;
        if (signal.revents != 0) {
            call->is_interrupted = true;
            break;
        }
    }
    if (driven != CURLM_OK)
        result = driven == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR;
    else
        result = running > 0 ? CURLE_ABORTED_BY_CALLBACK : transfer_result(rpc->multi);
    curl_multi_remove_handle(rpc->multi, rpc->curl);
    if (result != CURLE_OK) {
        // A session of HTTP/2 that memory failed in must not be asked again, not even whether it still lives.
        curl_multi_cleanup(rpc->multi);
        rpc->multi = NULL;
    }
    return result;
}

// A handshake that the peer cut is a server that goes down, not one to distrust.
static bool was_cut(const char *text)
{
    return strstr(text, "SYSCALL") != NULL || strstr(text, "reset") != NULL ||
           strstr(text, "unexpected eof") != NULL;
}

static bool is_about_trust(CURLcode result, const char *text)
{
    switch (result) {
    case CURLE_SSL_CONNECT_ERROR:
        return !was_cut(text);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return true;
    default:
        return false;
    }
}

static void conclude_failure(const struct call *call, CURLcode result, struct rpc_outcome *ret_outcome)
{
    const char *text = call->text[0] != '\0' ? call->text : curl_easy_strerror(result);
    const char *server = call->rpc->settings.server;
    struct ts_error *error = &ret_outcome->error;

    *ret_outcome = (struct rpc_outcome){.fate = call->is_begun ? RPC_NO_ANSWER : RPC_NOT_SENT};
    if (call->is_interrupted) {
        error_set(error, TS_CANCELLED, "INTERRUPTED", "interrupted");
        ret_outcome->fate = RPC_INTERRUPTED;
    } else if (call->lacks_h2) {
        ret_outcome->fate = RPC_UNTRUSTED;
        error_set(error, TS_UNAVAILABLE, "NO_H2", "%.100s does not speak HTTP/2 over TLS (ALPN h2)", server);
    } else if (!call->is_begun && is_about_trust(result, text)) {
        ret_outcome->fate = RPC_UNTRUSTED;
        error_set(error, TS_UNAUTHENTICATED, "UNTRUSTED", "no trusted connection to %.100s: %.120s", server,
                  text);
    } else if (call->is_stopped) {
        ret_outcome->fate = RPC_NOT_TAKEN;
        *error = call->error;
    } else if (!call->is_begun) {
        error_set(error, TS_UNAVAILABLE, "NOT_REACHED", "%.100s cannot be reached: %.120s", server, text);
    } else {
        error_set(error, result == CURLE_OPERATION_TIMEDOUT ? TS_DEADLINE_EXCEEDED : TS_UNAVAILABLE,
                  "NO_ANSWER", "no answer from %.100s: %.120s", server, text);
    }
}

static void conclude(const struct call *call, CURLcode result, struct rpc_outcome *ret_outcome)
{
    // A stream that was reset after its trailers has still answered (RFC 9113 8.1).
    if (call->is_stopped || (result != CURLE_OK && call->answer.grpc_status == ANSWER_NO_STATUS)) {
        conclude_failure(call, result, ret_outcome);
        return;
    }
    answer_conclude(&call->answer, ret_outcome);
    if (ret_outcome->error.status == TS_OK && !grpc_frame_is_idle(&call->frame)) {
        ret_outcome->fate = RPC_NO_ANSWER;
        error_set(&ret_outcome->error, TS_INTERNAL, "CUT_SHORT", "the answer ends within a message");
    }
}

static bool run_call(struct call *call, const char *method, const ProtobufCMessage *request,
                     struct rpc_outcome *ret_outcome)
{
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *body = length <= REQUEST_CEILING_BYTES ? malloc(GRPC_FRAME_PREFIX + length) : NULL;
    struct curl_slist *headers = request_headers(&call->rpc->settings);

    *ret_outcome = (struct rpc_outcome){.fate = RPC_NOT_SENT};
    call->header_arena = arena_create(ARENA_CEILING_BYTES);
    if (body == NULL || headers == NULL || call->header_arena == NULL || !renew_frame(call)) {
        error_set(&ret_outcome->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    } else {
        grpc_frame_write_prefix(body, false, (uint32_t)length);
        protobuf_c_message_pack(request, body + GRPC_FRAME_PREFIX);
        answer_init(&call->answer, call->header_arena);
        if (set_up(call, method, body, GRPC_FRAME_PREFIX + length, headers))
            conclude(call, drive(call), ret_outcome);
        else
            error_set(&ret_outcome->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        // The body and the headers go now; the handle must not point at them.
        curl_easy_reset(call->rpc->curl);
    }
    // The body may hold a password.
    if (body != NULL)
        explicit_bzero(body, GRPC_FRAME_PREFIX + length);
    free(body);
    curl_slist_free_all(headers);
    arena_free(call->header_arena);
    arena_free(call->message_arena);
    return ret_outcome->fate == RPC_ANSWERED && ret_outcome->error.status == TS_OK;
}

bool rpc_stream(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
                const ProtobufCMessageDescriptor *response, rpc_take *take, void *context,
                struct rpc_outcome *ret_outcome)
{
    struct call call = {.rpc = rpc, .response = response, .take = take, .context = context};

    return run_call(&call, method, request, ret_outcome);
}

struct single {
    struct arena *arena;
    ProtobufCMessage *message;
};

// Keeps the one message of a unary call by packing it over into the caller's arena.
static bool take_single(void *context, const ProtobufCMessage *message, struct ts_error *error)
{
    struct single *single = context;
    ProtobufCAllocator allocator = arena_allocator(single->arena);
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(single->arena, length + 1);

    if (single->message != NULL)
        return error_set(error, TS_INTERNAL, "MESSAGE_MALFORMED", "the server sent two answers to one call");
    if (bytes == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    protobuf_c_message_pack(message, bytes);
    single->message = protobuf_c_message_unpack(message->descriptor, &allocator, length, bytes);
    if (single->message == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return true;
}

bool rpc_unary(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
               const ProtobufCMessageDescriptor *response, struct arena *arena,
               ProtobufCMessage **ret_response, struct rpc_outcome *ret_outcome)
{
    struct single single = {.arena = arena};

    if (!rpc_stream(rpc, method, request, response, take_single, &single, ret_outcome))
        return false;
    if (single.message == NULL) {
        ret_outcome->fate = RPC_NOT_TAKEN;
        error_set(&ret_outcome->error, TS_INTERNAL, "MESSAGE_MALFORMED", "the server sent no answer");
        return false;
    }
    *ret_response = single.message;
    return true;
}
