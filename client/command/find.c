// SPDX-License-Identifier: Apache-2.0
// Look-ups in the command table: see find.h. The table has some forty rows, so all are linear.
#include "command/find.h"

#include <string.h>

#include "command/grammar.h"
#include "message/choices.h"
#include "text/suggest.h"

const struct command *find_command(const struct grammar *grammar, const char *noun, const char *verb)
{
    for (const struct command *command = grammar->commands; command->noun != NULL; command++) {
        if (strcmp(command->noun, noun) != 0 || (command->verb == NULL) != (verb == NULL))
            continue;
        if (verb == NULL || strcmp(command->verb, verb) == 0)
            return command;
    }
    return NULL;
}

const struct noun *find_noun(const struct grammar *grammar, const char *name)
{
    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++)
        if (strcmp(noun->name, name) == 0)
            return noun;
    return NULL;
}

static const struct argument *argument_in(const struct argument *list, size_t *n)
{
    if (list == NULL)
        return NULL;
    for (; list->name != NULL; list++)
        if ((*n)-- == 0)
            return list;
    return NULL;
}

const struct argument *find_argument_at(const struct grammar *grammar, const struct command *command,
                                        size_t n)
{
    const struct argument *lists[4] = {NULL, NULL, NULL, grammar->global};

    if (command != NULL) {
        lists[0] = command->arguments;
        lists[1] = command->traits & COMMAND_WRITE ? grammar->of_writes : NULL;
        lists[2] = command->traits & COMMAND_PAGED ? grammar->of_pages : NULL;
    }
    for (size_t i = 0; i < 4; i++) {
        const struct argument *found = argument_in(lists[i], &n);

        if (found != NULL)
            return found;
    }
    return NULL;
}

const struct argument *find_flag(const struct grammar *grammar, const struct command *command,
                                 const char *name, size_t length)
{
    const struct argument *argument;

    for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++)
        if (!(argument->traits & ARGUMENT_POSITIONAL) && strlen(argument->name) == length &&
            strncmp(argument->name, name, length) == 0)
            return argument;
    return NULL;
}

const struct argument *find_letter(const struct grammar *grammar, const struct command *command, char letter)
{
    const struct argument *argument;

    for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++)
        if (argument->letter != 0 && argument->letter == letter)
            return argument;
    return NULL;
}

const ProtobufCEnumDescriptor *find_choices(const struct command *command, const struct argument *argument)
{
    return command != NULL ? choices_at(command->request, argument->field) : NULL;
}

const char *find_value_name(const struct argument *argument)
{
    // The value of a secret is the question asked on a terminal; its flag takes a file.
    if (argument->kind == ARGUMENT_SECRET || argument->kind == ARGUMENT_NEW_SECRET)
        return "FILE";
    return argument->value != NULL ? argument->value : "VALUE";
}

const char *find_similar_noun(const struct grammar *grammar, const char *typed)
{
    struct suggest search = suggest_begin(typed);

    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++)
        suggest_offer(&search, noun->name);
    return suggest_result(&search);
}

const char *find_similar_topic(const struct grammar *grammar, const char *typed)
{
    struct suggest search = suggest_begin(typed);

    for (const struct noun *noun = grammar->nouns; noun->name != NULL; noun++)
        suggest_offer(&search, noun->name);
    for (const struct topic *topic = grammar->topics; topic->name != NULL; topic++)
        suggest_offer(&search, topic->name);
    return suggest_result(&search);
}

const char *find_similar_verb(const struct grammar *grammar, const char *noun, const char *typed)
{
    struct suggest search = suggest_begin(typed);

    for (const struct command *command = grammar->commands; command->noun != NULL; command++)
        if (strcmp(command->noun, noun) == 0 && command->verb != NULL)
            suggest_offer(&search, command->verb);
    return suggest_result(&search);
}

const char *find_similar_flag(const struct grammar *grammar, const struct command *command, const char *typed)
{
    struct suggest search = suggest_begin(typed);
    const struct argument *argument;

    for (size_t i = 0; (argument = find_argument_at(grammar, command, i)) != NULL; i++)
        if (!(argument->traits & ARGUMENT_POSITIONAL))
            suggest_offer(&search, argument->name);
    return suggest_result(&search);
}
