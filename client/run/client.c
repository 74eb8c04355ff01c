// SPDX-License-Identifier: Apache-2.0
// What all commands share: see client.h.
#include "run/client.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command/command.h"
#include "command/invocation.h"
#include "print/failure.h"
#include "print/show.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "rpc/rpc.h"
#include "text/exit_code.h"
#include "wire/arena.h"

enum { TIMEOUT_DEFAULT_S = 30, TIMEOUT_MAX_S = 3600, RETRIES_DEFAULT = 3, RETRIES_MAX = 20 };

// COLUMNS says more than the terminal (POSIX, Base Definitions, 8.3).
static size_t columns_of(FILE *file)
{
    const char *variable = getenv("COLUMNS");
    unsigned long given = variable != NULL ? strtoul(variable, NULL, 10) : 0;
    struct winsize size;

    if (given > 0 && given <= USHRT_MAX)
        return given;
    return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static struct print_style style_of(FILE *file)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool terminal = isatty(fileno(file)) == 1;
    bool plain = (no_color != NULL && no_color[0] != '\0') || term == NULL || strcmp(term, "dumb") == 0;

    return (struct print_style){
        .terminal = terminal, .color = terminal && !plain, .columns = terminal ? columns_of(file) : 0};
}

// As setlocale does it: the first of the three that is set.
static bool speaks_chinese(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

bool client_init(struct client *client, const struct grammar *grammar, const struct invocation *invocation,
                 struct arena *arena)
{
    *client = (struct client){.grammar = grammar,
                              .invocation = invocation,
                              .arena = arena,
                              .out = stdout,
                              .talk = stderr,
                              .out_style = style_of(stdout),
                              .talk_style = style_of(stderr),
                              .signal_fd = -1,
                              .chinese = speaks_chinese()};
    return arena != NULL;
}

void client_done(struct client *client)
{
    rpc_free(client->rpc);
    if (client->signal_fd >= 0)
        close(client->signal_fd);
    explicit_bzero(&client->session, sizeof client->session);
}

const char *client_flag(const void *context, const char *name)
{
    const struct client *client = context;

    return invocation_value(client->invocation, name);
}

bool client_choose_profile(struct client *client, struct ts_error *error)
{
    return profile_resolve(client_flag, client, &client->profile, error);
}

const char *client_laboratory(const struct client *client)
{
    const char *laboratory = client_flag(client, "laboratory");

    return laboratory != NULL ? laboratory : client->profile.laboratory;
}

bool client_watch_signals(struct client *client, struct ts_error *error)
{
    sigset_t signals;

    if (client->signal_fd >= 0)
        return true;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGQUIT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0)
        client->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (client->signal_fd < 0)
        return error_set(error, TS_INTERNAL, "SIGNALS", "cannot watch signals: %s", strerror(errno));
    return true;
}

static bool number_flag(const struct client *client, const char *name, long fallback, long most,
                        long *ret_number, struct ts_error *error)
{
    const char *text = client_flag(client, name);
    char *end;

    *ret_number = fallback;
    if (text == NULL)
        return true;
    *ret_number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || *ret_number < 0 || *ret_number > most)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "--%s: expected a whole number up to %ld, got '%.40s'", name, most, text);
    return true;
}

bool client_connect(struct client *client, bool needs_session, struct ts_error *error)
{
    struct rpc_settings settings = {0};
    long timeout_s;

    if (client->profile.server[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "NO_SERVER", "no server is given for profile '%s'",
                         client->profile.name);
    if (!number_flag(client, "timeout", TIMEOUT_DEFAULT_S, TIMEOUT_MAX_S, &timeout_s, error) ||
        !client_watch_signals(client, error))
        return false;
    if (needs_session) {
        if (!session_load(client->profile.name, client->profile.server, &client->session, error))
            return false;
        if (client->session.token[0] == '\0')
            return error_set(error, TS_UNAUTHENTICATED, "NO_SESSION", "you are not logged in to %.180s",
                             client->profile.server);
    }
    settings.server = client->profile.server;
    settings.ca = client->profile.ca;
    settings.token = client->session.token;
    settings.timeout_ms = (timeout_s > 0 ? timeout_s : 1) * 1000;
    settings.signal_fd = client->signal_fd;
    client->rpc = rpc_create(&settings, error);
    return client->rpc != NULL;
}

bool client_call(struct client *client, int kind, const char *method, const ProtobufCMessage *request,
                 const ProtobufCMessageDescriptor *response, ProtobufCMessage **ret_response,
                 struct rpc_outcome *ret_outcome)
{
    struct retry_policy policy = {
        .kind = (enum retry_kind)kind, .signal_fd = client->signal_fd, .talk = client->talk};
    long retries;

    *ret_outcome = (struct rpc_outcome){.fate = RPC_NOT_SENT};
    if (!number_flag(client, "retries", RETRIES_DEFAULT, RETRIES_MAX, &retries, &ret_outcome->error)) {
        // A usage mistake, told as such.
        ret_outcome->fate = RPC_ANSWERED;
        return false;
    }
    policy.attempts = (unsigned)retries + 1;
    return retry_unary(client->rpc, &policy, method, request, response, client->arena, ret_response,
                       ret_outcome);
}

int client_finish_output(struct client *client, int exit_code)
{
    if (fflush(client->out) == 0 && !ferror(client->out))
        return exit_code;
    fprintf(client->talk, "touchstone: cannot write the output: %s\n", strerror(errno));
    return exit_code == EXIT_CODE_OK ? EXIT_CODE_FAILED : exit_code;
}

int client_show(struct client *client, const ProtobufCMessage *response)
{
    const struct command *command = client->invocation->command;
    const char *path = client_flag(client, "field");
    struct ts_error error = {0};
    bool done = true;

    client->out_style.csv = invocation_has(client->invocation, "csv");
    if (invocation_has(client->invocation, "json"))
        done = show_json(client->out, response, client->arena, &error);
    else if (path != NULL)
        done = show_field(client->out, response, path, &error);
    else if (command->view != NULL)
        done = show_view(client->out, client->talk, &client->out_style, command->view, response, &error);
    return client_finish_output(client, done ? EXIT_CODE_OK : client_fail(client, &error));
}

int client_fail(struct client *client, const struct ts_error *error)
{
    failure_tell(client->talk, &client->talk_style, error, NULL, client->arena);
    return failure_local_exit_code(error);
}

int client_fail_memory(struct client *client)
{
    struct ts_error error = {0};

    error_set(&error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return client_fail(client, &error);
}

int client_fail_call(struct client *client, const struct rpc_outcome *outcome, bool is_write)
{
    int exit_code = failure_exit_code(outcome, is_write);
    const char *hint = NULL;

    if (exit_code == EXIT_CODE_UNAVAILABLE && !is_write)
        hint = "repeat in a moment";
    if (strcmp(outcome->error.reason, "RECEIPT_LOCKED") == 0)
        hint = "repeat after that time; reception opens it at once: touchstone receipt unlock";
    if (exit_code == EXIT_CODE_UNKNOWN_OUTCOME || exit_code == EXIT_CODE_INTERRUPTED)
        hint = "";
    failure_tell(client->talk, &client->talk_style, &outcome->error, hint, client->arena);
    return exit_code;
}
