// SPDX-License-Identifier: Apache-2.0
// The signer's statements and checkpoints: what it signs verifies, and what it must not sign it refuses, with
// its mark on disk where it was.
#include "signer_case.h"

#include "evidence/checkpoint.h"
#include "evidence/merkle.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- statements

static void test_statements_are_signed_in_order(void **state)
{
    struct signer_case *fixture = *state;
    ProtobufCBinaryData payloads[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct statement statement = signer_case_statement(i);
        payloads[i] = signer_case_payload(fixture, &statement);
    }
    Touchstone__Internal__V1__SignerReply *answered = signer_case_sign(fixture, payloads, 3);
    assert_string_equal(answered->error, "");
    assert_int_equal(answered->n_coses, 3);
    for (size_t i = 0; i < 3; i++) {
        struct cose cose;
        signer_case_cose(fixture, &answered->coses[i], fixture->signer.keys.statements[0].key);
        assert_true(cose_read(answered->coses[i].data, answered->coses[i].len, &cose, NULL));
        assert_int_equal(cose.payload_length, payloads[i].len);
        assert_memory_equal(cose.payload, payloads[i].data, payloads[i].len);
    }
}

static void test_a_batch_that_was_rolled_back_may_be_signed_again(void **state)
{
    struct statement statement = signer_case_statement(0);
    assert_string_equal(signer_case_sign_one(*state, &statement)->error, "");
    statement.salt[0] = 1;
    assert_string_equal(signer_case_sign_one(*state, &statement)->error, "");
}

static void test_an_index_that_was_promised_is_spent(void **state)
{
    struct signer_case *fixture = *state;
    struct statement statement = signer_case_statement(6);
    assert_string_equal(signer_case_promise(fixture, 0, 7)->error, "");
    signer_case_refused(signer_case_sign_one(fixture, &statement), "INDEX_SPENT");
    statement.index = 7;
    assert_string_equal(signer_case_sign_one(fixture, &statement)->error, "");
}

static void test_one_index_is_not_given_twice_in_a_batch(void **state)
{
    struct statement statement = signer_case_statement(5);
    ProtobufCBinaryData payloads[2] = {signer_case_payload(*state, &statement),
                                       signer_case_payload(*state, &statement)};
    signer_case_refused(signer_case_sign(*state, payloads, 2), "INDEX_SPENT");
}

static void test_a_statement_from_the_future_is_refused(void **state)
{
    struct statement statement = signer_case_statement(0);
    statement.issued += 290;
    assert_string_equal(signer_case_sign_one(*state, &statement)->error, "");
    statement.issued += 60;
    signer_case_refused(signer_case_sign_one(*state, &statement), "ISSUED_IN_FUTURE");
}

static void test_class_and_kind_of_key_agree(void **state)
{
    struct signer_case *fixture = *state;
    struct statement statement = signer_case_statement(0);
    statement.legal_class = 1;
    signer_case_refused(signer_case_sign_one(fixture, &statement), "KEY_KIND");
    fixture->signer.identity.demonstration = false;
    assert_string_equal(signer_case_sign_one(fixture, &statement)->error, "");
    statement.legal_class = STATEMENT_DEMONSTRATION;
    signer_case_refused(signer_case_sign_one(fixture, &statement), "KEY_KIND");
}

static void test_a_revision_names_the_index_that_it_supersedes(void **state)
{
    struct statement statement = signer_case_statement(9);
    statement.revision = 1;
    signer_case_refused(signer_case_sign_one(*state, &statement), "STATEMENT_BROKEN");
    statement.has_superseded = true;
    statement.superseded = 9;
    signer_case_refused(signer_case_sign_one(*state, &statement), "STATEMENT_BROKEN");
    statement.superseded = 8;
    assert_string_equal(signer_case_sign_one(*state, &statement)->error, "");
    statement.revision = 0;
    signer_case_refused(signer_case_sign_one(*state, &statement), "STATEMENT_BROKEN");
}

static void test_one_bad_statement_spoils_the_batch(void **state)
{
    struct statement good = signer_case_statement(0), bad = signer_case_statement(1);
    bad.legal_class = 5;
    ProtobufCBinaryData payloads[2] = {signer_case_payload(*state, &good), signer_case_payload(*state, &bad)};
    signer_case_refused(signer_case_sign(*state, payloads, 2), "KEY_KIND");
}

