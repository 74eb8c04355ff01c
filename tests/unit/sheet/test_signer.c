// SPDX-License-Identifier: Apache-2.0
// The signer's answers and its key files; frames between the daemon and its helpers.
#include "testing.h"

#include "helper/frame.h"
#include "signer/answer.h"
#include "signer/cms.h"
#include "signer/secret_file.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// A signer with this seal and no other keys.
static uint8_t *answer(const struct identity *identity, const uint8_t *request, size_t length,
                       size_t *ret_length)
{
    struct signer signer = {.identity = *identity, .mark = {.folder = -1}, .origin = "lab.example/log"};
    return answer_request(&signer, request, length, ret_length);
}

static Touchstone__Internal__V1__SignerReply *ask(const struct identity *identity, const char *sheet_no,
                                                  int revision, size_t digest_length, bool specimen)
{
    Touchstone__Internal__V1__SealRequest seal = TOUCHSTONE__INTERNAL__V1__SEAL_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest request = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    uint8_t digest[64] = {0}, packed[512];
    size_t length;
    seal.sheet_no = (char *)(uintptr_t)sheet_no;
    seal.revision = revision;
    seal.digest = (ProtobufCBinaryData){digest_length, digest};
    seal.specimen = specimen;
    request.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_SEAL;
    request.seal = &seal;
    size_t size = touchstone__internal__v1__signer_request__pack(&request, packed);
    uint8_t *reply = answer(identity, packed, size, &length);
    Touchstone__Internal__V1__SignerReply *message =
        touchstone__internal__v1__signer_reply__unpack(NULL, length, reply);
    free(reply);
    assert_non_null(message);
    return message;
}

static void assert_refused(const struct identity *identity, const char *sheet_no, int revision,
                           size_t digest_length, bool specimen, const char *reason)
{
    Touchstone__Internal__V1__SignerReply *reply = ask(identity, sheet_no, revision, digest_length, specimen);
    assert_int_equal(reply->cms.len, 0);
    assert_non_null(strstr(reply->error, reason));
    touchstone__internal__v1__signer_reply__free_unpacked(reply, NULL);
}

static int set_up(void **state)
{
    struct identity *identity = calloc(1, sizeof *identity);
    testing_identity(identity);
    *state = identity;
    return 0;
}

static int tear_down(void **state)
{
    identity_done(*state);
    free(*state);
    return 0;
}

static void test_a_demonstration_key_seals_specimens_only(void **state)
{
    struct identity *identity = *state;
    Touchstone__Internal__V1__SignerReply *reply = ask(identity, "JEW-2026-000001", 0, 32, true);
    assert_string_equal(reply->error, "");
    assert_true(reply->cms.len > 300);
    assert_true(reply->demonstration);
    touchstone__internal__v1__signer_reply__free_unpacked(reply, NULL);
    assert_refused(identity, "JEW-2026-000001", 0, 32, false, "KEY_KIND");
    identity->demonstration = false;
    assert_refused(identity, "JEW-2026-000001", 0, 32, true, "KEY_KIND");
}

static void test_a_request_that_is_no_sheet_is_refused(void **state)
{
    assert_refused(*state, "", 0, 32, true, "sheet_no");
    assert_refused(*state, "a b", 0, 32, true, "sheet_no");
    assert_refused(*state, "12345678901234567890123456789012345678901", 0, 32, true, "sheet_no");
    assert_refused(*state, "A", -1, 32, true, "revision");
    assert_refused(*state, "A", 0, 0, true, "digest");
    assert_refused(*state, "A", 0, 31, true, "digest");
    assert_refused(*state, "A", 0, 33, true, "digest");
}

static void test_garbage_is_answered_with_an_error(void **state)
{
    uint8_t bytes[64];
    for (int round = 0; round < 2000; round++) {
        size_t length, size = (size_t)round % sizeof bytes;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(round * 31 + (int)i * 17 + (round >> 3));
        uint8_t *reply = answer(*state, bytes, size, &length);
        Touchstone__Internal__V1__SignerReply *message =
            touchstone__internal__v1__signer_reply__unpack(NULL, length, reply);
        assert_non_null(message);
        assert_int_equal(message->cms.len, 0);
        touchstone__internal__v1__signer_reply__free_unpacked(message, NULL);
        free(reply);
    }
}

