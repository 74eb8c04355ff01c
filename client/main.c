// SPDX-License-Identifier: Apache-2.0
// The client `touchstone`: takes the command line apart by the command table and runs what it names.
// Wires the folders together and holds no logic of its own.
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/help.h"
#include "command/invocation.h"
#include "command/parse.h"
#include "run/call.h"
#include "run/client.h"
#include "run/words.h"
#include "table/table.h"
#include "text/exit_code.h"
#include "wire/arena.h"
#include "wire/error.h"

// Lists of all pages and pictures of a whole intake lie in it.
enum { ARENA_CEILING_BYTES = 512 * 1024 * 1024 };

// Widths of characters need a UTF-8 locale; texts are UTF-8 whatever the terminal says.
static void choose_locale(void)
{
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        setlocale(LC_CTYPE, "");
}

static int show_help(struct client *client)
{
    const struct invocation *invocation = client->invocation;
    bool whole = true;

    if (invocation->command != NULL)
        whole = help_command(client->out, client->grammar, invocation->command, client->chinese);
    else if (invocation->noun != NULL)
        help_noun(client->out, client->grammar, invocation->noun, client->chinese);
    else
        whole = help_program(client->out, client->grammar, client->chinese);
    return client_finish_output(client, whole ? EXIT_CODE_OK : client_fail_memory(client));
}

// A mistake on the command line: what it is, and where the help is.
static int tell_usage(struct client *client, const struct ts_error *error)
{
    const struct invocation *invocation = client->invocation;
    const char *verb = invocation->command != NULL ? invocation->command->verb : NULL;

    client_fail(client, error);
    if (invocation->noun == NULL)
        fprintf(client->talk, "'touchstone --help' lists the commands\n");
    else
        fprintf(client->talk, "'touchstone %s%s%s --help' tells more\n", invocation->noun,
                verb != NULL ? " " : "", verb != NULL ? verb : "");
    return EXIT_CODE_USAGE;
}

static int run(struct client *client)
{
    const struct command *command = client->invocation->command;

    if (client->invocation->wants_help)
        return show_help(client);
    if (client->invocation->wants_version)
        return words_version(client, command);
    return command->run != NULL ? command->run(client, command) : call_run(client, command);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_create(ARENA_CEILING_BYTES);
    const struct grammar *grammar = arena != NULL ? table_grammar(arena) : NULL;
    struct invocation invocation = {0};
    struct ts_error error = {0};
    struct client client;
    int exit_code;

    if (grammar == NULL) {
        fputs("touchstone: out of memory\n", stderr);
        arena_free(arena);
        return EXIT_CODE_FAILED;
    }
    choose_locale();
    client_init(&client, grammar, &invocation, arena);
    if (parse_line(grammar, argc, argv, arena, &invocation, &error))
        exit_code = run(&client);
    else
        exit_code = tell_usage(&client, &error);
    client_done(&client);
    arena_free(arena);
    return exit_code;
}
