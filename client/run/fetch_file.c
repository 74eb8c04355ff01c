// SPDX-License-Identifier: Apache-2.0
// See fetch_file.h. The file is written whole or not at all.
#include "run/fetch_file.h"

#include <stdio.h>
#include <string.h>

#include "files/atomic_file.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "wire/error.h"

static const ProtobufCBinaryData *content_of(const ProtobufCMessage *answer)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(answer->descriptor, "content");

    return (const ProtobufCBinaryData *)(const void *)((const char *)answer + field->offset);
}

int fetch_file_run(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output");
    const ProtobufCBinaryData *content;
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    int exit_code;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    if (path == NULL)
        return client_show(client, answer);
    content = content_of(answer);
    if (strcmp(path, "-") == 0) {
        if (content->len > 0)
            fwrite(content->data, 1, content->len, client->out);
        return client_finish_output(client, EXIT_CODE_OK);
    }
    if (!atomic_file_write(path, content->data, content->len, 0644, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "the file is in %s\n", path);
    return EXIT_CODE_OK;
}
