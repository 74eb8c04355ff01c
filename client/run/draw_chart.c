// SPDX-License-Identifier: Apache-2.0
// quality chart: see draw_chart.h. The server draws; here is only a file, whole or not at all.
#include "run/draw_chart.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "files/atomic_file.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/error.h"

int draw_chart_run(struct client *client, const struct command *command)
{
    const char *path = client_flag(client, "output");
    const Touchstone__V1__DrawChartResponse *response;
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    char name[NAME_MAX + 1];
    int exit_code;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    response = (const Touchstone__V1__DrawChartResponse *)answer;
    if (path != NULL && strcmp(path, "-") == 0) {
        if (response->picture.len > 0)
            fwrite(response->picture.data, 1, response->picture.len, client->out);
        return client_finish_output(client, EXIT_CODE_OK);
    }
    if (path == NULL) {
        // The server took it as a code: it has neither dots nor slashes.
        snprintf(name, sizeof name, "%s.svg", ((const Touchstone__V1__DrawChartRequest *)request)->chart);
        path = name;
    }
    if (!atomic_file_write(path, response->picture.data, response->picture.len, 0644, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "the chart is in %s\n", path);
    return EXIT_CODE_OK;
}
