// SPDX-License-Identifier: Apache-2.0
// Sealing and verifying, with a page by cairo and a real key; every altered file must be refused.
#include "testing.h"

#include "signer/cms.h"
#include "verify/trust.h"
#include "verify/verify.h"
#include "wire/arena.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 8 * 1024 * 1024 };

struct fixture {
    struct identity identity;
    struct arena *arena;
    struct seal_draft sheet;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    testing_identity(&fixture->identity);
    fixture->arena = arena_create(ARENA_BYTES);
    testing_seal(&fixture->identity, fixture->arena, &fixture->sheet);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    identity_done(&fixture->identity);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static X509_STORE *trust_in(X509 *certificate)
{
    X509_STORE *store = NULL;
    struct ts_error error;
    char *pem;
    BIO *memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    long length = BIO_get_mem_data(memory, &pem);
    assert_true(trust_read(pem, (size_t)length, &store, &error));
    BIO_free(memory);
    return store;
}

static void test_a_sealed_sheet_is_intact_and_a_specimen(void **state)
{
    struct fixture *fixture = *state;
    struct verify_report report;
    struct ts_error error = {.status = TS_OK};
    char line[100];
    assert_true(verify_pdf(fixture->sheet.bytes, fixture->sheet.length, NULL, &report, &error));
    assert_string_equal(report.code, "");
    assert_true(report.demonstration);
    assert_true(report.record.specimen);
    assert_string_equal(report.record.sheet_no, "JEW-2026-000001");
    assert_string_equal(report.record.item_code, "D1-000017-4");
    assert_string_equal(report.sealed_at, "2026-11-24T10:15:00+08:00");
    assert_int_equal(report.checks[VERIFY_TRUST], VERIFY_NOT_CHECKED);
    assert_string_equal(verify_status_line(&report, line, sizeof line), "INTACT, SPECIMEN 样张，无效");
}

static void test_trust_is_in_the_given_certificate_only(void **state)
{
    struct fixture *fixture = *state;
    struct verify_report report;
    struct ts_error error = {.status = TS_OK};
    struct identity other;
    testing_identity(&other);
    X509_STORE *own = trust_in(fixture->identity.certificates.parsed[0]);
    X509_STORE *foreign = trust_in(other.certificates.parsed[0]);
    assert_true(verify_pdf(fixture->sheet.bytes, fixture->sheet.length,
                           &(struct verify_trust){.certificates = own}, &report, &error));
    assert_int_equal(report.checks[VERIFY_TRUST], VERIFY_PASSED);
    assert_false(verify_pdf(fixture->sheet.bytes, fixture->sheet.length,
                            &(struct verify_trust){.certificates = foreign}, &report, &error));
    assert_string_equal(error.reason, "NOT_TRUSTED");
    assert_int_equal(report.checks[VERIFY_CONTENT], VERIFY_PASSED);
    X509_STORE_free(own);
    X509_STORE_free(foreign);
    identity_done(&other);
}

static void test_every_flipped_bit_pattern_at_every_byte_is_refused(void **state)
{
    static const uint8_t MASKS[] = {0x01, 0x20, 0x80, 0xFF};
    struct fixture *fixture = *state;
    struct seal_draft *sheet = &fixture->sheet;
    struct verify_report report;
    size_t accepted = 0;
    for (size_t i = 0; i < sheet->length; i++)
        for (size_t j = 0; j < sizeof MASKS; j++) {
            sheet->bytes[i] ^= MASKS[j];
            accepted += verify_pdf(sheet->bytes, sheet->length, NULL, &report, NULL);
            sheet->bytes[i] ^= MASKS[j];
        }
    assert_int_equal(accepted, 0);
}

static void test_anything_appended_or_cut_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct seal_draft *sheet = &fixture->sheet;
    static const char *const TAILS[] = {"\n", " ", "%comment\n%%EOF\n", "startxref\n0\n%%EOF\n", "\0"};
    struct verify_report report;
    uint8_t *longer = malloc(sheet->length + 64);
    memcpy(longer, sheet->bytes, sheet->length);
    for (size_t i = 0; i < sizeof TAILS / sizeof TAILS[0]; i++) {
        size_t added = TAILS[i][0] ? strlen(TAILS[i]) : 1;
        memcpy(longer + sheet->length, TAILS[i], added);
        assert_false(verify_pdf(longer, sheet->length + added, NULL, &report, NULL));
    }
    for (int byte = 0; byte < 256; byte++) {
        longer[sheet->length] = (uint8_t)byte;
        assert_false(verify_pdf(longer, sheet->length + 1, NULL, &report, NULL));
    }
    for (size_t length = 0; length < sheet->length; length += length < 64 ? 1 : 97)
        assert_false(verify_pdf(sheet->bytes, length, NULL, &report, NULL));
    free(longer);
}

// Somebody seals a forged record with a key of his own that claims to be a laboratory's.
static void test_a_specimen_record_needs_a_demonstration_key(void **state)
{
    struct fixture *fixture = *state;
    char record[4096];
    uint8_t cms[CMS_CEILING_BYTES];
    size_t cms_length, pdf_length;
    struct seal_draft draft;
    struct verify_report report;
    struct ts_error error = {.status = TS_OK};
    uint8_t *pdf = testing_pdf(&pdf_length, false);
    testing_record(record, sizeof record, false, "");
    struct seal_input input = {.pdf = pdf,
                               .pdf_length = pdf_length,
                               .record = (const uint8_t *)record,
                               .record_length = strlen(record)};
    assert_true(seal_prepare(&input, fixture->arena, &draft, &error));
    assert_true(cms_seal(&fixture->identity, draft.digest, cms, &cms_length, &error));
    assert_true(seal_finish(&draft, cms, cms_length, &error));
    assert_false(verify_pdf(draft.bytes, draft.length, NULL, &report, &error));
    assert_string_equal(error.reason, "KIND_MISMATCH");
    free(pdf);
}