static void test_an_expired_certificate_seals_nothing(void **state)
{
    struct identity *identity = *state;
    X509_gmtime_adj(X509_getm_notAfter(identity->certificates.parsed[0]), -10);
    assert_refused(identity, "A", 0, 32, true, "CERTIFICATE_EXPIRED");
}

static void write_file(const char *path, const char *text, size_t length, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void write_key(const char *path, EVP_PKEY *key, const char *passphrase)
{
    char *text;
    BIO *memory = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(memory, key, passphrase ? EVP_aes_256_cbc() : NULL,
                                                   passphrase, passphrase ? (int)strlen(passphrase) : 0, NULL,
                                                   NULL),
                     1);
    long length = BIO_get_mem_data(memory, &text);
    write_file(path, text, (size_t)length, 0600);
    BIO_free(memory);
}

static void write_certificate(const char *path, X509 *certificate)
{
    char *text;
    BIO *memory = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(memory, certificate), 1);
    long length = BIO_get_mem_data(memory, &text);
    write_file(path, text, (size_t)length, 0644);
    BIO_free(memory);
}

// A certificate as a laboratory's authority would give it, for a key.
static X509 *laboratory_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 4711);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8, (const uint8_t *)"Lab",
                               -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static void assert_key_refused(const char *key, const char *passphrase, const char *certificate)
{
    struct identity identity;
    struct ts_error error = {.status = TS_OK};
    assert_false(identity_read(key, passphrase, certificate, &identity, &error));
    assert_int_equal(error.status, TS_FAILED_PRECONDITION);
}

