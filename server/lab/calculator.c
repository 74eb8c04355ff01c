// SPDX-License-Identifier: Apache-2.0
// See calculator.h. The text decides the place; two that meet there push each other out, which costs a parse
// and nothing else.
#include "lab/calculator.h"

#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

enum { PROGRAMS = 64 };

struct place {
    char source[FORMULA_SOURCE_BYTES + 1]; // "" while nothing is there
    struct formula_program program;
};

struct calculator {
    struct formula_space space;
    struct place places[PROGRAMS];
};

struct calculator *calculator_create(void)
{
    return calloc(1, sizeof(struct calculator));
}

void calculator_free(struct calculator *calculator)
{
    free(calculator);
}

// FNV-1a, eight bytes at a time.
static size_t place_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037), word;
    for (size_t at = 0; at < length; at += sizeof word) {
        word = 0;
        memcpy(&word, text + at, length - at < sizeof word ? length - at : sizeof word);
        hash = (hash ^ word) * UINT64_C(1099511628211);
    }
    return (size_t)(hash >> 32) % PROGRAMS;
}

const struct formula_program *calculator_program(struct calculator *calculator, const char *expression,
                                                 struct ts_error *error)
{
    size_t length = strlen(expression);
    struct place *place = &calculator->places[place_of(expression, length)];
    if (length > 0 && strcmp(place->source, expression) == 0)
        return &place->program;
    place->source[0] = '\0';
    if (length > FORMULA_SOURCE_BYTES) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE", "The expression is too long.");
        return NULL;
    }
    memcpy(place->source, expression, length + 1);
    if (formula_parse(place->source, &place->program, error))
        return &place->program;
    place->source[0] = '\0';
    return NULL;
}

struct formula_space *calculator_space(struct calculator *calculator, const struct formula_units *units)
{
    space_init(&calculator->space, units);
    return &calculator->space;
}
