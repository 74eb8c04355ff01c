// SPDX-License-Identifier: Apache-2.0
// The signer's status lists, its keys, and what it tells of itself.
#include "signer_case.h"

#include "evidence/status_list.h"
#include "signer/key_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// ---- status lists

static Touchstone__Internal__V1__SignerReply *sign_status(struct signer_case *fixture, uint32_t shard,
                                                          uint64_t size, uint64_t at, uint8_t *list,
                                                          size_t length)
{
    Touchstone__Internal__V1__SignStatusRequest inner = TOUCHSTONE__INTERNAL__V1__SIGN_STATUS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    inner.shard = shard;
    inner.size = size;
    inner.unix_time = at;
    inner.list = (ProtobufCBinaryData){length, list};
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATUS;
    asked.status = &inner;
    return signer_case_ask(fixture, &asked);
}

static void test_a_status_list_is_signed_with_both_lines(void **state)
{
    struct signer_case *fixture = *state;
    uint8_t list[STATUS_LIST_BYTES] = {1, 0, 2 << 6};
    uint64_t now = (uint64_t)time(NULL);
    struct status_list read;
    struct note note;
    Touchstone__Internal__V1__SignerReply *answered =
        sign_status(fixture, 2, 2 * STATUS_LIST_INDEXES + 12, now, list, sizeof list);
    assert_string_equal(answered->error, "");
    assert_true(note_read(answered->note, strlen(answered->note), fixture->arena, &note, NULL));
    signer_case_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_STATUS], "lab.example/log/status",
                     NOTE_ED25519);
    signer_case_line(&note, &fixture->signer.keys.notes[SIGNING_KEYS_STATUS_P256], "lab.example/log/status",
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
    signer_case_refused(sign_status(*state, 0, 11, now, list, sizeof list),
                        "STATUS_BROKEN"); // of index 11 in a tree of 11
    signer_case_refused(sign_status(*state, 1, 100, now, list, sizeof list),
                        "STATUS_BROKEN"); // of a shard behind the tree
    assert_string_equal(sign_status(*state, 0, 12, now, list, sizeof list)->error, "");
    list[0] = 3;
    signer_case_refused(sign_status(*state, 0, 100, now, list, sizeof list), "STATUS_BROKEN");
    signer_case_refused(sign_status(*state, 0, 1 << 20, now, long_list, sizeof long_list), "STATUS_BROKEN");
    list[0] = 0;
    signer_case_refused(sign_status(*state, 0, 100, now + 400, list, sizeof list), "ISSUED_IN_FUTURE");
}

// ---- keys

static Touchstone__Internal__V1__SignerReply *who(struct signer_case *fixture)
{
    Touchstone__Internal__V1__IdentityRequest inner = TOUCHSTONE__INTERNAL__V1__IDENTITY_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest asked = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    asked.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_IDENTITY;
    asked.identity = &inner;
    return signer_case_ask(fixture, &asked);
}

