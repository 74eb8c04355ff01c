// SPDX-License-Identifier: Apache-2.0
// The words of a ruling: one sentence per reason and language, in tables that a person of the field can read
// and correct. {name} what was measured, {value} the printed figure with its unit or what the result is
// called, {need} the requirement, {by} the standard, {lod} {loq} {u} numbers, {p} the probability, {verdict}
// the words of the outcome, {how} the comparison.
#include "judge/ruling_parts.h"
#include "judge/sentence.h"

#include <stdio.h>
#include <string.h>

static const struct wording reasons[] = {
    [RULING_BY_VALUE] = {"{name}为 {value}，{how}与{by}要求 {need} 比较，判定：{verdict}。",
                         "{name}: {value}, compared by the {how} with {need}{by}: {verdict}."},
    [RULING_BY_GRADE] = {"{name}为 {value}，{by}要求 {need}，判定：{verdict}。",
                         "{name}: grade {value}, against the requirement{by} ({need}): {verdict}."},
    [RULING_BY_TEXT] = {"{name}为“{value}”，{by}要求“{need}”，判定：{verdict}。",
                        "{name}: “{value}”, against the requirement{by} (“{need}”): {verdict}."},
    [RULING_BY_DETECTION] = {"{name}{value}，{by}要求不得检出或不得使用，判定：{verdict}。",
                             "{name}: {value}, where nothing may be found{by}: {verdict}."},
    [RULING_BY_CENSORING] = {"{name}{value}，与{by}要求 {need} 比较已可确定，判定：{verdict}。",
                             "{name}: {value}, which is enough to compare with {need}{by}: {verdict}."},
    [RULING_METHOD_UNFIT] =
        {"{name}{value}，方法的检出能力不足以与 {need} 比较：不能判定。",
         "{name}: {value}; the method does not see far enough to compare with {need}: inconclusive."},
    [RULING_REPEAT] =
        {"{name}介于检出限与定量限（{loq}）之间：需重复测定或确证。",
         "{name}: between the limits of detection and of quantification ({loq}): to be repeated "
         "or confirmed."},
    [RULING_UNCONFIRMED] = {"{name}为 {value}，尚未经确证：不能判定。",
                            "{name}: {value}, not confirmed by a second determination yet: inconclusive."},
    [RULING_NEAR_LIMIT] =
        {"{name}为 {value}，与限值之差不超过扩展不确定度 {u}，筛选方法不能判定：需用仲裁方法确认。",
         "{name}: {value}, no further from a limit than the expanded uncertainty of {u}. A screening method "
         "cannot decide: to be confirmed by the reference method."},
    [RULING_PROBABILITY] =
        {"{name}为 {value}，符合 {need} 的概率为 {p}；按约定不作判定。",
         "{name}: {value}; the probability of conformity with {need} is {p}. As agreed, no "
         "verdict is given."},
    [RULING_NO_LIMIT] = {"{name}没有可依据的限值：不作判定。", "{name}: no requirement applies: not judged."},
    [RULING_NO_RESULT] = {"{name}尚无结果：不作判定。", "{name}: there is no result: not judged."},
    [RULING_NO_UNCERTAINTY] =
        {"{name}未给出扩展不确定度，而约定的规则或方法需要它：不作判定。",
         "{name}: no expanded uncertainty is given, and the agreed rule or the method needs it: not judged."},
    [RULING_NO_DETECTION_LIMIT] =
        {"{name}未给出检出限或定量限：不作判定。",
         "{name}: the limit of detection or of quantification is not given: not judged."},
    [RULING_CHECK] =
        {"{name}的判定依据（{need}）尚未与标准原文核实：不作判定。",
         "{name}: what it is judged by ({need}) has not been confirmed against the text of the standard: "
         "not judged."},
    [RULING_RULE_REFUSED] = {"{name}：约定的判定规则不适用于要求 {need}：不作判定。",
                             "{name}: the agreed decision rule cannot be used with {need}: not judged."},
    [RULING_RULE_NEEDS_VALUE] = {"{name}{value}，约定的判定规则需要数值结果：不作判定。",
                                 "{name}: {value}; the agreed decision rule needs a number: not judged."},
    [RULING_GRADE_UNKNOWN] = {"{name}的级别“{value}”不在标尺内：不作判定。",
                              "{name}: the grade \"{value}\" is not one of the scale: not judged."},
    [RULING_RULE_UNKNOWN] = {"{name}的比较规则超出本系统的判定能力：不作判定。",
                             "{name}: the requirement is of a kind that this system does not judge: not "
                             "judged."},
};

