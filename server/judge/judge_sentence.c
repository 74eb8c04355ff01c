// SPDX-License-Identifier: Apache-2.0
// Sentences of a judgement, see judge_sentence.h. A sentence is a template of words and places in braces, so
// that the whole wording of both languages stands in one table that a person of the field can read and
// correct.
#include "judge/judge_sentence.h"

#include "judge/judge.h"
#include "judge/judge_numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct wording {
    const char *zh;
    const char *en;
};

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

enum place {
    PLACE_NAME,
    PLACE_OF,
    PLACE_MEAN,
    PLACE_NEED,
    PLACE_U,
    PLACE_K,
    PLACE_LIMIT,
    PLACE_LOW,
    PLACE_HIGH,
    PLACE_RANGE,
    PLACE_ALLOWED,
    PLACE_DISTANCE,
    PLACE_N,
    PLACE_LEAST,
    PLACE_SIDE,
    PLACE_BEYOND,
    PLACE_COUNT // a name that no table uses
};

static const char *const place_names[PLACE_COUNT] = {
    [PLACE_NAME] = "name",
    [PLACE_OF] = "of",
    [PLACE_MEAN] = "mean",
    [PLACE_NEED] = "need",
    [PLACE_U] = "u",
    [PLACE_K] = "k",
    [PLACE_LIMIT] = "limit",
    [PLACE_LOW] = "low",
    [PLACE_HIGH] = "high",
    [PLACE_RANGE] = "range",
    [PLACE_ALLOWED] = "allowed",
    [PLACE_DISTANCE] = "distance",
    [PLACE_N] = "n",
    [PLACE_LEAST] = "least",
    [PLACE_SIDE] = "side",
    [PLACE_BEYOND] = "beyond",
};

// What a sentence is made from, and how far it is written. Only what its template names is written out.
struct telling {
    const struct judge_input *input;
    const struct judge_numbers *numbers;
    const struct judge_result *result;
    bool is_chinese;
    char *text; // JUDGE_SENTENCE_SIZE
    size_t length;
    bool is_full;
};

static void fill(struct telling *telling, const struct wording *wording);

static void put_piece(struct telling *telling, const char *piece, size_t length)
{
    if (telling->length + length >= JUDGE_SENTENCE_SIZE) {
        telling->is_full = true;
        return;
    }
    memcpy(telling->text + telling->length, piece, length);
    telling->length += length;
}

static void put(struct telling *telling, const char *text)
{
    put_piece(telling, text, strlen(text));
}

// A number or a requirement with its unit.
static void put_with_unit(struct telling *telling, const char *number)
{
    put(telling, number);
    put(telling, *telling->input->unit ? " " : "");
    put(telling, telling->input->unit);
}

static void put_decimal(struct telling *telling, const struct decimal *value)
{
    char number[DECIMAL_TEXT_SIZE];
    decimal_format(value, number, sizeof number);
    put_with_unit(telling, number);
}

static void put_count(struct telling *telling, int64_t count)
{
    char digits[24];
    put_piece(telling, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, count));
}

static void put_distance(struct telling *telling)
{
    struct decimal mean, distance;
    const char *told = telling->result->mean;
    if (!decimal_parse(told, strlen(told), &mean, NULL) ||
        !decimal_sub(&mean, &telling->numbers->limit, &distance, NULL))
        return;
    decimal_absolute(&distance, &distance);
    put_decimal(telling, &distance);
}

static void put_name(struct telling *telling)
{
    const struct judge_input *input = telling->input;
    put(telling, telling->is_chinese ? input->name_zh : *input->name_en ? input->name_en : "Result");
}

static void put_standard(struct telling *telling)
{
    const char *standard = telling->input->standard;
    if (!*standard) {
        put(telling, telling->is_chinese ? "标准" : "");
        return;
    }
    put(telling, telling->is_chinese ? " " : " of ");
    put(telling, standard);
    put(telling, telling->is_chinese ? " " : "");
}

static void put_place(struct telling *telling, enum place place)
{
    const struct judge_input *input = telling->input;
    const struct judge_numbers *numbers = telling->numbers;
    switch (place) {
    case PLACE_NAME:
        put_name(telling);
        break;
    case PLACE_OF:
        put_standard(telling);
        break;
    case PLACE_MEAN:
        put_with_unit(telling, telling->result->mean);
        break;
    case PLACE_NEED:
        put_with_unit(telling, telling->result->requirement);
        break;
    case PLACE_U:
        put_with_unit(telling, input->expanded_uncertainty);
        break;
    case PLACE_K:
        put(telling, *input->coverage_factor ? input->coverage_factor : "2");
        break;
    case PLACE_LIMIT:
        put_with_unit(telling, input->limit);
        break;
    case PLACE_LOW:
        put_decimal(telling, &numbers->smallest);
        break;
    case PLACE_HIGH:
        put_decimal(telling, &numbers->largest);
        break;
    case PLACE_RANGE:
        put_decimal(telling, &numbers->range);
        break;
    case PLACE_ALLOWED:
        put_decimal(telling, &numbers->agreement);
        break;
    case PLACE_DISTANCE:
        put_distance(telling);
        break;
    case PLACE_N:
        put_count(telling, (int64_t)numbers->count);
        break;
    case PLACE_LEAST:
        put_count(telling, input->min_replicates);
        break;
    case PLACE_SIDE:
        fill(telling, &sides[judge_numbers_order(numbers, NULL) < 0]);
        break;
    case PLACE_BEYOND:
        if (input->screening)
            fill(telling, &beyond_wording);
        break;
    case PLACE_COUNT:
        break;
    }
}

static enum place find_place(const char *name, size_t length)
{
    enum place place = PLACE_NAME;
    while (place < PLACE_COUNT &&
           (strncmp(place_names[place], name, length) != 0 || place_names[place][length]))
        place++;
    return place;
}

// Fills the template; a text that does not fit is left out whole rather than cut inside a character.
static void fill(struct telling *telling, const struct wording *wording)
{
    const char *pattern = telling->is_chinese ? wording->zh : wording->en;
    while (*pattern) {
        size_t words = strcspn(pattern, "{"), start = telling->length;
        put_piece(telling, pattern, words);
        pattern += words;
        if (*pattern) {
            const char *closing = strchr(pattern, '}');
            start = telling->length;
            put_place(telling, find_place(pattern + 1, (size_t)(closing - pattern - 1)));
            pattern = closing + 1;
        }
        if (telling->is_full)
            telling->length = start;
        telling->is_full = false;
    }
}

static void write_sentence(struct telling telling, bool is_chinese, char ret_text[JUDGE_SENTENCE_SIZE])
{
    telling.is_chinese = is_chinese;
    telling.text = ret_text;
    fill(&telling, &wordings[telling.result->reason]);
    ret_text[telling.length] = '\0';
}

void judge_sentence_write(const struct judge_input *input, const struct judge_numbers *numbers,
                          struct judge_result *result)
{
    const struct telling telling = {.input = input, .numbers = numbers, .result = result};
    write_sentence(telling, true, result->sentence_zh);
    write_sentence(telling, false, result->sentence_en);
}
