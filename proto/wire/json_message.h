// SPDX-License-Identifier: Apache-2.0
// Messages to JSON and back by their descriptors: between the daemon and its SQL functions, and for the
// client's --json. Names are those of the schema; defaults are left out and read as such; enum values are
// lower case without their prefix, unknown ones numbers; Timestamp is RFC 3339 in UTC, Date YYYY-MM-DD; int64
// is a number. Of a oneof, the member that is present is read and written. Everything comes from the arena.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ts_error;

struct json_text {
    char *text; // NUL-terminated
    size_t length;
    // The bytes fields in their order of appearance; in the text they are the numbers 1, 2, ... Pointers
    // into the message. Only json_message_write_for_sql fills it.
    const ProtobufCBinaryData **blobs;
    size_t blob_count;
};

// For people and programs: bytes are base64, secrets are written.
bool json_message_write(const ProtobufCMessage *message, struct arena *arena, struct json_text *ret_json,
                        struct ts_error *error);
// For SQL: bytes become numbers and are collected apart, secret fields (rules.proto) are left out, item codes
// are written in their canonical form, however they were typed.
bool json_message_write_for_sql(const ProtobufCMessage *message, struct arena *arena,
                                struct json_text *ret_json, struct ts_error *error);

// Reads an object. Unknown keys are skipped, null is a default, bytes are base64 (a number, as SQL names a
// blob, is left empty), a string field also takes an object or array as its JSON text. NULL with
// INVALID_ARGUMENT / JSON_INVALID when the text is no JSON or does not fit the message, or
// RESOURCE_EXHAUSTED / OUT_OF_MEMORY. Nothing is to be freed: protobuf_c_message_free_unpacked is never used.
ProtobufCMessage *json_message_read(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                    size_t length, struct arena *arena, struct ts_error *error);

// A member that its message does not know: what the database says beside the answer.
struct json_beside {
    struct json_beside *next;
    ProtobufCMessage *message; // the one that is read from the same object
    ProtobufCMessage *facts;   // the member
};

// The same, and every unknown member of that name, each an object that is read as `kind`, in the order of
// their appearance; NULL when there is none.
ProtobufCMessage *json_message_read_beside(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                           size_t length, const char *name,
                                           const ProtobufCMessageDescriptor *kind,
                                           struct json_beside **ret_beside, struct arena *arena,
                                           struct ts_error *error);
