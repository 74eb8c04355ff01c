// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR and the envelope against the examples of RFC 8949 appendix A (those of the allowed
// kinds) and RFC 9052 appendix C.2.1; what the appendix shows of other kinds or forms is refused.
#include "evidence/cbor.h"
#include "evidence/cose.h"
#include "testing.h"
#include "wire/error.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

static void test_the_examples_of_rfc_8949_are_taken(void **unused)
{
    static const char *const TAKEN[] = {"00",
                                        "01",
                                        "0a",
                                        "17",
                                        "1818",
                                        "1819",
                                        "1864",
                                        "1903e8",
                                        "1a000f4240",
                                        "1b000000e8d4a51000",
                                        "1bffffffffffffffff",
                                        "3bffffffffffffffff",
                                        "20",
                                        "29",
                                        "3863",
                                        "3903e7",
                                        "f4",
                                        "f5",
                                        "f6",
                                        "40",
                                        "4401020304",
                                        "60",
                                        "6161",
                                        "6449455446",
                                        "62225c",
                                        "62c3bc",
                                        "63e6b0b4",
                                        "64f0908591",
                                        "80",
                                        "83010203",
                                        "8301820203820405",
                                        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                                        "a0",
                                        "a201020304",
                                        "a26161016162820203",
                                        "826161a161626163",
                                        "a56161614161626142616361436164614461656145"};
    (void)unused;
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++) {
        uint8_t bytes[TESTING_BYTES];
        size_t length = testing_bytes(TAKEN[i], bytes);
        uint8_t *exact = testing_exact(bytes, length);
        assert_null(cbor_check(exact, length));
        free(exact);
    }
}

static void test_what_is_not_deterministic_or_not_of_the_part_is_refused(void **unused)
{
    static const char *const REFUSED[] = {
        "", // nothing
        "0000",
        "f600", // something behind it
        "1817",
        "190017",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "3800",
        "5800",
        "7800",
        "9800",
        "b800",
        "d812c0",
        "d20000", // longer than needed, or with a rest
        "c074323031332d30332d32315432303a30343a30305a",
        "d74401020304",
        "d818456449455446", // other tags
        "f7",
        "f0",
        "f8ff",
        "f818",
        "f814",
        "f90014",
        "f97c00",
        "fa47c35000",
        "fb3ff199999999999a",
        "f93c00", // simple values and floats
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "9f018202039f0405ffff",
        "bf61610161629f0203ffff",
        "ff", // of indefinite length, and a break
        "1c",
        "1d",
        "1e",
        "1f",
        "3c",
        "dc",
        "fc", // reserved
        "18",
        "19",
        "1901",
        "1a010203",
        "1b01020304050607",
        "41",
        "6261",
        "8201",
        "a101",
        "a2010203",
        "d2", // cut
        "a203040102",
        "a2616201616101",
        "a201020102",
        "a2613161316131", // keys that do not ascend
        "a26161016001",   // a shorter text key has the lower head
        "61ff",
        "62c328",
        "6100",
        "63eda080",
        "62c080",   // not UTF-8, or NUL
        "6365cc81", // e and a combining accent: not NFC
    };
    (void)unused;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        uint8_t bytes[TESTING_BYTES];
        size_t length = testing_bytes(REFUSED[i], bytes);
        uint8_t *exact = testing_exact(bytes, length);
        if (!cbor_check(exact, length))
            fail_msg("%s was taken", REFUSED[i]);
        free(exact);
    }
}

static void test_depth_ends_at_8_and_items_at_64(void **unused)
{
    uint8_t bytes[TESTING_BYTES];
    (void)unused;
    for (size_t depth = 1; depth <= 10; depth++) {
        memset(bytes, 0x81, depth);
        bytes[depth] = 0x00;
        assert_int_equal(cbor_check(bytes, depth + 1) == NULL, depth <= CBOR_DEPTH);
    }
    for (size_t count = 62; count <= 66; count++) {
        memset(bytes, 0, sizeof bytes);
        bytes[0] = 0x98;
        bytes[1] = (uint8_t)count;
        assert_int_equal(cbor_check(bytes, count + 2) == NULL, count <= CBOR_ITEMS);
    }
    // A count of 2^64 - 1 pairs must not overflow to few.
    size_t length = testing_bytes("bbffffffffffffffff0000", bytes);
    assert_non_null(cbor_check(bytes, length));
}

static void test_heads_are_the_shortest(void **unused)
{
    static const struct {
        uint64_t number;
        const char *hex;
    } KNOWN[] = {{0, "00"},
                 {23, "17"},
                 {24, "1818"},
                 {255, "18ff"},
                 {256, "190100"},
                 {65535, "19ffff"},
                 {65536, "1a00010000"},
                 {4294967295, "1affffffff"},
                 {4294967296, "1b0000000100000000"},
                 {UINT64_MAX, "1bffffffffffffffff"}};
    (void)unused;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        uint8_t bytes[9];
        struct cbor_writer writer;
        cbor_writer_init(&writer, bytes, sizeof bytes);
        cbor_put(&writer, CBOR_UINT, KNOWN[i].number);
        assert_false(writer.full);
        testing_equal(bytes, writer.length, KNOWN[i].hex);
        cbor_writer_init(&writer, bytes, writer.length - 1);
        cbor_put(&writer, CBOR_UINT, KNOWN[i].number);
        assert_true(writer.full);
    }
}

