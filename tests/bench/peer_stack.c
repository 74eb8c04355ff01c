// SPDX-License-Identifier: Apache-2.0
// The stack that the daemon is held against (docs/speed.md): gRPC core with TLS, a pool of threads with a
// connection of libpq each, the same steps, SQL functions and messages. Serves the four acts; prints its
// port; ends with its standard input. Run by tests/bench/peer_stack.py.
#include "peer_steps.h"

#include <err.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ACTS = 4, FILE_BYTES_MOST = 65536, AUTHORIZATION_SIZE = 128 };

struct stack {
    grpc_server *server;
    const struct rpc_method *methods[ACTS];
    void *registered[ACTS];
    const char *conninfo;
};

struct worker {
    struct stack *stack;
    grpc_completion_queue *queue;
    PGconn *database;
    pthread_t thread;
};

// One call that is awaited or answered; a worker has one of each act, and takes the next when it has
// answered.
struct served {
    struct stack *stack;
    grpc_completion_queue *queue;
    size_t act;
    bool answered; // the next event of this one is that the answer has gone
    grpc_call *call;
    gpr_timespec deadline;
    grpc_metadata_array metadata;
    grpc_byte_buffer *request, *response;
    int cancelled;
};

static void await_call(struct served *served)
{
    struct stack *stack = served->stack;
    served->answered = false;
    grpc_metadata_array_init(&served->metadata);
    if (grpc_server_request_registered_call(stack->server, stack->registered[served->act], &served->call,
                                            &served->deadline, &served->metadata, &served->request,
                                            served->queue, served->queue, served) != GRPC_CALL_OK)
        errx(1, "no call can be awaited");
}

static void copy_authorization(const grpc_metadata_array *metadata, char ret_text[AUTHORIZATION_SIZE])
{
    ret_text[0] = '\0';
    for (size_t i = 0; i < metadata->count; i++) {
        const grpc_slice *value = &metadata->metadata[i].value;
        if (grpc_slice_str_cmp(metadata->metadata[i].key, "authorization") == 0)
            snprintf(ret_text, AUTHORIZATION_SIZE, "%.*s", (int)GRPC_SLICE_LENGTH(*value),
                     (const char *)GRPC_SLICE_START_PTR(*value));
    }
}

static void send_answer(struct served *served, struct peer_steps *steps, bool succeeded)
{
    grpc_op ops[4] = {{.op = GRPC_OP_SEND_INITIAL_METADATA},
                      {.op = GRPC_OP_SEND_STATUS_FROM_SERVER},
                      {.op = GRPC_OP_RECV_CLOSE_ON_SERVER},
                      {.op = GRPC_OP_SEND_MESSAGE}};
    grpc_slice text = grpc_slice_from_copied_string(succeeded ? "" : steps->call.error.detail);
    ops[1].data.send_status_from_server.status = (grpc_status_code)steps->call.error.status;
    ops[1].data.send_status_from_server.status_details = &text;
    ops[2].data.recv_close_on_server.cancelled = &served->cancelled;
    served->response = NULL;
    if (succeeded) {
        grpc_slice bytes = grpc_slice_from_copied_buffer((const char *)steps->answer, steps->answer_length);
        served->response = grpc_raw_byte_buffer_create(&bytes, 1);
        grpc_slice_unref(bytes);
        ops[3].data.send_message.send_message = served->response;
    }
    served->answered = true;
    if (grpc_call_start_batch(served->call, ops, succeeded ? 4 : 3, served, NULL) != GRPC_CALL_OK)
        errx(1, "an answer could not be sent");
    grpc_slice_unref(text);
}

static void answer(struct served *served, PGconn *database)
{
    struct peer_steps steps;
    char authorization[AUTHORIZATION_SIZE];
    grpc_byte_buffer_reader reader;
    grpc_slice bytes = grpc_empty_slice();
    if (served->request && grpc_byte_buffer_reader_init(&reader, served->request)) {
        bytes = grpc_byte_buffer_reader_readall(&reader);
        grpc_byte_buffer_reader_destroy(&reader);
    }
    copy_authorization(&served->metadata, authorization);
    bool succeeded = peer_steps_run(&steps, database, served->stack->methods[served->act], authorization,
                                    GRPC_SLICE_START_PTR(bytes), GRPC_SLICE_LENGTH(bytes));
    send_answer(served, &steps, succeeded);
    peer_steps_done(&steps);
    grpc_slice_unref(bytes);
}

