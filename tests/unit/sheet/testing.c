// SPDX-License-Identifier: Apache-2.0
// What the tests of the sheet share, see testing.h.
#include "testing.h"

#include "signer/cms.h"
#include "wire/arena.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct buffer {
    uint8_t *bytes;
    size_t length;
};

const char *testing_record(char *buffer, size_t size, bool specimen, const char *extra)
{
    int length =
        snprintf(buffer, size,
                 "{\"client\":{\"name\":\"林示例\"},"
                 "\"conclusion\":{\"en\":\"Conforms\",\"verdict\":\"pass\",\"zh\":\"符合\"},"
                 "\"dates\":{\"issued\":\"2026-11-24\",\"received\":\"2026-11-24\"},"
                 "\"format\":\"touchstone/record/1\","
                 "\"institute\":{\"name_en\":\"Example\",\"name_zh\":\"样例院\"},"
                 "\"item\":{\"code\":\"D1-000017-4\",\"name\":\"ring\"},"
                 "\"laboratory\":{\"code\":\"JEW\",\"name_en\":\"Lab\",\"name_zh\":\"室\"},"
                 "\"legal_class\":\"%s\","
                 "\"results\":[{\"method_standard\":\"GB/T 18043-2013\",\"parameter_zh\":\"金\","
                 "\"readings\":[{\"value\":\"750.1\"}],\"verdict\":\"pass\",\"verdict_en\":\"Conforms\","
                 "\"verdict_zh\":\"符合\"}],"
                 "\"revision\":\"0\",\"sheet_no\":\"JEW-2026-000001\","
                 "\"signatures\":["
                 "{\"at\":\"2026-11-24 10:02\",\"name\":\"甲\",\"role\":\"prepared\",\"role_en\":\"P\","
                 "\"role_zh\":\"编制\"},"
                 "{\"at\":\"2026-11-24 10:09\",\"name\":\"乙\",\"role\":\"reviewed\",\"role_en\":\"R\","
                 "\"role_zh\":\"审核\"},"
                 "{\"at\":\"2026-11-24 10:15\",\"name\":\"丙\",\"role\":\"approved\",\"role_en\":\"A\","
                 "\"role_zh\":\"批准\"}],"
                 "\"specimen\":%s,%s\"test_type\":{}}",
                 specimen ? "demonstration" : "none", specimen ? "true" : "false", extra);
    assert_true(length > 0 && (size_t)length < size);
    return buffer;
}

static cairo_status_t append(void *context, const unsigned char *bytes, unsigned length)
{
    struct buffer *buffer = context;
    buffer->bytes = realloc(buffer->bytes, buffer->length + length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return CAIRO_STATUS_SUCCESS;
}

uint8_t *testing_pdf(size_t *ret_length, bool modern)
{
    struct buffer buffer = {.bytes = NULL};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append, &buffer, 595, 842);
    cairo_pdf_surface_restrict_to_version(surface, modern ? CAIRO_PDF_VERSION_1_5 : CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-11-24T10:15:00+08:00");
    cairo_t *cairo = cairo_create(surface);
    cairo_move_to(cairo, 100, 100);
    cairo_line_to(cairo, 200, 300);
    cairo_stroke(cairo);
    cairo_show_page(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    *ret_length = buffer.length;
    return buffer.bytes;
}

// Valid when the sheet of testing_record was issued, and on whatever day the test runs: signed anew.
static void stretch(struct identity *identity)
{
    X509 *certificate = identity->certificates.parsed[0];
    uint8_t *der = NULL;
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20260101000000Z"), 1);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(certificate), "21260101000000Z"), 1);
    assert_true(X509_sign(certificate, identity->key, EVP_sha256()) > 0);
    int length = i2d_X509(certificate, &der);
    assert_true(length > 0);
    OPENSSL_free(identity->certificates.der[0]);
    identity->certificates.der[0] = der;
    identity->certificates.length[0] = (size_t)length;
}

void testing_identity(struct identity *ret_identity)
{
    char folder[] = "/tmp/sheet-XXXXXX", path[64], command[128];
    struct ts_error error = {.status = TS_OK};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    assert_true(identity_demonstrate(path, ret_identity, &error));
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    stretch(ret_identity);
}

void testing_signer(const char *folder, const char *origin, struct signer *ret_signer)
{
    struct signing_keys_place place = {.folder = folder};
    struct ts_error error = {.status = TS_OK};
    *ret_signer = (struct signer){.mark = {.folder = -1}, .origin = origin};
    testing_identity(&ret_signer->identity);
    if (!signing_keys_make(&place, origin, &error) || !signing_keys_read(&place, &ret_signer->keys, &error) ||
        !mark_open(folder, signing_keys_mark(&place), origin, &ret_signer->mark, &error))
        fail_msg("%s: %s", error.reason, error.detail);
}

void testing_signer_done(struct signer *signer)
{
    mark_close(&signer->mark);
    signing_keys_done(&signer->keys);
    identity_done(&signer->identity);
}

void testing_seal(const struct identity *identity, struct arena *arena, struct seal_draft *ret_sheet)
{
    char record[4096];
    uint8_t cms[CMS_CEILING_BYTES];
    size_t cms_length, pdf_length;
    struct ts_error error = {.status = TS_OK};
    uint8_t *pdf = testing_pdf(&pdf_length, false);
    testing_record(record, sizeof record, true, "");
    struct seal_input input = {.pdf = pdf,
                               .pdf_length = pdf_length,
                               .record = (const uint8_t *)record,
                               .record_length = strlen(record)};
    assert_true(seal_prepare(&input, arena, ret_sheet, &error));
    assert_true(cms_seal(identity, ret_sheet->digest, cms, &cms_length, &error));
    assert_true(seal_finish(ret_sheet, cms, cms_length, &error));
    free(pdf);
}
