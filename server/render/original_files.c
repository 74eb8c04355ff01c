// SPDX-License-Identifier: Apache-2.0
// What is attached to an original record: the list of its files, pictures as they are, texts line by line.
#include "render/original_list.h"
#include "render/original_sections.h"
#include "render/styles.h"

#include <string.h>

// ---- attachments

// 64 digits in two lines of our own: broken anywhere they would be hard to compare.
static void add_hash(struct record *record, struct cell *cell, const char *sha256)
{
    const struct style style = {.size_pt = 7.5, .ink = INK_LABEL};
    size_t half = strlen(sha256) / 2;
    cell_add(cell,
             (struct phrase){"attachments.sha256", record_printf(record, "%.*s", (int)half, sha256), style});
    cell_add(cell, (struct phrase){"attachments.sha256", sha256 + half, style});
}

static void file_row(struct record *record, size_t i, struct cell *cells)
{
    const char *struck = record_text(record, "attachments[%zu].struck_at", i);
    cells[0] = original_text("attachments", record_printf(record, "%zu", i + 1));
    cells[1] = original_cell(record, "attachments", i, "name");
    cell_add(&cells[1], record_phrase(record, STYLE_NOTE_EN, "attachments[%zu].caption", i));
    cell_add(&cells[1], (struct phrase){"attachments.size",
                                        record_printf(record, "%s, %s 字节 bytes",
                                                      record_text(record, "attachments[%zu].media_type", i),
                                                      record_text(record, "attachments[%zu].size", i)),
                                        STYLE_NOTE_EN});
    if (struck[0])
        cell_add(&cells[1],
                 (struct phrase){"attachments.struck_reason",
                                 record_printf(record, "已划去 Struck out  %s  %s：%s", struck,
                                               record_text(record, "attachments[%zu].struck_by", i),
                                               record_text(record, "attachments[%zu].struck_reason", i)),
                                 {.size_pt = 7.6, .bold = true, .ink = INK_ALERT}});
    add_hash(record, &cells[2], record_text(record, "attachments[%zu].sha256", i));
    cells[3] = original_cell(record, "attachments", i, "at");
    cell_add(&cells[3], record_phrase(record, STYLE_NOTE_EN, "attachments[%zu].attached_by", i));
}

// The photo of the item before what was attached: the list names every file that is drawn.
static void photo_row(struct record *record, struct cell *cells)
{
    const char *size = record_text(record, "item.photo_size");
    cells[0] = original_text("item.photo_sha256", "照片 Photo");
    cells[1] = original_text("item.code", record_printf(record, "样品照片 Photo of the item %s",
                                                        record_text(record, "item.code")));
    cell_add(&cells[1],
             (struct phrase){NULL, "收样时拍摄，不是附件 taken at reception, not attached by the bench",
                             STYLE_NOTE_EN});
    if (size[0])
        cell_add(&cells[1], (struct phrase){"item.photo_size", record_printf(record, "%s 字节 bytes", size),
                                            STYLE_NOTE_EN});
    add_hash(record, &cells[2], record_text(record, "item.photo_sha256"));
    cells[3] = original_text("item.photo_at", record_text(record, "item.photo_at"));
    cell_add(&cells[3], record_phrase(record, STYLE_NOTE_EN, "item.photo_by"));
}

static bool has_photo(struct record *record)
{
    return record_text(record, "item.photo_sha256")[0];
}

static void any_file_row(struct record *record, size_t i, struct cell *cells)
{
    bool photo = has_photo(record);
    if (photo && i == 0)
        photo_row(record, cells);
    else
        file_row(record, i - photo, cells);
}

void original_section_files(struct flow *flow)
{
    static const struct column COLUMNS[] = {{"序号", "No.", 40, PLACING_LEFT},
                                            {"文件", "File", 204, PLACING_LEFT},
                                            {"SHA-256", "of its bytes", 160, PLACING_LEFT},
                                            {"时间、人员", "When, who", TEXT_WIDTH_PT - 404, PLACING_LEFT}};
    static const struct original_list FILES = {
        "attachments", "照片与附件", "Photo and attachments", COLUMNS, 4, any_file_row};
    struct record *record = flow->record;
    original_list_draw_rows(flow, &FILES, record_count(record, "attachments") + has_photo(record));
}

// ---- texts

static size_t count_texts(struct record *record)
{
    size_t count = 0;
    for (size_t i = 0; i < record_count(record, "attachments"); i++)
        count += record_count(record, "attachments[%zu].text", i) > 0;
    return count;
}

