// SPDX-License-Identifier: Apache-2.0
// help, version, completion and man: see words.h.
#include "run/words.h"

#include <string.h>

#include "command/completion.h"
#include "command/find.h"
#include "command/help.h"
#include "command/invocation.h"
#include "command/manual.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "wire/error.h"

// What was asked help for is neither: tells the nearest.
static int tell_no_help(struct client *client, const char *topic, const char *verb)
{
    bool is_noun = find_noun(client->grammar, topic) != NULL;
    const char *meant = is_noun ? find_similar_verb(client->grammar, topic, verb)
                                : find_similar_topic(client->grammar, topic);
    struct ts_error error = {0};

    if (is_noun)
        error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "'%s' has no verb '%.40s'%s%s%s%s%s", topic, verb,
                  meant != NULL ? "; did you mean '" : "", meant != NULL ? topic : "",
                  meant != NULL ? " " : "", meant != NULL ? meant : "", meant != NULL ? "'?" : "");
    else
        error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "there is no command and no topic '%.40s'%s%s%s",
                  topic, meant != NULL ? "; did you mean '" : "", meant != NULL ? meant : "",
                  meant != NULL ? "'?" : "");
    client_fail(client, &error);
    fprintf(client->talk, "'touchstone help' lists the commands and topics\n");
    return EXIT_CODE_USAGE;
}

int words_help(struct client *client, const struct command *command)
{
    const char *topic = client_flag(client, "TOPIC");
    const char *verb = client_flag(client, "VERB");
    const struct command *found;
    bool whole = true;

    (void)command;
    if (topic == NULL) {
        whole = help_program(client->out, client->grammar, client->chinese);
    } else if ((found = find_command(client->grammar, topic, verb)) != NULL) {
        whole = help_command(client->out, client->grammar, found, client->chinese);
    } else if (find_noun(client->grammar, topic) != NULL && verb == NULL) {
        help_noun(client->out, client->grammar, topic, client->chinese);
    } else if (verb != NULL || !help_topic(client->out, client->grammar, topic)) {
        return tell_no_help(client, topic, verb);
    }
    return client_finish_output(client, whole ? EXIT_CODE_OK : client_fail_memory(client));
}

int words_version(struct client *client, const struct command *command)
{
    (void)command;
    if (invocation_has(client->invocation, "json"))
        fprintf(client->out, "{\"version\":\"%s\"}\n", TOUCHSTONE_VERSION);
    else
        fprintf(client->out, "touchstone %s\n", TOUCHSTONE_VERSION);
    return client_finish_output(client, EXIT_CODE_OK);
}

int words_completion(struct client *client, const struct command *command)
{
    struct ts_error error = {0};

    (void)command;
    if (completion_write(client->out, client->grammar, client_flag(client, "SHELL")))
        return client_finish_output(client, EXIT_CODE_OK);
    error_set(&error, TS_INVALID_ARGUMENT, "USAGE", "the shell is bash, zsh or fish");
    return client_fail(client, &error);
}

int words_manual(struct client *client, const struct command *command)
{
    (void)command;
    manual_write(client->out, client->grammar, TOUCHSTONE_VERSION);
    return client_finish_output(client, EXIT_CODE_OK);
}
