// SPDX-License-Identifier: Apache-2.0
// Sentences of a judgement, see judge_sentence.h.
#include "judge/judge_sentence.h"

#include "judge/judge.h"
#include "judge/judge_numbers.h"
#include "judge/sentence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// {name} what was measured, {mean} {low} {high} {range} {limit} {u} {allowed} numbers with their unit,
// {n} readings there are, {least} readings needed, {k} coverage factor, {need} requirement with unit,
// {of} the standard, when there is one, {beyond} how far a screening result is from the limit.
static const struct wording wordings[] = {
    [JUDGE_REASON_MEETS] =
        {"{name}{n}次读数的平均值为 {mean}，{beyond}按全数值比较法满足{of}的要求 {need}，判定：符合。",
         "{name}: the mean of {n} readings, {mean}, {beyond}meets the requirement {need}{of} by "
         "full-value comparison: conforms."},
    [JUDGE_REASON_DOES_NOT_MEET] =
        {"{name}{n}次读数的平均值为 {mean}，{beyond}按全数值比较法不满足{of}的要求 {need}，判定：不符合。",
         "{name}: the mean of {n} readings, {mean}, {beyond}does not meet the requirement {need}{of} by "
         "full-value comparison: does not conform."},
    [JUDGE_REASON_NEAR_LIMIT] =
        {"{name}{n}次读数的平均值为 {mean}，与限值 {limit} 之差不超过扩展不确定度 {u}"
         "（k = {k}）；本方法为筛选方法，不能作出判定：需用仲裁方法确认。",
         "{name}: the mean of {n} readings, {mean}, is no further from the limit of {limit} than "
         "the expanded uncertainty of {u} (k = {k}). The method is a screening method and "
         "cannot decide: to be confirmed by the reference method."},
    [JUDGE_REASON_BOTH_SIDES] =
        {"{name}各测点读数（{low} 至 {high}）分布于限值 {limit} 的两侧；本方法为筛选方法，"
         "不能作出判定：需用仲裁方法确认。",
         "{name}: the readings, from {low} to {high}, lie on both sides of the limit of {limit}. "
         "The method is a screening method and cannot decide: to be confirmed by the "
         "reference method."},
    [JUDGE_REASON_SPREAD] =
        {"{name}各测点读数（{low} 至 {high}）相差 {range}，超过允许的 {allowed}，读数不一致：需用仲裁"
         "方法确认。",
         "{name}: the readings, from {low} to {high}, differ by {range}, more than the {allowed} "
         "allowed, so they do not agree: to be confirmed by the reference method."},
    [JUDGE_REASON_NO_READINGS] = {"{name}尚无读数：不作判定。", "{name}: there are no readings: not judged."},
    [JUDGE_REASON_TOO_FEW_READINGS] =
        {"{name}仅有 {n} 次读数，方法要求至少 {least} 次：不作判定。",
         "{name}: there are {n} readings and the method needs at least {least}: not "
         "judged."},
    [JUDGE_REASON_QUALIFIED] =
        {"{name}的读数含有未检出或超出范围的值，不能求平均值：不作判定。",
         "{name}: a reading is below or above what the method can measure, so there is no mean: "
         "not judged."},
    [JUDGE_REASON_NO_LIMIT] = {"{name}没有可依据的限值：不作判定。",
                               "{name}: no requirement applies: not judged."},
    [JUDGE_REASON_NO_UNCERTAINTY] =
        {"{name}未给出扩展不确定度，筛选方法的结果不能判定：不作判定。",
         "{name}: no expanded uncertainty is given, and a screening result cannot be judged "
         "without one: not judged."},
    [JUDGE_REASON_LIMIT_UNCONFIRMED] =
        {"{name}的判定依据（{need}）尚未与标准原文核实：不作判定。",
         "{name}: what it is judged by ({need}) has not been confirmed against the text of the "
         "standard: not judged."},
    [JUDGE_REASON_RULE_UNKNOWN] =
        {"{name}的比较规则超出本系统的判定能力：不作判定。",
         "{name}: the requirement is of a kind that this system does not judge: not judged."},
};

// Why a screening result may be decided. {distance} is that of the printed mean, so that a reader's own
// subtraction agrees.
static const struct wording beyond_wording = {
    "比限值 {limit} {side}{distance}，超过扩展不确定度 {u}；各点均在限值同侧，极差 {range} 不大于 "
    "{allowed}。",
    "is {distance} {side} the limit of {limit}, beyond the expanded uncertainty of {u}; all points lie on "
    "the same side "
    "of it and their range, {range}, is not more than {allowed}. It "};
