// SPDX-License-Identifier: Apache-2.0
// Draws a sheet, see report.h. The sections run twice: once to count the pages, once to draw them.
#include "render/report.h"

#include "render/flow.h"
#include "render/photo.h"
#include "render/record.h"
#include "render/sections.h"
#include "render/styles.h"
#include "render/wording.h"

#include <cairo-pdf.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PDF_CEILING_BYTES = 12 * 1024 * 1024, PAGES_CEILING = 60 };

static cairo_status_t append(void *context, const unsigned char *bytes, unsigned length)
{
    struct report *report = context;
    if (report->length + length > PDF_CEILING_BYTES)
        return CAIRO_STATUS_WRITE_ERROR;
    uint8_t *larger = realloc(report->pdf, report->length + length + 1);
    if (!larger)
        return CAIRO_STATUS_NO_MEMORY;
    memcpy(larger + report->length, bytes, length);
    report->pdf = larger;
    report->length += length;
    return CAIRO_STATUS_SUCCESS;
}

static void run_sections(struct flow *flow, const struct photo *photo)
{
    flow_begin(flow);
    section_front(flow);
    section_sample(flow, photo);
    section_results(flow);
    section_signing(flow);
    flow_end(flow);
}

// "2026-11-24 10:15" or a date alone as the ISO 8601 time that cairo reads; false when it is neither.
static bool creation_time(const struct record *record, char ret_text[24])
{
    static const char SHAPE[] = "dddd-dd-dd dd:dd";
    const char *at = record_text(record, "signatures[%zu].at", record_count(record, "signatures") - 1);
    for (size_t i = 0; SHAPE[i]; i++)
        if (SHAPE[i] == 'd' ? !isdigit((unsigned char)at[i]) : at[i] != SHAPE[i])
            return false;
    memcpy(ret_text, at, 16);
    ret_text[10] = 'T';
    memcpy(ret_text + 16, ":00", 4);
    return true;
}

static bool describe(cairo_surface_t *surface, struct record *record, struct ts_error *error)
{
    char created[24];
    if (!creation_time(record, created))
        return error_violation(error, "signatures.at", "is not a time such as 2026-11-24 10:15");
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata(
        surface, CAIRO_PDF_METADATA_TITLE,
        record_printf(record, "%s %s %s", WORDING_TITLE_ZH, WORDING_TITLE_EN, wording_number(record)));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR,
                                   record_text(record, "institute.name_zh"));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, wording_class_short(record));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Touchstone");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
    return true;
}

// One pass over all sections. `cairo` NULL: only counting.
static bool pass(struct canvas *canvas, struct record *record, const struct photo *photo, struct pages *pages,
                 struct ts_error *error)
{
    struct flow flow = {.canvas = canvas, .record = record, .known = *pages};
    run_sections(&flow, photo);
    *pages = flow.found;
    if (canvas->error.status != TS_OK) {
        *error = canvas->error;
        return false;
    }
    return flow.page <= PAGES_CEILING ||
           error_violation(error, "results", "need more than %d pages", PAGES_CEILING);
}

// The second pass, which knows how many pages there are.
static bool draw_pages(struct canvas *canvas, struct record *record, const struct photo *photo,
                       struct pages *pages, struct report *report, struct ts_error *error)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(append, report, PAGE_WIDTH_PT, PAGE_HEIGHT_PT);
    canvas->cairo = cairo_create(surface);
    bool fine = describe(surface, record, error) && pass(canvas, record, photo, pages, error);
    report->page_count = pages->count;
    cairo_destroy(canvas->cairo);
    cairo_surface_finish(surface);
    if (fine && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        fine = error_set(error, TS_INTERNAL, "DRAWING", "%s",
                         cairo_status_to_string(cairo_surface_status(surface)));
    cairo_surface_destroy(surface);
    return fine;
}

static bool draw(struct canvas *canvas, struct record *record, const struct photo *photo,
                 struct report *report, struct ts_error *error)
{
    struct pages pages = {0};
    bool fine = pass(canvas, record, photo, &pages, error) &&
                draw_pages(canvas, record, photo, &pages, report, error);
    canvas_end_document(canvas);
    return fine;
}

// OpenSSL's SHA-256, not glib's: it has the processor's own instructions, 4 ms less for a photo of 1.5 MB.
static bool require_hash(const struct report_input *input, const char *expected, struct ts_error *error)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length;
    char actual[2 * EVP_MAX_MD_SIZE + 1];
    if (EVP_Digest(input->photo, input->photo_length, hash, &length, EVP_sha256(), NULL) != 1)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to hash the photo.");
    for (unsigned i = 0; i < length; i++)
        snprintf(actual + (size_t)2 * i, 3, "%02x", hash[i]);
    return g_ascii_strcasecmp(actual, expected) == 0 ||
           error_violation(error, "photo", "is not the one that the record names");
}

static bool read_photo(const struct record *record, const struct report_input *input, struct photo *ret_photo,
                       struct ts_error *error)
{
    const char *expected = record_text(record, "item.photo_sha256");
    if (input->photo_length == 0)
        return !expected[0] || error_violation(error, "photo", "is missing though the record names one");
    if (expected[0] && !require_hash(input, expected, error))
        return false;
    return photo_read(input->photo, input->photo_length, ret_photo, error);
}

bool report_draw(struct canvas *canvas, const struct report_input *input, struct report *ret_report,
                 struct ts_error *error)
{
    struct report report = {.pdf = NULL};
    struct photo photo = {.surface = NULL};
    struct record *record = record_read(input->record, input->record_length, error);
    bool fine = record && read_photo(record, input, &photo, error) &&
                draw(canvas, record, photo.surface ? &photo : NULL, &report, error);
    photo_done(&photo);
    record_free(record);
    if (fine)
        *ret_report = report;
    else
        free(report.pdf);
    return fine;
}
