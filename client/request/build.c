// SPDX-License-Identifier: Apache-2.0
// Flags into fields: see build.h. One function per kind of argument.
#include "request/build.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/invocation.h"
#include "files/read_file.h"
#include "message/value.h"
#include "profile/profile.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/item_code.h"

// The daemon takes pictures of up to 2 MiB; a little more is read so that it is the one to refuse.
enum { FILE_CEILING_BYTES = 8 * 1024 * 1024 };

struct assignment {
    struct arena *arena;
    ProtobufCMessage *request;
    const struct argument *argument;
    const char *value;
};

static bool set_text(const struct assignment *to, struct ts_error *error)
{
    const char *path = to->argument->field;
    bool is_in_element = strchr(path, '.') != NULL && strchr(path, '+') == NULL;

    if (is_in_element && to->argument->traits & ARGUMENT_REPEATED && value_is_set(to->request, path))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "is given twice for the same element");
    return value_set(to->arena, to->request, path, to->value, error);
}

static bool set_switch(const struct assignment *to, struct ts_error *error)
{
    return value_set(to->arena, to->request, to->argument->field, "yes", error);
}

static bool set_item_code(const struct assignment *to, struct ts_error *error)
{
    char canonical[ITEM_CODE_SIZE];
    const char *kept;

    if (!item_code_check(to->value, strlen(to->value), canonical))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "'%.40s' is no item code: its check character is wrong", to->value);
    kept = arena_copy(to->arena, canonical, strlen(canonical));
    if (kept == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return value_set(to->arena, to->request, to->argument->field, kept, error);
}

static bool keep_name(const struct assignment *to, struct ts_error *error)
{
    const char *slash = strrchr(to->value, '/'), *dot = strrchr(to->argument->field, '.');
    const char *name = slash != NULL ? slash + 1 : to->value;
    char path[128]; // beside the bytes

    if (!(to->argument->traits & ARGUMENT_KEEPS_NAME) || strcmp(name, "-") == 0)
        return true;
    snprintf(path, sizeof path, "%.*sname", dot != NULL ? (int)(dot + 1 - to->argument->field) : 0,
             to->argument->field);
    return value_set(to->arena, to->request, path, name, error);
}

static bool set_file(const struct assignment *to, struct ts_error *error)
{
    uint8_t *bytes;
    size_t length;

    return read_file_whole(to->value, FILE_CEILING_BYTES, to->arena, &bytes, &length, error) &&
           value_set_bytes(to->arena, to->request, to->argument->field, bytes, length, error) &&
           keep_name(to, error);
}

// Sets a field beside the element that `field` just added: "items.tests+" and "parameter_id".
static bool set_in_new(const struct assignment *to, bool adds, const char *name, const char *text,
                       struct ts_error *error)
{
    char path[128];

    snprintf(path, sizeof path, "%s%s.%s", to->argument->field, adds ? "+" : "", name);
    return value_set(to->arena, to->request, path, text, error);
}

