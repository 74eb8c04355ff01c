// SPDX-License-Identifier: Apache-2.0
// The signer's statements, checkpoints and status lists: what it signs verifies, and what it must not sign it
// refuses, with its mark on disk where it was.
#include "testing.h"

#include "evidence/checkpoint.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/statement.h"
#include "evidence/status_list.h"
#include "signer/answer.h"
#include "signer/key_file.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"

#include <fcntl.h>
#include <openssl/ecdsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_CEILING = 4 << 20, PAYLOAD_BYTES = 512, LEAVES = 40 };
static const char ORIGIN[] = "lab.example/log";

struct fixture {
    char folder[32];
    struct signer signer;
    struct arena *arena;
    uint8_t leaves[LEAVES][HASH_BYTES];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/signer-log-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    testing_signer(fixture->folder, ORIGIN, &fixture->signer);
    fixture->arena = arena_create(ARENA_CEILING);
    for (uint8_t i = 0; i < LEAVES; i++)
        merkle_leaf(&i, 1, fixture->leaves[i]);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[64];
    testing_signer_done(&fixture->signer);
    arena_free(fixture->arena);
    snprintf(command, sizeof command, "rm -r %s", fixture->folder);
    free(fixture);
    return system(command) == 0 ? 0 : -1;
}

static Touchstone__Internal__V1__SignerReply *ask(struct fixture *fixture,
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

static void refused(const Touchstone__Internal__V1__SignerReply *answered, const char *reason)
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

static struct statement plain(uint64_t index)
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

static ProtobufCBinaryData payload_of(struct fixture *fixture, const struct statement *statement)
{
    ProtobufCBinaryData payload = {.data = arena_alloc(fixture->arena, PAYLOAD_BYTES)};
    assert_true(statement_write(statement, payload.data, PAYLOAD_BYTES, &payload.len));
    return payload;
}

static Touchstone__Internal__V1__SignerReply *sign(struct fixture *fixture, ProtobufCBinaryData *payloads,
                                                   size_t count)
{
    Touchstone__Internal__V1__SignStatementsRequest inner =
        TOUCHSTONE__INTERNAL__V1__SIGN_STATEMENTS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    inner.payloads = payloads;
    inner.n_payloads = count;
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATEMENTS;
    asked.statements = &inner;
    return ask(fixture, &asked);
}

static Touchstone__Internal__V1__SignerReply *sign_one(struct fixture *fixture,
                                                       const struct statement *statement)
{
    ProtobufCBinaryData payload = payload_of(fixture, statement);
    return sign(fixture, &payload, 1);
}

static bool subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES])
{
    const struct fixture *fixture = context;
    merkle_root_of(fixture->leaves + (index << level), (size_t)1 << level, ret_hash);
    return true;
}

// A checkpoint of the first `size` leaves, with the proof from `from`; `change` is put into the proof or the
// root.
static Touchstone__Internal__V1__SignerReply *
promise_changed(struct fixture *fixture, uint64_t from, uint64_t size, uint8_t *change_root, bool drop_proof)
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
    return ask(fixture, &asked);
}

static Touchstone__Internal__V1__SignerReply *promise(struct fixture *fixture, uint64_t from, uint64_t size)
{
    return promise_changed(fixture, from, size, NULL, false);
}

static uint64_t mark_size(struct fixture *fixture)
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

static void assert_cose(struct fixture *fixture, const ProtobufCBinaryData *bytes, EVP_PKEY *key)
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

// ---- statements

static void test_statements_are_signed_in_order(void **state)
{
    struct fixture *fixture = *state;
    ProtobufCBinaryData payloads[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct statement statement = plain(i);
        payloads[i] = payload_of(fixture, &statement);
    }
    Touchstone__Internal__V1__SignerReply *answered = sign(fixture, payloads, 3);
    assert_string_equal(answered->error, "");
    assert_int_equal(answered->n_coses, 3);
    for (size_t i = 0; i < 3; i++) {
        struct cose cose;
        assert_cose(fixture, &answered->coses[i], fixture->signer.keys.statements[0].key);
        assert_true(cose_read(answered->coses[i].data, answered->coses[i].len, &cose, NULL));
        assert_int_equal(cose.payload_length, payloads[i].len);
        assert_memory_equal(cose.payload, payloads[i].data, payloads[i].len);
    }
}

