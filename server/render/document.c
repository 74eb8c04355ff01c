// SPDX-License-Identifier: Apache-2.0
// See document.h.
#include "render/document.h"

#include "render/styles.h"

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

// "2026-11-24 10:15" as the ISO 8601 time that cairo reads; false when it is none.
static bool creation_time(const char *at, char ret_text[24])
{
    static const char SHAPE[] = "dddd-dd-dd dd:dd";
    for (size_t i = 0; SHAPE[i]; i++)
        if (SHAPE[i] == 'd' ? !isdigit((unsigned char)at[i]) : at[i] != SHAPE[i])
            return false;
    memcpy(ret_text, at, 16);
    ret_text[10] = 'T';
    memcpy(ret_text + 16, ":00", 4);
    return true;
}

static bool describe(cairo_surface_t *surface, const struct document *document, struct ts_error *error)
{
    char created[24];
    if (!creation_time(document->made_at, created))
        return error_violation(error, document->made_at_field, "is not a time such as 2026-11-24 10:15");
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, document->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, document->subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Touchstone");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
    return true;
}

// One pass over all sections. Without canvas->cairo: only counting.
static bool pass(struct canvas *canvas, const struct document *document, struct pages *pages,
                 struct ts_error *error)
{
    struct flow flow = {
        .canvas = canvas, .record = document->record, .words = &document->words, .known = *pages};
    flow_begin(&flow);
    document->run(&flow, document->context);
    flow_end(&flow);
    *pages = flow.found;
    if (canvas->error.status != TS_OK) {
        *error = canvas->error;
        return false;
    }
    return flow.page <= PAGES_CEILING ||
           error_violation(error, document->pages_field, "need more than %d pages", PAGES_CEILING);
}

// The second pass, which knows how many pages there are.
static bool draw_pages(struct canvas *canvas, const struct document *document, struct pages *pages,
                       struct report *report, struct ts_error *error)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(append, report, PAGE_WIDTH_PT, PAGE_HEIGHT_PT);
    canvas->cairo = cairo_create(surface);
    bool fine = describe(surface, document, error) && pass(canvas, document, pages, error);
    report->page_count = pages->count;
    cairo_destroy(canvas->cairo);
    cairo_surface_finish(surface);
    if (fine && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        fine = error_set(error, TS_INTERNAL, "DRAWING", "%s",
                         cairo_status_to_string(cairo_surface_status(surface)));
    cairo_surface_destroy(surface);
    return fine;
}

bool document_draw(struct canvas *canvas, const struct document *document, struct report *ret_report,
                   struct ts_error *error)
{
    struct pages pages = {0};
    canvas->shows_code_points = document->shows_code_points;
    bool fine =
        pass(canvas, document, &pages, error) && draw_pages(canvas, document, &pages, ret_report, error);
    canvas_end_document(canvas);
    return fine;
}

// OpenSSL's SHA-256, not glib's: it has the processor's own instructions, 4 ms less for a photo of 1.5 MB.
bool document_check_hash(const uint8_t *bytes, size_t length, const char *expected, const char *field,
                         struct ts_error *error)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned hash_length;
    char actual[2 * EVP_MAX_MD_SIZE + 1];
    if (EVP_Digest(bytes, length, hash, &hash_length, EVP_sha256(), NULL) != 1)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to hash a picture.");
    for (unsigned i = 0; i < hash_length; i++)
        snprintf(actual + (size_t)2 * i, 3, "%02x", hash[i]);
    return g_ascii_strcasecmp(actual, expected) == 0 ||
           error_violation(error, field, "is not the one that the record names");
}
