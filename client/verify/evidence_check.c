// SPDX-License-Identifier: Apache-2.0
// Statement and proof, see evidence_check.h.
#include "verify/evidence_check.h"

#include "evidence/checkpoint.h"
#include "evidence/cose.h"
#include "evidence/merkle.h"
#include "evidence/tlog_proof.h"
#include "verify/memory.h"
#include "verify/note_check.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_canonical.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static bool refuse(struct ts_error *error, const char *code, const char *why)
{
    return error_set(error, TS_DATA_LOSS, code, "%s", why);
}

static bool fail_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
}

// r and s as ASN.1; NULL without memory.
static ECDSA_SIG *signature_of(const uint8_t signature[COSE_SIGNATURE_BYTES])
{
    enum { HALF = COSE_SIGNATURE_BYTES / 2 };
    ECDSA_SIG *parts = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    if (parts && r && s && ECDSA_SIG_set0(parts, r, s) == 1)
        return parts;
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(parts);
    return NULL;
}

static bool is_signed_by(const struct log_key *key, const struct cose *cose)
{
    uint8_t bytes[COSE_TO_BE_SIGNED_BYTES], *der = NULL;
    size_t length;
    const uint8_t *at = key->spki;
    if (!cose_to_be_signed(cose->payload, cose->payload_length, cose->kid, bytes, &length))
        return false;
    EVP_PKEY *public = d2i_PUBKEY(NULL, &at, (long)key->spki_length);
    ECDSA_SIG *signature = signature_of(cose->signature);
    int der_length = signature ? i2d_ECDSA_SIG(signature, &der) : -1;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool holds = public && der_length > 0 && context &&
                 EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, public) == 1 &&
                 EVP_DigestVerify(context, der, (size_t)der_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ECDSA_SIG_free(signature);
    EVP_PKEY_free(public);
    return holds;
}

static bool check_signature(const struct log_keys *keys, const struct cose *cose,
                            const struct log_key **ret_key, struct ts_error *error)
{
    const struct log_key *key = log_keys_find(keys, cose->kid);
    if (!key || key->use != LOG_KEY_STATEMENT)
        return refuse(error, "E_KEY_UNKNOWN",
                      "the statement is signed with a key that is not listed for statements");
    memory_begin();
    if (!is_signed_by(key, cose))
        return memory_was_missed() ? fail_memory(error)
                                   : refuse(error, "E_SIG", "the statement's signature does not hold");
    *ret_key = key;
    return true;
}

static bool check_key(const struct log_key *key, const struct statement *statement, struct ts_error *error)
{
    if (key->last != LOG_KEYS_NO_INDEX && statement->index > key->last)
        return refuse(error, "E_KEY_RETIRED", "the statement's key had retired before its place in the log");
    if (key->demonstration != (statement->legal_class == STATEMENT_DEMONSTRATION))
        return refuse(error, "E_KEY_UNKNOWN",
                      "the statement's legal class and the kind of its key contradict each other");
    return true;
}

// The statement made again from the record must be the one that was signed.
static bool check_record(const struct evidence_check *check, const struct cose *cose,
                         const struct statement *statement, struct ts_error *error)
{
    uint8_t hash[HASH_BYTES], *payload;
    size_t length;
    struct ts_error why;
    hash_of(check->record, check->record_length, hash);
    if (memcmp(hash, statement->record_hash, HASH_BYTES) != 0)
        return refuse(error, "E_RECORD", "the record is not the one that the statement was made for");
    if (!json_is_canonical((const char *)check->record, check->record_length))
        return refuse(error, "E_FIELDS",
                      "the record is not canonical JSON: two readers could read different things in it");
    if (!statement_from_record((const char *)check->record, check->record_length, statement->index,
                               statement->salt, check->arena, &payload, &length, &why))
        return why.status == TS_RESOURCE_EXHAUSTED
                   ? fail_memory(error)
                   : refuse(error, "E_FIELDS", "no statement can be made from the record");
    if (length != cose->payload_length || memcmp(payload, cose->payload, length) != 0)
        return refuse(error, "E_FIELDS", "the record says something else than the statement");
    return true;
}

bool evidence_check_statement(const struct evidence_check *check, struct evidence_facts *ret_facts,
                              struct ts_error *error)
{
    const struct log_key *key = NULL;
    struct cose cose;
    *ret_facts = (struct evidence_facts){.log_size = 0};
    if (!cose_read(check->cose, check->cose_length, &cose, error) ||
        (check->keys && !check_signature(check->keys, &cose, &key, error)) ||
        !statement_read(cose.payload, cose.payload_length, check->arena, &ret_facts->statement, error) ||
        (key && !check_key(key, &ret_facts->statement, error)) ||
        !check_record(check, &cose, &ret_facts->statement, error))
        return false;
    memcpy(ret_facts->kid, cose.kid, sizeof cose.kid);
    log_entry_sid(cose.payload, cose.payload_length, ret_facts->sid);
    return true;
}

// Whether the entry is the one that this statement had to get.
static bool is_entry_of(const struct log_entry *entry, const struct evidence_facts *facts)
{
    const struct statement *statement = &facts->statement;
    enum log_entry_kind kind = statement->has_superseded ? LOG_ENTRY_AMEND : LOG_ENTRY_ISSUE;
    return entry->kind == kind &&
           entry->ref == (statement->has_superseded ? statement->superseded : LOG_ENTRY_NO_REF) &&
           memcmp(entry->digest, facts->sid, HASH_BYTES) == 0 &&
           memcmp(entry->kid, facts->kid, LOG_ENTRY_KID_BYTES) == 0;
}

static bool read_checkpoint(const struct evidence_check *check, const struct tlog_proof *proof,
                            struct checkpoint *ret_checkpoint, struct ts_error *error)
{
    struct note *note = arena_alloc(check->arena, sizeof *note);
    if (!note)
        return fail_memory(error);
    bool read = check->keys
                    ? note_check(proof->checkpoint, proof->checkpoint_length, check->keys,
                                 NOTE_CHECK_CHECKPOINT, check->arena, note, error)
                    : note_read(proof->checkpoint, proof->checkpoint_length, check->arena, note, error);
    if (!read || !checkpoint_read(note->body, note->body_length, ret_checkpoint, error))
        return false;
    return !check->keys || checkpoint_is_of(ret_checkpoint, check->keys->origin) ||
           refuse(error, "E_CHECKPOINT", "the checkpoint is of another log than the listed keys");
}

bool evidence_check_log(const struct evidence_check *check, struct evidence_facts *facts,
                        struct ts_error *error)
{
    struct tlog_proof *proof = arena_alloc(check->arena, sizeof *proof);
    struct checkpoint checkpoint;
    uint8_t leaf[HASH_BYTES];
    if (!proof)
        return fail_memory(error);
    if (!tlog_proof_read((const char *)check->proof, check->proof_length, proof, error))
        return false;
    if (!read_checkpoint(check, proof, &checkpoint, error))
        return false;
    if (!log_entry_read(proof->entry, LOG_ENTRY_BYTES, &facts->entry) || !is_entry_of(&facts->entry, facts) ||
        proof->index != facts->statement.index)
        return refuse(error, "E_PROOF", "the proof is of another entry than the statement's");
    merkle_leaf(proof->entry, LOG_ENTRY_BYTES, leaf);
    if (!merkle_check_inclusion(proof->index, checkpoint.size, leaf,
                                (const uint8_t(*)[HASH_BYTES])proof->hashes, proof->count, checkpoint.root))
        return refuse(error, "E_PROOF", "the proof does not lead from the entry to the checkpoint");
    facts->log_size = checkpoint.size;
    return true;
}
