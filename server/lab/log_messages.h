// SPDX-License-Identifier: Apache-2.0
// What the log says to the signer and hears from it (proto/touchstone/internal/v1/helpers.proto), packed and
// unpacked, and by what name it asks the database for its lease. Used by log_works.c and log_batch.c.
#pragma once

#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { LOG_MESSAGES_HASH_BYTES = 32, LOG_MESSAGES_KID_BYTES = 8, LOG_MESSAGES_NAME_SIZE = 37 };

// A packed SignerRequest in the arena; bytes NULL: no memory.
struct log_message {
    uint8_t *bytes;
    size_t length;
};

struct log_message log_messages_identity(struct arena *arena);
// `proof`: hashes of RFC 6962 2.1.2, one behind the other.
struct log_message log_messages_checkpoint(struct arena *arena, uint64_t size, const uint8_t *root,
                                           const uint8_t *proof, size_t proof_length);
struct log_message log_messages_status(struct arena *arena, uint32_t shard, uint64_t size, uint64_t unix_time,
                                       const uint8_t *list, size_t length);

// The answer, in the arena. False when there is none, or it is a refusal: then the error's reason is the
// signer's own (MARK_AHEAD, NOT_CONSISTENT ...), or SIGNER_SILENT.
bool log_messages_read(struct arena *arena, const uint8_t *bytes, size_t length,
                       const Touchstone__Internal__V1__SignerReply **ret_reply, struct ts_error *error);
// Its keys as api.log_keys takes them; NULL without memory.
const char *log_messages_keys(struct arena *arena, const Touchstone__Internal__V1__SignerReply *reply);
// The id of the key that signs statements: the first of them. False when there is none.
bool log_messages_kid(const Touchstone__Internal__V1__SignerReply *reply,
                      uint8_t ret_kid[LOG_MESSAGES_KID_BYTES]);
// Refusals that speak of one statement, and not of the log or the signer.
bool log_messages_is_of_one(const char *reason);
// A name that no other daemon has: a random UUID. False without random bytes.
bool log_messages_name(char ret_name[LOG_MESSAGES_NAME_SIZE]);