static void test_the_signer_tells_its_log_keys_and_mark(void **state)
{
    static const char *const USES[] = {"statement", "log", "log_p256", "status", "status_p256", "seal"};
    struct signer_case *fixture = *state;
    assert_string_equal(signer_case_promise(fixture, 0, 4)->error, "");
    Touchstone__Internal__V1__SignerReply *answered = who(fixture);
    assert_string_equal(answered->error, "");
    assert_string_equal(answered->origin, SIGNER_CASE_ORIGIN);
    assert_true(answered->demonstration);
    assert_int_equal(answered->mark_size, 4);
    assert_int_equal(answered->mark_root.len, HASH_BYTES);
    assert_int_equal(answered->n_keys, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(answered->keys[i]->use, USES[i]);
    assert_string_equal(answered->keys[1]->name, SIGNER_CASE_ORIGIN);
    assert_string_equal(answered->keys[3]->name, "lab.example/log/status");
    signer_case_put_mark(fixture, "");
    assert_non_null(strstr(who(fixture)->error, "MARK_BROKEN"));
    assert_int_equal(who(fixture)->mark_root.len, 0);
}

static void reopen(struct signer_case *fixture)
{
    testing_signer_done(&fixture->signer);
    testing_signer(fixture->folder, SIGNER_CASE_ORIGIN, &fixture->signer);
}

static void test_a_new_statement_key_takes_over_and_the_old_one_signs_no_more(void **state)
{
    struct signer_case *fixture = *state;
    struct signing_keys_place place = {.folder = fixture->folder};
    struct statement statement = signer_case_statement(0);
    struct cose cose;
    uint8_t old[COSE_KID_BYTES];
    memcpy(old, fixture->signer.keys.kid, sizeof old);
    for (size_t count = 2; count <= SIGNING_KEYS_STATEMENTS; count++) {
        assert_true(signing_keys_renew(&place, NULL));
        reopen(fixture);
        assert_int_equal(fixture->signer.keys.statement_count, count);
        assert_memory_not_equal(fixture->signer.keys.kid, old, sizeof old);
        assert_int_equal(who(fixture)->n_keys, 5 + count);
        Touchstone__Internal__V1__SignerReply *answered = signer_case_sign_one(fixture, &statement);
        assert_true(cose_read(answered->coses[0].data, answered->coses[0].len, &cose, NULL));
        assert_memory_equal(cose.kid, fixture->signer.keys.kid, sizeof cose.kid);
        signer_case_cose(fixture, &answered->coses[0], fixture->signer.keys.statements[0].key);
    }
    assert_false(signing_keys_renew(&place, NULL)); // there is no tenth
}

static void test_keys_that_a_crash_left_out_are_made_and_lost_ones_are_not(void **state)
{
    struct signer_case *fixture = *state;
    struct signing_keys_place place = {.folder = fixture->folder};
    struct signing_keys keys;
    struct ts_error error;
    uint8_t kid[COSE_KID_BYTES];
    memcpy(kid, fixture->signer.keys.kid, sizeof kid);
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-status.pem", 0), 0);
    assert_false(signing_keys_read(&place, &keys, &error)); // before they are made
    reopen(fixture);
    assert_memory_equal(fixture->signer.keys.kid, kid, sizeof kid);
    assert_string_equal(signer_case_promise(fixture, 0, 4)->error, "");
    assert_int_equal(unlinkat(fixture->signer.mark.folder, "demonstration-log.pem", 0), 0);
    assert_false(signing_keys_make(&place, SIGNER_CASE_ORIGIN, &error));
    assert_string_equal(error.reason, "KEYS_LOST");
    // With the mark gone as well nobody can tell that a log has begun.
    assert_int_equal(unlinkat(fixture->signer.mark.folder, fixture->signer.mark.name, 0), 0);
    assert_false(signing_keys_make(&place, SIGNER_CASE_ORIGIN, &error));
    assert_string_equal(error.reason, "MARK_BROKEN");
}

static void test_production_keys_are_encrypted_with_scrypt(void **state)
{
    struct signer_case *fixture = *state;
    char folder[64], path[96], text[4096], passphrase[] = "secret\n", wrong[] = "guess", empty[] = "\n";
    snprintf(folder, sizeof folder, "%s/production", fixture->folder);
    struct signing_keys_place place = {folder, passphrase}, guess = {folder, wrong}, none = {folder, empty};
    struct signing_keys keys;
    struct ts_error error;
    struct stat about;
    assert_false(signing_keys_make(&none, SIGNER_CASE_ORIGIN, &error));
    assert_true(signing_keys_make(&place, SIGNER_CASE_ORIGIN, &error));
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
    struct signer_case *fixture = *state;
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
    struct signer_case *fixture = *state;
    struct statement statement = signer_case_statement(0);
    char folder[64];
    struct signer kept = fixture->signer;
    snprintf(folder, sizeof folder, "%s/none", fixture->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct signing_keys_place place = {folder, (char[]){"secret"}};
    assert_true(signing_keys_read(&place, &fixture->signer.keys, NULL));
    assert_int_equal(fixture->signer.keys.statement_count, 0);
    signer_case_refused(signer_case_sign_one(fixture, &statement), "NO_KEYS");
    signer_case_refused(signer_case_promise(fixture, 0, 1), "NO_KEYS");
    signer_case_refused(sign_status(fixture, 0, 1, 0, NULL, 0), "NO_KEYS");
    Touchstone__Internal__V1__SignerReply *answered = who(fixture);
    assert_string_equal(answered->error, "");
    assert_int_equal(answered->n_keys, 1);
    assert_string_equal(answered->keys[0]->use, "seal");
    fixture->signer = kept;
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, signer_case_set_up, signer_case_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
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