static const char *const reason_names[] = {
    "BY_VALUE",     "BY_GRADE",         "BY_TEXT",        "BY_DETECTION",       "BY_CENSORING",
    "METHOD_UNFIT", "REPEAT",           "UNCONFIRMED",    "NEAR_LIMIT",         "PROBABILITY",
    "NO_LIMIT",     "NO_RESULT",        "NO_UNCERTAINTY", "NO_DETECTION_LIMIT", "CHECK",
    "RULE_REFUSED", "RULE_NEEDS_VALUE", "GRADE_UNKNOWN",  "RULE_UNKNOWN"};

struct outcome_words {
    const char *name;
    struct wording said;
};

static const struct outcome_words outcomes[] = {
    [RULING_PASS] = {"pass", {"符合", "conforms"}},
    [RULING_FAIL] = {"fail", {"不符合", "does not conform"}},
    [RULING_CONDITIONAL_PASS] = {"conditional_pass", {"有条件符合", "conforms conditionally"}},
    [RULING_CONDITIONAL_FAIL] = {"conditional_fail", {"有条件不符合", "does not conform conditionally"}},
    [RULING_INCONCLUSIVE] = {"inconclusive", {"不能判定", "inconclusive"}},
    [RULING_NOT_JUDGED] = {"not_judged", {"不作判定", "not judged"}},
};

// What a sentence is about.
struct finding {
    const struct ruling_case *it;
    const struct ruling *ruling;
};

static const struct ruling_result *result_of(const struct sentence *sentence)
{
    return ((const struct finding *)sentence->about)->it->result;
}

static const struct ruling_requirement *requirement_of(const struct sentence *sentence)
{
    return ((const struct finding *)sentence->about)->it->requirement;
}

static const struct ruling *ruling_of(const struct sentence *sentence)
{
    return ((const struct finding *)sentence->about)->ruling;
}

static void put_name(struct sentence *sentence)
{
    sentence_put_name(sentence, result_of(sentence)->name_zh, result_of(sentence)->name_en);
}

// An English sentence speaks of "grade 3-4" itself.
static const char *unit_of(const struct sentence *sentence)
{
    const struct ruling_result *result = result_of(sentence);
    const char *unit = sentence_either(sentence, result->unit, result->unit_en);
    return strcmp(unit, "grade") == 0 ? "" : unit;
}

static void put_value(struct sentence *sentence)
{
    static const struct wording not_detected = {"未检出", "not detected"};
    static const struct wording opening = {"（< ", " (< "}, closing = {"）", ")"};
    static const char *const signs[] = {"", "< ", "> ", ""};
    const struct ruling_result *result = result_of(sentence);
    const char *unit = unit_of(sentence);
    if (result->qualifier != JUDGE_NOT_DETECTED) {
        sentence_put(sentence, signs[result->qualifier]);
        sentence_put_told(sentence, ruling_of(sentence)->reported);
        sentence_put_with_unit(sentence, "", unit);
        return;
    }
    sentence_put(sentence, sentence_word(sentence, &not_detected));
    if (*result->lod) {
        sentence_put(sentence, sentence_word(sentence, &opening));
        sentence_put_with_unit(sentence, result->lod, unit);
        sentence_put(sentence, sentence_word(sentence, &closing));
    }
}

static void put_need(struct sentence *sentence)
{
    const struct ruling_requirement *requirement = requirement_of(sentence);
    const char *text = sentence_either(sentence, requirement->text, requirement->text_en);
    if (*text) {
        sentence_put_told(sentence, text);
        return;
    }
    sentence_put_told(sentence, requirement->low);
    sentence_put(sentence, *requirement->low && *requirement->high ? "–" : "");
    sentence_put(sentence, requirement->high);
}