static void test_a_flipped_byte_is_refused_or_is_what_is_signed(void **state)
{
    struct signer_case *fixture = *state;
    struct statement statement = signer_case_statement(3);
    ProtobufCBinaryData payload = signer_case_payload(fixture, &statement);
    for (size_t at = 0; at < payload.len; at++)
        for (int bit = 0; bit < 8; bit += 7) {
            payload.data[at] ^= (uint8_t)(1 << bit);
            Touchstone__Internal__V1__SignerReply *answered = signer_case_sign(fixture, &payload, 1);
            if (*answered->error)
                assert_int_equal(answered->n_coses, 0);
            else
                signer_case_cose(fixture, &answered->coses[0], fixture->signer.keys.statements[0].key);
            payload.data[at] ^= (uint8_t)(1 << bit);
        }
    payload.len--;
    signer_case_refused(signer_case_sign(fixture, &payload, 1), "STATEMENT_BROKEN");
}

// ---- checkpoints

static void test_a_checkpoint_has_both_lines_and_moves_the_mark(void **state)
{
    struct signer_case *fixture = *state;
    struct checkpoint checkpoint;
    struct note note;
    Touchstone__Internal__V1__SignerReply *answered = signer_case_promise(fixture, 0, 5);
    assert_string_equal(answered->error, "");
    assert_true(note_read(answered->note, strlen(answered->note), fixture->arena, &note, NULL));
    assert_int_equal(note.count, 2);
    signer_case_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_LOG], SIGNER_CASE_ORIGIN, NOTE_ED25519);
    signer_case_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_LOG_P256], SIGNER_CASE_ORIGIN,
                     NOTE_P256);
    assert_true(checkpoint_read(note.body, note.body_length, &checkpoint, NULL));
    assert_true(checkpoint_is_of(&checkpoint, SIGNER_CASE_ORIGIN));
    assert_int_equal(checkpoint.size, 5);
    assert_int_equal(signer_case_mark_size(fixture), 5);
}

static void test_every_growth_is_signed_with_its_proof_and_none_without(void **state)
{
    struct signer_case *fixture = *state;
    uint64_t from = 0;
    for (uint64_t size = 1; size <= SIGNER_CASE_LEAVES; size += 1 + size / 3) {
        if (from > 0)
            signer_case_refused(signer_case_promise_changed(fixture, from, size, NULL, true),
                                "NOT_CONSISTENT");
        assert_int_equal(signer_case_mark_size(fixture), from);
        assert_string_equal(signer_case_promise(fixture, from, size)->error, "");
        assert_int_equal(signer_case_mark_size(fixture), size);
        from = size;
    }
}

static void test_the_same_checkpoint_is_signed_again(void **state)
{
    assert_string_equal(signer_case_promise(*state, 0, 9)->error, "");
    assert_string_equal(signer_case_promise(*state, 9, 9)->error, "");
    assert_int_equal(signer_case_mark_size(*state), 9);
}

static void test_a_rolled_back_log_is_refused(void **state)
{
    struct signer_case *fixture = *state;
    assert_string_equal(signer_case_promise(fixture, 0, 9)->error, "");
    for (uint64_t size = 0; size < 9; size++)
        signer_case_refused(signer_case_promise(fixture, 9, size), "MARK_AHEAD");
    assert_int_equal(signer_case_mark_size(fixture), 9);
    assert_string_equal(signer_case_promise(fixture, 9, 12)->error, "");
}

static void test_a_second_history_is_refused(void **state)
{
    struct signer_case *fixture = *state;
    uint8_t root[HASH_BYTES];
    memset(root, 0x55, sizeof root);
    assert_string_equal(signer_case_promise(fixture, 0, 9)->error, "");
    signer_case_refused(signer_case_promise_changed(fixture, 9, 9, root, false), "NOT_CONSISTENT");
    signer_case_refused(signer_case_promise_changed(fixture, 9, 12, root, false), "NOT_CONSISTENT");
    signer_case_refused(signer_case_promise_changed(fixture, 8, 12, NULL, false),
                        "NOT_CONSISTENT"); // of another size
    fixture->leaves[4][0] ^= 1;            // an entry that was changed
    signer_case_refused(signer_case_promise(fixture, 9, 12), "NOT_CONSISTENT");
    signer_case_refused(signer_case_promise(fixture, 9, 9), "NOT_CONSISTENT");
    assert_int_equal(signer_case_mark_size(fixture), 9);
    fixture->leaves[4][0] ^= 1;
    assert_string_equal(signer_case_promise(fixture, 9, 12)->error, "");
}