static void test_a_signature_of_another_sheet_is_refused(void **state)
{
    struct fixture *fixture = *state;
    uint8_t cms[CMS_CEILING_BYTES], digest[SEAL_DIGEST_BYTES] = {1};
    size_t length;
    struct verify_report report;
    struct ts_error error = {.status = TS_OK};
    assert_true(cms_seal(&fixture->identity, digest, cms, &length, &error));
    assert_true(seal_finish(&fixture->sheet, cms, length, &error));
    assert_false(verify_pdf(fixture->sheet.bytes, fixture->sheet.length, NULL, &report, &error));
    assert_int_not_equal(report.checks[VERIFY_CONTENT], VERIFY_PASSED);
}

static void test_an_unexpected_pdf_is_not_sealed(void **state)
{
    struct fixture *fixture = *state;
    char record[4096];
    size_t length;
    struct seal_draft draft;
    struct ts_error error = {.status = TS_OK};
    testing_record(record, sizeof record, true, "");
    struct seal_input input = {.record = (const uint8_t *)record, .record_length = strlen(record)};
    uint8_t *modern = testing_pdf(&length, true);
    input.pdf = modern;
    input.pdf_length = length;
    assert_false(seal_prepare(&input, fixture->arena, &draft, &error));
    assert_string_equal(error.reason, "PDF_UNEXPECTED");
    free(modern);
    uint8_t *pdf = testing_pdf(&length, false);
    for (size_t cut = 0; cut < length; cut++) {
        input.pdf = pdf;
        input.pdf_length = cut;
        assert_false(seal_prepare(&input, fixture->arena, &draft, &error));
    }
    free(pdf);
    // A sealed sheet is not sealed again.
    input.pdf = fixture->sheet.bytes;
    input.pdf_length = fixture->sheet.length;
    assert_false(seal_prepare(&input, fixture->arena, &draft, &error));
}

static void test_a_damaged_pdf_never_harms(void **state)
{
    struct fixture *fixture = *state;
    char record[4096];
    size_t length;
    struct seal_draft draft;
    uint8_t *pdf = testing_pdf(&length, false);
    testing_record(record, sizeof record, true, "");
    struct seal_input input = {
        .pdf = pdf, .pdf_length = length, .record = (const uint8_t *)record, .record_length = strlen(record)};
    for (size_t i = 0; i < length; i++) {
        struct arena *arena = arena_create(ARENA_BYTES);
        pdf[i] ^= 0x11;
        seal_prepare(&input, arena, &draft, NULL);
        pdf[i] ^= 0x11;
        arena_free(arena);
    }
    (void)fixture;
    free(pdf);
}

static void test_a_record_without_its_facts_is_not_sealed(void **state)
{
    struct fixture *fixture = *state;
    static const char *const RECORDS[] = {
        "",
        "[]",
        "{}",
        "{\"sheet_no\":1}",
        "{\"sheet_no\":\"1\"}",
        "\"x\"",
        "{\"sheet_no\":\"1\",\"revision\":\"0\",\"specimen\":true,\"institute\":{"
        "\"name_zh\":\"a\"},\"signatures\":[{\"at\":\"tomorrow\"}]}"};
    size_t length;
    struct seal_draft draft;
    struct ts_error error = {.status = TS_OK};
    uint8_t *pdf = testing_pdf(&length, false);
    for (size_t i = 0; i < sizeof RECORDS / sizeof RECORDS[0]; i++) {
        struct seal_input input = {.pdf = pdf,
                                   .pdf_length = length,
                                   .record = (const uint8_t *)RECORDS[i],
                                   .record_length = strlen(RECORDS[i])};
        assert_false(seal_prepare(&input, fixture->arena, &draft, &error));
        assert_string_equal(error.reason, "RECORD_BROKEN");
    }
    free(pdf);
}

static void test_sealing_without_memory_says_so(void **state)
{
    struct fixture *fixture = *state;
    char record[4096];
    size_t length;
    struct seal_draft draft;
    uint8_t *pdf = testing_pdf(&length, false);
    testing_record(record, sizeof record, true, "");
    struct seal_input input = {
        .pdf = pdf, .pdf_length = length, .record = (const uint8_t *)record, .record_length = strlen(record)};
    bool sealed = false;
    for (size_t nth = 1; nth < 200 && !sealed; nth++) {
        struct ts_error error = {.status = TS_OK};
        struct arena *arena = arena_create(ARENA_BYTES);
        arena_fail_at(arena, nth);
        sealed = seal_prepare(&input, arena, &draft, &error);
        assert_true(sealed || error.status != TS_OK);
        arena_free(arena);
    }
    assert_true(sealed);
    (void)fixture;
    free(pdf);
}

static void test_a_signature_larger_than_the_hole_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t large[SEAL_HOLE_BYTES + 1];
    struct ts_error error = {.status = TS_OK};
    assert_false(seal_finish(&fixture->sheet, large, sizeof large, &error));
    assert_string_equal(error.reason, "SIGNATURE_SIZE");
    assert_false(seal_finish(&fixture->sheet, large, 0, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_sealed_sheet_is_intact_and_a_specimen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trust_is_in_the_given_certificate_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_flipped_bit_pattern_at_every_byte_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_anything_appended_or_cut_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_specimen_record_needs_a_demonstration_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_signature_of_another_sheet_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_unexpected_pdf_is_not_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_damaged_pdf_never_harms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_record_without_its_facts_is_not_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sealing_without_memory_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_signature_larger_than_the_hole_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
