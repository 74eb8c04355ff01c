// SPDX-License-Identifier: Apache-2.0
// The catalogue that was read last, on the disk ($XDG_CACHE_HOME/touchstone/PROFILE.catalogue): for a desk
// that is started without a server. Products, methods, packages, fields; nobody's data. A first line, then
// each answer as it was packed, behind its kind and its length; a file that is not so is no catalogue.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/parts.h"
#include "files/atomic_file.h"
#include "files/read_file.h"
#include "files/user_file.h"
#include "touchstone/v1/catalogue.pb-c.h"
#include "wire/arena.h"

enum { HEAD = 5, CEILING_BYTES = 16 * 1024 * 1024, LINE = 128 };

#define MAGIC "touchstone catalogue 1"

static bool path_of(const struct desk *desk, char ret_path[PATH_MAX])
{
    return desk->offline.profile[0] != '\0' &&
           user_file_path(USER_CACHE, ret_path, NULL, "%s.catalogue", desk->offline.profile);
}

static bool grow(struct kept_bytes *kept, size_t more)
{
    uint8_t *bytes = kept->length + more <= CEILING_BYTES ? realloc(kept->bytes, kept->length + more) : NULL;

    if (bytes == NULL)
        return false;
    kept->bytes = bytes;
    return true;
}

static void forget(struct kept_bytes *kept)
{
    free(kept->bytes);
    *kept = (struct kept_bytes){0};
}

void kept_catalogue_add(struct desk *desk, enum kept_part part, const ProtobufCMessage *answer)
{
    struct kept_bytes *kept = &desk->offline.kept;
    size_t length = protobuf_c_message_get_packed_size(answer);
    uint8_t *at;

    if (part == KEPT_FORM)
        forget(kept);
    if (desk->offline.profile[0] == '\0' || (part != KEPT_FORM && kept->bytes == NULL))
        return;
    if (!grow(kept, HEAD + length)) {
        forget(kept);
        return;
    }
    at = kept->bytes + kept->length;
    at[0] = (uint8_t)part;
    for (int i = 0; i < 4; i++)
        at[1 + i] = (uint8_t)(length >> (8 * i));
    kept->length += HEAD + protobuf_c_message_pack(answer, at + HEAD);
}

void kept_catalogue_save(struct desk *desk)
{
    struct kept_bytes *kept = &desk->offline.kept;
    struct ts_error error = {0};
    char path[PATH_MAX], line[LINE];
    struct atomic_file file = {.fd = -1};
    int length =
        snprintf(line, sizeof line, MAGIC " %.15s %" PRId64 "\n", desk->laboratory, desk->offline.wall_ms);

    desk->offline.catalogue_at_ms = 0;
    if (kept->bytes != NULL && path_of(desk, path) && atomic_file_make_folders(path, &error) &&
        atomic_file_open(&file, path, 0600, &error) &&
        atomic_file_append(&file, line, (size_t)length, &error) &&
        atomic_file_append(&file, kept->bytes, kept->length, &error))
        atomic_file_commit(&file, &error);
    else
        atomic_file_abandon(&file);
    forget(kept);
}

static bool take(struct desk *desk, int part, const uint8_t *bytes, size_t length)
{
    static const ProtobufCMessageDescriptor *const kinds[] = {
        [KEPT_FORM] = &touchstone__v1__get_intake_form_response__descriptor,
        [KEPT_PRODUCTS] = &touchstone__v1__list_products_response__descriptor,
        [KEPT_METHODS] = &touchstone__v1__list_methods_response__descriptor};
    ProtobufCMessage *message;
    bool taken;

    if (part < KEPT_FORM || part > KEPT_METHODS)
        return false;
    message = protobuf_c_message_unpack(kinds[part], NULL, length, bytes);
    if (message == NULL)
        return false;
    if (part == KEPT_FORM)
        taken = catalogue_take_form(desk->catalogue, (Touchstone__V1__GetIntakeFormResponse *)message);
    else if (part == KEPT_PRODUCTS)
        taken = catalogue_take_products(desk->catalogue, (Touchstone__V1__ListProductsResponse *)message);
    else
        taken = catalogue_take_methods(desk->catalogue, (Touchstone__V1__ListMethodsResponse *)message);
    protobuf_c_message_free_unpacked(message, NULL);
    return taken;
}

static bool take_all(struct desk *desk, const uint8_t *bytes, size_t length)
{
    while (length >= HEAD) {
        size_t part =
            (size_t)bytes[1] | (size_t)bytes[2] << 8 | (size_t)bytes[3] << 16 | (size_t)bytes[4] << 24;

        if (part > length - HEAD || !take(desk, bytes[0], bytes + HEAD, part))
            return false;
        bytes += HEAD + part;
        length -= HEAD + part;
    }
    return length == 0;
}

// The laboratory and the time in the first line.
static bool read_line(struct desk *desk, const char *line)
{
    char laboratory[16];
    int64_t at_ms;

    if (sscanf(line, MAGIC " %15[A-Z0-9_] %" SCNd64, laboratory, &at_ms) != 2 ||
        (desk->laboratory[0] != '\0' && strcmp(desk->laboratory, laboratory) != 0))
        return false;
    snprintf(desk->laboratory, sizeof desk->laboratory, "%s", laboratory);
    desk->offline.catalogue_at_ms = at_ms;
    return true;
}

bool kept_catalogue_load(struct desk *desk)
{
    struct arena *arena = arena_create(CEILING_BYTES * 2);
    struct ts_error error = {0};
    char path[PATH_MAX];
    uint8_t *bytes, *line;
    size_t length;
    bool taken;

    if (arena == NULL)
        return false;
    taken = path_of(desk, path) && read_file_whole(path, CEILING_BYTES, arena, &bytes, &length, &error) &&
            (line = memchr(bytes, '\n', length < LINE ? length : LINE)) != NULL &&
            read_line(desk, (const char *)bytes) && catalogue_begin(desk->catalogue) &&
            take_all(desk, line + 1, length - (size_t)(line + 1 - bytes));
    arena_free(arena);
    if (taken)
        desk->catalogue->is_whole = true;
    else if (!desk->catalogue->is_whole)
        catalogue_done(desk->catalogue);
    return taken;
}
