// SPDX-License-Identifier: Apache-2.0
// See original.h.
#include "render/original.h"

#include "render/document.h"
#include "render/layouts.h"
#include "render/original_sections.h"
#include "render/record.h"
#include "render/record_rules.h"

#include <stdio.h>
#include <stdlib.h>

enum { PICTURES_CEILING = 32 };

struct pictures {
    struct original_picture pictures[PICTURES_CEILING];
    size_t count;
};

static void run_sections(struct flow *flow, const void *context)
{
    const struct pictures *pictures = context;
    original_section_front(flow);
    original_section_means(flow);
    original_section_findings(flow);
    original_section_calculation(flow);
    original_section_judgement(flow);
    original_section_controls(flow);
    original_section_holds(flow);
    original_section_course(flow);
    original_section_retests(flow);
    original_section_signatures(flow);
    original_section_files(flow);
    original_section_pictures(flow, pictures->pictures, pictures->count);
    original_section_texts(flow);
    original_section_end(flow);
}

bool original_try_picture(const uint8_t *bytes, size_t length, struct ts_error *error)
{
    return photo_try(bytes, length, PHOTO_RECORD_SIDE, error);
}

bool original_try_text(struct canvas *canvas, const char *field, const char *text, struct ts_error *error)
{
    unsigned lacking = layouts_lacking(canvas->layouts, text);
    return !lacking || error_violation(error, field,
                                       "has the character U+%04X, which no font of the record can draw: "
                                       "say it in words",
                                       lacking);
}

static bool add_picture(struct pictures *pictures, const struct original_input *input, const char *caption,
                        const char *sha256, const char *field, struct ts_error *error)
{
    if (pictures->count == input->picture_count || pictures->count == PICTURES_CEILING)
        return error_violation(error, field, "has no picture behind the record");
    struct original_picture *picture = &pictures->pictures[pictures->count];
    const struct picture_bytes *bytes = &input->pictures[pictures->count];
    if (!document_check_hash(bytes->data, bytes->length, sha256, field, error) ||
        !photo_read(bytes->data, bytes->length, PHOTO_RECORD_SIDE, &picture->photo, error))
        return false;
    picture->caption = caption;
    picture->sha256 = sha256;
    pictures->count++;
    return true;
}

static bool read_pictures(struct record *record, const struct original_input *input,
                          struct pictures *pictures, struct ts_error *error)
{
    const char *photo = record_text(record, "item.photo_sha256");
    if (photo[0] &&
        !add_picture(pictures, input,
                     record_printf(record, "样品照片 Photo of the item %s", record_text(record, "item.code")),
                     photo, "item.photo_sha256", error))
        return false;
    pictures->pictures[0].is_photo = photo[0];
    for (size_t i = 0; i < record_count(record, "attachments"); i++) {
        const char *said = record_text(record, "attachments[%zu].caption", i);
        const char *name = record_text(record, "attachments[%zu].name", i);
        if (record_truth(record, "attachments[%zu].picture", i) &&
            !add_picture(
                pictures, input,
                record_printf(record, "附件 Attachment %zu：%s%s%s", i + 1, said, said[0] ? "  " : "", name),
                record_text(record, "attachments[%zu].sha256", i), "attachments", error))
            return false;
    }
    return pictures->count == input->picture_count ||
           error_violation(error, "attachments", "name fewer pictures than came");
}

static bool draw(struct canvas *canvas, struct record *record, const struct pictures *pictures,
                 struct report *report, struct ts_error *error)
{
    const char *title = "原始记录  ORIGINAL RECORD";
    bool draft = record_truth(record, "%s", "draft");
    const char *warning = !record_is_specimen(record) ? (draft ? "草稿，未经复核  Draft, not reviewed" : "")
                          : draft                     ? "样张，草稿  Specimen, draft"
                                                      : "样张  Specimen";
    const char *test = record_text(record, "test_id");
    const struct document document = {
        .record = record,
        .run = run_sections,
        .context = pictures,
        .title = record_printf(record, "%s %s", title, test),
        .author = record_text(record, "institute.name_zh"),
        .subject = original_form(record),
        .made_at = record_text(record, "prints[%zu].at", record_count(record, "prints") - 1),
        .made_at_field = "prints.at",
        .pages_field = "original",
        .shows_code_points = true,
        .words = {.title = {NULL, title},
                  .number = {"item.code", record_printf(record, "样品编号 Sample No. %s",
                                                        record_text(record, "item.code"))},
                  .warning = {NULL, warning},
                  .warning_ink = INK_ALERT,
                  .foot_left = {"form.form_no", original_form(record)},
                  .foot_centre = {"test_id", record_printf(record, "记录 Record %s", test)}}};
    return document_draw(canvas, &document, report, error);
}

bool original_draw(struct canvas *canvas, const struct original_input *input, struct report *ret_report,
                   struct ts_error *error)
{
    struct report report = {.pdf = NULL};
    struct pictures *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the pictures");
    struct record *record = record_read(&record_rules_original, input->record, input->record_length, error);
    bool fine = record && read_pictures(record, input, pictures, error) &&
                draw(canvas, record, pictures, &report, error);
    for (size_t i = 0; i < PICTURES_CEILING; i++)
        photo_done(&pictures->pictures[i].photo);
    free(pictures);
    record_free(record);
    if (fine)
        *ret_report = report;
    else
        free(report.pdf);
    return fine;
}
