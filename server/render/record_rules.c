// SPDX-License-Identifier: Apache-2.0
// What a record must hold, see record_rules.h. The upper ends are what the layout can take on one page in
// the narrowest place where the text is drawn.
#include "render/record_rules.h"

#include <string.h>

#define TEXT RECORD_RULE_TEXT
#define LIST RECORD_RULE_LIST
#define OBJECT RECORD_RULE_OBJECT
#define TRUTH RECORD_RULE_TRUTH

static const struct record_rule RULES[] = {
    TEXT("format", 1, 40),
    TEXT("sheet_no", 1, 40),
    TEXT("revision", 1, 6),
    TRUTH("specimen", 1),
    TEXT("legal_class", 1, 20),
    OBJECT("institute", 1),
    TEXT("institute.name_zh", 1, 60),
    TEXT("institute.name_en", 1, 120),
    TEXT("institute.address_zh", 0, 120),
    TEXT("institute.address_en", 0, 160),
    TEXT("institute.phone", 0, 60),
    OBJECT("laboratory", 1),
    TEXT("receipt_no", 0, 40),
    TEXT("time_zone", 0, 20),
    TEXT("laboratory.code", 1, 20),
    TEXT("laboratory.name_zh", 1, 60),
    TEXT("laboratory.name_en", 1, 120),
    TEXT("laboratory.place_zh", 0, 120),
    TEXT("laboratory.place_en", 0, 160),
    OBJECT("client", 1),
    TEXT("client.name", 1, 120),
    TEXT("client.contact", 0, 120),
    OBJECT("test_type", 1),
    TEXT("test_type.zh", 0, 80),
    TEXT("test_type.en", 0, 120),
    RECORD_RULES_ITEM,
    OBJECT("dates", 1),
    TEXT("dates.received", 1, 40),
    TEXT("dates.tested_from", 0, 40),
    TEXT("dates.tested_to", 0, 40),
    TEXT("dates.issued", 1, 40),
    LIST("results", 1, 60),
    OBJECT("results[]", 1),
    TEXT("results[].parameter_zh", 1, 80),
    TEXT("results[].parameter_en", 0, 120),
    TEXT("results[].method_standard", 1, 120),
    TEXT("results[].method_zh", 0, 120),
    TEXT("results[].method_en", 0, 160),
    TEXT("results[].deviation_zh", 0, 500),
    TEXT("results[].deviation_en", 0, 500),
    TEXT("results[].unit", 0, 20),
    LIST("results[].readings", 0, 200),
    OBJECT("results[].readings[]", 1),
    TEXT("results[].readings[].value", 1, 60),
    TEXT("results[].readings[].position", 0, 80),
    TEXT("results[].readings[].qualifier", 0, 20),
    LIST("results[].determinations", 0, 96),
    OBJECT("results[].determinations[]", 1),
    TEXT("results[].determinations[].value", 1, 60),
    TEXT("results[].determinations[].inputs", 0, 500),
    TEXT("results[].mean", 0, 100),
    TEXT("results[].range", 0, 60),
    TEXT("results[].expanded_uncertainty", 0, 60),
    TEXT("results[].coverage_factor", 0, 20),
    TEXT("results[].requirement", 0, 100),
    TEXT("results[].grade_zh", 0, 120),
    TEXT("results[].grade_en", 0, 160),
    TEXT("results[].judgement_standard", 0, 200),
    TEXT("results[].judgement_standard_en", 0, 240),
    TEXT("results[].clause", 0, 100),
    TEXT("results[].verdict", 1, 40),
    TEXT("results[].verdict_zh", 1, 60),
    TEXT("results[].verdict_en", 1, 100),
    TEXT("results[].sentence_zh", 0, 500),
    TEXT("results[].sentence_en", 0, 800),
    TRUTH("results[].in_scope", 0),
    LIST("equipment", 0, 40),
    OBJECT("equipment[]", 1),
    TEXT("equipment[].name", 1, 160),
    TEXT("equipment[].number", 0, 80),
    OBJECT("environment", 0),
    TEXT("environment.temperature_c", 0, 100),
    TEXT("environment.humidity_percent", 0, 100),
    OBJECT("decision_rule", 0),
    TEXT("decision_rule.zh", 0, 500),
    TEXT("decision_rule.en", 0, 800),
    OBJECT("conclusion", 1),
    TEXT("conclusion.verdict", 1, 40),
    TEXT("conclusion.zh", 1, 500),
    TEXT("conclusion.en", 1, 800),
    TEXT("conclusion.reserve_zh", 0, 300),
    TEXT("conclusion.reserve_en", 0, 500),
    LIST("signatures", 3, 12),
    OBJECT("signatures[]", 1),
    TEXT("signatures[].role", 1, 20),
    TEXT("signatures[].role_zh", 1, 30),
    TEXT("signatures[].role_en", 1, 40),
    TEXT("signatures[].name", 1, 60),
    TEXT("signatures[].at", 1, 40),
    TEXT("signatures[].meaning", 0, 120),
    LIST("statements", 0, 40),
    OBJECT("statements[]", 1),
    TEXT("statements[].id", 0, 20),
    TEXT("statements[].zh", 1, 500),
    TEXT("statements[].en", 0, 800),
};

const struct record_rules record_rules_sheet = {RULES, sizeof RULES / sizeof RULES[0], record_check_sheet,
                                                false};

const struct record_rule *record_rule_find(const struct record_rules *rules, const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].length == length && memcmp(rules->rules[i].path, path, length) == 0)
            return &rules->rules[i];
    return NULL;
}
