// SPDX-License-Identifier: Apache-2.0
// See draw_picture.h. The server draws; here is only a file, whole or not at all.
#include "run/draw_picture.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "files/atomic_file.h"
#include "message/value.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "wire/error.h"

static const ProtobufCBinaryData *picture_of(const ProtobufCMessage *answer)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(answer->descriptor, "picture");

    return (const ProtobufCBinaryData *)(const void *)((const char *)answer + field->offset);
}

static bool is_png(const ProtobufCBinaryData *picture)
{
    static const unsigned char signature[] = {0x89, 'P', 'N', 'G'};

    return picture->len > sizeof signature && memcmp(picture->data, signature, sizeof signature) == 0;
}

// A file whose name says .png holds a PNG, or nothing is written.
static bool is_named_rightly(const char *path, const ProtobufCBinaryData *picture, struct ts_error *error)
{
    size_t length = strlen(path);

    return length < 4 || strcmp(path + length - 4, ".png") != 0 || is_png(picture) ||
           error_set(error, TS_INVALID_ARGUMENT, "PICTURE_FORMAT",
                     "the picture is SVG: ask for --format png, or name the file .svg");
}

int draw_picture_run(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output");
    const ProtobufCBinaryData *picture;
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    char name[NAME_MAX + 1];
    int exit_code;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    picture = picture_of(answer);
    if (path != NULL && strcmp(path, "-") == 0) {
        if (picture->len > 0)
            fwrite(picture->data, 1, picture->len, client->out);
        return client_finish_output(client, EXIT_CODE_OK);
    }
    if (path == NULL) {
        // The server took it as a code: it has neither dots nor slashes.
        snprintf(name, sizeof name, "%s.%s", value_text(request, command->arguments[0].field),
                 is_png(picture) ? "png" : "svg");
        path = name;
    }
    if (!is_named_rightly(path, picture, &error) ||
        !atomic_file_write(path, picture->data, picture->len, 0644, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "the picture is in %s\n", path);
    return EXIT_CODE_OK;
}
