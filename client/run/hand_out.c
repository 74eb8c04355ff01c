// SPDX-License-Identifier: Apache-2.0
// item return: see hand_out.h. The call succeeds in both cases; whoever stands at the counter, and every
// script, must not take a frozen item for one that may go.
#include "run/hand_out.h"

#include "message/value.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "text/safe.h"

int hand_out_run(struct client *client, const struct command *command)
{
    ProtobufCMessage *request, *response;
    const char *incident;
    int exit_code;

    if (!call_answer(client, command, &request, &response, &exit_code))
        return exit_code;
    exit_code = client_show(client, response);
    incident = value_text(response, "incident_no");
    if (incident == NULL)
        return exit_code;
    fputs("touchstone: do not hand it out: the masses disagree, the item is frozen, incident ", client->talk);
    safe_write(client->talk, incident, false);
    fputc('\n', client->talk);
    return EXIT_CODE_CONFLICT;
}
