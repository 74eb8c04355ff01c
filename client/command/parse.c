// SPDX-License-Identifier: Apache-2.0
// The command line, word by word. Flags may stand anywhere; those before the command are global ones.
// A value never begins with "--" unless written --flag=value, so that a forgotten value is noticed.
#include "command/parse.h"

#include <stdlib.h>
#include <string.h>

#include "command/find.h"
#include "command/grammar.h"
#include "command/invocation.h"
#include "wire/arena.h"
#include "wire/error.h"

struct parse {
    const struct grammar *grammar;
    int argc;
    char **argv;
    int at;
    bool flags_over;
    size_t positional_count;
    struct invocation *invocation;
    struct ts_error *error;
};

static bool takes_value(const struct argument *argument)
{
    return argument->kind != ARGUMENT_SWITCH && argument->kind != ARGUMENT_OPTION_SWITCH;
}

static bool is_secret(const struct argument *argument)
{
    return argument->kind == ARGUMENT_SECRET || argument->kind == ARGUMENT_NEW_SECRET;
}

static bool usage(const struct parse *parse, const char *text)
{
    return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "%s", text);
}

static bool keep(struct parse *parse, const struct argument *argument, const char *value)
{
    struct invocation *invocation = parse->invocation;

    if (!(argument->traits & ARGUMENT_REPEATED) && invocation_has(invocation, argument->name))
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "--%s is given twice", argument->name);
    invocation->given[invocation->given_count++] = (struct given){argument, value};
    if (strcmp(argument->name, "help") == 0)
        invocation->wants_help = true;
    if (strcmp(argument->name, "version") == 0 && argument->kind == ARGUMENT_OPTION_SWITCH)
        invocation->wants_version = true;
    return true;
}

static bool unknown_flag(struct parse *parse, const char *name, size_t length)
{
    char typed[48];
    const char *similar;

    length = length < sizeof typed ? length : sizeof typed - 1;
    memcpy(typed, name, length);
    typed[length] = '\0';
    similar = find_similar_flag(parse->grammar, parse->invocation->command, typed);
    if (similar != NULL)
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "unknown flag --%s; did you mean --%s?",
                         typed, similar);
    return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "unknown flag --%s", typed);
}

// The value of a flag: after '=' or the next word.
static bool take_value(struct parse *parse, const struct argument *argument, const char *attached)
{
    if (!takes_value(argument)) {
        if (attached != NULL)
            return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "--%s takes no value",
                             argument->name);
        return keep(parse, argument, NULL);
    }
    if (attached != NULL)
        return keep(parse, argument, attached);
    if (parse->at + 1 >= parse->argc || strncmp(parse->argv[parse->at + 1], "--", 2) == 0)
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "--%s needs a value: --%s %s",
                         argument->name, argument->name, find_value_name(argument));
    return keep(parse, argument, parse->argv[++parse->at]);
}

static bool long_flag(struct parse *parse, const char *word)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct argument *argument = find_flag(parse->grammar, parse->invocation->command, name, length);

    if (argument == NULL)
        return unknown_flag(parse, name, length);
    return take_value(parse, argument, equals != NULL ? equals + 1 : NULL);
}

static bool short_flag(struct parse *parse, const char *word)
{
    const struct argument *argument = find_letter(parse->grammar, parse->invocation->command, word[1]);

    if (argument == NULL)
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "unknown flag %.20s", word);
    if (!takes_value(argument) && word[2] != '\0')
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "-%c takes no value", word[1]);
    return take_value(parse, argument, word[2] != '\0' ? word + 2 : NULL);
}

static bool unknown_verb(struct parse *parse, const char *noun, const char *word)
{
    const char *similar = find_similar_verb(parse->grammar, noun, word);

    if (similar != NULL)
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE",
                         "%s has no verb '%.40s'; did you mean '%s %s'?", noun, word, noun, similar);
    return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "%s has no verb '%.40s'", noun, word);
}

static bool unknown_noun(struct parse *parse, const char *word)
{
    const char *similar = find_similar_noun(parse->grammar, word);

    if (similar != NULL)
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE",
                         "unknown command '%.40s'; did you mean '%s'?", word, similar);
    return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "unknown command '%.40s'", word);
}

// A word before the command is known: its noun, then its verb.
static bool command_word(struct parse *parse, const char *word)
{
    struct invocation *invocation = parse->invocation;

    if (invocation->noun == NULL) {
        if (find_noun(parse->grammar, word) == NULL)
            return unknown_noun(parse, word);
        invocation->noun = word;
        invocation->command = find_command(parse->grammar, word, NULL);
        return true;
    }
    invocation->command = find_command(parse->grammar, invocation->noun, word);
    return invocation->command != NULL || unknown_verb(parse, invocation->noun, word);
}

static bool positional_word(struct parse *parse, const char *word)
{
    const struct argument *argument = parse->invocation->command->arguments;
    size_t n = 0;

    for (; argument != NULL && argument->name != NULL; argument++) {
        if (!(argument->traits & ARGUMENT_POSITIONAL))
            continue;
        if (n++ < parse->positional_count && !(argument->traits & ARGUMENT_REPEATED))
            continue;
        parse->positional_count++;
        return keep(parse, argument, word);
    }
    return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "unexpected argument '%.60s'", word);
}

static bool parse_word(struct parse *parse)
{
    const char *word = parse->argv[parse->at];

    if (!parse->flags_over && strcmp(word, "--") == 0) {
        parse->flags_over = true;
        return true;
    }
    if (!parse->flags_over && strncmp(word, "--", 2) == 0)
        return long_flag(parse, word);
    if (!parse->flags_over && word[0] == '-' && word[1] != '\0')
        return short_flag(parse, word);
    if (parse->invocation->command == NULL)
        return command_word(parse, word);
    return positional_word(parse, word);
}

static bool nothing_is_missing(struct parse *parse)
{
    const struct invocation *invocation = parse->invocation;
    const struct argument *argument = invocation->command->arguments;

    for (; argument != NULL && argument->name != NULL; argument++) {
        if (!(argument->traits & ARGUMENT_REQUIRED) || argument->fallback != NULL || is_secret(argument) ||
            argument->traits & ARGUMENT_FROM_PROFILE || invocation_has(invocation, argument->name))
            continue;
        if (argument->traits & ARGUMENT_POSITIONAL)
            return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "%s is missing: %s", argument->name,
                             argument->help);
        return error_set(parse->error, TS_INVALID_ARGUMENT, "USAGE", "--%s is missing: %s", argument->name,
                         argument->help);
    }
    return true;
}

bool parse_line(const struct grammar *grammar, int argc, char **argv, struct arena *arena,
                struct invocation *ret_invocation, struct ts_error *error)
{
    struct parse parse = {
        .grammar = grammar, .argc = argc, .argv = argv, .invocation = ret_invocation, .error = error};

    *ret_invocation =
        (struct invocation){.given = arena_alloc(arena, (size_t)(argc + 1) * sizeof(struct given))};
    if (ret_invocation->given == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    for (parse.at = 1; parse.at < argc; parse.at++)
        if (!parse_word(&parse))
            return false;
    if (ret_invocation->wants_help || ret_invocation->wants_version)
        return true;
    if (ret_invocation->noun == NULL)
        return usage(&parse, "no command given");
    if (ret_invocation->command == NULL)
        return usage(&parse, "the verb is missing");
    return nothing_is_missing(&parse);
}