static void test_what_is_no_tree_is_refused(void **state)
{
    struct signer_case *fixture = *state;
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
    signer_case_refused(signer_case_ask(fixture, &asked), "CHECKPOINT_BROKEN"); // no root
    inner.root = (ProtobufCBinaryData){HASH_BYTES + 1, bytes};
    signer_case_refused(signer_case_ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.root.len = HASH_BYTES;
    inner.size = (UINT64_C(1) << 48) + 1;
    signer_case_refused(signer_case_ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.size = 3;
    inner.consistency = hashes;
    inner.n_consistency = MERKLE_PROOF_HASHES + 1;
    signer_case_refused(signer_case_ask(fixture, &asked), "CHECKPOINT_BROKEN");
    inner.n_consistency = 1;
    hashes[0].len = 31;
    signer_case_refused(signer_case_ask(fixture, &asked), "CHECKPOINT_BROKEN");
    assert_int_equal(signer_case_mark_size(fixture), 0);
}

// ---- the mark on disk

static void test_a_mark_that_cannot_be_written_means_no_signature(void **state)
{
    struct signer_case *fixture = *state;
    assert_string_equal(signer_case_promise(fixture, 0, 3)->error, "");
    assert_int_equal(mkdirat(fixture->signer.mark.folder, "demonstration-mark.new", 0700), 0);
    signer_case_refused(signer_case_promise(fixture, 3, 5), "MARK_NOT_WRITTEN");
    assert_int_equal(signer_case_mark_size(fixture), 3);
    assert_string_equal(signer_case_promise(fixture, 3, 3)->error, ""); // nothing to write
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-mark.new", AT_REMOVEDIR), 0);
    assert_string_equal(signer_case_promise(fixture, 3, 5)->error, "");
}

static void test_a_half_written_mark_of_a_killed_signer_does_not_count(void **state)
{
    struct signer_case *fixture = *state;
    assert_string_equal(signer_case_promise(fixture, 0, 3)->error, "");
    int fd = openat(fixture->signer.mark.folder, "demonstration-mark.new", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "touchstone-sig", 14), 14);
    close(fd);
    assert_int_equal(signer_case_mark_size(fixture), 3);
    assert_string_equal(signer_case_promise(fixture, 3, 5)->error, "");
    assert_int_equal(signer_case_mark_size(fixture), 5);
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
    struct signer_case *fixture = *state;
    struct statement statement = signer_case_statement(50);
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
            signer_case_put_mark(fixture, text);
        } else {
            assert_int_equal(unlinkat(fixture->signer.mark.folder, fixture->signer.mark.name, 0), 0);
        }
        Touchstone__Internal__V1__SignerReply *answered = signer_case_sign_one(fixture, &statement);
        signer_case_refused(answered, "MARK_BROKEN");
        assert_non_null(strstr(answered->error, "docs/recovery.md"));
        signer_case_refused(signer_case_promise(fixture, 0, 3), "MARK_BROKEN");
    }
}

static void test_two_signers_of_one_folder_share_the_mark(void **state)
{
    struct signer_case *fixture = *state;
    struct signer first = fixture->signer, second;
    struct statement statement = signer_case_statement(3);
    testing_signer(fixture->folder, SIGNER_CASE_ORIGIN, &second);
    assert_memory_equal(first.keys.kid, second.keys.kid, COSE_KID_BYTES);
    assert_string_equal(signer_case_promise(fixture, 0, 8)->error, "");
    fixture->signer = second;
    signer_case_refused(signer_case_sign_one(fixture, &statement), "INDEX_SPENT");
    signer_case_refused(signer_case_promise(fixture, 0, 5), "MARK_AHEAD");
    assert_string_equal(signer_case_promise(fixture, 8, 9)->error, "");
    fixture->signer = first;
    assert_int_equal(signer_case_mark_size(fixture), 9);
    testing_signer_done(&second);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, signer_case_set_up, signer_case_tear_down)

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