static const struct wording sides[] = {{"高 ", "above"}, {"低 ", "below"}};

// What a sentence is about. Only what its template names is written out.
struct finding {
    const struct judge_input *input;
    const struct judge_numbers *numbers;
    const struct judge_result *result;
};

static const struct finding *finding_of(const struct sentence *sentence)
{
    return sentence->about;
}

static void put_number(struct sentence *sentence, const char *number)
{
    const struct judge_input *input = finding_of(sentence)->input;
    sentence_put_with_unit(sentence, number, sentence_either(sentence, input->unit, input->unit_en));
}

static void put_decimal(struct sentence *sentence, const struct decimal *value)
{
    char number[DECIMAL_TEXT_SIZE];
    decimal_format(value, number, sizeof number);
    put_number(sentence, number);
}

static void put_count(struct sentence *sentence, int64_t count)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, count);
    sentence_put(sentence, digits);
}

static void put_name(struct sentence *sentence)
{
    const struct judge_input *input = finding_of(sentence)->input;
    sentence_put_name(sentence, input->name_zh, input->name_en);
}

static void put_standard(struct sentence *sentence)
{
    const struct judge_input *input = finding_of(sentence)->input;
    sentence_put_standard(sentence, sentence_either(sentence, input->standard, input->standard_en));
}

static void put_mean(struct sentence *sentence)
{
    put_number(sentence, finding_of(sentence)->result->mean);
}

static void put_need(struct sentence *sentence)
{
    put_number(sentence, finding_of(sentence)->result->requirement);
}

static void put_u(struct sentence *sentence)
{
    put_number(sentence, finding_of(sentence)->input->expanded_uncertainty);
}

static void put_k(struct sentence *sentence)
{
    const char *factor = finding_of(sentence)->input->coverage_factor;
    sentence_put(sentence, *factor ? factor : "2");
}

static void put_limit(struct sentence *sentence)
{
    put_number(sentence, finding_of(sentence)->input->limit);
}

static void put_low(struct sentence *sentence)
{
    put_decimal(sentence, &finding_of(sentence)->numbers->smallest);
}

static void put_high(struct sentence *sentence)
{
    put_decimal(sentence, &finding_of(sentence)->numbers->largest);
}

static void put_range(struct sentence *sentence)
{
    put_decimal(sentence, &finding_of(sentence)->numbers->range);
}

static void put_allowed(struct sentence *sentence)
{
    put_decimal(sentence, &finding_of(sentence)->numbers->agreement);
}

static void put_distance(struct sentence *sentence)
{
    struct decimal mean, distance;
    const char *told = finding_of(sentence)->result->mean;
    if (!decimal_parse(told, strlen(told), &mean, NULL) ||
        !decimal_sub(&mean, &finding_of(sentence)->numbers->limit, &distance, NULL))
        return;
    decimal_absolute(&distance, &distance);
    put_decimal(sentence, &distance);
}

static void put_n(struct sentence *sentence)
{
    put_count(sentence, (int64_t)finding_of(sentence)->numbers->count);
}

static void put_least(struct sentence *sentence)
{
    put_count(sentence, finding_of(sentence)->input->min_replicates);
}

static void put_side(struct sentence *sentence)
{
    bool is_below = judge_numbers_order(finding_of(sentence)->numbers, NULL) < 0;
    sentence_put(sentence, sentence_word(sentence, &sides[is_below]));
}

static void put_beyond(struct sentence *sentence);

static const struct sentence_place places[] = {
    {"name", put_name},
    {"of", put_standard},
    {"mean", put_mean},
    {"need", put_need},
    {"u", put_u},
    {"k", put_k},
    {"limit", put_limit},
    {"low", put_low},
    {"high", put_high},
    {"range", put_range},
    {"allowed", put_allowed},
    {"distance", put_distance},
    {"n", put_n},
    {"least", put_least},
    {"side", put_side},
    {"beyond", put_beyond},
    {0},
};

static void put_beyond(struct sentence *sentence)
{
    if (finding_of(sentence)->input->screening)
        sentence_fill(sentence, &beyond_wording, places);
}

void judge_sentence_write(const struct judge_input *input, const struct judge_numbers *numbers,
                          struct judge_result *result)
{
    const struct finding finding = {.input = input, .numbers = numbers, .result = result};
    const struct wording *wording = &wordings[result->reason];
    sentence_write(&finding, true, wording, places, result->sentence_zh, sizeof result->sentence_zh);
    sentence_write(&finding, false, wording, places, result->sentence_en, sizeof result->sentence_en);
}
