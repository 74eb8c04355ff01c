// SPDX-License-Identifier: Apache-2.0
// What an original record says of others than its own numbers: batches that were held, the tests that it
// replaced or was replaced by, and who answers for it (79_original_record_persons.sql).
#include "render/original_list.h"
#include "render/original_sections.h"
#include "render/styles.h"

#include <string.h>

// ---- holds

static void hold_row(struct record *record, size_t i, struct cell *cells)
{
    const char *released = record_text(record, "holds[%zu].released_at", i);
    const char *value = record_text(record, "holds[%zu].value", i);
    const char *again = record_text(record, "holds[%zu].measured_again", i);
    cells[0] = original_cell(record, "holds", i, "batch_no");
    cell_add(&cells[0], record_phrase(record, STYLE_NOTE_EN, "holds[%zu].held_at", i));
    cells[1] = original_cell(record, "holds", i, "of");
    cell_add(&cells[1],
             (struct phrase){
                 "holds.value",
                 value[0] ? record_printf(record, "%s %s", value, record_text(record, "test.unit")) : "",
                 {.size_pt = 8.2, .bold = true, .ink = INK_ALERT}});
    cell_add(&cells[1], record_phrase(record, STYLE_NOTE_EN, "holds[%zu].rules", i));
    cells[2] = original_text("holds.measured_again", again[0] ? again : "无重测记录 none on record");
    cells[3] = original_or_dash(original_cell(record, "holds", i, "nonconformities"));
    cells[4] = original_text("holds.released_at", released[0] ? released : "未放行 not released");
    cell_add(&cells[4], record_phrase(record, STYLE_NOTE_EN, "holds[%zu].released_by", i));
    cell_add(&cells[4], record_phrase(record, STYLE_NOTE_ZH, "holds[%zu].reason", i));
}

void original_section_holds(struct flow *flow)
{
    static const struct column COLUMNS[] = {{"批次", "Batch, held", 92, PLACING_LEFT},
                                            {"不可接受的质控", "Control rejected", 84, PLACING_LEFT},
                                            {"质控重测", "Control measured again", 94, PLACING_LEFT},
                                            {"不符合工作", "Nonconforming work", 125, PLACING_LEFT},
                                            {"放行", "Released", TEXT_WIDTH_PT - 395, PLACING_LEFT}};
    static const struct original_list HOLDS = {"holds", "批次冻结", "Holds", COLUMNS, 5, hold_row};
    original_list_draw(flow, &HOLDS);
}

// ---- retests

enum { HALF_ID = 19 };

static void retest_row(struct record *record, size_t i, struct cell *cells)
{
    cells[0] = original_words(record, "retests", i, "relation");
    const char *id = record_text(record, "retests[%zu].test_id", i);
    size_t half = strlen(id) > HALF_ID ? HALF_ID : strlen(id); // broken where a hyphen is
    cell_add(&cells[0],
             (struct phrase){"retests.test_id", record_printf(record, "%.*s", (int)half, id), STYLE_SMALL});
    cell_add(&cells[0], (struct phrase){"retests.test_id", id + half, STYLE_SMALL});
    cells[1] = original_cell(record, "retests", i, "at");
    cell_add(&cells[1], record_phrase(record, STYLE_NOTE_EN, "retests[%zu].ordered_by", i));
    cell_add(&cells[1], record_phrase(record, STYLE_NOTE_ZH, "retests[%zu].reason", i));
    cells[2] = original_or_dash(original_cell(record, "retests", i, "tested_by"));
    cells[3] = original_or_dash(original_cell(record, "retests", i, "reviewed_by"));
    cells[4] = original_or_dash(original_text(
        "retests.result", original_unbroken(record, record_text(record, "retests[%zu].result", i))));
}

void original_section_retests(struct flow *flow)
{
    static const struct column COLUMNS[] = {{"关系、记录编号", "Relation, record", 112, PLACING_LEFT},
                                            {"复测指令", "Repeat test ordered", 118, PLACING_LEFT},
                                            {"该次检测人", "Tested by", 84, PLACING_LEFT},
                                            {"该次复核人", "Reviewed by", 84, PLACING_LEFT},
                                            {"该次结果", "Its result", TEXT_WIDTH_PT - 398, PLACING_LEFT}};
    static const struct original_list RETESTS = {"retests", "复测", "Repeat tests", COLUMNS, 5, retest_row};
    original_list_draw(flow, &RETESTS);
}

// ---- signatures

static void signature_row(struct record *record, size_t i, struct cell *cells)
{
    cells[0] = original_cell(record, "signatures", i, "role_zh");
    cell_add(&cells[0], record_phrase(record, STYLE_NOTE_EN, "signatures[%zu].role_en", i));
    cells[1] = cell_of(record_phrase(record, STYLE_VALUE_BOLD, "signatures[%zu].name", i));
    cells[2] = original_cell(record, "signatures", i, "at");
    cells[3] = original_cell(record, "signatures", i, "note");
}

void original_section_signatures(struct flow *flow)
{
    static const struct column COLUMNS[] = {{"职责", "Part", 100, PLACING_LEFT},
                                            {"姓名（登录名）", "Name (log-in)", 124, PLACING_LEFT},
                                            {"时间", "Time", 130, PLACING_LEFT},
                                            {"说明", "Note", TEXT_WIDTH_PT - 354, PLACING_LEFT}};
    static const struct original_list SIGNATURES = {"signatures", "签署", "Signatures",
                                                    COLUMNS,      4,      signature_row};
    struct phrase how = {
        NULL,
        "各人以本人登录身份在系统中签署，系统记录时间。 Each signed in the system under a log-in of their "
        "own; the system set the time.",
        STYLE_SMALL};
    if (record_count(flow->record, "signatures") == 0)
        return;
    original_list_draw(flow, &SIGNATURES);
    flow_skip(flow, 2);
    flow_block(flow, &how, 1, 0, TEXT_WIDTH_PT);
}
