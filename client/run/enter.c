// SPDX-License-Identifier: Apache-2.0
// Log-in and log-out: see enter.h. The token goes into the session file and nowhere else: it is taken
// out of the answer before anything is shown.
#include "run/enter.h"

#include <stdio.h>
#include <string.h>

#include "message/value.h"
#include "rpc/outcome.h"
#include "rpc/rpc.h"
#include "run/call.h"
#include "run/client.h"
#include "run/offline.h"
#include "run/secret.h"
#include "text/exit_code.h"
#include "touchstone/v1/staff.pb-c.h"

// While the password is there: whoever logs in at a desk of a reception can open its journal later without
// the server. It is no part of logging in, so what fails is told and no more.
static void keep_keys(struct client *client, const ProtobufCMessage *request)
{
    const char *password = value_text(request, "password"), *desk = value_text(request, "desk");
    struct journal_keys keys;
    struct ts_error error = {0};

    if (desk == NULL || password == NULL)
        return;
    rpc_free(client->rpc);
    client->rpc = NULL;
    if (client_connect(client, true, &error) && offline_fetch_keys(client, password, &keys, &error))
        journal_keys_wipe(&keys);
    else if (error.status != TS_PERMISSION_DENIED && error.status != TS_UNIMPLEMENTED)
        fprintf(client->talk, "this desk cannot go on without the server: %s\n", error.detail);
}

int enter_login(struct client *client, const struct command *command)
{
    ProtobufCMessage *request, *answer;
    Touchstone__V1__LoginResponse *response;
    struct ts_error error = {0};
    int exit_code;
    bool kept;

    client->keeps_secrets = true;
    if (!call_answer(client, command, &request, &answer, &exit_code))
        return exit_code;
    response = (Touchstone__V1__LoginResponse *)answer;
    snprintf(client->session.server, sizeof client->session.server, "%s", client->profile.server);
    snprintf(client->session.username, sizeof client->session.username, "%s",
             ((const Touchstone__V1__LoginRequest *)request)->username);
    snprintf(client->session.token, sizeof client->session.token, "%s", response->token);
    kept = session_save(client->profile.name, &client->session, &error);
    explicit_bzero(response->token, strlen(response->token));
    if (kept)
        keep_keys(client, request);
    secret_wipe(client, request);
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