static void test_a_batch_that_was_rolled_back_may_be_signed_again(void **state)
{
    struct statement statement = plain(0);
    assert_string_equal(sign_one(*state, &statement)->error, "");
    statement.salt[0] = 1;
    assert_string_equal(sign_one(*state, &statement)->error, "");
}

static void test_an_index_that_was_promised_is_spent(void **state)
{
    struct fixture *fixture = *state;
    struct statement statement = plain(6);
    assert_string_equal(promise(fixture, 0, 7)->error, "");
    refused(sign_one(fixture, &statement), "INDEX_SPENT");
    statement.index = 7;
    assert_string_equal(sign_one(fixture, &statement)->error, "");
}

static void test_one_index_is_not_given_twice_in_a_batch(void **state)
{
    struct statement statement = plain(5);
    ProtobufCBinaryData payloads[2] = {payload_of(*state, &statement), payload_of(*state, &statement)};
    refused(sign(*state, payloads, 2), "INDEX_SPENT");
}

static void test_a_statement_from_the_future_is_refused(void **state)
{
    struct statement statement = plain(0);
    statement.issued += 290;
    assert_string_equal(sign_one(*state, &statement)->error, "");
    statement.issued += 60;
    refused(sign_one(*state, &statement), "ISSUED_IN_FUTURE");
}

static void test_class_and_kind_of_key_agree(void **state)
{
    struct fixture *fixture = *state;
    struct statement statement = plain(0);
    statement.legal_class = 1;
    refused(sign_one(fixture, &statement), "KEY_KIND");
    fixture->signer.identity.demonstration = false;
    assert_string_equal(sign_one(fixture, &statement)->error, "");
    statement.legal_class = STATEMENT_DEMONSTRATION;
    refused(sign_one(fixture, &statement), "KEY_KIND");
}

static void test_a_revision_names_the_index_that_it_supersedes(void **state)
{
    struct statement statement = plain(9);
    statement.revision = 1;
    refused(sign_one(*state, &statement), "STATEMENT_BROKEN");
    statement.has_superseded = true;
    statement.superseded = 9;
    refused(sign_one(*state, &statement), "STATEMENT_BROKEN");
    statement.superseded = 8;
    assert_string_equal(sign_one(*state, &statement)->error, "");
    statement.revision = 0;
    refused(sign_one(*state, &statement), "STATEMENT_BROKEN");
}

static void test_one_bad_statement_spoils_the_batch(void **state)
{
    struct statement good = plain(0), bad = plain(1);
    bad.legal_class = 5;
    ProtobufCBinaryData payloads[2] = {payload_of(*state, &good), payload_of(*state, &bad)};
    refused(sign(*state, payloads, 2), "KEY_KIND");
}

static void test_a_flipped_byte_is_refused_or_is_what_is_signed(void **state)
{
    struct fixture *fixture = *state;
    struct statement statement = plain(3);
    ProtobufCBinaryData payload = payload_of(fixture, &statement);
    for (size_t at = 0; at < payload.len; at++)
        for (int bit = 0; bit < 8; bit += 7) {
            payload.data[at] ^= (uint8_t)(1 << bit);
            Touchstone__Internal__V1__SignerReply *answered = sign(fixture, &payload, 1);
            if (*answered->error)
                assert_int_equal(answered->n_coses, 0);
            else
                assert_cose(fixture, &answered->coses[0], fixture->signer.keys.statements[0].key);
            payload.data[at] ^= (uint8_t)(1 << bit);
        }
    payload.len--;
    refused(sign(fixture, &payload, 1), "STATEMENT_BROKEN");
}

// ---- checkpoints

