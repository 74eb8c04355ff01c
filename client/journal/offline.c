// SPDX-License-Identifier: Apache-2.0
// See offline.h.
#include "journal/offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/seal.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/item_code.h"

static const char method[] = "/touchstone.v1.DeskService/RegisterIntake";

static bool fail_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
}

static char *copy(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

// Bytes of the first character of UTF-8.
static int first_character(const char *text)
{
    int length = text[0] != '\0';

    while (length > 0 && length < 4 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

const char *offline_line(const Touchstone__V1__RegisterIntakeRequest *request, bool chinese,
                         struct arena *arena)
{
    const char *name = request->owner != NULL && request->owner->name != NULL ? request->owner->name : "";
    const char *thing =
        request->n_items > 0 && request->items[0]->name != NULL ? request->items[0]->name : "";
    int shown = first_character(name);
    const char *line = arena_printf(arena, chinese ? "%.*s%s%zu 件 %s" : "%.*s%s%zu x %s", shown, name,
                                    shown > 0 ? "** " : "", request->n_items, thing);

    return line != NULL ? line : "";
}

static bool read_hex(const char *hex, uint8_t *ret_bytes, size_t count)
{
    if (strlen(hex) != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned value;

        if (sscanf(hex + 2 * i, "%2x", &value) != 1)
            return false;
        ret_bytes[i] = (uint8_t)value;
    }
    return true;
}

bool offline_keys(const Touchstone__V1__GetJournalKeysResponse *answer, const char *laboratory,
                  struct journal_keys *ret_keys, struct ts_error *error)
{
    struct journal_keys keys = {0};
    const char *first = answer->n_laboratories > 0 ? answer->laboratories[0] : "";

    snprintf(keys.username, sizeof keys.username, "%s", answer->username);
    snprintf(keys.display_name, sizeof keys.display_name, "%s", answer->display_name);
    snprintf(keys.desk, sizeof keys.desk, "%s", answer->desk);
    snprintf(keys.laboratory, sizeof keys.laboratory, "%s", laboratory[0] != '\0' ? laboratory : first);
    snprintf(keys.time_zone, sizeof keys.time_zone, "%s", answer->time_zone);
    for (size_t i = 0; i < answer->n_keys && i < JOURNAL_KEYS_MOST; i++) {
        struct journal_key *key = &keys.keys[keys.count++];

        snprintf(key->key_id, sizeof key->key_id, "%s", answer->keys[i]->key_id);
        if (!read_hex(answer->keys[i]->key_hex, key->bytes, sizeof key->bytes)) {
            journal_keys_wipe(&keys);
            return error_set(error, TS_INTERNAL, "JOURNAL_KEYS", "the server gave a key that is none");
        }
    }
    *ret_keys = keys;
    journal_keys_wipe(&keys);
    return ret_keys->count > 0 || error_set(error, TS_INTERNAL, "JOURNAL_KEYS", "the server gave no key");
}

// The intake's codes as its items name them; 0 when some name none.
static size_t codes_of(const Touchstone__V1__RegisterIntakeRequest *request, char (*ret_codes)[JOURNAL_CODE])
{
    size_t count = 0;

    for (size_t i = 0; i < request->n_items && count < JOURNAL_CODES; i++) {
        const char *code = request->items[i]->reserved_item_code;

        if (code != NULL && item_code_check(code, strlen(code), ret_codes[count]))
            count++;
    }
    return count;
}

// Reserved codes for the items that have none yet.
static bool give_codes(const struct journal *journal, Touchstone__V1__RegisterIntakeRequest *request,
                       struct arena *arena, struct ts_error *error)
{
    char codes[JOURNAL_CODES][JOURNAL_CODE];
    size_t lacking = 0, next = 0;

    if (request->n_items == 0 || request->n_items > JOURNAL_CODES)
        return error_set(error, TS_INVALID_ARGUMENT, "FIELD_INVALID", "an intake has between 1 and 20 items");
    for (size_t i = 0; i < request->n_items; i++)
        lacking += request->items[i]->reserved_item_code[0] == '\0';
    if (lacking > 0 && !journal_free_codes(journal, request->laboratory, lacking, codes))
        return error_set(error, TS_RESOURCE_EXHAUSTED, "JOURNAL_NO_CODES",
                         "%zu reserved item codes are left and %zu are needed. They come from the server "
                         "beforehand: journal prepare.",
                         journal_codes_left(journal, request->laboratory), lacking);
    for (size_t i = 0; i < request->n_items; i++) {
        if (request->items[i]->reserved_item_code[0] != '\0')
            continue;
        request->items[i]->reserved_item_code = copy(arena, codes[next++]);
        if (request->items[i]->reserved_item_code == NULL)
            return fail_memory(error);
    }
    return true;
}

// A place of a lease for who comes without a booking or a number; without one the intake goes on all the
// same.
static bool give_lease(const struct journal *journal, Touchstone__V1__RegisterIntakeRequest *request,
                       int64_t now_ms, struct arena *arena, struct ts_error *error)
{
    char lease_id[JOURNAL_ID];

    if (request->from_lease_id[0] != '\0' || request->serves_booking_code[0] != '\0' ||
        request->serves_ticket_no[0] != '\0' ||
        !journal_free_lease(journal, request->laboratory, (int)request->n_items, now_ms, lease_id))
        return true;
    request->from_lease_id = copy(arena, lease_id);
    return request->from_lease_id != NULL || fail_memory(error);
}

// Packed and described for the journal; `bytes` is to be freed.
struct described {
    struct journal_intake intake;
    char codes[JOURNAL_CODES][JOURNAL_CODE];
    uint8_t *bytes;
};

static bool describe(const Touchstone__V1__RegisterIntakeRequest *request, const char *user, const char *line,
                     int64_t now_ms, struct described *described, struct ts_error *error)
{
    size_t size = protobuf_c_message_get_packed_size(&request->base);

    *described = (struct described){.bytes = malloc(size > 0 ? size : 1)};
    if (described->bytes == NULL)
        return fail_memory(error);
    protobuf_c_message_pack(&request->base, described->bytes);
    described->intake = (struct journal_intake){
        .request_id = request->request_id,
        .user = user,
        .method = method,
        .line = line,
        .laboratory = request->laboratory,
        .lease_id = request->from_lease_id,
        .codes = described->codes,
        .code_count = codes_of(request, described->codes),
        .request = described->bytes,
        .request_bytes = size,
        .taken_at_ms = request->taken_offline_ms != 0 ? request->taken_offline_ms : now_ms,
        .now_ms = now_ms,
    };
    return true;
}

static void wipe(struct described *described)
{
    if (described->bytes != NULL)
        explicit_bzero(described->bytes, described->intake.request_bytes);
    free(described->bytes);
}

// What stands under this key already got codes, lease and time then: the same command once more is the same
// intake.
static bool repeat(const struct journal *journal, size_t index,
                   Touchstone__V1__RegisterIntakeRequest *request, struct arena *arena,
                   struct ts_error *error)
{
    const Touchstone__V1__RegisterIntakeRequest *kept = offline_request(journal, index, arena, error);

    if (kept == NULL)
        return false;
    if (request->taken_offline_ms == 0)
        request->taken_offline_ms = kept->taken_offline_ms;
    if (request->from_lease_id[0] == '\0')
        request->from_lease_id = kept->from_lease_id;
    for (size_t i = 0; i < request->n_items && i < kept->n_items; i++)
        if (request->items[i]->reserved_item_code[0] == '\0')
            request->items[i]->reserved_item_code = kept->items[i]->reserved_item_code;
    return true;
}

bool offline_take(struct journal *journal, Touchstone__V1__RegisterIntakeRequest *request,
                  enum offline_taking taking, const char *user, const char *line, int64_t now_ms,
                  struct arena *arena, size_t *ret_index, struct ts_error *error)
{
    struct described described = {0};
    bool done = true;

    if (taking == OFFLINE_FRESH && journal_find(journal, request->request_id, ret_index)) {
        done = repeat(journal, *ret_index, request, arena, error);
    } else if (taking == OFFLINE_FRESH) {
        if (request->taken_offline_ms == 0)
            request->taken_offline_ms = now_ms;
        done =
            give_codes(journal, request, arena, error) && give_lease(journal, request, now_ms, arena, error);
    }
    done = done && describe(request, user, line, now_ms, &described, error) &&
           journal_add(journal, &described.intake, error) &&
           (journal_find(journal, request->request_id, ret_index) ||
            error_set(error, TS_INTERNAL, "JOURNAL_ENTRY", "the entry is not there"));
    wipe(&described);
    return done;
}

Touchstone__V1__RegisterIntakeRequest *offline_request(const struct journal *journal, size_t index,
                                                       struct arena *arena, struct ts_error *error)
{
    ProtobufCAllocator allocator = arena_allocator(arena);
    Touchstone__V1__RegisterIntakeRequest *request;
    uint8_t *bytes;
    size_t length;

    if (!journal_request(journal, index, &bytes, &length, error))
        return NULL;
    request = touchstone__v1__register_intake_request__unpack(&allocator, length, bytes);
    explicit_bzero(bytes, length);
    free(bytes);
    if (request == NULL)
        error_set(error, TS_DATA_LOSS, "JOURNAL_ENTRY", "the request of this entry cannot be read");
    return request;
}

// The labels are printed: what a person corrected keeps the codes.
static bool keep_codes(const struct journal_entry *entry, Touchstone__V1__RegisterIntakeRequest *changed,
                       struct arena *arena, struct ts_error *error)
{
    for (size_t i = 0; i < changed->n_items && i < entry->code_count; i++) {
        if (changed->items[i]->reserved_item_code[0] != '\0')
            continue;
        changed->items[i]->reserved_item_code = copy(arena, entry->codes[i]);
        if (changed->items[i]->reserved_item_code == NULL)
            return fail_memory(error);
    }
    return true;
}

// A time that the server does not take: of a clock that ran ahead and is set right it becomes now, and what
// was taken too long ago, or by a clock that stood years back, goes without one. The entry of before keeps
// it.
static void mend_time(Touchstone__V1__RegisterIntakeRequest *request, int64_t now_ms)
{
    if (request->taken_offline_ms > now_ms)
        request->taken_offline_ms = now_ms;
    else if (now_ms - request->taken_offline_ms > (int64_t)JOURNAL_KEY_DAYS * 24 * 3600 * 1000)
        request->taken_offline_ms = 0;
}

// The server is told every id that this intake had: if one of them is booked, it says so.
static bool name_ids(const struct journal *journal, size_t index,
                     Touchstone__V1__RegisterIntakeRequest *request, struct arena *arena)
{
    char **ids = arena_array(arena, JOURNAL_IDS_BEFORE, sizeof *ids);
    const struct journal_entry *entry = journal_entry(journal, index);
    size_t count = 0;

    while (ids != NULL && entry != NULL && count < JOURNAL_IDS_BEFORE) {
        ids[count] = copy(arena, entry->request_id);
        if (ids[count++] == NULL)
            return false;
        entry = entry->replaces[0] != '\0' && journal_find(journal, entry->replaces, &index)
                    ? journal_entry(journal, index)
                    : NULL;
    }
    request->replaces_request_ids = ids;
    request->n_replaces_request_ids = count;
    return ids != NULL;
}

bool offline_resend(struct journal *journal, size_t index, Touchstone__V1__RegisterIntakeRequest *changed,
                    const char *by, const char *reason, int64_t now_ms, struct arena *arena,
                    struct ts_error *error)
{
    const struct journal_entry *entry = journal_entry(journal, index);
    Touchstone__V1__RegisterIntakeRequest *request = changed;
    struct described described = {0};
    uint8_t id[16];
    char made[JOURNAL_ID], user[JOURNAL_NAME], line[JOURNAL_TEXT];
    bool done;

    if (entry == NULL)
        return error_set(error, TS_NOT_FOUND, "JOURNAL_ENTRY", "there is no such entry");
    if (request == NULL && (request = offline_request(journal, index, arena, error)) == NULL)
        return false;
    if (!seal_id_make(id))
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
    seal_id_write(id, made);
    request->request_id = copy(arena, made);
    if (request->request_id == NULL || !name_ids(journal, index, request, arena))
        return fail_memory(error);
    snprintf(user, sizeof user, "%s", entry->user);
    snprintf(line, sizeof line, "%s", entry->line);
    mend_time(request, now_ms);
    done = keep_codes(entry, request, arena, error) &&
           describe(request, user, line, now_ms, &described, error) &&
           journal_replace(journal, index, &described.intake, by, reason, error);
    wipe(&described);
    return done;
}
