// SPDX-License-Identifier: Apache-2.0
// What an original record must hold (docs/original-record.md), see record_rules.h. The database shortens its
// texts to these lengths (79_original_record_parts.sql).
#include "render/record_rules.h"

#include "render/record.h"

#include <stdio.h>

#define TEXT RECORD_RULE_TEXT
#define LIST RECORD_RULE_LIST
#define OBJECT RECORD_RULE_OBJECT
#define TRUTH RECORD_RULE_TRUTH

#define NAMES(path)                                                                                          \
    OBJECT(path, 1), TEXT(path ".code", 0, 20), TEXT(path ".name_zh", 1, 60), TEXT(path ".name_en", 1, 120)

#define FITNESS(path)                                                                                        \
    LIST(path, 0, 60), OBJECT(path "[]", 1), TEXT(path "[].name", 1, 160),                                   \
        TEXT(path "[].valid_from", 0, 20), TEXT(path "[].valid_until", 0, 20),                               \
        TEXT(path "[].evidence", 0, 200), TEXT(path "[].state_zh", 1, 20), TEXT(path "[].state_en", 1, 20)

static const struct record_rule RULES[] = {
    TEXT("format", 1, 40),
    TEXT("test_id", 1, 40),
    TRUTH("specimen", 1),
    TRUTH("draft", 1),
    OBJECT("form", 0),
    TEXT("form.form_no", 1, 40),
    TEXT("form.edition", 1, 20),
    TEXT("form.effective_from", 1, 20),
    TEXT("form.title_zh", 0, 60),
    TEXT("form.title_en", 0, 100),
    NAMES("institute"),
    NAMES("laboratory"),
    RECORD_RULES_ITEM,
    TEXT("item.received", 0, 20),
    TEXT("item.sampled_on", 0, 20),
    TEXT("item.produced_on", 0, 20),
    OBJECT("test", 1),
    TEXT("test.parameter_zh", 1, 80),
    TEXT("test.parameter_en", 0, 120),
    TEXT("test.method_id", 1, 40),
    TEXT("test.method_zh", 0, 120),
    TEXT("test.method_en", 0, 160),
    TEXT("test.method_standard", 1, 240),
    TEXT("test.unit", 0, 20),
    TEXT("test.state", 1, 20),
    TEXT("test.state_zh", 1, 40),
    TEXT("test.state_en", 1, 60),
    TEXT("test.technician", 0, 120),
    TEXT("test.decision_rule_zh", 0, 200),
    TEXT("test.decision_rule_en", 0, 200),
    OBJECT("entry", 0),
    TEXT("entry.entry_no", 1, 10),
    TEXT("entry.entered_by", 1, 120),
    TEXT("entry.at", 1, 20),
    TEXT("entry.expanded_uncertainty", 0, 60),
    TEXT("entry.coverage_factor", 0, 20),
    TEXT("entry.temperature_c", 0, 20),
    TEXT("entry.humidity_percent", 0, 20),
    TEXT("entry.deviation", 0, 500),
    TEXT("entry.confirmation", 0, 300),
    LIST("readings", 0, 96),
    OBJECT("readings[]", 1),
    TEXT("readings[].value", 1, 60),
    TEXT("readings[].qualifier", 0, 20),
    TEXT("readings[].position", 0, 80),
    TEXT("readings[].source", 0, 200),
    LIST("inputs", 0, 96),
    TEXT("inputs[]", 1, 800),
    LIST("readers", 0, 60),
    OBJECT("readers[]", 1),
    TEXT("readers[].round", 1, 10),
    TEXT("readers[].place", 1, 10),
    TEXT("readers[].reader", 1, 120),
    TEXT("readers[].at", 1, 20),
    TEXT("readers[].result", 1, 200),
    TEXT("readers[].observations", 0, 500),
    TEXT("readers[].instrument", 0, 160),
    TEXT("readers[].environment", 0, 60),
    TEXT("readers[].deviation", 0, 300),
    FITNESS("instruments"),
    FITNESS("reagents"),
    OBJECT("calculation", 0),
    TEXT("calculation.calc_key", 0, 60),
    LIST("calculation.expression", 0, 60),
    TEXT("calculation.expression[]", 1, 500),
    LIST("calculation.steps", 0, 200),
    OBJECT("calculation.steps[]", 1),
    TEXT("calculation.steps[].name", 1, 60),
    TEXT("calculation.steps[].value", 0, 400),
    LIST("calculation.determinations", 0, 96),
    TEXT("calculation.determinations[]", 0, 120),
    TEXT("calculation.calculated", 0, 120),
    TEXT("calculation.rounding_zh", 0, 120),
    TEXT("calculation.rounding_en", 0, 120),
    TEXT("calculation.rounded", 0, 120),
    TEXT("calculation.compared", 0, 120),
    TEXT("calculation.lod", 0, 60),
    TEXT("calculation.loq", 0, 60),
    OBJECT("judgement", 0),
    TEXT("judgement.verdict", 1, 40),
    TEXT("judgement.verdict_zh", 1, 60),
    TEXT("judgement.verdict_en", 1, 100),
    TEXT("judgement.mean", 0, 120),
    TEXT("judgement.range", 0, 60),
    TEXT("judgement.expanded_uncertainty", 0, 60),
    TEXT("judgement.unit", 0, 20),
    TEXT("judgement.requirement", 0, 200),
    TEXT("judgement.standard", 0, 300),
    TEXT("judgement.limit_id", 0, 60),
    TEXT("judgement.catalogue_revision", 0, 20),
    TEXT("judgement.comparison_zh", 0, 40),
    TEXT("judgement.comparison_en", 0, 40),
    TEXT("judgement.probability", 0, 60),
    TEXT("judgement.sentence_zh", 0, 500),
    TEXT("judgement.sentence_en", 0, 800),
    OBJECT("worksheet", 0),
    TEXT("worksheet.worksheet_no", 1, 40),
    TEXT("worksheet.position", 1, 10),
    TEXT("worksheet.batch_no", 1, 40),
    TEXT("worksheet.entry_no", 0, 10),
    LIST("worksheet.controls", 0, 96),
    OBJECT("worksheet.controls[]", 1),
    TEXT("worksheet.controls[].position", 1, 10),
    TEXT("worksheet.controls[].kind_zh", 1, 20),
    TEXT("worksheet.controls[].kind_en", 1, 20),
    TEXT("worksheet.controls[].of", 0, 40),
    TEXT("worksheet.controls[].value", 0, 120),
    TEXT("worksheet.controls[].figure", 0, 60),
    TEXT("worksheet.controls[].outcome", 0, 20),
    TEXT("worksheet.controls[].outcome_zh", 0, 20),
    TEXT("worksheet.controls[].outcome_en", 0, 20),
    LIST("holds", 0, 96),
    OBJECT("holds[]", 1),
    TEXT("holds[].batch_no", 1, 40),
    TEXT("holds[].held_at", 1, 20),
    TEXT("holds[].rules", 0, 200),
    TEXT("holds[].released_at", 0, 20),
    TEXT("holds[].released_by", 0, 120),
    TEXT("holds[].reason", 0, 300),
    LIST("acts", 0, 100),
    OBJECT("acts[]", 1),
    TEXT("acts[].at", 1, 20),
    TEXT("acts[].act_zh", 1, 20),
    TEXT("acts[].act_en", 1, 20),
    TEXT("acts[].name", 1, 120),
    TEXT("acts[].note", 0, 300),
    LIST("changes", 0, 60),
    OBJECT("changes[]", 1),
    TEXT("changes[].at", 1, 20),
    TEXT("changes[].kind_zh", 1, 20),
    TEXT("changes[].kind_en", 1, 40),
    TEXT("changes[].name", 1, 120),
    TEXT("changes[].old_result", 0, 600),
    TEXT("changes[].new_result", 0, 600),
    TEXT("changes[].reason", 0, 300),
    LIST("retests", 0, 20),
    OBJECT("retests[]", 1),
    TEXT("retests[].test_id", 1, 40),
    TEXT("retests[].relation_zh", 1, 20),
    TEXT("retests[].relation_en", 1, 20),
    TEXT("retests[].ordered_by", 1, 120),
    TEXT("retests[].at", 1, 20),
    TEXT("retests[].reason", 0, 400),
    TEXT("retests[].result", 0, 200),
    LIST("attachments", 0, 200),
    OBJECT("attachments[]", 1),
    TEXT("attachments[].name", 1, 120),
    TEXT("attachments[].media_type", 1, 40),
    TEXT("attachments[].size", 1, 20),
    TEXT("attachments[].sha256", 1, 64),
    TEXT("attachments[].caption", 0, 200),
    TEXT("attachments[].attached_by", 1, 120),
    TEXT("attachments[].at", 1, 20),
    TEXT("attachments[].struck_by", 0, 120),
    TEXT("attachments[].struck_at", 0, 20),
    TEXT("attachments[].struck_reason", 0, 200),
    TRUTH("attachments[].picture", 0),
    LIST("prints", 1, 41),
    OBJECT("prints[]", 1),
    TEXT("prints[].print_no", 1, 10),
    TEXT("prints[].printed_by", 1, 120),
    TEXT("prints[].at", 1, 20),
};

static bool check(const struct record *record, struct ts_error *error)
{
    static const char *const FORMATS[] = {"touchstone/original-record/1", NULL};
    static const char *const QUALIFIERS[] = {"", "less_than", "greater_than", "not_detected", NULL};
    char path[48];
    if (!record_check_word(record, "format", FORMATS, error))
        return false;
    for (size_t i = 0; i < record_count(record, "readings"); i++) {
        snprintf(path, sizeof path, "readings[%zu].qualifier", i);
        if (!record_check_word(record, path, QUALIFIERS, error))
            return false;
    }
    return true;
}

const struct record_rules record_rules_original = {RULES, sizeof RULES / sizeof RULES[0], check, true};