static void assert_line(const struct note *note, const struct signing_key *key, const char *name,
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

static void test_a_checkpoint_has_both_lines_and_moves_the_mark(void **state)
{
    struct fixture *fixture = *state;
    struct checkpoint checkpoint;
    struct note note;
    Touchstone__Internal__V1__SignerReply *answered = promise(fixture, 0, 5);
    assert_string_equal(answered->error, "");
    assert_true(note_read(answered->note, strlen(answered->note), fixture->arena, &note, NULL));
    assert_int_equal(note.count, 2);
    assert_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_LOG], ORIGIN, NOTE_ED25519);
    assert_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_LOG_P256], ORIGIN, NOTE_P256);
    assert_true(checkpoint_read(note.body, note.body_length, &checkpoint, NULL));
    assert_true(checkpoint_is_of(&checkpoint, ORIGIN));
    assert_int_equal(checkpoint.size, 5);
    assert_int_equal(mark_size(fixture), 5);
}

static void test_every_growth_is_signed_with_its_proof_and_none_without(void **state)
{
    struct fixture *fixture = *state;
    uint64_t from = 0;
    for (uint64_t size = 1; size <= LEAVES; size += 1 + size / 3) {
        if (from > 0)
            refused(promise_changed(fixture, from, size, NULL, true), "NOT_CONSISTENT");
        assert_int_equal(mark_size(fixture), from);
        assert_string_equal(promise(fixture, from, size)->error, "");
        assert_int_equal(mark_size(fixture), size);
        from = size;
    }
}

static void test_the_same_checkpoint_is_signed_again(void **state)
{
    assert_string_equal(promise(*state, 0, 9)->error, "");
    assert_string_equal(promise(*state, 9, 9)->error, "");
    assert_int_equal(mark_size(*state), 9);
}

static void test_a_rolled_back_log_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(promise(fixture, 0, 9)->error, "");
    for (uint64_t size = 0; size < 9; size++)
        refused(promise(fixture, 9, size), "MARK_AHEAD");
    assert_int_equal(mark_size(fixture), 9);
    assert_string_equal(promise(fixture, 9, 12)->error, "");
}

static void test_a_second_history_is_refused(void **state)
{
    struct fixture *fixture = *state;
    uint8_t root[HASH_BYTES];
    memset(root, 0x55, sizeof root);
    assert_string_equal(promise(fixture, 0, 9)->error, "");
    refused(promise_changed(fixture, 9, 9, root, false), "NOT_CONSISTENT");
    refused(promise_changed(fixture, 9, 12, root, false), "NOT_CONSISTENT");
    refused(promise_changed(fixture, 8, 12, NULL, false), "NOT_CONSISTENT"); // of another size
    fixture->leaves[4][0] ^= 1;                                              // an entry that was changed
    refused(promise(fixture, 9, 12), "NOT_CONSISTENT");
    refused(promise(fixture, 9, 9), "NOT_CONSISTENT");
    assert_int_equal(mark_size(fixture), 9);
    fixture->leaves[4][0] ^= 1;
    assert_string_equal(promise(fixture, 9, 12)->error, "");
}

