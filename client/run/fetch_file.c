// SPDX-License-Identifier: Apache-2.0
// See fetch_file.h. The file is written whole or not at all.
#include "run/fetch_file.h"

#include <stdio.h>
#include <string.h>

#include "files/atomic_file.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "touchstone/v1/instrument.pb-c.h"
#include "wire/error.h"

int fetch_file_run(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output");
    const Touchstone__V1__GetFileResponse *response;
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    int exit_code;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    response = (const Touchstone__V1__GetFileResponse *)answer;
    if (path == NULL)
        return client_show(client, answer);
    if (strcmp(path, "-") == 0) {
        if (response->content.len > 0)
            fwrite(response->content.data, 1, response->content.len, client->out);
        return client_finish_output(client, EXIT_CODE_OK);
    }
    if (!atomic_file_write(path, response->content.data, response->content.len, 0644, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "the file is in %s\n", path);
    return EXIT_CODE_OK;
}
