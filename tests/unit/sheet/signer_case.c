// SPDX-License-Identifier: Apache-2.0
// Shared parts of the tests, see signer_case.h.
#include "signer_case.h"

#include "merkle_prove.h"
#include "signer/answer.h"

#include <fcntl.h>
#include <openssl/ecdsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_CEILING = 4 << 20, PAYLOAD_BYTES = 512 };
int signer_case_set_up(void **state)
{
    struct signer_case *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/signer-log-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    testing_signer(fixture->folder, SIGNER_CASE_ORIGIN, &fixture->signer);
    fixture->arena = arena_create(ARENA_CEILING);
    for (uint8_t i = 0; i < SIGNER_CASE_LEAVES; i++)
        merkle_leaf(&i, 1, fixture->leaves[i]);
    *state = fixture;
    return 0;
}

int signer_case_tear_down(void **state)
{
    struct signer_case *fixture = *state;
    char command[64];
    testing_signer_done(&fixture->signer);
    arena_free(fixture->arena);
    snprintf(command, sizeof command, "rm -r %s", fixture->folder);
    free(fixture);
    return system(command) == 0 ? 0 : -1;
}

Touchstone__Internal__V1__SignerReply *signer_case_ask(struct signer_case *fixture,
                                                       const Touchstone__Internal__V1__SignerRequest *asked)
{
    size_t length, size = touchstone__internal__v1__signer_request__get_packed_size(asked);
    uint8_t *packed = arena_alloc(fixture->arena, size + 1);
    touchstone__internal__v1__signer_request__pack(asked, packed);
    uint8_t *answered = answer_request(&fixture->signer, packed, size, &length);
    ProtobufCAllocator allocator = arena_allocator(fixture->arena);
    Touchstone__Internal__V1__SignerReply *message =
        touchstone__internal__v1__signer_reply__unpack(&allocator, length, answered);
    free(answered);
    assert_non_null(message);
    return message;
}

void signer_case_refused(const Touchstone__Internal__V1__SignerReply *answered, const char *reason)
{
    if (strncmp(answered->error, reason, strlen(reason)) != 0 || answered->error[strlen(reason)] != ':')
        fail_msg("%s instead of %s", answered->error, reason);
    assert_int_equal(answered->n_coses, 0);
    assert_string_equal(answered->note, "");
    assert_int_equal(answered->cms.len, 0);
}

static struct statement_text words(const char *text)
{
    return (struct statement_text){text, strlen(text)};
}

struct statement signer_case_statement(uint64_t index)
{
    return (struct statement){.issuer = words("CN-TS00"),
                              .sheet_no = words("JEW-2026-000001"),
                              .sample = words("戒指 ring"),
                              .index = index,
                              .issued = (uint64_t)time(NULL),
                              .domain = 1,
                              .rule = 1,
                              .overall = 1,
                              .registry = 1,
                              .legal_class = STATEMENT_DEMONSTRATION};
}

ProtobufCBinaryData signer_case_payload(struct signer_case *fixture, const struct statement *statement)
{
    ProtobufCBinaryData payload = {.data = arena_alloc(fixture->arena, PAYLOAD_BYTES)};
    assert_true(statement_write(statement, payload.data, PAYLOAD_BYTES, &payload.len));
    return payload;
}

Touchstone__Internal__V1__SignerReply *signer_case_sign(struct signer_case *fixture,
                                                        ProtobufCBinaryData *payloads, size_t count)
{
    Touchstone__Internal__V1__SignStatementsRequest inner =
        TOUCHSTONE__INTERNAL__V1__SIGN_STATEMENTS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    inner.payloads = payloads;
    inner.n_payloads = count;
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATEMENTS;
    asked.statements = &inner;
    return signer_case_ask(fixture, &asked);
}

Touchstone__Internal__V1__SignerReply *signer_case_sign_one(struct signer_case *fixture,
                                                            const struct statement *statement)
{
    ProtobufCBinaryData payload = signer_case_payload(fixture, statement);
    return signer_case_sign(fixture, &payload, 1);
}

static bool subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES])
{
    const struct signer_case *fixture = context;
    merkle_root_of(fixture->leaves + (index << level), (size_t)1 << level, ret_hash);
    return true;
}