static void test_what_is_no_tree_is_refused(void **state)
{
    struct fixture *fixture = *state;
    Touchstone__Internal__V1__SignCheckpointRequest inner =
        TOUCHSTONE__INTERNAL__V1__SIGN_CHECKPOINT_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    uint8_t bytes[HASH_BYTES + 1] = {0};
    ProtobufCBinaryData hashes[MERKLE_PROOF_HASHES + 1];
    for (size_t i = 0; i <= MERKLE_PROOF_HASHES; i++)
        hashes[i] = (ProtobufCBinaryData){HASH_BYTES, bytes};
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_CHECKPOINT;
    asked.checkpoint = &inner;
    inner.size = 3;
    refused(ask(fixture, &asked), "CHECKPOINT_BROKEN"); // no root
    inner.root = (ProtobufCBinaryData){HASH_BYTES + 1, bytes};
    refused(ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.root.len = HASH_BYTES;
    inner.size = (UINT64_C(1) << 48) + 1;
    refused(ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.size = 3;
    inner.consistency = hashes;
    inner.n_consistency = MERKLE_PROOF_HASHES + 1;
    refused(ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.n_consistency = 1;
    hashes[0].len = 31;
    refused(ask(fixture, &asked), "CHECKPOINT_BROKEN");
    assert_int_equal(mark_size(fixture), 0);
}

// ---- the mark on disk

static void put_mark(struct fixture *fixture, const char *text)
{
    int fd =
        openat(fixture->signer.mark.folder, fixture->signer.mark.name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_a_mark_that_cannot_be_written_means_no_signature(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(promise(fixture, 0, 3)->error, "");
    assert_int_equal(mkdirat(fixture->signer.mark.folder, "demonstration-mark.new", 0700), 0);
    refused(promise(fixture, 3, 5), "MARK_NOT_WRITTEN");
    assert_int_equal(mark_size(fixture), 3);
    assert_string_equal(promise(fixture, 3, 3)->error, ""); // nothing to write
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-mark.new", AT_REMOVEDIR), 0);
    assert_string_equal(promise(fixture, 3, 5)->error, "");
}

static void test_a_half_written_mark_of_a_killed_signer_does_not_count(void **state)
{
    struct fixture *fixture = *state;
    assert_string_equal(promise(fixture, 0, 3)->error, "");
    int fd = openat(fixture->signer.mark.folder, "demonstration-mark.new", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "touchstone-sig", 14), 14);
    close(fd);
    assert_int_equal(mark_size(fixture), 3);
    assert_string_equal(promise(fixture, 3, 5)->error, "");
    assert_int_equal(mark_size(fixture), 5);
}

static void test_a_broken_mark_refuses_and_says_what_to_do(void **state)
{
    static const char ROOT[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    static const char *const FORMS[] = {"",
                                        "touchstone-signer-mark/1\n",
                                        "touchstone-signer-mark/2\nlab.example/log\n0\n%s\n",
                                        "touchstone-signer-mark/1\nlab.example/log\n07\n%s\n",
                                        "touchstone-signer-mark/1\nlab.example/log\n7\n%s",
                                        "touchstone-signer-mark/1\nlab.example/log\n7\n%s\n\n",
                                        "touchstone-signer-mark/1\nother.example/log\n7\n%s\n",
                                        "touchstone-signer-mark/1\nlab.example/log\n7\nAAAA\n"};
    struct fixture *fixture = *state;
    struct statement statement = plain(50);
    for (size_t i = 0; i <= sizeof FORMS / sizeof FORMS[0]; i++) {
        char text[256];
        if (i < sizeof FORMS / sizeof FORMS[0]) {
            size_t length = 0;
            for (const char *at = FORMS[i]; *at; at++)
                if (at[0] == '%' && at[1] == 's') {
                    length += (size_t)snprintf(text + length, sizeof text - length, "%s", ROOT);
                    at++;
                } else {
                    text[length++] = *at;
                }
            text[length] = '\0';
            put_mark(fixture, text);
        } else {
            assert_int_equal(unlinkat(fixture->signer.mark.folder, fixture->signer.mark.name, 0), 0);
        }
        Touchstone__Internal__V1__SignerReply *answered = sign_one(fixture, &statement);
        refused(answered, "MARK_BROKEN");
        assert_non_null(strstr(answered->error, "docs/recovery.md"));
        refused(promise(fixture, 0, 3), "MARK_BROKEN");
    }
}

static void test_two_signers_of_one_folder_share_the_mark(void **state)
{
    struct fixture *fixture = *state;
    struct signer first = fixture->signer, second;
    struct statement statement = plain(3);
    testing_signer(fixture->folder, ORIGIN, &second);
    assert_memory_equal(first.keys.kid, second.keys.kid, COSE_KID_BYTES);
    assert_string_equal(promise(fixture, 0, 8)->error, "");
    fixture->signer = second;
    refused(sign_one(fixture, &statement), "INDEX_SPENT");
    refused(promise(fixture, 0, 5), "MARK_AHEAD");
    assert_string_equal(promise(fixture, 8, 9)->error, "");
    fixture->signer = first;
    assert_int_equal(mark_size(fixture), 9);
    testing_signer_done(&second);
}

// ---- status lists

static Touchstone__Internal__V1__SignerReply *
sign_status(struct fixture *fixture, uint32_t shard, uint64_t size, uint64_t at, uint8_t *list, size_t length)
{
    Touchstone__Internal__V1__SignStatusRequest inner = TOUCHSTONE__INTERNAL__V1__SIGN_STATUS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    inner.shard = shard;
    inner.size = size;
    inner.unix_time = at;
    inner.list = (ProtobufCBinaryData){length, list};
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATUS;
    asked.status = &inner;
    return ask(fixture, &asked);
}

static void test_a_status_list_is_signed_with_both_lines(void **state)
{
    struct fixture *fixture = *state;
    uint8_t list[STATUS_LIST_BYTES] = {1, 0, 2 << 6};
    uint64_t now = (uint64_t)time(NULL);
    struct status_list read;
    struct note note;
    Touchstone__Internal__V1__SignerReply *answered =
        sign_status(fixture, 2, 2 * STATUS_LIST_INDEXES + 12, now, list, sizeof list);
    assert_string_equal(answered->error, "");
    assert_true(note_read(answered->note, strlen(answered->note), fixture->arena, &note, NULL));
    assert_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_STATUS], "lab.example/log/status",
                NOTE_ED25519);
    assert_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_STATUS_P256], "lab.example/log/status",
                NOTE_P256);
    assert_true(status_list_read(note.body, note.body_length, &read, NULL));
    assert_int_equal(read.shard, 2);
    assert_int_equal(read.unix_time, now);
    assert_int_equal(status_list_of(&read, 2 * STATUS_LIST_INDEXES), STATUS_LIST_SUPERSEDED);
    assert_int_equal(status_list_of(&read, 2 * STATUS_LIST_INDEXES + 11), STATUS_LIST_WITHDRAWN);
}

static void test_a_status_list_that_says_what_cannot_be_is_refused(void **state)
{
    static uint8_t long_list[STATUS_LIST_BYTES + 1];
    uint64_t now = (uint64_t)time(NULL);
    uint8_t list[3] = {0, 0, 2 << 6};
    refused(sign_status(*state, 0, 11, now, list, sizeof list),
            "STATUS_BROKEN"); // of index 11 in a tree of 11
    refused(sign_status(*state, 1, 100, now, list, sizeof list),
            "STATUS_BROKEN"); // of a shard behind the tree
    assert_string_equal(sign_status(*state, 0, 12, now, list, sizeof list)->error, "");
    list[0] = 3;
    refused(sign_status(*state, 0, 100, now, list, sizeof list), "STATUS_BROKEN");
    refused(sign_status(*state, 0, 1 << 20, now, long_list, sizeof long_list), "STATUS_BROKEN");
    list[0] = 0;
    refused(sign_status(*state, 0, 100, now + 400, list, sizeof list), "ISSUED_IN_FUTURE");
}

// ---- keys

static Touchstone__Internal__V1__SignerReply *who(struct fixture *fixture)
{
    Touchstone__Internal__V1__IdentityRequest inner = TOUCHSTONE__INTERNAL__V1__IDENTITY_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_IDENTITY;
    asked.identity = &inner;
    return ask(fixture, &asked);
}

static void test_the_signer_tells_its_log_keys_and_mark(void **state)
{
    static const char *const USES[] = {"statement", "log", "log_p256", "status", "status_p256", "seal"};
    struct fixture *fixture = *state;
    assert_string_equal(promise(fixture, 0, 4)->error, "");
    Touchstone__Internal__V1__SignerReply *answered = who(fixture);
    assert_string_equal(answered->error, "");
    assert_string_equal(answered->origin, ORIGIN);
    assert_true(answered->demonstration);
    assert_int_equal(answered->mark_size, 4);
    assert_int_equal(answered->mark_root.len, HASH_BYTES);
    assert_int_equal(answered->n_keys, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(answered->keys[i]->use, USES[i]);
    assert_string_equal(answered->keys[1]->name, ORIGIN);
    assert_string_equal(answered->keys[3]->name, "lab.example/log/status");
    put_mark(fixture, "");
    assert_non_null(strstr(who(fixture)->error, "MARK_BROKEN"));
    assert_int_equal(who(fixture)->mark_root.len, 0);
}

static void reopen(struct fixture *fixture)
{
    testing_signer_done(&fixture->signer);
    testing_signer(fixture->folder, ORIGIN, &fixture->signer);
}

static void test_a_new_statement_key_takes_over_and_the_old_one_signs_no_more(void **state)
{
    struct fixture *fixture = *state;
    struct signing_keys_place place = {.folder = fixture->folder};
    struct statement statement = plain(0);
    struct cose cose;
    uint8_t old[COSE_KID_BYTES];
    memcpy(old, fixture->signer.keys.kid, sizeof old);
    for (size_t count = 2; count <= SIGNING_KEYS_STATEMENTS; count++) {
        assert_true(signing_keys_renew(&place, NULL));
        reopen(fixture);
        assert_int_equal(fixture->signer.keys.statement_count, count);
        assert_memory_not_equal(fixture->signer.keys.kid, old, sizeof old);
        assert_int_equal(who(fixture)->n_keys, 5 + count);
        Touchstone__Internal__V1__SignerReply *answered = sign_one(fixture, &statement);
        assert_true(cose_read(answered->coses[0].data, answered->coses[0].len, &cose, NULL));
        assert_memory_equal(cose.kid, fixture->signer.keys.kid, sizeof cose.kid);
        assert_cose(fixture, &answered->coses[0], fixture->signer.keys.statements[0].key);
    }
    assert_false(signing_keys_renew(&place, NULL)); // there is no tenth
}

static void test_keys_that_a_crash_left_out_are_made_and_lost_ones_are_not(void **state)
{
    struct fixture *fixture = *state;
    struct signing_keys_place place = {.folder = fixture->folder};
    struct signing_keys keys;
    struct ts_error error;
    uint8_t kid[COSE_KID_BYTES];
    memcpy(kid, fixture->signer.keys.kid, sizeof kid);
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-status.pem", 0), 0);
    assert_false(signing_keys_read(&place, &keys, &error)); // before they are made
    reopen(fixture);
    assert_memory_equal(fixture->signer.keys.kid, kid, sizeof kid);
    assert_string_equal(promise(fixture, 0, 4)->error, "");
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-log.pem", 0), 0);
    assert_false(signing_keys_make(&place, ORIGIN, &error));
    assert_string_equal(error.reason, "KEYS_LOST");
    // With the mark gone as well nobody can tell that a log has begun.
    assert_int_equal(unlinkat(fixture->signer.mark.folder, fixture->signer.mark.name, 0), 0);
    assert_false(signing_keys_make(&place, ORIGIN, &error));
    assert_string_equal(error.reason, "MARK_BROKEN");
}

static void test_production_keys_are_encrypted_with_scrypt(void **state)
{
    struct fixture *fixture = *state;
    char folder[64], path[96], text[4096], passphrase[] = "secret\n", wrong[] = "guess", empty[] = "\n";
    snprintf(folder, sizeof folder, "%s/production", fixture->folder);
    struct signing_keys_place place = {folder, passphrase}, guess = {folder, wrong}, none = {folder, empty};
    struct signing_keys keys;
    struct ts_error error;
    struct stat about;
    assert_false(signing_keys_make(&none, ORIGIN, &error));
    assert_true(signing_keys_make(&place, ORIGIN, &error));
    assert_true(signing_keys_read(&place, &keys, &error));
    signing_keys_done(&keys);
    assert_false(signing_keys_read(&guess, &keys, &error));
    assert_string_equal(error.reason, "KEY_FILE");
    snprintf(path, sizeof path, "%s/log.pem", folder);
    assert_true(stat(path, &about) == 0 && (about.st_mode & 0777) == 0600);
    FILE *file = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "BEGIN ENCRYPTED PRIVATE KEY"));
    // A plain key in its place is no production key.
    assert_int_equal(unlink(path), 0);
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_true(key_file_create(folder, path, key, NULL, &error));
    EVP_PKEY_free(key);
    assert_false(signing_keys_read(&place, &keys, &error));
    assert_non_null(strstr(error.detail, "not encrypted"));
}

