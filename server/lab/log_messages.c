// SPDX-License-Identifier: Apache-2.0
// See log_messages.h.
#include "lab/log_messages.h"

#include "wire/arena.h"
#include "wire/text.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

enum { PROOF_HASHES = 65 };

static struct log_message pack(struct arena *arena, const Touchstone__Internal__V1__SignerRequest *request)
{
    struct log_message message = {.length = protobuf_c_message_get_packed_size(&request->base)};
    message.bytes = arena_alloc(arena, message.length + 1);
    if (message.bytes)
        protobuf_c_message_pack(&request->base, message.bytes);
    return message;
}

struct log_message log_messages_identity(struct arena *arena)
{
    Touchstone__Internal__V1__IdentityRequest identity = TOUCHSTONE__INTERNAL__V1__IDENTITY_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest request = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    request.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_IDENTITY;
    request.identity = &identity;
    return pack(arena, &request);
}

struct log_message log_messages_checkpoint(struct arena *arena, uint64_t size, const uint8_t *root,
                                           const uint8_t *proof, size_t proof_length)
{
    ProtobufCBinaryData hashes[PROOF_HASHES];
    Touchstone__Internal__V1__SignCheckpointRequest checkpoint =
        TOUCHSTONE__INTERNAL__V1__SIGN_CHECKPOINT_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest request = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    checkpoint.size = size;
    checkpoint.root = (ProtobufCBinaryData){LOG_MESSAGES_HASH_BYTES, (uint8_t *)root};
    for (size_t at = 0;
         at + LOG_MESSAGES_HASH_BYTES <= proof_length && checkpoint.n_consistency < PROOF_HASHES;
         at += LOG_MESSAGES_HASH_BYTES)
        hashes[checkpoint.n_consistency++] =
            (ProtobufCBinaryData){LOG_MESSAGES_HASH_BYTES, (uint8_t *)proof + at};
    checkpoint.consistency = hashes;
    request.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_CHECKPOINT;
    request.checkpoint = &checkpoint;
    return pack(arena, &request);
}

struct log_message log_messages_status(struct arena *arena, uint32_t shard, uint64_t size, uint64_t unix_time,
                                       const uint8_t *list, size_t length)
{
    Touchstone__Internal__V1__SignStatusRequest status = TOUCHSTONE__INTERNAL__V1__SIGN_STATUS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest request = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    status.shard = shard;
    status.size = size;
    status.unix_time = unix_time;
    status.list = (ProtobufCBinaryData){length, (uint8_t *)list};
    request.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATUS;
    request.status = &status;
    return pack(arena, &request);
}

// "NOT_CONSISTENT: the checkpoint ..." as the signer says it; the arena keeps the reason.
static bool refuse(struct arena *arena, const char *told, struct ts_error *error)
{
    const char *colon = strstr(told, ": ");
    const char *reason = colon ? arena_copy(arena, told, (size_t)(colon - told)) : NULL;
    return error_set(error, TS_FAILED_PRECONDITION, reason ? reason : "SIGNER", "%s",
                     colon ? colon + 2 : told);
}

bool log_messages_read(struct arena *arena, const uint8_t *bytes, size_t length,
                       const Touchstone__Internal__V1__SignerReply **ret_reply, struct ts_error *error)
{
    ProtobufCAllocator allocator = arena_allocator(arena);
    Touchstone__Internal__V1__SignerReply *reply =
        bytes ? touchstone__internal__v1__signer_reply__unpack(&allocator, length, bytes) : NULL;
    if (!reply)
        return error_set(error, TS_UNAVAILABLE, "SIGNER_SILENT", "The signer gave no answer.");
    if (*reply->error)
        return refuse(arena, reply->error, error);
    *ret_reply = reply;
    return true;
}

const char *log_messages_keys(struct arena *arena, const Touchstone__Internal__V1__SignerReply *reply)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < reply->n_keys; i++) {
        const Touchstone__Internal__V1__SignerKey *key = reply->keys[i];
        text_printf(&text, "%c{\"use\":", i ? ',' : '[');
        text_put_json(&text, key->use, strlen(key->use));
        text_put(&text, ",\"name\":");
        text_put_json(&text, key->name, strlen(key->name));
        text_put(&text, ",\"spki\":\"");
        text_put_base64(&text, key->spki.data, key->spki.len);
        text_printf(&text, "\",\"demonstration\":%s}", reply->demonstration ? "true" : "false");
    }
    text_put(&text, reply->n_keys ? "]" : "[]");
    return text_finish(&text);
}

bool log_messages_kid(const Touchstone__Internal__V1__SignerReply *reply,
                      uint8_t ret_kid[LOG_MESSAGES_KID_BYTES])
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    for (size_t i = 0; i < reply->n_keys; i++)
        if (strcmp(reply->keys[i]->use, "statement") == 0 &&
            SHA256(reply->keys[i]->spki.data, reply->keys[i]->spki.len, hash)) {
            memcpy(ret_kid, hash, LOG_MESSAGES_KID_BYTES);
            return true;
        }
    return false;
}

bool log_messages_is_of_one(const char *reason)
{
    static const char *const reasons[] = {"KEY_KIND", "STATEMENT_BROKEN", "ISSUED_IN_FUTURE"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return false;
}

// A version 4 UUID (RFC 9562).
bool log_messages_name(char ret_name[LOG_MESSAGES_NAME_SIZE])
{
    uint8_t bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0, at = 0; i < 16; i++) {
        at += snprintf(ret_name + at, (size_t)(LOG_MESSAGES_NAME_SIZE - at), "%02x", bytes[i]);
        if (i == 3 || i == 5 || i == 7 || i == 9)
            ret_name[at++] = '-';
    }
    return true;
}