// A line with its number, on a ground of its own: so that nobody takes it for words of the record.
static void draw_line(struct flow *flow, const char *number, struct phrase line)
{
    const double left = 30, inset = 5, between = 1.2;
    struct phrase place = {NULL, number, {.size_pt = 7.5, .ink = INK_LABEL, .placing = PLACING_RIGHT}};
    double wide = TEXT_WIDTH_PT - left - inset;
    line.text = line.text[0] ? line.text : " ";
    double high = canvas_height(flow->canvas, &line, 1, wide) + between;
    flow_need(flow, high, "attachments.text");
    canvas_fill(flow->canvas, MARGIN_PT, flow->y, TEXT_WIDTH_PT, high, INK_TINT);
    canvas_text(flow->canvas, &place, 1, MARGIN_PT, flow->y + between / 2, left - 8);
    canvas_text(flow->canvas, &line, 1, MARGIN_PT + left, flow->y + between / 2, wide);
    flow_skip(flow, high);
}

static void draw_text(struct flow *flow, size_t i)
{
    struct record *record = flow->record;
    const struct style style = {.size_pt = 8, .ink = INK_TEXT};
    const char *said = record_text(record, "attachments[%zu].caption", i);
    struct phrase caption = {"attachments.caption",
                             record_printf(record, "附件 Attachment %zu：%s%s%s", i + 1, said,
                                           said[0] ? "  " : "",
                                           record_text(record, "attachments[%zu].name", i)),
                             STYLE_NOTE_ZH};
    struct phrase rest = {
        "attachments.text_cut",
        record_printf(record,
                      "以下从略，全文 %s 字节以文件为准 cut here: the file has %s bytes, and "
                      "its SHA-256 stands above",
                      record_text(record, "attachments[%zu].size", i),
                      record_text(record, "attachments[%zu].size", i)),
        STYLE_SMALL};
    flow_need(flow, canvas_height(flow->canvas, &caption, 1, TEXT_WIDTH_PT) + 36, "attachments.caption");
    flow_block(flow, &caption, 1, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 2);
    for (size_t line = 0; line < record_count(record, "attachments[%zu].text", i); line++)
        draw_line(flow, record_printf(record, "%zu", line + 1),
                  record_phrase(record, style, "attachments[%zu].text[%zu]", i, line));
    flow_skip(flow, 2);
    if (record_truth(record, "attachments[%zu].text_cut", i))
        flow_block(flow, &rest, 1, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 6);
}

void original_section_texts(struct flow *flow)
{
    if (count_texts(flow->record) == 0)
        return;
    flow_heading(flow, "附件文本", "Attached texts, by their lines", 60);
    for (size_t i = 0; i < record_count(flow->record, "attachments"); i++)
        if (record_count(flow->record, "attachments[%zu].text", i) > 0)
            draw_text(flow, i);
}

// ---- pictures

// Three spectra to a page, all of one width: they are compared with each other.
static const double PICTURE_HIGH_PT = 198, CAPTION_GAP_PT = 3,
                    END_PT = 40; // the end of the record stands below its last picture

static void draw_picture(struct flow *flow, const struct original_picture *picture, double following)
{
    const struct photo *photo = &picture->photo;
    struct phrase caption[] = {
        {"attachments.caption", picture->caption, STYLE_NOTE_ZH},
        {"attachments.sha256",
         record_printf(flow->record, "SHA-256 %s", picture->sha256),
         {.size_pt = 7.5, .ink = INK_LABEL}},
    };
    double wide = (double)photo->width, high = (double)photo->height;
    double scale =
        TEXT_WIDTH_PT / wide < PICTURE_HIGH_PT / high ? TEXT_WIDTH_PT / wide : PICTURE_HIGH_PT / high;
    double words = canvas_height(flow->canvas, caption, 2, TEXT_WIDTH_PT);
    double x = MARGIN_PT + (TEXT_WIDTH_PT - wide * scale) / 2;
    flow_need(flow, high * scale + words + 2 * CAPTION_GAP_PT + 4 + following, "attachments");
    photo_draw(photo, flow->canvas, x, flow->y, wide * scale, high * scale);
    canvas_frame(flow->canvas, x, flow->y, wide * scale, high * scale, 0.5, INK_RULE);
    flow_skip(flow, high * scale + CAPTION_GAP_PT);
    canvas_text(flow->canvas, caption, 2, MARGIN_PT, flow->y, TEXT_WIDTH_PT);
    flow_skip(flow, words + CAPTION_GAP_PT + 4);
}

void original_section_pictures(struct flow *flow, const struct original_picture *pictures, size_t count)
{
    bool texts = count_texts(flow->record) > 0;
    if (count == 0)
        return;
    flow_heading(flow, "附图", "Pictures", PICTURE_HIGH_PT + 40);
    for (size_t i = 0; i < count; i++)
        draw_picture(flow, &pictures[i], i + 1 == count && !texts ? END_PT : 0);
}