static void put_by(struct sentence *sentence)
{
    const struct ruling_requirement *requirement = requirement_of(sentence);
    sentence_put_standard(sentence,
                          sentence_either(sentence, requirement->standard, requirement->standard_en));
}

static void put_how(struct sentence *sentence)
{
    static const struct wording full = {"按全数值比较法", "full-value method"};
    static const struct wording by_rounding = {"按修约值比较法", "rounded-value method"};
    static const struct wording rules[] = {
        [DECISION_SIMPLE] = {"", ""},
        [DECISION_GUARD_ACCEPT_U] = {"（保护带 w = U）", " (guard band w = U)"},
        [DECISION_GUARD_1P64U] = {"（保护带 w = 1.64 u）", " (guard band w = 1.64 u)"},
        [DECISION_GUARD_REJECT_U] = {"（超出限值 U 以上才判不符合）", " (fails only beyond the limit + U)"},
        [DECISION_NONBINARY_U] = {"（以 ±U 为界的四种结论）", " (four words, by guard bands of U)"},
        [DECISION_PROB] = {"（符合概率）", " (probability of conformity)"},
        [DECISION_PROB95] = {"（符合概率 95 %）", " (probability of conformity of 95 %)"},
    };
    const struct ruling_case *it = ((const struct finding *)sentence->about)->it;
    sentence_put(sentence,
                 sentence_word(sentence, it->limits.method == COMPARISON_ROUNDED ? &by_rounding : &full));
    if ((size_t)it->rule < sizeof rules / sizeof rules[0])
        sentence_put(sentence, sentence_word(sentence, &rules[it->rule]));
}

static void put_lod(struct sentence *sentence)
{
    sentence_put(sentence, result_of(sentence)->lod);
}

static void put_loq(struct sentence *sentence)
{
    sentence_put_with_unit(sentence, result_of(sentence)->loq, unit_of(sentence));
}

static void put_u(struct sentence *sentence)
{
    const struct ruling_result *result = result_of(sentence);
    sentence_put_with_unit(sentence, result->uncertainty, unit_of(sentence));
    sentence_put(sentence, " (k = ");
    sentence_put(sentence, *result->coverage ? result->coverage : "2");
    sentence_put(sentence, ")");
}

static void put_p(struct sentence *sentence)
{
    struct decimal shown;
    char text[DECIMAL_TEXT_SIZE];
    if (!decimal_round(&ruling_of(sentence)->probability, -2, DECIMAL_HALF_EVEN, &shown, NULL))
        return;
    decimal_format(&shown, text, sizeof text);
    sentence_put(sentence, text);
}

static void put_verdict(struct sentence *sentence)
{
    sentence_put(sentence, sentence_word(sentence, &outcomes[ruling_of(sentence)->outcome].said));
}

static const struct sentence_place places[] = {
    {"name", put_name},
    {"value", put_value},
    {"need", put_need},
    {"by", put_by},
    {"how", put_how},
    {"lod", put_lod},
    {"loq", put_loq},
    {"u", put_u},
    {"p", put_p},
    {"verdict", put_verdict},
    {0},
};

void ruling_sentence_write(const struct ruling_case *it, struct ruling *ruling)
{
    const struct finding finding = {.it = it, .ruling = ruling};
    const struct wording *wording = &reasons[ruling->reason];
    sentence_write(&finding, true, wording, places, ruling->sentence_zh, sizeof ruling->sentence_zh);
    sentence_write(&finding, false, wording, places, ruling->sentence_en, sizeof ruling->sentence_en);
}

const char *ruling_reason_name(enum ruling_reason reason)
{
    return (size_t)reason < sizeof reason_names / sizeof reason_names[0] ? reason_names[reason] : "";
}

static const struct outcome_words *words_of(enum ruling_outcome outcome)
{
    return &outcomes[(size_t)outcome < sizeof outcomes / sizeof outcomes[0] ? outcome : RULING_NOT_JUDGED];
}

const char *ruling_outcome_name(enum ruling_outcome outcome)
{
    return words_of(outcome)->name;
}

const char *ruling_outcome_zh(enum ruling_outcome outcome)
{
    return words_of(outcome)->said.zh;
}

const char *ruling_outcome_en(enum ruling_outcome outcome)
{
    return words_of(outcome)->said.en;
}
