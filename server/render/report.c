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

static void run_sections(struct flow *flow, const void *context)
{
    const struct photo *photo = context;
    section_front(flow);
    section_sample(flow, photo);
    section_results(flow);
    section_signing(flow);
}

static bool draw(struct canvas *canvas, struct record *record, const struct photo *photo,
                 struct report *report, struct ts_error *error)
{
    const struct document document = {
        .record = record,
        .run = run_sections,
        .context = photo,
        .title =
            record_printf(record, "%s %s %s", WORDING_TITLE_ZH, WORDING_TITLE_EN, wording_number(record)),
        .author = record_text(record, "institute.name_zh"),
        .subject = wording_class_short(record),
        .made_at = record_text(record, "signatures[%zu].at", record_count(record, "signatures") - 1),
        .made_at_field = "signatures.at",
        .pages_field = "results",
        .words = {.title = {NULL, WORDING_TITLE_ZH "  " WORDING_TITLE_EN},
                  .number = {"sheet_no", wording_number(record)},
                  .warning = {NULL, wording_class_short(record)},
                  .foot_left = {"institute.name_zh", record_text(record, "institute.name_zh")},
                  .foot_centre = {"sheet_no", record_printf(record, "报告编号 %s", wording_number(record))}}};
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

bool report_draw(struct canvas *canvas, const struct report_input *input, struct report *ret_report,
                 struct ts_error *error)
{
    struct report report = {.pdf = NULL};
    struct photo photo = {.surface = NULL};
    struct record *record = record_read(&record_rules_sheet, input->record, input->record_length, error);
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
