// SPDX-License-Identifier: Apache-2.0
// Log-in and log-out: see enter.h. The token goes into the session file and nowhere else: it is taken
// out of the answer before anything is shown.
#include "run/enter.h"

#include <stdio.h>
#include <string.h>

#include "message/value.h"
#include "rpc/outcome.h"
#include "run/call.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "touchstone/v1/staff.pb-c.h"

int enter_login(struct client *client, const struct command *command)
{
    ProtobufCMessage *request, *answer;
    Touchstone__V1__LoginResponse *response;
    struct ts_error error = {0};
    int exit_code;
    bool kept;

    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    response = (Touchstone__V1__LoginResponse *)answer;
    snprintf(client->session.server, sizeof client->session.server, "%s", client->profile.server);
    snprintf(client->session.username, sizeof client->session.username, "%s",
             ((const Touchstone__V1__LoginRequest *)request)->username);
    snprintf(client->session.token, sizeof client->session.token, "%s", response->token);
    kept = session_save(client->profile.name, &client->session, &error);
    explicit_bzero(response->token, strlen(response->token));
    if (!kept)
        return client_fail(client, &error);
    fprintf(client->talk, "logged in to %s as %s (profile %s)\n", client->session.server,
            client->session.username, client->profile.name);
    return client_show(client, answer);
}

// The file goes even when the server no longer knows the session, or cannot be asked.
int enter_logout(struct client *client, const struct command *command)
{
    ProtobufCMessage *request, *answer;
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK;
    bool was_ended = call_answer(client, command, &request, &answer, &exit_code);

    if (client->profile.name[0] == '\0')
        return exit_code;
    if (!session_forget(client->profile.name, &error))
        return client_fail(client, &error);
    if (was_ended)
        fprintf(client->talk, "logged out of %s\n", client->profile.server);
    else
        fprintf(client->talk, "the session is forgotten here; on the server it ends by itself\n");
    return was_ended ? EXIT_CODE_OK : exit_code;
}
