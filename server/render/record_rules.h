// SPDX-License-Identifier: Apache-2.0
// What a record must hold and how long its texts may be. A path without a rule is allowed and not drawn.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum record_kind { RECORD_TEXT, RECORD_TRUTH, RECORD_OBJECT, RECORD_LIST };

struct record_rule {
    const char *path; // with [] for any element
    size_t length;    // of the path: a record asks for two hundred, and most rules differ in it
    enum record_kind kind;
    size_t least; // characters or elements; 0 = may be absent
    size_t most;
};

struct record;
struct ts_error;

// What a kind of record is held against.
struct record_rules {
    const struct record_rule *rules;
    size_t count;
    // What no rule of a single value says.
    bool (*check)(const struct record *record, struct ts_error *error);
    // Characters that draw nothing are said by their code points, not refused.
    bool shows_code_points;
};

extern const struct record_rules record_rules_sheet;    // docs/record.md
extern const struct record_rules record_rules_original; // docs/original-record.md

bool record_check_sheet(const struct record *record, struct ts_error *error);

// NULL when there is none.
const struct record_rule *record_rule_find(const struct record_rules *rules, const char *path);
// The text at `path` is one of the words, which end with NULL.
bool record_check_word(const struct record *record, const char *path, const char *const *words,
                       struct ts_error *error);

#define RECORD_RULE_TEXT(path, least, most)                                                                  \
    {                                                                                                        \
        path, sizeof path - 1, RECORD_TEXT, least, most                                                      \
    }
#define RECORD_RULE_LIST(path, least, most)                                                                  \
    {                                                                                                        \
        path, sizeof path - 1, RECORD_LIST, least, most                                                      \
    }
#define RECORD_RULE_OBJECT(path, least)                                                                      \
    {                                                                                                        \
        path, sizeof path - 1, RECORD_OBJECT, least, 0                                                       \
    }
#define RECORD_RULE_TRUTH(path, least)                                                                       \
    {                                                                                                        \
        path, sizeof path - 1, RECORD_TRUTH, least, 0                                                        \
    }

// The item, which records of all kinds tell alike.
#define RECORD_RULES_ITEM                                                                                    \
    RECORD_RULE_OBJECT("item", 1), RECORD_RULE_TEXT("item.code", 1, 40),                                     \
        RECORD_RULE_TEXT("item.name", 1, 200), RECORD_RULE_TEXT("item.pieces", 0, 20),                       \
        RECORD_RULE_TEXT("item.mass_g", 0, 48), RECORD_RULE_TEXT("item.hallmark", 0, 200),                   \
        RECORD_RULE_TEXT("item.claim", 0, 300), RECORD_RULE_TEXT("item.claimed_product_zh", 0, 120),         \
        RECORD_RULE_TEXT("item.claimed_product_en", 0, 160), RECORD_RULE_TEXT("item.condition", 0, 500),     \
        RECORD_RULE_TEXT("item.stones", 0, 300), RECORD_RULE_TEXT("item.seal_no", 0, 60),                    \
        RECORD_RULE_TEXT("item.photo_sha256", 0, 64)
