// SPDX-License-Identifier: Apache-2.0
// google.rpc.Status both ways, see rpc_status.h.
#include "wire/rpc_status.h"

#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"
#include "wire/prescan.h"

#include <string.h>

static const char type_prefix[] = "type.googleapis.com/";
static const char info_type[] = "google.rpc.ErrorInfo";
static const char request_type[] = "google.rpc.BadRequest";

// Packs into the arena; false without memory.
static bool pack(const ProtobufCMessage *message, struct arena *arena, uint8_t **ret_bytes,
                 size_t *ret_length)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(arena, length);
    if (!bytes)
        return false;
    *ret_length = protobuf_c_message_pack(message, bytes);
    *ret_bytes = bytes;
    return true;
}

static bool pack_any(const ProtobufCMessage *message, const char *type, struct arena *arena,
                     Google__Protobuf__Any *ret_any)
{
    google__protobuf__any__init(ret_any);
    ret_any->type_url = arena_printf(arena, "%s%s", type_prefix, type);
    return ret_any->type_url && pack(message, arena, &ret_any->value.data, &ret_any->value.len);
}

// The members of the flat JSON object. What is no such object gives none.
static bool read_metadata(const char *json, struct arena *arena, Touchstone__Internal__V1__ErrorInfo *info)
{
    struct json_reader reader;
    bool first = true;
    const char *key;
    size_t key_length, value_length, most = 1;
    for (const char *at = json; *at; at++)
        most += *at == ':';
    info->metadata = arena_array(arena, most, sizeof *info->metadata);
    if (!info->metadata)
        return false;
    json_reader_init(&reader, json, strlen(json), arena);
    if (!*json || !json_reader_enter(&reader, JSON_OBJECT))
        return !reader.out_of_memory;
    while (info->n_metadata < most && json_reader_next_member(&reader, &first, &key, &key_length)) {
        Touchstone__Internal__V1__MetadataEntry *entry = arena_alloc(arena, sizeof *entry);
        if (!entry)
            return false;
        touchstone__internal__v1__metadata_entry__init(entry);
        entry->key = arena_copy(arena, key, key_length);
        if (!entry->key)
            return false;
        if (!json_reader_string(&reader, &entry->value, &value_length))
            break;
        info->metadata[info->n_metadata++] = entry;
    }
    return !reader.out_of_memory;
}

static bool write_info(const struct ts_error *status, struct arena *arena, Google__Protobuf__Any *ret_any)
{
    Touchstone__Internal__V1__ErrorInfo info = TOUCHSTONE__INTERNAL__V1__ERROR_INFO__INIT;
    static char domain[] = RPC_STATUS_DOMAIN;
    info.reason = (char *)status->reason;
    info.domain = domain;
    return read_metadata(status->metadata, arena, &info) && pack_any(&info.base, info_type, arena, ret_any);
}

static bool write_violations(const struct ts_error *status, struct arena *arena,
                             Google__Protobuf__Any *ret_any)
{
    Touchstone__Internal__V1__FieldViolation rows[TS_ERROR_VIOLATIONS];
    Touchstone__Internal__V1__FieldViolation *pointers[TS_ERROR_VIOLATIONS];
    Touchstone__Internal__V1__BadRequest request = TOUCHSTONE__INTERNAL__V1__BAD_REQUEST__INIT;
    for (size_t i = 0; i < status->violation_count; i++) {
        touchstone__internal__v1__field_violation__init(&rows[i]);
        rows[i].field = (char *)status->violations[i].field;
        rows[i].description = (char *)status->violations[i].description;
        pointers[i] = &rows[i];
    }
    request.n_field_violations = status->violation_count;
    request.field_violations = pointers;
    return pack_any(&request.base, request_type, arena, ret_any);
}

bool rpc_status_write(const struct ts_error *status, struct arena *arena, uint8_t **ret_bytes,
                      size_t *ret_length)
{
    Google__Protobuf__Any details[2];
    Google__Protobuf__Any *pointers[2] = {&details[0], &details[1]};
    Touchstone__Internal__V1__RpcStatus message = TOUCHSTONE__INTERNAL__V1__RPC_STATUS__INIT;
    message.code = (int32_t)status->status;
    message.message = (char *)status->detail;
    message.details = pointers;
    if (*status->reason && !write_info(status, arena, &details[message.n_details++]))
        return false;
    if (status->violation_count && !write_violations(status, arena, &details[message.n_details++]))
        return false;
    return pack(&message.base, arena, ret_bytes, ret_length);
}

// Checks, then unpacks into the arena; NULL when the bytes are no such message.
static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes,
                                size_t length, struct arena *arena)
{
    ProtobufCAllocator allocator = arena_allocator(arena);
    return prescan_message(descriptor, bytes, length, NULL)
               ? protobuf_c_message_unpack(descriptor, &allocator, length, bytes)
               : NULL;
}

static bool is_type(const Google__Protobuf__Any *any, const char *type)
{
    const char *slash = strrchr(any->type_url, '/');
    return slash && strcmp(slash + 1, type) == 0;
}

static bool take_info(const Google__Protobuf__Any *any, struct arena *arena, struct ts_error *status)
{
    const Touchstone__Internal__V1__ErrorInfo *info = (const void *)unpack(
        &touchstone__internal__v1__error_info__descriptor, any->value.data, any->value.len, arena);
    if (!info)
        return false;
    char detail[sizeof status->detail];
    memcpy(detail, status->detail, sizeof detail);
    error_set(status, status->status, info->reason, "%s", detail);
    for (size_t i = 0; i < info->n_metadata; i++)
        error_metadata(status, info->metadata[i]->key, info->metadata[i]->value);
    return true;
}

// Adds the violations without touching status, reason and detail, which are the server's own.
static bool take_violations(const Google__Protobuf__Any *any, struct arena *arena, struct ts_error *status)
{
    const Touchstone__Internal__V1__BadRequest *request = (const void *)unpack(
        &touchstone__internal__v1__bad_request__descriptor, any->value.data, any->value.len, arena);
    if (!request)
        return false;
    struct ts_error gathered = {0};
    for (size_t i = 0; i < request->n_field_violations; i++)
        error_violation(&gathered, request->field_violations[i]->field, "%s",
                        request->field_violations[i]->description);
    status->violation_count = gathered.violation_count;
    memcpy(status->violations, gathered.violations, sizeof status->violations);
    return true;
}

bool rpc_status_read(const uint8_t *bytes, size_t length, struct arena *arena, struct ts_error *ret_status)
{
    const Touchstone__Internal__V1__RpcStatus *message =
        (const void *)unpack(&touchstone__internal__v1__rpc_status__descriptor, bytes, length, arena);
    struct ts_error status = {0};
    if (!message)
        return false;
    error_set(&status, (enum ts_status)message->code, "", "%s", message->message);
    for (size_t i = 0; i < message->n_details; i++)
        if (is_type(message->details[i], info_type) && !take_info(message->details[i], arena, &status))
            return false;
    for (size_t i = 0; i < message->n_details; i++)
        if (is_type(message->details[i], request_type) &&
            !take_violations(message->details[i], arena, &status))
            return false;
    *ret_status = status;
    return true;
}
