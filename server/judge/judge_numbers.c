// SPDX-License-Identifier: Apache-2.0
// Reading and comparing, see judge_numbers.h. Everything is compared times the number of readings, so that
// the mean is never divided: the comparison is exact. Sums of 96 numbers of 40 digits have at most 82 digits,
// so the 100 digits of struct decimal are enough and no calculation here fails.
#include "judge/judge_numbers.h"

#include "judge/judge.h"
#include "wire/error.h"

#include <string.h>

static bool read_one(const char *text, const char *name, struct decimal *ret_value, struct ts_error *error)
{
    struct ts_error why = {0};
    if (decimal_parse(text, strlen(text), ret_value, &why))
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "The %s %s.", name, why.detail);
}

static bool has_calculated(const struct judge_input *input)
{
    return input->calculated && *input->calculated;
}

static bool add_reading(const struct judge_input *input, struct judge_numbers *numbers,
                        const struct decimal *value, struct ts_error *error)
{
    if (numbers->count == 0 || decimal_compare(value, &numbers->smallest) < 0)
        numbers->smallest = *value;
    if (numbers->count == 0 || decimal_compare(value, &numbers->largest) > 0)
        numbers->largest = *value;
    if (decimal_places(value) > numbers->places)
        numbers->places = decimal_places(value);
    numbers->count++;
    return has_calculated(input) || decimal_add(&numbers->sum, value, &numbers->sum, error);
}

static bool read_readings(const struct judge_input *input, struct judge_numbers *numbers,
                          struct ts_error *error)
{
    if (input->reading_count > JUDGE_READINGS)
        return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "There are more than %d readings.",
                         JUDGE_READINGS);
    for (size_t i = 0; i < input->reading_count; i++) {
        struct decimal value;
        if (input->readings[i].qualifier != JUDGE_ORDINARY) {
            numbers->qualified = true;
            continue;
        }
        if (!read_one(input->readings[i].value, "reading", &value, error) ||
            !add_reading(input, numbers, &value, error))
            return false;
    }
    return numbers->count == 0 || decimal_sub(&numbers->largest, &numbers->smallest, &numbers->range, error);
}

// The value is a sum divided by a number: of readings their sum and count, of a formula itself and one.
static bool read_calculated(const struct judge_input *input, struct judge_numbers *numbers,
                            struct ts_error *error)
{
    numbers->divisor = (int64_t)numbers->count;
    if (!has_calculated(input))
        return true;
    numbers->divisor = 1;
    return read_one(input->calculated, "calculated value", &numbers->sum, error);
}

static bool read_uncertainty(const struct judge_input *input, struct judge_numbers *numbers,
                             struct ts_error *error)
{
    if (*input->expanded_uncertainty) {
        if (!read_one(input->expanded_uncertainty, "expanded uncertainty", &numbers->uncertainty, error))
            return false;
        if (numbers->uncertainty.negative)
            return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT",
                             "The expanded uncertainty is negative.");
        numbers->has_uncertainty = !decimal_is_zero(&numbers->uncertainty);
    }
    numbers->has_agreement = *input->agreement_limit || numbers->has_uncertainty;
    if (*input->agreement_limit)
        return read_one(input->agreement_limit, "agreement limit", &numbers->agreement, error);
    return decimal_mul_int(&numbers->uncertainty, 2, &numbers->agreement, error);
}

bool judge_numbers_read(const struct judge_input *input, struct judge_numbers *ret_numbers,
                        struct ts_error *error)
{
    struct judge_numbers numbers = {.has_limit = *input->limit};
    if (!read_readings(input, &numbers, error) || !read_calculated(input, &numbers, error) ||
        !read_uncertainty(input, &numbers, error) ||
        (numbers.has_limit && !read_one(input->limit, "limit", &numbers.limit, error)))
        return false;
    *ret_numbers = numbers;
    return true;
}

// mean minus limit, times the readings it stands for.
static void distance(const struct judge_numbers *numbers, const struct decimal *mean,
                     struct decimal *ret_distance, int64_t *ret_count)
{
    int64_t count = mean ? 1 : numbers->divisor;
    struct decimal scaled = {0};
    *ret_distance = (struct decimal){0};
    decimal_mul_int(&numbers->limit, count, &scaled, NULL);
    decimal_sub(mean ? mean : &numbers->sum, &scaled, ret_distance, NULL);
    *ret_count = count;
}

int judge_numbers_order(const struct judge_numbers *numbers, const struct decimal *mean)
{
    struct decimal between;
    int64_t count;
    distance(numbers, mean, &between, &count);
    return decimal_is_zero(&between) ? 0 : between.negative ? -1 : 1;
}

bool judge_numbers_is_near(const struct judge_numbers *numbers, const struct decimal *mean)
{
    struct decimal between, scaled = {0};
    int64_t count;
    distance(numbers, mean, &between, &count);
    decimal_absolute(&between, &between);
    decimal_mul_int(&numbers->uncertainty, count, &scaled, NULL);
    return decimal_compare(&between, &scaled) <= 0;
}
