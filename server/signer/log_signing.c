// SPDX-License-Identifier: Apache-2.0
// Signing for the log, see log_signing.h.
#include "signer/log_signing.h"

#include "evidence/checkpoint.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/note_line.h"
#include "evidence/statement.h"
#include "evidence/status_list.h"
#include "signer/signature.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { CLOCK_TOLERANCE_SECONDS = 300 };

static bool fail_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The signer is out of memory.");
}

static bool has_keys(const struct signer *signer, struct ts_error *error)
{
    return signer->keys.statement_count > 0 ||
           error_set(
               error, TS_FAILED_PRECONDITION, "NO_KEYS",
               "The signer has no keys for statements and log: touchstone-signer --make-keys makes them "
               "(docs/production.md).");
}

// ---- statements

static bool judge_statement(const struct signer *signer, const struct statement *statement, uint64_t lowest,
                            uint64_t mark_size, struct ts_error *error)
{
    bool is_demonstration = statement->legal_class == STATEMENT_DEMONSTRATION;
    uint64_t latest = (uint64_t)time(NULL) + CLOCK_TOLERANCE_SECONDS;
    if (statement->index < mark_size)
        return error_set(error, TS_FAILED_PRECONDITION, "INDEX_SPENT",
                         "Index %" PRIu64 " is below %" PRIu64
                         ", which the signer has promised to the public. The "
                         "database is older than that: docs/recovery.md.",
                         statement->index, mark_size);
    if (statement->index < lowest)
        return error_set(error, TS_INVALID_ARGUMENT, "INDEX_SPENT",
                         "Index %" PRIu64 " is asked for out of order.", statement->index);
    if (statement->issued > latest)
        return error_set(error, TS_FAILED_PRECONDITION, "ISSUED_IN_FUTURE",
                         "The statement says it was issued more than five minutes from now. Set the clocks.");
    if (is_demonstration != signer->identity.demonstration)
        return error_set(error, TS_FAILED_PRECONDITION, "KEY_KIND",
                         signer->identity.demonstration
                             ? "A demonstration key signs demonstration sheets only."
                             : "A production key signs no demonstration sheet.");
    return true;
}

static bool sign_statement(const struct signer *signer, const ProtobufCBinaryData *payload,
                           struct arena *arena, ProtobufCBinaryData *ret_cose, struct ts_error *error)
{
    uint8_t bytes[COSE_TO_BE_SIGNED_BYTES];
    size_t length;
    struct cose cose = {.payload = payload->data, .payload_length = payload->len};
    memcpy(cose.kid, signer->keys.kid, COSE_KID_BYTES);
    if (!cose_to_be_signed(payload->data, payload->len, cose.kid, bytes, &length))
        return error_set(error, TS_INVALID_ARGUMENT, "STATEMENT_BROKEN",
                         "The statement with its envelope is longer than %d bytes.", COSE_BYTES);
    ret_cose->data = arena_alloc(arena, COSE_BYTES);
    if (!ret_cose->data || !signature_es256(signer->keys.statements[0].key, bytes, length, cose.signature) ||
        !cose_write(&cose, ret_cose->data, &ret_cose->len))
        return fail_memory(error);
    return true;
}

// `*lowest` is the least index that the next one may have.
static bool take_statement(const struct signer *signer, const ProtobufCBinaryData *payload,
                           uint64_t mark_size, uint64_t *lowest, struct arena *arena,
                           ProtobufCBinaryData *ret_cose, struct ts_error *error)
{
    struct statement statement;
    if (!statement_read(payload->data, payload->len, arena, &statement, error)) {
        if (error->status != TS_RESOURCE_EXHAUSTED) {
            struct ts_error why = *error;
            error_set(error, TS_INVALID_ARGUMENT, "STATEMENT_BROKEN", "%s: %s", why.reason, why.detail);
        }
        return false;
    }
    if (!judge_statement(signer, &statement, *lowest, mark_size, error) ||
        !sign_statement(signer, payload, arena, ret_cose, error))
        return false;
    *lowest = statement.index + 1;
    return true;
}

bool log_signing_statements(const struct signer *signer,
                            const Touchstone__Internal__V1__SignStatementsRequest *request,
                            struct arena *arena, Touchstone__Internal__V1__SignerReply *reply,
                            struct ts_error *error)
{
    struct mark mark;
    uint64_t lowest = 0;
    if (!has_keys(signer, error) || !mark_read(&signer->mark, &mark, error))
        return false;
    ProtobufCBinaryData *coses = arena_array(arena, request->n_payloads + 1, sizeof *coses);
    if (!coses)
        return fail_memory(error);
    for (size_t i = 0; i < request->n_payloads; i++)
        if (!take_statement(signer, &request->payloads[i], mark.size, &lowest, arena, &coses[i], error))
            return false;
    reply->coses = coses;
    reply->n_coses = request->n_payloads;
    return true;
}

