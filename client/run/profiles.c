// SPDX-License-Identifier: Apache-2.0
// profile list, use and set: see profiles.h.
#include "run/profiles.h"

#include <stdlib.h>
#include <string.h>

#include "command/invocation.h"
#include "print/table.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

enum { COLUMN_COUNT = 10, ROWS_MAX = 200 };

struct listing {
    struct arena *arena;
    size_t rows;
    bool has_lost;
    const char *cells[ROWS_MAX * COLUMN_COUNT];
};

static const char *const headings[COLUMN_COUNT] = {"CURRENT", "NAME",    "SERVER", "DESK",     "LABORATORY",
                                                   "CA",      "PRINTER", "PAPER",  "PICTURES", "CAMERA"};

static void add_row(void *context, const struct profile *profile, bool is_current)
{
    struct listing *listing = context;
    const char *values[COLUMN_COUNT] = {
        is_current ? "*" : "", profile->name,    profile->server, profile->desk,     profile->laboratory,
        profile->ca,           profile->printer, profile->paper,  profile->pictures, profile->camera};

    if (listing->rows == ROWS_MAX)
        return;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const char *kept = arena_copy(listing->arena, values[i], strlen(values[i]));

        listing->cells[listing->rows * COLUMN_COUNT + i] = kept;
        listing->has_lost = listing->has_lost || kept == NULL;
    }
    listing->rows++;
}

// False without memory.
static bool write_json(struct client *client, const struct listing *listing)
{
    static const char *const keys[COLUMN_COUNT] = {"current", "name",    "server", "desk",     "laboratory",
                                                   "ca",      "printer", "paper",  "pictures", "camera"};
    struct text text;
    const char *json;

    text_init(&text, client->arena);
    text_put(&text, "{\"profiles\":[");
    for (size_t row = 0; row < listing->rows; row++) {
        text_put(&text, row > 0 ? ",{" : "{");
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
            const char *cell = listing->cells[row * COLUMN_COUNT + i];

            text_printf(&text, "%s\"%s\":", i > 0 ? "," : "", keys[i]);
            if (i == 0)
                text_put(&text, *cell != '\0' ? "true" : "false");
            else
                text_put_json(&text, cell, strlen(cell));
        }
        text_put(&text, "}");
    }
    text_put(&text, "]}");
    json = text_finish(&text);
    if (json != NULL)
        fprintf(client->out, "%s\n", json);
    return json != NULL;
}

int profiles_list(struct client *client, const struct command *command)
{
    struct listing *listing = arena_array(client->arena, 1, sizeof *listing);
    struct ts_error error = {0};
    bool whole = true;

    (void)command;
    if (listing == NULL)
        return client_fail_memory(client);
    listing->arena = client->arena;
    if (!profile_each(add_row, listing, &error))
        return client_fail(client, &error);
    if (listing->has_lost)
        return client_fail_memory(client);
    if (invocation_has(client->invocation, "json"))
        whole = write_json(client, listing);
    else if (listing->rows == 0)
        fprintf(client->talk, "no profiles yet; make one: touchstone profile set NAME --server HOST:PORT\n");
    else
        whole = table_write(client->out, &client->out_style, headings, NULL, listing->cells, listing->rows,
                            COLUMN_COUNT);
    return client_finish_output(client, whole ? EXIT_CODE_OK : client_fail_memory(client));
}

int profiles_use(struct client *client, const struct command *command)
{
    const char *name = client_flag(client, "NAME");
    struct ts_error error = {0};

    (void)command;
    if (!profile_use(name, &error))
        return client_fail(client, &error);
    fprintf(client->talk, "profile %s is used from now on\n", name);
    return EXIT_CODE_OK;
}

// A CA file and a folder are kept by their full names: the client may be run anywhere.
static bool set_key(const char *name, const char *key, const char *value, struct ts_error *error)
{
    char full[PATH_MAX];

    if ((strcmp(key, "ca") == 0 || strcmp(key, "pictures") == 0) && value[0] != '\0') {
        if (realpath(value, full) == NULL)
            return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--%s: there is no %.180s", key, value);
        value = full;
    }
    return profile_set(name, key, value, error);
}

int profiles_set(struct client *client, const struct command *command)
{
    static const char *const keys[] = {"server",  "ca",    "desk",     "laboratory",
                                       "printer", "paper", "pictures", "camera"};
    const char *name = client_flag(client, "NAME");
    struct ts_error error = {0};
    bool any = false;

    (void)command;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *value = client_flag(client, keys[i]);

        if (value == NULL)
            continue;
        if (!set_key(name, keys[i], value, &error))
            return client_fail(client, &error);
        any = true;
    }
    if (!any) {
        error_set(
            &error, TS_INVALID_ARGUMENT, "USAGE",
            "nothing to set: give --server, --ca, --desk, --laboratory, --printer, --paper, --pictures or "
            "--camera");
        return client_fail(client, &error);
    }
    fprintf(client->talk, "profile %s is kept\n", name);
    return EXIT_CODE_OK;
}