static void test_a_key_of_another_kind_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct signing_keys_place place = {.folder = fixture->folder};
    struct signing_keys keys;
    struct ts_error error;
    assert_int_equal(renameat(fixture->signer.mark.folder, "demonstration-log.pem",
                              fixture->signer.mark.folder, "demonstration-log-p256.pem"),
                     0);
    assert_int_equal(linkat(fixture->signer.mark.folder, "demonstration-log-p256.pem",
                            fixture->signer.mark.folder, "demonstration-log.pem", 0),
                     0);
    assert_false(signing_keys_read(&place, &keys, &error));
    assert_non_null(strstr(error.detail, "P-256"));
}

static void test_a_signer_without_keys_seals_but_signs_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    struct statement statement = plain(0);
    char folder[64];
    struct signer kept = fixture->signer;
    snprintf(folder, sizeof folder, "%s/none", fixture->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct signing_keys_place place = {folder, (char[]){"secret"}};
    assert_true(signing_keys_read(&place, &fixture->signer.keys, NULL));
    assert_int_equal(fixture->signer.keys.statement_count, 0);
    refused(sign_one(fixture, &statement), "NO_KEYS");
    refused(promise(fixture, 0, 1), "NO_KEYS");
    refused(sign_status(fixture, 0, 1, 0, NULL, 0), "NO_KEYS");
    Touchstone__Internal__V1__SignerReply *answered = who(fixture);
    assert_string_equal(answered->error, "");
    assert_int_equal(answered->n_keys, 1);
    assert_string_equal(answered->keys[0]->use, "seal");
    fixture->signer = kept;
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_statements_are_signed_in_order),
        IN_A_FOLDER(test_a_batch_that_was_rolled_back_may_be_signed_again),
        IN_A_FOLDER(test_an_index_that_was_promised_is_spent),
        IN_A_FOLDER(test_one_index_is_not_given_twice_in_a_batch),
        IN_A_FOLDER(test_a_statement_from_the_future_is_refused),
        IN_A_FOLDER(test_class_and_kind_of_key_agree),
        IN_A_FOLDER(test_a_revision_names_the_index_that_it_supersedes),
        IN_A_FOLDER(test_one_bad_statement_spoils_the_batch),
        IN_A_FOLDER(test_a_flipped_byte_is_refused_or_is_what_is_signed),
        IN_A_FOLDER(test_a_checkpoint_has_both_lines_and_moves_the_mark),
        IN_A_FOLDER(test_every_growth_is_signed_with_its_proof_and_none_without),
        IN_A_FOLDER(test_the_same_checkpoint_is_signed_again),
        IN_A_FOLDER(test_a_rolled_back_log_is_refused),
        IN_A_FOLDER(test_a_second_history_is_refused),
        IN_A_FOLDER(test_what_is_no_tree_is_refused),
        IN_A_FOLDER(test_a_mark_that_cannot_be_written_means_no_signature),
        IN_A_FOLDER(test_a_half_written_mark_of_a_killed_signer_does_not_count),
        IN_A_FOLDER(test_a_broken_mark_refuses_and_says_what_to_do),
        IN_A_FOLDER(test_two_signers_of_one_folder_share_the_mark),
        IN_A_FOLDER(test_a_status_list_is_signed_with_both_lines),
        IN_A_FOLDER(test_a_status_list_that_says_what_cannot_be_is_refused),
        IN_A_FOLDER(test_the_signer_tells_its_log_keys_and_mark),
        IN_A_FOLDER(test_a_new_statement_key_takes_over_and_the_old_one_signs_no_more),
        IN_A_FOLDER(test_keys_that_a_crash_left_out_are_made_and_lost_ones_are_not),
        IN_A_FOLDER(test_production_keys_are_encrypted_with_scrypt),
        IN_A_FOLDER(test_a_key_of_another_kind_is_refused),
        IN_A_FOLDER(test_a_signer_without_keys_seals_but_signs_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
