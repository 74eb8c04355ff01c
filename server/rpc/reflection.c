// SPDX-License-Identifier: Apache-2.0
// Server reflection (grpc/reflection/v1): answers from the descriptor set embedded at build, so that any
// generic client can call every method. One answer per question, errors inside the answer.
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "rpc/call.h"
#include "rpc/reflection_table.h"
#include "rpc/standard.h"

#include <stdlib.h>
#include <string.h>

#define CASE(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name
#define ANSWER(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name

enum { FILES_MAX = 64, NO_FILE = -1 };

struct answer {
    Grpc__Reflection__V1__ServerReflectionResponse response;
    Grpc__Reflection__V1__FileDescriptorResponse files;
    Grpc__Reflection__V1__ListServiceResponse services;
    Grpc__Reflection__V1__ExtensionNumberResponse numbers;
    Grpc__Reflection__V1__ErrorResponse error;
    ProtobufCBinaryData file_bytes[FILES_MAX];
    Grpc__Reflection__V1__ServiceResponse service[FILES_MAX];
    Grpc__Reflection__V1__ServiceResponse *service_list[FILES_MAX];
    int32_t number[FILES_MAX];
};

static void answer_error(struct answer *answer, enum ts_status status, const char *text)
{
    answer->error = (Grpc__Reflection__V1__ErrorResponse)GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT;
    answer->error.error_code = (int32_t)status;
    answer->error.error_message = (char *)text;
    answer->response.message_response_case = ANSWER(ERROR_RESPONSE);
    answer->response.error_response = &answer->error;
}

static int file_of_name(const char *name)
{
    for (size_t i = 0; i < reflection_file_count; i++)
        if (strcmp(reflection_files[i].name, name) == 0)
            return (int)i;
    return NO_FILE;
}

static int compare_symbol(const void *name, const void *symbol)
{
    return strcmp(name, ((const struct reflection_symbol *)symbol)->name);
}

static int file_of_symbol(const char *name)
{
    const struct reflection_symbol *found = bsearch(name, reflection_symbols, reflection_symbol_count,
                                                    sizeof *reflection_symbols, compare_symbol);
    return found ? found->file : NO_FILE;
}

static int file_of_extension(const Grpc__Reflection__V1__ExtensionRequest *wanted)
{
    for (size_t i = 0; i < reflection_extension_count; i++)
        if (reflection_extensions[i].number == wanted->extension_number &&
            strcmp(reflection_extensions[i].extendee, wanted->containing_type) == 0)
            return reflection_extensions[i].file;
    return NO_FILE;
}

// The file and everything it imports, each once.
static void answer_file(struct answer *answer, int file)
{
    bool wanted[FILES_MAX] = {false};
    int queue[FILES_MAX];
    size_t head = 0, tail = 0;
    if (file == NO_FILE || reflection_file_count > FILES_MAX) {
        answer_error(answer, TS_NOT_FOUND, "not in the schema");
        return;
    }
    wanted[file] = true;
    queue[tail++] = file;
    while (head < tail) {
        const struct reflection_file *found = &reflection_files[queue[head]];
        answer->file_bytes[head].data = (uint8_t *)found->bytes;
        answer->file_bytes[head++].len = found->length;
        for (const uint16_t *import = found->imports; *import != UINT16_MAX; import++)
            if (!wanted[*import]) {
                wanted[*import] = true;
                queue[tail++] = *import;
            }
    }
    answer->files =
        (Grpc__Reflection__V1__FileDescriptorResponse)GRPC__REFLECTION__V1__FILE_DESCRIPTOR_RESPONSE__INIT;
    answer->files.n_file_descriptor_proto = tail;
    answer->files.file_descriptor_proto = answer->file_bytes;
    answer->response.message_response_case = ANSWER(FILE_DESCRIPTOR_RESPONSE);
    answer->response.file_descriptor_response = &answer->files;
}

static void answer_services(struct answer *answer)
{
    size_t count = reflection_service_count < FILES_MAX ? reflection_service_count : FILES_MAX;
    for (size_t i = 0; i < count; i++) {
        answer->service[i] =
            (Grpc__Reflection__V1__ServiceResponse)GRPC__REFLECTION__V1__SERVICE_RESPONSE__INIT;
        answer->service[i].name = (char *)reflection_services[i];
        answer->service_list[i] = &answer->service[i];
    }
    answer->services =
        (Grpc__Reflection__V1__ListServiceResponse)GRPC__REFLECTION__V1__LIST_SERVICE_RESPONSE__INIT;
    answer->services.n_service = count;
    answer->services.service = answer->service_list;
    answer->response.message_response_case = ANSWER(LIST_SERVICES_RESPONSE);
    answer->response.list_services_response = &answer->services;
}

static void answer_extension_numbers(struct answer *answer, const char *type)
{
    size_t count = 0;
    if (file_of_symbol(type) == NO_FILE) {
        answer_error(answer, TS_NOT_FOUND, "not in the schema");
        return;
    }
    for (size_t i = 0; i < reflection_extension_count && count < FILES_MAX; i++)
        if (strcmp(reflection_extensions[i].extendee, type) == 0)
            answer->number[count++] = reflection_extensions[i].number;
    answer->numbers =
        (Grpc__Reflection__V1__ExtensionNumberResponse)GRPC__REFLECTION__V1__EXTENSION_NUMBER_RESPONSE__INIT;
    answer->numbers.base_type_name = (char *)type;
    answer->numbers.n_extension_number = count;
    answer->numbers.extension_number = answer->number;
    answer->response.message_response_case = ANSWER(ALL_EXTENSION_NUMBERS_RESPONSE);
    answer->response.all_extension_numbers_response = &answer->numbers;
}

static void answer_question(struct answer *answer, Grpc__Reflection__V1__ServerReflectionRequest *request)
{
    switch (request->message_request_case) {
    case CASE(FILE_BY_FILENAME):
        answer_file(answer, file_of_name(request->file_by_filename));
        break;
    case CASE(FILE_CONTAINING_SYMBOL):
        answer_file(answer, file_of_symbol(request->file_containing_symbol));
        break;
    case CASE(FILE_CONTAINING_EXTENSION):
        answer_file(answer, file_of_extension(request->file_containing_extension));
        break;
    case CASE(ALL_EXTENSION_NUMBERS_OF_TYPE):
        answer_extension_numbers(answer, request->all_extension_numbers_of_type);
        break;
    case CASE(LIST_SERVICES):
        answer_services(answer);
        break;
    default:
        answer_error(answer, TS_INVALID_ARGUMENT, "the request asks nothing");
        break;
    }
}

struct rpc_verdict reflection_info(struct rpc_call *call)
{
    if (!call->request)
        return call->request_ended ? rpc_end(call) : rpc_fail_stopping(call);
    struct answer *answer = arena_alloc(call->message_arena, sizeof *answer);
    if (!answer) {
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
        return rpc_fail(call);
    }
    Grpc__Reflection__V1__ServerReflectionRequest *request = (void *)call->request;
    answer->response = (Grpc__Reflection__V1__ServerReflectionResponse)
        GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__INIT;
    answer->response.valid_host = request->host;
    answer->response.original_request = request;
    answer_question(answer, request);
    if (!rpc_send(call, &answer->response.base)) {
        if (call->error.status == TS_OK)
            error_set(&call->error, TS_RESOURCE_EXHAUSTED, "READ_FIRST",
                      "Read the answers before asking more.");
        return rpc_fail(call);
    }
    return rpc_wait_message(call);
}
