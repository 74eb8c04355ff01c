// SPDX-License-Identifier: Apache-2.0
// Rules of a statement's fields, see statement_parts.h. What is made from a record and what is read from
// outside pass the same ones, so that nothing is signed that a verifier refuses.
#include "evidence/statement_parts.h"
#include "wire/decimal.h"

#include <string.h>

enum {
    DOMAINS = 6,
    OVERALLS = 4,
    LEGAL_CLASSES = 6,
    SAMPLE_ID_KINDS = 4,
    EXPONENT = 40,
};

bool statement_number_read(const char *text, size_t length, struct statement_number *ret_number)
{
    struct decimal value;
    size_t mark = decimal_mark_length(text, length);
    if (length > STATEMENT_NUMBER_CHARACTERS || !decimal_parse(text, length - mark, &value, NULL))
        return false;
    struct statement_number number = {.form = mark ? STATEMENT_WORDS : STATEMENT_SCALED,
                                      .negative = value.negative,
                                      .exponent = value.exponent};
    for (size_t i = value.count; i-- > 0;)
        if (__builtin_mul_overflow(number.mantissa, UINT64_C(10), &number.mantissa) ||
            __builtin_add_overflow(number.mantissa, (uint64_t)value.digit[i], &number.mantissa))
            number.form = STATEMENT_WORDS;
    if (number.form == STATEMENT_WORDS)
        number = (struct statement_number){.form = STATEMENT_WORDS, .text = {text, length}};
    *ret_number = number;
    return true;
}

static bool is_issuer(const struct statement_text *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char character = text->bytes[i];
        if (!(character >= 'A' && character <= 'Z') && !(character >= '0' && character <= '9') &&
            character != '-')
            return false;
    }
    return text->length > 0 && text->length <= STATEMENT_ISSUER_BYTES;
}

static bool is_within(const struct statement_text *text, size_t ceiling)
{
    return text->length > 0 && text->length <= ceiling;
}

// A code, or a name that may be empty where it is a unit's.
static bool is_code(const struct statement_code *code, size_t least)
{
    return !code->text.bytes || (code->text.length >= least && code->text.length <= STATEMENT_TEXT_BYTES);
}

// As words only what cannot be said as mantissa and exponent: one way to write a number.
static bool is_number(const struct statement_number *number)
{
    struct statement_number again;
    if (number->form == STATEMENT_WORDS)
        return statement_number_read(number->text.bytes, number->text.length, &again) &&
               again.form == STATEMENT_WORDS && number->text.bytes[0] != '+';
    return number->form == STATEMENT_SCALED && number->exponent >= -EXPONENT &&
           number->exponent <= EXPONENT && (number->mantissa > 0 || !number->negative);
}

static bool is_number_or_null(const struct statement_number *number)
{
    return number->form == STATEMENT_NONE || is_number(number);
}

static bool is_limit(const struct statement_limit *limit)
{
    switch (limit->kind) {
    case STATEMENT_AT_MOST:
    case STATEMENT_AT_LEAST:
    case STATEMENT_BELOW:
    case STATEMENT_ABOVE:
    case STATEMENT_MAGNITUDE:
        return is_number(&limit->low);
    case STATEMENT_CLOSED_RANGE:
        return is_number(&limit->low) && is_number(&limit->high);
    case STATEMENT_OPEN_RANGE:
        return is_number_or_null(&limit->low) && is_number_or_null(&limit->high);
    case STATEMENT_GRADE:
    case STATEMENT_EQUALS:
        return is_within(&limit->text, STATEMENT_TEXT_BYTES);
    case STATEMENT_PLAN:
        return is_number(&limit->low) && is_number_or_null(&limit->high);
    case STATEMENT_NO_LIMIT:
    case STATEMENT_NOT_PERMITTED:
    case STATEMENT_NOT_TO_BE_DETECTED:
        return true;
    }
    return false;
}

static bool is_value(const struct statement_result *result)
{
    if (result->qualifier == STATEMENT_TEXT)
        return result->count == 0 && is_within(&result->text, STATEMENT_TEXT_BYTES);
    for (size_t i = 0; i < result->count; i++)
        if (!is_number(&result->values[i]))
            return false;
    if (result->qualifier == STATEMENT_COUNTS)
        return result->count > 0 && result->count <= STATEMENT_VALUES;
    return result->count == 1;
}

const char *statement_check_result(const struct statement_result *result)
{
    if (!is_code(&result->analyte, 1) || !is_code(&result->unit, 0) || !is_code(&result->method, 1))
        return "a result's analyte, unit or method is empty or too long";
    if (result->qualifier > STATEMENT_COUNTS || !is_value(result))
        return "a result's value does not fit its qualifier";
    if (!is_number_or_null(&result->uncertainty))
        return "a result's uncertainty is no number";
    if (!is_limit(&result->limit))
        return "a result's limit does not fit its operator";
    if (result->verdict > STATEMENT_NOT_JUDGED)
        return "a result's verdict is unknown";
    return NULL;
}

static bool is_one_of(uint64_t number, uint64_t last)
{
    return number >= 1 && number <= last;
}

static const char *check_numbers(const struct statement *statement)
{
    if (statement->index >= STATEMENT_INDEX_CEILING)
        return "its index is not below 2^48";
    if ((statement->revision > 0) != statement->has_superseded)
        return "a revision above 0, and no other, names the index of the one that it supersedes";
    if (statement->has_superseded && statement->superseded >= statement->index)
        return "it supersedes an index that is not before its own";
    if (statement->domain > DOMAINS) // 0: a laboratory of another domain, which came with a pack
        return "its domain is unknown";
    if (!is_one_of(statement->overall, OVERALLS))
        return "its overall verdict is unknown";
    if (!is_one_of(statement->legal_class, LEGAL_CLASSES))
        return "its legal class is unknown";
    return NULL;
}

const char *statement_check(const struct statement *statement)
{
    if (!is_issuer(&statement->issuer))
        return "its issuer is not 1 to 16 of A-Z, 0-9 and -";
    if (!is_within(&statement->sheet_no, STATEMENT_SHEET_NO_BYTES))
        return "its number is empty or longer than 24 bytes";
    if (!is_within(&statement->sample, STATEMENT_SAMPLE_BYTES))
        return "its sample is empty or longer than 120 bytes";
    const char *wrong = check_numbers(statement);
    if (wrong)
        return wrong;
    if (statement->has_sample_id && (!is_one_of(statement->sample_id_kind, SAMPLE_ID_KINDS) ||
                                     !is_within(&statement->sample_id, STATEMENT_TEXT_BYTES)))
        return "what identifies its sample is unknown, empty or too long";
    if (statement->result_count > STATEMENT_RESULTS)
        return "it has more than 40 results";
    for (size_t i = 0; !wrong && i < statement->result_count; i++)
        wrong = statement_check_result(&statement->results[i]);
    return wrong;
}
