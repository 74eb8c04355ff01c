// SPDX-License-Identifier: Apache-2.0
// From readings to a verdict with its reason, by the requirement of the catalogue. Pure: no I/O, no clock, no
// memory but what is passed in. Comparison uses the full value (GB/T 8170-2008 4.3); a screening method
// never decides near the mark. The texts in the result are what the sheet prints.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

#define JUDGE_READINGS 96
#define JUDGE_SENTENCE_SIZE 1536

struct ts_error;

// The numbers of touchstone.v1.Verdict.
enum judge_verdict { JUDGE_PASS = 1, JUDGE_FAIL = 2, JUDGE_TO_BE_CONFIRMED = 3, JUDGE_NOT_JUDGED = 4 };

// Why the verdict is what it is, for programs.
enum judge_reason {
    JUDGE_REASON_MEETS,         // pass
    JUDGE_REASON_DOES_NOT_MEET, // fail
    JUDGE_REASON_NEAR_LIMIT,    // screening, |mean - limit| <= U
    JUDGE_REASON_BOTH_SIDES,    // screening, readings on both sides of the limit
    JUDGE_REASON_SPREAD,        // screening, readings further apart than they may be
    JUDGE_REASON_NO_READINGS,
    JUDGE_REASON_TOO_FEW_READINGS,
    JUDGE_REASON_QUALIFIED, // a reading is "less than", "not detected" or the like
    JUDGE_REASON_NO_LIMIT,
    JUDGE_REASON_NO_UNCERTAINTY,    // screening without U
    JUDGE_REASON_LIMIT_UNCONFIRMED, // confidence "check"
    JUDGE_REASON_RULE_UNKNOWN       // an operator or comparison that this engine does not judge
};

// The numbers of touchstone.v1.Qualifier.
enum judge_qualifier {
    JUDGE_ORDINARY = 0,
    JUDGE_LESS_THAN = 1,
    JUDGE_GREATER_THAN = 2,
    JUDGE_NOT_DETECTED = 3
};

struct judge_reading {
    const char *value; // as typed
    enum judge_qualifier qualifier;
};

// Texts are never NULL; "" is "not given".
struct judge_input {
    const struct judge_reading *readings;
    size_t reading_count;             // at most JUDGE_READINGS
    const char *calculated;           // what the method's formula made of them; "" is their mean
    const char *expanded_uncertainty; // U, in the unit of the result
    const char *coverage_factor;      // "" is 2
    const char *limit;
    const char *operator_name;   // ge, gt, le, lt
    const char *comparison;      // full, default-full
    const char *confidence;      // verified, certain, check; of the limit's catalogue row
    const char *agreement_limit; // largest minus smallest at most; "" is 2 U
    bool screening;
    int min_replicates;
    const char *unit;                  // as printed: ‰
    const char *requirement;           // as printed: "≥ 750"; "" makes one from operator and limit
    const char *standard;              // as printed in the sentences: GB 11887-2012
    const char *unit_en, *standard_en; // of the English one, where it differs; may be NULL
    const char *name_zh;               // of what was measured: 金含量
    const char *name_en;               // gold fineness
};

struct judge_result {
    enum judge_verdict verdict;
    enum judge_reason reason;
    // Rounded once from the exact mean; "" when there is none. Never contradicts the verdict: see judge.c.
    char mean[DECIMAL_TEXT_SIZE];
    char range[DECIMAL_TEXT_SIZE];           // largest minus smallest; "" with fewer than two readings
    char requirement[DECIMAL_TEXT_SIZE + 8]; // without the unit
    char sentence_zh[JUDGE_SENTENCE_SIZE];
    char sentence_en[JUDGE_SENTENCE_SIZE];
};

// False only for an input that no checked request can hold: a number that is none, too many readings. Numbers
// of up to 40 digits never leave what decimals can calculate.
bool judge_decide(const struct judge_input *input, struct judge_result *ret_result, struct ts_error *error);

// "NEAR_LIMIT" and so on.
const char *judge_reason_name(enum judge_reason reason);
// pass / fail / to_be_confirmed / not_judged
const char *judge_verdict_name(enum judge_verdict verdict);
const char *judge_verdict_zh(enum judge_verdict verdict);
const char *judge_verdict_en(enum judge_verdict verdict);
