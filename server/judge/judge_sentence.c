// SPDX-License-Identifier: Apache-2.0
// Sentences of a judgement, see judge_sentence.h. A sentence is a template of words and places in braces, so
// that the whole wording of both languages stands in one table that a person of the field can read and
// correct.
#include "judge/judge_sentence.h"

#include "judge/judge.h"
#include "judge/judge_numbers.h"

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
        {"{name}的限值（{need}）尚未与标准原文核实：不作判定。",
         "{name}: the requirement {need} has not been confirmed against the text of the "
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

struct place {
    const char *name;
    char text[512];
};

// A number or a requirement with its unit.
static void put_with_unit(struct place *place, const char *name, const char *number, const char *unit)
{
    place->name = name;
    snprintf(place->text, sizeof place->text, "%.400s%s%.60s", number, *unit ? " " : "", unit);
}

static void put_decimal(struct place *place, const char *name, const struct decimal *value, const char *unit)
{
    char number[DECIMAL_TEXT_SIZE];
    decimal_format(value, number, sizeof number);
    put_with_unit(place, name, number, unit);
}

enum { PLACES = 17 };

static void put_distance(struct place *place, const struct judge_numbers *numbers,
                         const struct judge_result *result, const char *unit)
{
    struct decimal mean, distance;
    place->name = "distance";
    if (!decimal_parse(result->mean, strlen(result->mean), &mean, NULL) ||
        !decimal_sub(&mean, &numbers->limit, &distance, NULL))
        return;
    decimal_absolute(&distance, &distance);
    put_decimal(place, "distance", &distance, unit);
}

static void fill_places(const struct judge_input *input, const struct judge_numbers *numbers,
                        const struct judge_result *result, struct place places[PLACES])
{
    const char *unit = input->unit;
    size_t count = 0;
    put_with_unit(&places[count++], "mean", result->mean, unit);
    put_with_unit(&places[count++], "need", result->requirement, unit);
    put_with_unit(&places[count++], "u", input->expanded_uncertainty, unit);
    put_with_unit(&places[count++], "limit", input->limit, unit);
    put_with_unit(&places[count++], "k", *input->coverage_factor ? input->coverage_factor : "2", "");
    put_decimal(&places[count++], "low", &numbers->smallest, unit);
    put_decimal(&places[count++], "high", &numbers->largest, unit);
    put_decimal(&places[count++], "range", &numbers->range, unit);
    put_decimal(&places[count++], "allowed", &numbers->agreement, unit);
    put_distance(&places[count++], numbers, result, unit);
    places[count].name = "n";
    snprintf(places[count].text, sizeof places[count].text, "%zu", numbers->count);
    places[++count].name = "least";
    snprintf(places[count].text, sizeof places[count].text, "%d", input->min_replicates);
    count++;
    for (; count < PLACES; count++)
        places[count].name = "";
}

// Where the place's text stands; NULL for a name that no table uses.
static const char *find_place(const struct place places[PLACES], const char *name, size_t length)
{
    for (size_t i = 0; i < PLACES; i++)
        if (strlen(places[i].name) == length && strncmp(places[i].name, name, length) == 0)
            return places[i].text;
    return "";
}

// Fills the template; a text that does not fit is left out whole rather than cut inside a character.
static void fill(const char *pattern, const struct place places[PLACES],
                 char ret_sentence[JUDGE_SENTENCE_SIZE])
{
    size_t length = 0;
    while (*pattern) {
        const char *piece = pattern;
        size_t piece_length = strcspn(pattern, "{");
        pattern += piece_length;
        if (piece_length == 0) {
            const char *closing = strchr(pattern, '}');
            piece = find_place(places, pattern + 1, (size_t)(closing - pattern - 1));
            piece_length = strlen(piece);
            pattern = closing + 1;
        }
        if (length + piece_length < JUDGE_SENTENCE_SIZE) {
            memcpy(ret_sentence + length, piece, piece_length);
            length += piece_length;
        }
    }
    ret_sentence[length] = '\0';
}

// One language; the last four places are its words.
static void write_sentence(const char *pattern, const char *beyond, const char *side, bool screened,
                           struct place places[PLACES], char ret_sentence[JUDGE_SENTENCE_SIZE])
{
    char filled[JUDGE_SENTENCE_SIZE] = "";
    struct place *place = &places[PLACES - 2];
    place->name = "side";
    snprintf(place->text, sizeof place->text, "%s", side);
    if (screened)
        fill(beyond, places, filled);
    place = &places[PLACES - 1];
    place->name = "beyond";
    snprintf(place->text, sizeof place->text, "%s", filled);
    fill(pattern, places, ret_sentence);
}

void judge_sentence_write(const struct judge_input *input, const struct judge_numbers *numbers,
                          struct judge_result *result)
{
    struct place places[PLACES] = {0};
    const struct wording *wording = &wordings[result->reason];
    const struct wording *side = &sides[judge_numbers_order(numbers, NULL) < 0];
    fill_places(input, numbers, result, places);
    struct place *name = &places[PLACES - 4], *of = &places[PLACES - 3];
    name->name = "name";
    of->name = "of";
    snprintf(name->text, sizeof name->text, "%.400s", input->name_zh);
    snprintf(of->text, sizeof of->text, "%s%.400s", *input->standard ? " " : "标准", input->standard);
    if (*input->standard)
        strncat(of->text, " ", sizeof of->text - strlen(of->text) - 1);
    write_sentence(wording->zh, beyond_wording.zh, side->zh, input->screening, places, result->sentence_zh);
    snprintf(name->text, sizeof name->text, "%.400s", *input->name_en ? input->name_en : "Result");
    snprintf(of->text, sizeof of->text, "%s%.400s", *input->standard ? " of " : "", input->standard);
    write_sentence(wording->en, beyond_wording.en, side->en, input->screening, places, result->sentence_en);
}