// ---- notes

// The name in a line: the log's own is its origin.
static const char *name_of(const struct signer *signer, enum signing_keys_note which, struct arena *arena)
{
    bool is_status = which == SIGNING_KEYS_STATUS || which == SIGNING_KEYS_STATUS_P256;
    return is_status ? arena_printf(arena, "%s/status", signer->origin) : signer->origin;
}

static bool put_line(const struct signer *signer, enum signing_keys_note which, const struct text *body,
                     struct arena *arena, struct text *note)
{
    const struct signing_key *key = &signer->keys.notes[which];
    const char *name = name_of(signer, which, arena);
    bool is_p256 = which == SIGNING_KEYS_LOG_P256 || which == SIGNING_KEYS_STATUS_P256;
    uint8_t id[NOTE_KEY_ID_BYTES], signature[SIGNATURE_BYTES];
    size_t length;
    if (!name || !note_line_id(is_p256 ? NOTE_P256 : NOTE_ED25519, name, key->spki, key->spki_length, id) ||
        !signature_note(key->key, (const uint8_t *)body->bytes, body->length, signature, &length))
        return false;
    note_put_signature(note, name, id, signature, length);
    return true;
}

// The body with the lines of two keys. The reply's note stays as it was when it fails.
static bool sign_note(const struct signer *signer, const struct text *body, enum signing_keys_note first,
                      enum signing_keys_note second, struct arena *arena, char **ret_note,
                      struct ts_error *error)
{
    struct text note;
    text_init(&note, arena);
    note_put_body(&note, body->bytes, body->length);
    if (!put_line(signer, first, body, arena, &note) || !put_line(signer, second, body, arena, &note) ||
        !text_finish(&note))
        return fail_memory(error);
    *ret_note = note.bytes;
    return true;
}

// ---- checkpoints

static bool take_proof(const Touchstone__Internal__V1__SignCheckpointRequest *request,
                       uint8_t ret_proof[MERKLE_PROOF_HASHES][HASH_BYTES])
{
    if (request->n_consistency > MERKLE_PROOF_HASHES)
        return false;
    for (size_t i = 0; i < request->n_consistency; i++) {
        if (request->consistency[i].len != HASH_BYTES)
            return false;
        memcpy(ret_proof[i], request->consistency[i].data, HASH_BYTES);
    }
    return true;
}

static bool judge_checkpoint(const struct mark *mark,
                             const Touchstone__Internal__V1__SignCheckpointRequest *request,
                             struct ts_error *error)
{
    uint8_t proof[MERKLE_PROOF_HASHES][HASH_BYTES];
    if (request->root.len != HASH_BYTES || request->size > STATEMENT_INDEX_CEILING ||
        !take_proof(request, proof))
        return error_set(error, TS_INVALID_ARGUMENT, "CHECKPOINT_BROKEN",
                         "The size, the root or the proof is not that of a tree.");
    if (request->size < mark->size)
        return error_set(error, TS_FAILED_PRECONDITION, "MARK_AHEAD",
                         "The log has %" PRIu64 " entries here, and the signer has promised %" PRIu64
                         " to the public. "
                         "The database was restored from an older backup: docs/recovery.md.",
                         request->size, mark->size);
    if (!merkle_check_consistency(mark->size, request->size, mark->root, request->root.data,
                                  (const uint8_t(*)[HASH_BYTES])proof, request->n_consistency))
        return error_set(error, TS_FAILED_PRECONDITION, "NOT_CONSISTENT",
                         "The log does not continue the one of %" PRIu64
                         " entries that the signer has promised to the "
                         "public. Was the database restored from an older backup? docs/recovery.md.",
                         mark->size);
    return true;
}

static bool sign_checkpoint(const struct signer *signer, const struct mark *mark, struct arena *arena,
                            char **ret_note, struct ts_error *error)
{
    struct text body;
    text_init(&body, arena);
    checkpoint_write(&body, signer->origin, mark->size, mark->root);
    if (!text_finish(&body))
        return fail_memory(error);
    return sign_note(signer, &body, SIGNING_KEYS_LOG, SIGNING_KEYS_LOG_P256, arena, ret_note, error);
}

bool log_signing_checkpoint(const struct signer *signer,
                            const Touchstone__Internal__V1__SignCheckpointRequest *request,
                            struct arena *arena, Touchstone__Internal__V1__SignerReply *reply,
                            struct ts_error *error)
{
    struct mark mark, moved = {.size = request->size};
    char *note;
    if (!has_keys(signer, error) || !mark_lock(&signer->mark, error))
        return false;
    bool fine = mark_read(&signer->mark, &mark, error) && judge_checkpoint(&mark, request, error);
    if (fine) {
        memcpy(moved.root, request->root.data, HASH_BYTES);
        // Signed first, as that may fail for want of memory; it leaves only when the mark is on disk.
        fine = sign_checkpoint(signer, &moved, arena, &note, error) &&
               (moved.size == mark.size || mark_move(&signer->mark, &moved, error));
    }
    mark_unlock(&signer->mark);
    if (fine)
        reply->note = note;
    return fine;
}