static bool set_test_order(const struct assignment *to, struct ts_error *error)
{
    const char *colon = strchr(to->value, ':');
    const char *method;

    if (colon == NULL || colon == to->value || colon[1] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "expected METHOD:PARAMETER, got '%.60s'",
                         to->value);
    method = arena_copy(to->arena, to->value, (size_t)(colon - to->value));
    if (method == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return set_in_new(to, true, "method_id", method, error) &&
           set_in_new(to, false, "parameter_id", colon + 1, error);
}

static bool set_reading(const struct assignment *to, struct ts_error *error)
{
    const char *text = to->value, *at = strchr(to->value, '@');
    const char *qualifier = *text == '<' ? "less_than" : *text == '>' ? "greater_than" : NULL;
    const char *value;

    text += qualifier != NULL;
    value = arena_copy(to->arena, text, at != NULL ? (size_t)(at - text) : strlen(text));
    if (value == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (*value == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "expected VALUE or VALUE@POSITION, got '%.60s'",
                         to->value);
    if (!set_in_new(to, true, "value", value, error))
        return false;
    if (qualifier != NULL && !set_in_new(to, false, "qualifier", qualifier, error))
        return false;
    return at == NULL || set_in_new(to, false, "position", at + 1, error);
}

static const char *copy_until(const struct assignment *to, const char *text, size_t length,
                              struct ts_error *error)
{
    const char *copy = arena_copy(to->arena, text, length);

    if (copy == NULL)
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return copy;
}

// One reading of the element that was just added.
static bool add_value(const struct assignment *to, const char *text, size_t length, struct ts_error *error)
{
    static const struct {
        const char *sign, *qualifier;
    } SIGNS[] = {{"ND<", "not_detected"}, {"<", "less_than"}, {">", "greater_than"}};
    const char *qualifier = NULL, *value;
    size_t skipped = 0;

    for (size_t i = 0; qualifier == NULL && i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t sign = strlen(SIGNS[i].sign);

        if (length > sign && strncmp(text, SIGNS[i].sign, sign) == 0) {
            qualifier = SIGNS[i].qualifier;
            skipped = sign;
        }
    }
    value = copy_until(to, text + skipped, length - skipped, error);
    if (value == NULL)
        return false;
    if (*value == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "a value is missing in '%.60s'", to->value);
    return set_in_new(to, false, "readings+.value", value, error) &&
           (qualifier == NULL || set_in_new(to, false, "readings.qualifier", qualifier, error));
}

static bool add_values(const struct assignment *to, const char *text, struct ts_error *error)
{
    const char *slash = strchr(text, '/');
    const char *end = slash != NULL ? slash : text + strlen(text);

    for (;;) {
        size_t length = strcspn(text, ",/");

        if (!add_value(to, text, length, error))
            return false;
        if (text + length >= end)
            break;
        text += length + 1;
    }
    return slash == NULL || set_in_new(to, false, "expanded_uncertainty", slash + 1, error);
}

static bool set_result(const struct assignment *to, struct ts_error *error)
{
    static const char SKIP[] = "skip:";
    const char *equals = strchr(to->value, '=');
    const char *position;

    if (equals == NULL || equals == to->value || equals[1] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "expected POSITION=VALUE[,VALUE...][/U], got '%.60s'", to->value);
    position = copy_until(to, to->value, (size_t)(equals - to->value), error);
    if (position == NULL || !set_in_new(to, true, "position", position, error))
        return false;
    if (strncmp(equals + 1, SKIP, sizeof SKIP - 1) == 0)
        return set_in_new(to, false, "skipped", equals + sizeof SKIP, error);
    return add_values(to, equals + 1, error);
}

static bool set_consent(const struct assignment *to, struct ts_error *error)
{
    const char *colon = strchr(to->value, ':');
    const char *kind =
        arena_copy(to->arena, to->value, colon != NULL ? (size_t)(colon - to->value) : strlen(to->value));

    if (kind == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    if (!set_in_new(to, true, "kind", kind, error))
        return false;
    if (colon == NULL)
        return set_in_new(to, false, "given_by_owner", "yes", error);
    return set_in_new(to, false, "authorisation", colon + 1, error);
}

static bool set_point(const struct assignment *to, struct ts_error *error)
{
    const char *equals = strchr(to->value, '=');
    const char *point;

    if (equals == NULL || equals == to->value || equals[1] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "expected POINT=WHY, got '%.60s'", to->value);
    point = copy_until(to, to->value, (size_t)(equals - to->value), error);
    return point != NULL && set_in_new(to, true, "point", point, error) &&
           set_in_new(to, false, "reason", equals + 1, error);
}

static bool set_nothing(const struct assignment *to, struct ts_error *error)
{
    (void)to;
    (void)error;
    return true;
}

static bool assign(const struct assignment *to, struct ts_error *error)
{
    static bool (*const setters[])(const struct assignment *, struct ts_error *) = {
        [ARGUMENT_TEXT] = set_text,
        [ARGUMENT_ITEM_CODE] = set_item_code,
        [ARGUMENT_SWITCH] = set_switch,
        [ARGUMENT_FILE] = set_file,
        [ARGUMENT_TEST_ORDER] = set_test_order,
        [ARGUMENT_READING] = set_reading,
        [ARGUMENT_RESULT] = set_result,
        [ARGUMENT_CONSENT] = set_consent,
        [ARGUMENT_POINT] = set_point,
        [ARGUMENT_SECRET] = set_nothing,
        [ARGUMENT_NEW_SECRET] = set_nothing,
        [ARGUMENT_OPTION] = set_nothing,
        [ARGUMENT_OPTION_SWITCH] = set_nothing,
    };
    struct ts_error inner = {0};

    if (to->argument->field == NULL || setters[to->argument->kind](to, &inner))
        return true;
    if (inner.status != TS_INVALID_ARGUMENT) {
        if (error != NULL)
            *error = inner;
        return false;
    }
    return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%s%s: %s",
                     to->argument->traits & ARGUMENT_POSITIONAL ? "" : "--", to->argument->name,
                     inner.detail);
}

static const char *profile_value(const struct profile *profile, const char *name)
{
    const char *value = strcmp(name, "laboratory") == 0 ? profile->laboratory
                        : strcmp(name, "desk") == 0     ? profile->desk
                                                        : "";

    return value[0] != '\0' ? value : NULL;
}

// Arguments that were not given: from the profile or by their fallback.
static bool assign_absent(const struct command *command, const struct invocation *invocation,
                          const struct profile *profile, struct assignment to, struct ts_error *error)
{
    for (const struct argument *argument = command->arguments; argument != NULL && argument->name != NULL;
         argument++) {
        if (argument->field == NULL || invocation_has(invocation, argument->name))
            continue;
        to.argument = argument;
        to.value = argument->fallback;
        if (argument->traits & ARGUMENT_FROM_PROFILE)
            to.value = profile_value(profile, argument->name);
        // A request read from a file keeps what the file says.
        if (to.value == NULL || value_is_set(to.request, argument->field))
            continue;
        if (!assign(&to, error))
            return false;
    }
    return true;
}

static bool profile_values_are_there(const struct command *command, const ProtobufCMessage *request,
                                     struct ts_error *error)
{
    for (const struct argument *argument = command->arguments; argument != NULL && argument->name != NULL;
         argument++) {
        unsigned wanted = ARGUMENT_REQUIRED | ARGUMENT_FROM_PROFILE;

        if ((argument->traits & wanted) == wanted && argument->field != NULL &&
            !value_is_set(request, argument->field))
            return error_set(
                error, TS_INVALID_ARGUMENT, "USAGE",
                "--%s is missing: %s (or keep it in the profile: touchstone profile set NAME --%s %s)",
                argument->name, argument->help, argument->name, argument->value);
    }
    return true;
}

bool build_request(const struct command *command, const struct invocation *invocation,
                   const struct profile *profile, struct arena *arena, ProtobufCMessage *request,
                   struct ts_error *error)
{
    struct assignment to = {.arena = arena, .request = request};

    for (size_t i = 0; i < invocation->given_count; i++) {
        to.argument = invocation->given[i].argument;
        to.value = invocation->given[i].value;
        if (!assign(&to, error))
            return false;
    }
    return assign_absent(command, invocation, profile, to, error) &&
           profile_values_are_there(command, request, error) &&
           (command->finish == NULL || command->finish(arena, request, error));
}