static void test_a_production_key_is_encrypted_private_and_its_own(void **state)
{
    struct identity identity, *demonstration = *state;
    struct ts_error error = {.status = TS_OK};
    char folder[] = "/tmp/signer-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    EVP_PKEY *key = EVP_EC_gen("P-256"), *weak = EVP_RSA_gen(2048), *strong = EVP_RSA_gen(3072);
    X509 *certificate = laboratory_certificate(key), *weak_certificate = laboratory_certificate(weak);
    X509 *strong_certificate = laboratory_certificate(strong);
    write_key("key", key, "secret");
    write_key("plain", key, NULL);
    write_key("weak", weak, "secret");
    write_key("strong", strong, "secret");
    write_key("demonstration", demonstration->key, "secret");
    write_file("pass", "secret\n", 7, 0600);
    write_file("wrong", "guess\n", 6, 0600);
    write_file("open", "secret\n", 7, 0644);
    write_certificate("certificate", certificate);
    write_certificate("weak-certificate", weak_certificate);
    write_certificate("strong-certificate", strong_certificate);
    write_certificate("demonstration-certificate", demonstration->certificates.parsed[0]);
    assert_true(identity_read("key", "pass", "certificate", &identity, &error));
    assert_false(identity.demonstration);
    identity_done(&identity);
    assert_true(identity_read("strong", "pass", "strong-certificate", &identity, &error));
    uint8_t cms[CMS_CEILING_BYTES], digest[CMS_DIGEST_BYTES] = {0};
    size_t length;
    assert_true(cms_seal(&identity, digest, cms, &length, &error));
    identity_done(&identity);
    assert_key_refused("key", "wrong", "certificate");
    assert_key_refused("key", "open", "certificate");
    assert_key_refused("plain", "pass", "certificate");
    assert_key_refused("weak", "pass", "weak-certificate");
    assert_key_refused("key", "pass", "weak-certificate");
    assert_key_refused("missing", "pass", "certificate");
    assert_key_refused("demonstration", "pass", "demonstration-certificate");
    assert_int_equal(chmod("key", 0640), 0);
    assert_key_refused("key", "pass", "certificate");
    X509_free(certificate);
    X509_free(weak_certificate);
    X509_free(strong_certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_free(weak);
    EVP_PKEY_free(strong);
    assert_int_equal(chdir("/"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_a_demonstration_key_is_made_once(void **state)
{
    struct identity first, second;
    struct ts_error error = {.status = TS_OK};
    struct stat stat_of;
    char folder[] = "/tmp/signer-XXXXXX", path[64], command[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_true(identity_demonstrate(folder, &first, &error));
    assert_true(identity_demonstrate(folder, &second, &error));
    assert_int_equal(X509_cmp(first.certificates.parsed[0], second.certificates.parsed[0]), 0);
    snprintf(path, sizeof path, "%s/demonstration-seal.pem", folder);
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
    identity_done(&first);
    identity_done(&second);
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(identity_demonstrate(folder, &first, &error));
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_a_credential_of_systemd_may_bear_the_mask_of_its_access_list(void **state)
{
    char folder[] = "/tmp/signer-XXXXXX", path[64], command[64];
    char *text;
    size_t length;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/passphrase", folder);
    write_file(path, "secret\n", 7, 0440);
    assert_false(secret_file_read(path, true, &text, &length, NULL));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/tmp/sign", 1), 0); // of another service
    assert_false(secret_file_read(path, true, &text, &length, NULL));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_true(secret_file_read(path, true, &text, &length, NULL));
    assert_string_equal(text, "secret\n");
    secret_file_free(text, length);
    assert_int_equal(chmod(path, 0444), 0);
    assert_false(secret_file_read(path, true, &text, &length, NULL));
    assert_int_equal(chmod(path, 0460), 0);
    assert_false(secret_file_read(path, true, &text, &length, NULL));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_root_makes_files_for_the_owner_of_the_folder(void **state)
{
    enum { SOMEBODY = 12345 };
    char folder[] = "/tmp/signer-XXXXXX", path[64], command[64];
    struct stat about;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    uid_t owner = geteuid() == 0 && chown(folder, SOMEBODY, SOMEBODY) == 0 ? SOMEBODY : geteuid();
    assert_true(secret_file_create(folder, path, "x", 1, 0600, NULL));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_uid, owner);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static enum frame_outcome read_back(const void *bytes, size_t length, size_t ceiling, size_t *ret_length)
{
    int ends[2];
    uint8_t *frame = NULL;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, length), length);
    close(ends[1]);
    enum frame_outcome outcome = frame_read(ends[0], ceiling, &frame, ret_length);
    close(ends[0]);
    free(frame);
    return outcome;
}

static void test_frames_end_or_break_but_never_wait(void **state)
{
    (void)state;
    size_t length = 99;
    assert_int_equal(read_back("", 0, 100, &length), FRAME_END);
    for (size_t cut = 1; cut < 7; cut++)
        assert_int_equal(read_back("\0\0\0\3abc", cut, 100, &length), FRAME_BROKEN);
    assert_int_equal(read_back("\0\0\0\3abc", 7, 100, &length), FRAME_READ);
    assert_int_equal(length, 3);
    assert_int_equal(read_back("\0\0\0\0", 4, 100, &length), FRAME_READ);
    assert_int_equal(length, 0);
    assert_int_equal(read_back("\0\0\0\3abc", 7, 2, &length), FRAME_BROKEN);
    assert_int_equal(read_back("\xFF\xFF\xFF\xFF", 4, FRAME_CEILING_BYTES, &length), FRAME_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_demonstration_key_seals_specimens_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_request_that_is_no_sheet_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_garbage_is_answered_with_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_expired_certificate_seals_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_production_key_is_encrypted_private_and_its_own, set_up,
                                        tear_down),
        cmocka_unit_test(test_a_demonstration_key_is_made_once),
        cmocka_unit_test(test_a_credential_of_systemd_may_bear_the_mask_of_its_access_list),
        cmocka_unit_test(test_root_makes_files_for_the_owner_of_the_folder),
        cmocka_unit_test(test_frames_end_or_break_but_never_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