// ---- status lists

// Nothing is said of indexes that the tree has not.
static bool is_within(const uint8_t *list, size_t length, uint64_t first, uint64_t size)
{
    for (uint64_t i = size > first ? size - first : 0; i < 4 * (uint64_t)length; i++)
        if (list[i / 4] >> (2 * (i % 4)) & 3)
            return false;
    return true;
}

bool log_signing_status(const struct signer *signer,
                        const Touchstone__Internal__V1__SignStatusRequest *request, struct arena *arena,
                        Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error)
{
    uint64_t first = (uint64_t)request->shard << STATUS_LIST_SHARD_SHIFT;
    struct text body;
    if (!has_keys(signer, error))
        return false;
    if (request->list.len > STATUS_LIST_BYTES || request->size > STATEMENT_INDEX_CEILING ||
        !status_list_is_known(request->list.data, request->list.len) ||
        !is_within(request->list.data, request->list.len, first, request->size))
        return error_set(
            error, TS_INVALID_ARGUMENT, "STATUS_BROKEN",
            "The list is too long, has an unknown state, or speaks of indexes that the log has not.");
    if (request->unix_time > (uint64_t)time(NULL) + CLOCK_TOLERANCE_SECONDS)
        return error_set(error, TS_FAILED_PRECONDITION, "ISSUED_IN_FUTURE",
                         "The status list is dated more than five minutes from now. Set the clocks.");
    text_init(&body, arena);
    status_list_write(&body, signer->origin, request->shard, request->size, request->unix_time,
                      request->list.data, request->list.len);
    if (!text_finish(&body))
        return fail_memory(error);
    return sign_note(signer, &body, SIGNING_KEYS_STATUS, SIGNING_KEYS_STATUS_P256, arena, &reply->note,
                     error);
}

// ---- identity

static Touchstone__Internal__V1__SignerKey *add_key(Touchstone__Internal__V1__SignerReply *reply,
                                                    struct arena *arena, const char *use, const char *name,
                                                    const uint8_t *spki, size_t length)
{
    Touchstone__Internal__V1__SignerKey *key = arena_array(arena, 1, sizeof *key);
    if (!key)
        return NULL;
    touchstone__internal__v1__signer_key__init(key);
    // protobuf-c has no const; packing only reads.
    key->use = (char *)(uintptr_t)use;
    key->name = (char *)(uintptr_t)name;
    key->spki = (ProtobufCBinaryData){length, (uint8_t *)(uintptr_t)spki};
    reply->keys[reply->n_keys++] = key;
    return key;
}

static bool add_seal(const struct signer *signer, struct arena *arena,
                     Touchstone__Internal__V1__SignerReply *reply)
{
    uint8_t *der = NULL;
    int length = i2d_PUBKEY(signer->identity.key, &der);
    const void *spki = length > 0 ? arena_copy(arena, der, (size_t)length) : NULL;
    OPENSSL_free(der);
    return spki && add_key(reply, arena, "seal", "", spki, (size_t)length);
}

bool log_signing_identity(const struct signer *signer, struct arena *arena,
                          Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error)
{
    static const char *const USES[SIGNING_KEYS_NOTES] = {"log", "log_p256", "status", "status_p256"};
    const struct signing_keys *keys = &signer->keys;
    struct mark mark = {.size = 0};
    bool there = keys->statement_count > 0, fine;
    reply->keys = arena_array(arena, SIGNING_KEYS_STATEMENTS + SIGNING_KEYS_NOTES + 1, sizeof(void *));
    reply->mark_root.data = arena_alloc(arena, HASH_BYTES);
    fine = reply->keys && reply->mark_root.data;
    for (size_t i = 0; fine && i < keys->statement_count; i++)
        fine =
            add_key(reply, arena, "statement", "", keys->statements[i].spki, keys->statements[i].spki_length);
    for (size_t i = 0; fine && there && i < SIGNING_KEYS_NOTES; i++) {
        const char *name = name_of(signer, (enum signing_keys_note)i, arena);
        fine = name && add_key(reply, arena, USES[i], name, keys->notes[i].spki, keys->notes[i].spki_length);
    }
    if (!fine || !add_seal(signer, arena, reply))
        return fail_memory(error);
    reply->origin = (char *)(uintptr_t)signer->origin;
    if (there && !mark_read(&signer->mark, &mark, error))
        return false;
    reply->mark_size = mark.size;
    memcpy(reply->mark_root.data, mark.root, HASH_BYTES);
    reply->mark_root.len = there ? HASH_BYTES : 0;
    return true;
}