static void forget(struct served *served)
{
    grpc_byte_buffer_destroy(served->request);
    grpc_byte_buffer_destroy(served->response);
    grpc_metadata_array_destroy(&served->metadata);
    grpc_call_unref(served->call);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct served *served = calloc(ACTS, sizeof *served);
    if (!served)
        errx(1, "no memory");
    for (size_t i = 0; i < ACTS; i++) {
        served[i] = (struct served){.stack = worker->stack, .queue = worker->queue, .act = i};
        await_call(&served[i]);
    }
    for (;;) {
        grpc_event event =
            grpc_completion_queue_next(worker->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
        struct served *next = event.tag;
        if (next->answered) {
            forget(next);
            await_call(next);
        } else {
            answer(next, worker->database);
        }
    }
    return NULL;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, FILE_BYTES_MOST);
    if (!file || !text || fread(text, 1, FILE_BYTES_MOST - 1, file) == 0)
        err(1, "%s", path);
    fclose(file);
    return text;
}

static int listen_with_tls(grpc_server *server, const char *certificate_path, const char *key_path)
{
    char *key = read_text(key_path), *certificate = read_text(certificate_path);
    grpc_ssl_pem_key_cert_pair pair = {.private_key = key, .cert_chain = certificate};
    grpc_server_credentials *credentials =
        grpc_ssl_server_credentials_create_ex(NULL, &pair, 1, GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, NULL);
    int port = grpc_server_add_http2_port(server, "127.0.0.1:0", credentials);
    grpc_server_credentials_release(credentials);
    free(key);
    free(certificate);
    if (port == 0)
        errx(1, "no port, or no TLS with %s", certificate_path);
    return port;
}

static void register_acts(struct stack *stack)
{
    static const char *const names[ACTS] = {"DeskService.GetItem", "BenchService.EnterResult",
                                            "BenchService.ListTests", "DeskService.RegisterIntake"};
    for (size_t i = 0; i < ACTS; i++) {
        for (size_t row = 0; row < method_table_count; row++)
            if (strcmp(method_table[row].name, names[i]) == 0)
                stack->methods[i] = &method_table[row];
        if (!stack->methods[i])
            errx(1, "no method %s", names[i]);
        stack->registered[i] = grpc_server_register_method(stack->server, stack->methods[i]->path, NULL,
                                                           GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
    }
}

// Without the filters that only those need who use them: tracing, load reports, compression.
static grpc_server *create_server(void)
{
    grpc_arg arguments[] = {
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_MINIMAL_STACK, .value.integer = 1},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_HTTP2_BDP_PROBE, .value.integer = 0},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_ENABLE_CHANNELZ, .value.integer = 0},
    };
    const grpc_channel_args all = {sizeof arguments / sizeof arguments[0], arguments};
    return grpc_server_create(&all, NULL);
}

int main(int count, char **arguments)
{
    struct stack stack = {0};
    char byte;
    size_t connections = count == 6 ? strtoul(arguments[4], NULL, 10) : 0;
    size_t queue_count = count == 6 ? strtoul(arguments[5], NULL, 10) : 0;
    if (connections == 0 || queue_count == 0 || queue_count > connections)
        errx(2, "usage: bench_peer_stack CERTIFICATE KEY CONNINFO CONNECTIONS QUEUES");
    grpc_init();
    stack.server = create_server();
    register_acts(&stack);
    struct worker *workers = calloc(connections, sizeof *workers);
    if (!workers)
        errx(1, "no memory");
    for (size_t i = 0; i < connections; i++) {
        workers[i].stack = &stack;
        workers[i].database = peer_steps_connect(arguments[3], stack.methods, ACTS);
        workers[i].queue =
            i < queue_count ? grpc_completion_queue_create_for_next(NULL) : workers[i % queue_count].queue;
        if (i < queue_count)
            grpc_server_register_completion_queue(stack.server, workers[i].queue, NULL);
    }
    int port = listen_with_tls(stack.server, arguments[1], arguments[2]);
    grpc_server_start(stack.server);
    for (size_t i = 0; i < connections; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            errx(1, "no thread");
    printf("%d\n", port);
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    // Nothing here outlives the program: the kernel takes sockets and connections back.
    _exit(0);
}
