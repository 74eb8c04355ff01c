// SPDX-License-Identifier: Apache-2.0
// The judgement engine, see judge.h. First everything that forbids a judgement, then what a screening method
// leaves open, then the plain comparison by the full value.
//
// The printed mean has one digit more than the limit and is rounded once from the exact mean (GB/T 8170-2008
// 3.2). 749.96 against "at least 750" fails, and printing 750.0 beside "does not conform" would read as a
// contradiction: then as many digits are added as it takes for the printed figure to stand where the exact
// one does, against the limit and, for a screening method, against the limit plus and minus U.
#include "judge/judge.h"

#include "judge/judge_numbers.h"
#include "judge/judge_sentence.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

// 96 readings of 40 digits differ from a limit by at least 10^-42 or not at all.
enum { PLACES_MOST = 44 };

struct comparison {
    const char *name;
    const char *symbol;
    bool meets[3]; // below, at, above the limit
};

static const struct comparison comparisons[] = {
    {"ge", "≥", {false, true, true}},
    {"gt", ">", {false, false, true}},
    {"le", "≤", {true, true, false}},
    {"lt", "<", {true, false, false}},
};

static const struct comparison *find_comparison(const char *name)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++)
        if (strcmp(comparisons[i].name, name) == 0)
            return &comparisons[i];
    return NULL;
}

static bool is_one_of(const char *text, const char *a, const char *b)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static bool meets(const struct comparison *comparison, const struct judge_numbers *numbers,
                  const struct decimal *mean)
{
    return comparison->meets[1 + judge_numbers_order(numbers, mean)];
}

// Whether readings stand on both sides of the limit, which itself belongs to the side that conforms or not.
static bool are_on_both_sides(const struct comparison *comparison, const struct judge_numbers *numbers)
{
    return meets(comparison, numbers, &numbers->smallest) != meets(comparison, numbers, &numbers->largest);
}

// What forbids a judgement; JUDGE_REASON_MEETS when nothing does.
static enum judge_reason find_obstacle(const struct judge_input *input, const struct judge_numbers *numbers,
                                       const struct comparison *comparison)
{
    size_t least = input->min_replicates > 1 ? (size_t)input->min_replicates : 1;
    if (input->reading_count == 0)
        return JUDGE_REASON_NO_READINGS;
    if (numbers->qualified)
        return JUDGE_REASON_QUALIFIED;
    if (numbers->count < least)
        return JUDGE_REASON_TOO_FEW_READINGS;
    if (!numbers->has_limit)
        return JUDGE_REASON_NO_LIMIT;
    if (!is_one_of(input->confidence, "verified", "certain"))
        return JUDGE_REASON_LIMIT_UNCONFIRMED;
    if (!comparison || !is_one_of(input->comparison, "full", "default-full"))
        return JUDGE_REASON_RULE_UNKNOWN;
    if (input->screening && !numbers->has_uncertainty)
        return JUDGE_REASON_NO_UNCERTAINTY;
    return JUDGE_REASON_MEETS;
}

// A point that does not agree with most of the others, itself counted, tells of plating, solder or a stone
// (GB/T 18043): the piece is held, and no mean is made of the points. Only the smallest and the largest are
// looked at: when each of them agrees with more than half, these halves meet, and whatever lies between
// reaches over one of them.
static bool has_point_far_off(const struct judge_input *input, const struct judge_numbers *numbers)
{
    struct decimal low_reach, high_reach, point;
    size_t low = 0, high = 0;
    if (!input->screening || !numbers->has_agreement || numbers->qualified || numbers->count < 2 ||
        decimal_compare(&numbers->range, &numbers->agreement) <= 0 ||
        !decimal_add(&numbers->smallest, &numbers->agreement, &low_reach, NULL) ||
        !decimal_sub(&numbers->largest, &numbers->agreement, &high_reach, NULL))
        return false;
    for (size_t i = 0; i < input->reading_count; i++) {
        const char *text = input->readings[i].value;
        if (!decimal_parse(text, strlen(text), &point, NULL))
            continue;
        low += decimal_compare(&point, &low_reach) <= 0;
        high += decimal_compare(&point, &high_reach) >= 0;
    }
    return 2 * low <= numbers->count || 2 * high <= numbers->count;
}

static enum judge_reason find_reason(const struct judge_input *input, const struct judge_numbers *numbers,
                                     const struct comparison *comparison, bool is_far_off)
{
    enum judge_reason obstacle = find_obstacle(input, numbers, comparison);
    if (obstacle != JUDGE_REASON_MEETS)
        return obstacle;
    if (is_far_off)
        return are_on_both_sides(comparison, numbers) ? JUDGE_REASON_BOTH_SIDES : JUDGE_REASON_SPREAD;
    if (input->screening) {
        if (judge_numbers_is_near(numbers, NULL))
            return JUDGE_REASON_NEAR_LIMIT;
        if (are_on_both_sides(comparison, numbers))
            return JUDGE_REASON_BOTH_SIDES;
        if (decimal_compare(&numbers->range, &numbers->agreement) > 0)
            return JUDGE_REASON_SPREAD;
    }
    return meets(comparison, numbers, NULL) ? JUDGE_REASON_MEETS : JUDGE_REASON_DOES_NOT_MEET;
}

