// SPDX-License-Identifier: Apache-2.0
// Draws a sheet, see report.h.
#include "render/report.h"

#include "render/document.h"
#include "render/flow.h"
#include "render/photo.h"
#include "render/record.h"
#include "render/record_rules.h"
#include "render/sections.h"
#include "render/wording.h"

#include <stdlib.h>
#include <string.h>

static void run_sections(struct flow *flow, const void *context)
{
    const struct sheet *sheet = context;
    if (sheet->kind == SHEET_CARD) {
        section_card(flow, sheet);
        return;
    }
    section_front(flow, sheet);
    section_sample(flow, sheet);
    section_results(flow, sheet);
    section_conditions(flow);
    section_signing(flow, sheet);
    section_closing(flow, sheet);
}

static bool draw(struct canvas *canvas, struct record *record, const struct sheet *sheet,
                 struct report *report, struct ts_error *error)
{
    const char *zh = wording_title_zh(record, sheet->kind), *en = wording_title_en(record, sheet->kind);
    const struct standing_words *gone = wording_standing(sheet->standing); // no page of it without that
    const char *warning = gone ? record_printf(record, "%s  %s", gone->verdict_zh, gone->verdict_en)
                               : wording_class_head(record);
    const struct document document = {
        .record = record,
        .run = run_sections,
        .context = sheet,
        .title = record_printf(record, "%s %s %s", zh, en, wording_number(record)),
        .author = record_text(record, "institute.name_zh"),
        .subject = wording_class_short(record),
        .made_at = record_text(record, "signatures[%zu].at", record_count(record, "signatures") - 1),
        .made_at_field = "signatures.at",
        .pages_field = "results",
        .words = {.title = {"title_zh", wording_title_head(record, sheet->kind)},
                  .number = {"sheet_no", wording_number(record)},
                  .warning = {NULL, warning},
                  .warning_ink = gone ? INK_ALERT : wording_class_ink(record),
                  .foot_left = {"institute.name_zh", record_text(record, "institute.name_zh")},
                  .foot_centre = {"sheet_no", record_printf(record, "%s %s", wording_number_label(record),
                                                            wording_number(record))}}};
    return document_draw(canvas, &document, report, error);
}

static bool read_photo(const struct record *record, const struct report_input *input, struct photo *ret_photo,
                       struct ts_error *error)
{
    const char *expected = record_text(record, "item.photo_sha256");
    if (input->photo_length == 0)
        return !expected[0] || error_violation(error, "photo", "is missing though the record names one");
    if (expected[0] && !document_check_hash(input->photo, input->photo_length, expected, "photo", error))
        return false;
    return photo_read(input->photo, input->photo_length, PHOTO_DRAWN_SIDE, ret_photo, error);
}

// Of the institute: only the one that the record names, and a record that is a specimen names none.
static bool read_named(const char *expected, const uint8_t *bytes, size_t length, const char *field,
                       struct photo *ret_photo, struct ts_error *error)
{
    if (!expected[0])
        return true;
    if (length == 0)
        return error_violation(error, field, "is missing though the record names one");
    return document_check_hash(bytes, length, expected, field, error) &&
           photo_read(bytes, length, PHOTO_DRAWN_SIDE, ret_photo, error);
}

static bool read_marks(const struct record *record, const struct report_input *input,
                       struct photo ret_marks[SHEET_MARKS], struct ts_error *error)
{
    static const char *const FIELDS[SHEET_MARKS] = {"cma_picture", "cnas_picture"};
    for (size_t i = 0; i < record_count(record, "marks"); i++) {
        enum sheet_mark mark =
            strcmp(record_text(record, "marks[%zu].kind", i), "cma") == 0 ? SHEET_CMA : SHEET_CNAS;
        if (!ret_marks[mark].width &&
            !read_named(record_text(record, "marks[%zu].picture_sha256", i), input->marks[mark].bytes,
                        input->marks[mark].length, FIELDS[mark], &ret_marks[mark], error))
            return false;
    }
    return true;
}

// "lab.example:8443" of "https://lab.example:8443/s#…".
static const char *host_of(struct record *record, const char *qr)
{
    static const char SCHEME[] = "https://";
    if (!qr || strncmp(qr, SCHEME, sizeof SCHEME - 1) != 0)
        return "";
    qr += sizeof SCHEME - 1;
    return record_printf(record, "%.*s", (int)strcspn(qr, "/"), qr);
}

// "7K3M9QXA" of "https://lab.example:8443/s?n=JEW-2026-000001&c=7K3M9QXA".
static const char *check_code_of(const char *small_qr)
{
    const char *found = small_qr ? strstr(small_qr, "&c=") : NULL;
    return found ? found + 3 : "";
}

static bool draw_sheet(struct canvas *canvas, struct record *record, const struct report_input *input,
                       struct report *report, struct ts_error *error)
{
    struct photo photo = {.surface = NULL}, seal = {.surface = NULL}, marks[SHEET_MARKS] = {0};
    struct sheet sheet = {.kind = input->kind,
                          .standing = input->standing,
                          .standing_since = input->standing_since ? input->standing_since : "",
                          .host = host_of(record, input->qr),
                          .code = check_code_of(input->small_qr)};
    bool fine = read_photo(record, input, &photo, error) &&
                read_named(record_text(record, "seal_sha256"), input->seal, input->seal_length,
                           "seal_picture", &seal, error) &&
                read_marks(record, input, marks, error) && code_make(input->qr, "qr", &sheet.qr, error) &&
                code_make(input->small_qr, "small_qr", &sheet.small_qr, error);
    sheet.photo = photo.width ? &photo : NULL;
    sheet.seal = seal.width ? &seal : NULL;
    for (size_t i = 0; i < SHEET_MARKS; i++)
        sheet.marks[i] = marks[i].surface ? &marks[i] : NULL;
    fine = fine && draw(canvas, record, &sheet, report, error);
    code_done(&sheet.qr);
    code_done(&sheet.small_qr);
    photo_done(&photo);
    photo_done(&seal);
    for (size_t i = 0; i < SHEET_MARKS; i++)
        photo_done(&marks[i]);
    return fine;
}

bool report_draw(struct canvas *canvas, const struct report_input *input, struct report *ret_report,
                 struct ts_error *error)
{
    struct report report = {.pdf = NULL};
    struct record *record = record_read(&record_rules_sheet, input->record, input->record_length, error);
    bool fine = record && draw_sheet(canvas, record, input, &report, error);
    record_free(record);
    if (fine)
        *ret_report = report;
    else
        free(report.pdf);
    return fine;
}