// A checkpoint of the first `size` leaves, with the proof from `from`; `change` is put into the proof or the
// root.
Touchstone__Internal__V1__SignerReply *signer_case_promise_changed(struct signer_case *fixture, uint64_t from,
                                                                   uint64_t size, uint8_t *change_root,
                                                                   bool drop_proof)
{
    Touchstone__Internal__V1__SignCheckpointRequest inner =
        TOUCHSTONE__INTERNAL__V1__SIGN_CHECKPOINT_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    uint8_t proof[MERKLE_PROOF_HASHES][HASH_BYTES], root[HASH_BYTES];
    ProtobufCBinaryData hashes[MERKLE_PROOF_HASHES];
    size_t count = 0;
    if (from > 0 && from <= size)
        assert_true(merkle_prove_consistency(from, size, subtree, fixture, proof, &count));
    for (size_t i = 0; i < count; i++)
        hashes[i] = (ProtobufCBinaryData){HASH_BYTES, proof[i]};
    merkle_root_of((const uint8_t(*)[HASH_BYTES])fixture->leaves, size, root);
    inner.size = size;
    inner.root = (ProtobufCBinaryData){HASH_BYTES, change_root ? change_root : root};
    inner.consistency = hashes;
    inner.n_consistency = drop_proof ? 0 : count;
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_CHECKPOINT;
    asked.checkpoint = &inner;
    return signer_case_ask(fixture, &asked);
}

Touchstone__Internal__V1__SignerReply *signer_case_promise(struct signer_case *fixture, uint64_t from,
                                                           uint64_t size)
{
    return signer_case_promise_changed(fixture, from, size, NULL, false);
}

uint64_t signer_case_mark_size(struct signer_case *fixture)
{
    struct mark mark;
    assert_true(mark_read(&fixture->signer.mark, &mark, NULL));
    return mark.size;
}

static bool verifies(EVP_PKEY *key, const uint8_t *signature, size_t length, const uint8_t *bytes,
                     size_t bytes_length)
{
    const EVP_MD *digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool fine = EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, length, bytes, bytes_length) == 1;
    EVP_MD_CTX_free(context);
    return fine;
}

void signer_case_cose(struct signer_case *fixture, const ProtobufCBinaryData *bytes, EVP_PKEY *key)
{
    struct cose cose;
    uint8_t to_sign[COSE_TO_BE_SIGNED_BYTES], *der = NULL;
    size_t length;
    assert_true(cose_read(bytes->data, bytes->len, &cose, NULL));
    assert_memory_equal(cose.kid, fixture->signer.keys.kid, COSE_KID_BYTES);
    assert_true(cose_to_be_signed(cose.payload, cose.payload_length, cose.kid, to_sign, &length));
    ECDSA_SIG *parts = ECDSA_SIG_new();
    ECDSA_SIG_set0(parts, BN_bin2bn(cose.signature, 32, NULL), BN_bin2bn(cose.signature + 32, 32, NULL));
    int der_length = i2d_ECDSA_SIG(parts, &der);
    assert_true(verifies(key, der, (size_t)der_length, to_sign, length));
    OPENSSL_free(der);
    ECDSA_SIG_free(parts);
}

void signer_case_line(const struct note *note, const struct signing_key *key, const char *name,
                      enum note_key kind)
{
    uint8_t id[NOTE_KEY_ID_BYTES], raw[NOTE_ED25519_BYTES];
    size_t length = sizeof raw;
    if (kind == NOTE_ED25519)
        assert_int_equal(EVP_PKEY_get_raw_public_key(key->key, raw, &length), 1);
    note_key_id(kind, name, kind == NOTE_ED25519 ? raw : key->spki,
                kind == NOTE_ED25519 ? length : key->spki_length, id);
    const struct note_signature *signature = note_find(note, name, id);
    assert_non_null(signature);
    assert_true(verifies(key->key, signature->bytes, signature->length, (const uint8_t *)note->body,
                         note->body_length));
}

void signer_case_put_mark(struct signer_case *fixture, const char *text)
{
    int fd =
        openat(fixture->signer.mark.folder, fixture->signer.mark.name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}