static enum judge_verdict verdict_of(enum judge_reason reason)
{
    switch (reason) {
    case JUDGE_REASON_MEETS:
        return JUDGE_PASS;
    case JUDGE_REASON_DOES_NOT_MEET:
        return JUDGE_FAIL;
    case JUDGE_REASON_NEAR_LIMIT:
    case JUDGE_REASON_BOTH_SIDES:
    case JUDGE_REASON_SPREAD:
        return JUDGE_TO_BE_CONFIRMED;
    default:
        return JUDGE_NOT_JUDGED;
    }
}

// Whether the printed figure stands where the exact mean stands.
static bool agrees(const struct judge_input *input, const struct judge_numbers *numbers,
                   const struct comparison *comparison, const struct decimal *printed)
{
    if (!numbers->has_limit || !comparison)
        return true;
    if (meets(comparison, numbers, printed) != meets(comparison, numbers, NULL))
        return false;
    return !input->screening || !numbers->has_uncertainty ||
           judge_numbers_is_near(numbers, printed) == judge_numbers_is_near(numbers, NULL);
}

static bool print_mean(const struct judge_input *input, const struct judge_numbers *numbers,
                       const struct comparison *comparison, char ret_mean[DECIMAL_TEXT_SIZE],
                       struct ts_error *error)
{
    struct decimal count, mean;
    decimal_from_int(numbers->divisor, &count);
    // Without a limit the readings' own finest digit has to do.
    int places = numbers->has_limit ? decimal_places(&numbers->limit) + 1 : numbers->places;
    do {
        if (!decimal_round_quotient(&numbers->sum, &count, -places, DECIMAL_HALF_EVEN, &mean, error))
            return false;
    } while (!agrees(input, numbers, comparison, &mean) && places++ < PLACES_MOST);
    decimal_format(&mean, ret_mean, DECIMAL_TEXT_SIZE);
    return true;
}

static void print_requirement(const struct judge_input *input, const struct comparison *comparison,
                              char *ret_requirement, size_t size)
{
    *ret_requirement = '\0';
    if (*input->requirement)
        snprintf(ret_requirement, size, "%s", input->requirement);
    else if (*input->limit && comparison)
        snprintf(ret_requirement, size, "%s %s", comparison->symbol, input->limit);
}

bool judge_decide(const struct judge_input *input, struct judge_result *ret_result, struct ts_error *error)
{
    struct judge_numbers numbers;
    if (!judge_numbers_read(input, &numbers, error))
        return false;
    const struct comparison *comparison = find_comparison(input->operator_name);
    bool is_far_off = has_point_far_off(input, &numbers);
    bool is_plain = numbers.count > 0 && !numbers.qualified;
    char mean[DECIMAL_TEXT_SIZE];
    *mean = '\0';
    if (is_plain && !is_far_off && !print_mean(input, &numbers, comparison, mean, error))
        return false;
    // From here on nothing fails; the texts are long, so they are not cleared and not copied.
    ret_result->reason = find_reason(input, &numbers, comparison, is_far_off);
    ret_result->verdict = verdict_of(ret_result->reason);
    strcpy(ret_result->mean, mean);
    print_requirement(input, comparison, ret_result->requirement, sizeof ret_result->requirement);
    *ret_result->range = '\0';
    if (is_plain && numbers.count > 1)
        decimal_format(&numbers.range, ret_result->range, sizeof ret_result->range);
    judge_sentence_write(input, &numbers, ret_result);
    return true;
}

const char *judge_reason_name(enum judge_reason reason)
{
    static const char *const names[] = {
        [JUDGE_REASON_MEETS] = "MEETS",
        [JUDGE_REASON_DOES_NOT_MEET] = "DOES_NOT_MEET",
        [JUDGE_REASON_NEAR_LIMIT] = "NEAR_LIMIT",
        [JUDGE_REASON_BOTH_SIDES] = "BOTH_SIDES",
        [JUDGE_REASON_SPREAD] = "SPREAD",
        [JUDGE_REASON_NO_READINGS] = "NO_READINGS",
        [JUDGE_REASON_TOO_FEW_READINGS] = "TOO_FEW_READINGS",
        [JUDGE_REASON_QUALIFIED] = "QUALIFIED",
        [JUDGE_REASON_NO_LIMIT] = "NO_LIMIT",
        [JUDGE_REASON_NO_UNCERTAINTY] = "NO_UNCERTAINTY",
        [JUDGE_REASON_LIMIT_UNCONFIRMED] = "LIMIT_UNCONFIRMED",
        [JUDGE_REASON_RULE_UNKNOWN] = "RULE_UNKNOWN",
    };
    return (size_t)reason < sizeof names / sizeof names[0] ? names[reason] : "";
}

// The words of a verdict by its number.
static const char *word(enum judge_verdict verdict, const char *const words[5])
{
    return verdict >= JUDGE_PASS && verdict <= JUDGE_NOT_JUDGED ? words[verdict] : "";
}

const char *judge_verdict_name(enum judge_verdict verdict)
{
    static const char *const words[] = {"", "pass", "fail", "to_be_confirmed", "not_judged"};
    return word(verdict, words);
}

const char *judge_verdict_zh(enum judge_verdict verdict)
{
    static const char *const words[] = {"", "符合", "不符合", "需用仲裁方法确认", "不作判定"};
    return word(verdict, words);
}

const char *judge_verdict_en(enum judge_verdict verdict)
{
    static const char *const words[] = {"", "Conforms", "Does not conform",
                                        "To be confirmed by the reference method", "Not judged"};
    return word(verdict, words);
}
