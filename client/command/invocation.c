// SPDX-License-Identifier: Apache-2.0
// Looks into a parsed command line: see invocation.h.
#include "command/invocation.h"

#include <string.h>

#include "command/command.h"

bool invocation_has(const struct invocation *invocation, const char *name)
{
    for (size_t i = 0; i < invocation->given_count; i++)
        if (strcmp(invocation->given[i].argument->name, name) == 0)
            return true;
    return false;
}

static const char *fallback_of(const struct command *command, const char *name)
{
    if (command == NULL || command->arguments == NULL)
        return NULL;
    for (const struct argument *argument = command->arguments; argument->name != NULL; argument++)
        if (strcmp(argument->name, name) == 0)
            return argument->fallback;
    return NULL;
}

const char *invocation_value(const struct invocation *invocation, const char *name)
{
    for (size_t i = invocation->given_count; i-- > 0;)
        if (strcmp(invocation->given[i].argument->name, name) == 0)
            return invocation->given[i].value;
    return fallback_of(invocation->command, name);
}
