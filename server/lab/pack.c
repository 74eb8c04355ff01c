// SPDX-License-Identifier: Apache-2.0
// Reading a pack, see pack.h. Blocking: called by an administrator's command.
#include "lab/pack.h"

#include "core/whole_file.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_csv(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0;
}

static bool read_table(const char *folder, const char *name, struct arena *arena, struct csv_table *ret_table,
                       struct ts_error *error)
{
    char *path = arena_printf(arena, "%s/%s", folder, name), *bytes = NULL;
    size_t length = 0;
    if (!path)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the file");
    return whole_file_read(path, CSV_BYTES_MOST, arena, &bytes, &length, error) &&
           csv_read(bytes, length, arena, ret_table, error);
}

// csv_read tells the place in its words.
static void tell(const struct ts_error *error, const char *name, pack_fault *fault, void *context)
{
    unsigned line = 1, column = 1;
    int behind = 0;
    if (sscanf(error->detail, "line %u, column %u: %n", &line, &column, &behind) < 2 || behind == 0)
        line = column = 1, behind = 0;
    fault(context, name, line, column, error->detail + behind);
}

bool pack_read(const char *folder, struct arena *arena, pack_fault *fault, void *context,
               struct pack *ret_pack, struct ts_error *error)
{
    struct dirent **entries = NULL;
    size_t count = 0, faults = 0;
    int found = scandir(folder, &entries, is_csv, alphasort);
    if (found < 0)
        return error_set(error, TS_INVALID_ARGUMENT, "PACK_FOLDER", "%s: %m", folder);
    for (int i = 0; i < found; i++) {
        struct ts_error wrong = {0};
        struct pack_file file = {.name = arena_printf(arena, "%s", entries[i]->d_name)};
        free(entries[i]);
        if (!file.name || count == PACK_FILES_MOST || faults == PACK_FILES_MOST)
            continue;
        if (read_table(folder, file.name, arena, &file.table, &wrong)) {
            ret_pack->files[count++] = file;
        } else {
            tell(&wrong, file.name, fault, context);
            faults++;
        }
    }
    free(entries);
    ret_pack->count = count;
    if (found == 0 || found > PACK_FILES_MOST)
        return error_set(error, TS_INVALID_ARGUMENT, "PACK_INVALID",
                         "%s has %d files *.csv: a pack has 1 to %d.", folder, found, PACK_FILES_MOST);
    if (count == (size_t)found)
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "PACK_INVALID",
                     "%zu of %d files cannot be read: nothing was taken.", faults, found);
}

char *pack_json(const struct pack *pack, struct arena *arena)
{
    struct text json;
    text_init(&json, arena);
    text_put_char(&json, '[');
    for (size_t f = 0; f < pack->count; f++) {
        const struct csv_table *table = &pack->files[f].table;
        for (size_t r = 0; r < table->count; r++) {
            text_put(&json, json.length > 1 ? ",\n{\"file\":" : "{\"file\":");
            text_put_json(&json, pack->files[f].name, strlen(pack->files[f].name));
            text_printf(&json, ",\"line\":%u,\"cells\":[", table->rows[r].line);
            for (size_t c = 0; c < table->rows[r].count; c++) {
                if (c > 0)
                    text_put_char(&json, ',');
                text_put_json(&json, table->rows[r].cells[c].text, table->rows[r].cells[c].length);
            }
            text_put(&json, "]}");
        }
    }
    text_put_char(&json, ']');
    return text_finish(&json);
}

void pack_place(const struct pack *pack, const char *file, unsigned line, unsigned place, unsigned *ret_line,
                unsigned *ret_column)
{
    *ret_line = line;
    *ret_column = 1;
    for (size_t f = 0; f < pack->count; f++) {
        const struct csv_table *table = &pack->files[f].table;
        for (size_t r = 0; strcmp(pack->files[f].name, file) == 0 && r < table->count; r++) {
            if (table->rows[r].line == line && place >= 1 && place <= table->rows[r].count) {
                *ret_line = table->rows[r].cells[place - 1].line;
                *ret_column = table->rows[r].cells[place - 1].column;
            }
        }
    }
}
