// SPDX-License-Identifier: Apache-2.0
// The words of a ruling: one sentence per reason and language, in tables that a person of the field can read
// and correct. {name} what was measured, {value} the printed figure with its unit or what the result is
// called, {need} the requirement, {by} the standard, {lod} {loq} {u} numbers, {p} the probability, {verdict}
// the words of the outcome, {how} the comparison.
#include "judge/ruling_parts.h"

#include <stdio.h>
#include <string.h>

struct wording {
    const char *zh, *en;
};

static const struct wording reasons[] = {
    [RULING_BY_VALUE] = {"{name}为 {value}，{how}与{by}要求 {need} 比较，判定：{verdict}。",
                         "{name}: {value}, compared by the {how} with {need}{by}: {verdict}."},
    [RULING_BY_GRADE] = {"{name}为 {value} 级，{by}要求不低于 {need}，判定：{verdict}。",
                         "{name}: grade {value}, required {need}{by}: {verdict}."},
    [RULING_BY_TEXT] = {"{name}为“{value}”，{by}要求“{need}”，判定：{verdict}。",
                        "{name}: \"{value}\", required \"{need}\"{by}: {verdict}."},
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

enum { PLACE_SIZE = 640 };

struct telling {
    const struct ruling_case *it;
    const struct ruling *ruling;
    bool is_chinese;
};

static const char *word(const struct telling *telling, const struct wording *wording)
{
    return telling->is_chinese ? wording->zh : wording->en;
}

static void write_name(const struct telling *telling, char *ret_text)
{
    const struct ruling_result *result = telling->it->result;
    const char *english = *result->name_en ? result->name_en : "Result";
    snprintf(ret_text, PLACE_SIZE, "%.400s", telling->is_chinese ? result->name_zh : english);
}

static void write_value(const struct telling *telling, char *ret_text)
{
    static const struct wording not_detected = {"未检出", "not detected"};
    static const char *const signs[] = {"", "< ", "> ", ""};
    const struct ruling_result *result = telling->it->result;
    const char *gap = *result->unit ? " " : "";
    if (result->qualifier != JUDGE_NOT_DETECTED)
        snprintf(ret_text, PLACE_SIZE, "%s%s%s%.60s", signs[result->qualifier], telling->ruling->reported,
                 gap, result->unit);
    else if (*result->lod)
        snprintf(ret_text, PLACE_SIZE, "%s (< %.330s%s%.60s)", word(telling, &not_detected), result->lod, gap,
                 result->unit);
    else
        snprintf(ret_text, PLACE_SIZE, "%s", word(telling, &not_detected));
}

static void write_need(const struct telling *telling, char *ret_text)
{
    const struct ruling_requirement *requirement = telling->it->requirement;
    if (*requirement->text)
        snprintf(ret_text, PLACE_SIZE, "%.600s", requirement->text);
    else
        snprintf(ret_text, PLACE_SIZE, "%.200s%s%.200s", requirement->low,
                 *requirement->low && *requirement->high ? "–" : "", requirement->high);
}

static void write_by(const struct telling *telling, char *ret_text)
{
    const char *standard = telling->it->requirement->standard;
    if (*standard)
        snprintf(ret_text, PLACE_SIZE, telling->is_chinese ? " %.400s " : " of %.400s", standard);
    else
        snprintf(ret_text, PLACE_SIZE, "%s", telling->is_chinese ? "标准" : "");
}

static void write_how(const struct telling *telling, char *ret_text)
{
    static const struct wording full = {"按全数值比较法", "full value"};
    static const struct wording by_rounding = {"按修约值比较法", "rounded value"};
    bool is_rounded = telling->it->limits.method == COMPARISON_ROUNDED;
    const char *rule = telling->it->rule == DECISION_SIMPLE ? "" : telling->ruling->rule;
    snprintf(ret_text, PLACE_SIZE, "%s%s%s%s", word(telling, is_rounded ? &by_rounding : &full),
             *rule ? " (" : "", rule, *rule ? ")" : "");
}

static void write_lod(const struct telling *telling, char *ret_text)
{
    snprintf(ret_text, PLACE_SIZE, "%.330s", telling->it->result->lod);
}

static void write_loq(const struct telling *telling, char *ret_text)
{
    snprintf(ret_text, PLACE_SIZE, "%.330s", telling->it->result->loq);
}

static void write_u(const struct telling *telling, char *ret_text)
{
    const struct ruling_result *result = telling->it->result;
    snprintf(ret_text, PLACE_SIZE, "%.330s%s%.60s (k = %.40s)", result->uncertainty, *result->unit ? " " : "",
             result->unit, *result->coverage ? result->coverage : "2");
}

static void write_p(const struct telling *telling, char *ret_text)
{
    struct decimal shown;
    *ret_text = '\0';
    if (decimal_round(&telling->ruling->probability, -2, DECIMAL_HALF_EVEN, &shown, NULL))
        decimal_format(&shown, ret_text, PLACE_SIZE);
}

static void write_verdict(const struct telling *telling, char *ret_text)
{
    snprintf(ret_text, PLACE_SIZE, "%s", word(telling, &outcomes[telling->ruling->outcome].said));
}

struct place {
    const char *name;
    void (*write)(const struct telling *telling, char *ret_text);
};

static const struct place places[] = {
    {"name", write_name}, {"value", write_value},     {"need", write_need}, {"by", write_by},
    {"how", write_how},   {"lod", write_lod},         {"loq", write_loq},   {"u", write_u},
    {"p", write_p},       {"verdict", write_verdict},
};

static void write_place(const struct telling *telling, const char *name, size_t length, char *ret_text)
{
    *ret_text = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strncmp(places[i].name, name, length) == 0 && places[i].name[length] == '\0')
            places[i].write(telling, ret_text);
}

// A text that does not fit is left out whole rather than cut inside a character.
static void fill(const struct telling *telling, char ret_text[RULING_SENTENCE_SIZE])
{
    const char *pattern = word(telling, &reasons[telling->ruling->reason]);
    char text[PLACE_SIZE];
    size_t length = 0;
    while (*pattern) {
        const char *piece = pattern;
        size_t piece_length = strcspn(pattern, "{");
        pattern += piece_length;
        if (piece_length == 0) {
            const char *closing = strchr(pattern, '}');
            write_place(telling, pattern + 1, (size_t)(closing - pattern - 1), text);
            piece = text;
            piece_length = strlen(text);
            pattern = closing + 1;
        }
        if (length + piece_length < RULING_SENTENCE_SIZE) {
            memcpy(ret_text + length, piece, piece_length);
            length += piece_length;
        }
    }
    ret_text[length] = '\0';
}

void ruling_sentence_write(const struct ruling_case *it, struct ruling *ruling)
{
    struct telling telling = {.it = it, .ruling = ruling, .is_chinese = true};
    fill(&telling, ruling->sentence_zh);
    telling.is_chinese = false;
    fill(&telling, ruling->sentence_en);
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