static EVP_PKEY *example_key(void)
{
    uint8_t point[TESTING_BYTES];
    // RFC 9052 C.7.1, the key "11"
    size_t length = testing_bytes("04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
                                  "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e",
                                  point);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"P-256"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, length),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    assert_true(EVP_PKEY_fromdata_init(context) == 1 &&
                EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

static bool verifies(EVP_PKEY *key, const uint8_t *signature, const uint8_t *bytes, size_t length)
{
    ECDSA_SIG *parts = ECDSA_SIG_new();
    uint8_t *der = NULL;
    assert_int_equal(
        ECDSA_SIG_set0(parts, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)), 1);
    int der_length = i2d_ECDSA_SIG(parts, &der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool fine = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, der, (size_t)der_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ECDSA_SIG_free(parts);
    return fine;
}

static void test_the_example_of_rfc_9052_is_signed_over_our_structure(void **unused)
{
    static const uint8_t HEADER[] = {0xA1, 0x01, 0x26};
    static const char PAYLOAD[] = "This is the content.";
    uint8_t bytes[200], signature[TESTING_BYTES];
    size_t length;
    (void)unused;
    EVP_PKEY *key = example_key();
    testing_bytes("8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
                  "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36",
                  signature);
    assert_true(cose_sig_structure(HEADER, sizeof HEADER, "", (const uint8_t *)PAYLOAD, strlen(PAYLOAD),
                                   bytes, sizeof bytes, &length));
    assert_true(verifies(key, signature, bytes, length));
    bytes[length - 1] ^= 1;
    assert_false(verifies(key, signature, bytes, length));
    EVP_PKEY_free(key);
}

static void refused_as(const char *hex, const char *code)
{
    uint8_t bytes[TESTING_BYTES];
    struct cose cose;
    struct ts_error error;
    size_t length = testing_bytes(hex, bytes);
    uint8_t *exact = testing_exact(bytes, length);
    assert_false(cose_read(exact, length, &cose, &error));
    assert_string_equal(error.reason, code);
    free(exact);
}

#define SIGNATURE                                                                                            \
    "5840"                                                                                                   \
    "0000000000000000000000000000000000000000000000000000000000000000"                                       \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define KID "480102030405060708"

static void test_an_envelope_has_one_form(void **unused)
{
    uint8_t bytes[TESTING_BYTES], again[COSE_BYTES];
    struct cose cose;
    size_t again_length, length = testing_bytes("d2844da2012604" KID "a043616263" SIGNATURE, bytes);
    (void)unused;
    assert_true(cose_read(bytes, length, &cose, NULL));
    testing_equal(cose.payload, cose.payload_length, "616263");
    testing_equal(cose.kid, sizeof cose.kid, "0102030405060708");
    assert_true(cose_write(&cose, again, &again_length));
    assert_int_equal(cose_length(3), length);
    assert_int_equal(again_length, length);
    assert_memory_equal(again, bytes, length);

    refused_as("", "E_CBOR");
    refused_as("d2844da2012604" KID "a043616263" SIGNATURE "00", "E_CBOR");
    refused_as("d2844da2042601" KID "a043616263" SIGNATURE, "E_CBOR"); // keys do not ascend
    refused_as("844da2012604" KID "a043616263" SIGNATURE, "E_COSE");   // no tag
    refused_as("d2844da2012604" KID "a10442313143616263" SIGNATURE, "E_COSE");
    refused_as("d2844da2012604" KID "a0f6" SIGNATURE, "E_COSE"); // detached
    refused_as("d28443a10126a043616263" SIGNATURE, "E_COSE");    // no key id
    refused_as("d2844ca201260447"
               "01020304050607"
               "a043616263" SIGNATURE,
               "E_COSE");
    refused_as("d28450a3012604" KID "062040"
               "a043616263" SIGNATURE,
               "E_CBOR"); // a cut header
    refused_as("d2844fa3012604" KID "0620"
               "a043616263" SIGNATURE,
               "E_COSE");
    refused_as("d2844da2012604" KID "a0436162635800", "E_CBOR");
    refused_as("d2844da2012604" KID "a04361626340", "E_COSE");
    refused_as("d2844da2012704" KID "a043616263" SIGNATURE, "E_ALG");   // -8
    refused_as("d2844da2010504" KID "a043616263" SIGNATURE, "E_ALG");   // 5
    refused_as("d2844ea201382204" KID "a043616263" SIGNATURE, "E_ALG"); // -35
}

static void test_an_envelope_ends_at_900_bytes(void **unused)
{
    uint8_t payload[COSE_BYTES] = {0}, bytes[COSE_BYTES], to_sign[COSE_TO_BE_SIGNED_BYTES];
    struct cose cose = {.payload = payload};
    size_t length;
    (void)unused;
    size_t longest = 0;
    while (cose_length(longest + 1) <= COSE_BYTES)
        longest++;
    cose.payload_length = longest;
    assert_true(cose_write(&cose, bytes, &length));
    assert_int_equal(length, COSE_BYTES);
    assert_true(cose_to_be_signed(payload, longest, cose.kid, to_sign, &length));
    cose.payload_length = longest + 1;
    assert_false(cose_write(&cose, bytes, &length));
    assert_false(cose_to_be_signed(payload, longest + 1, cose.kid, to_sign, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_rfc_8949_are_taken),
        cmocka_unit_test(test_what_is_not_deterministic_or_not_of_the_part_is_refused),
        cmocka_unit_test(test_depth_ends_at_8_and_items_at_64),
        cmocka_unit_test(test_heads_are_the_shortest),
        cmocka_unit_test(test_the_example_of_rfc_9052_is_signed_over_our_structure),
        cmocka_unit_test(test_an_envelope_has_one_form),
        cmocka_unit_test(test_an_envelope_ends_at_900_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
