// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: an expression, a NUL, and its inputs as JSON. What is read is evaluated or refused with a
// reason; twice the same gives the same, and so does the expression inside brackets.
#include "formula/builtin.h"
#include "formula/formula.h"
#include "formula/inputs.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct work {
    struct formula_program program;
    struct formula_space space;
};

static void check(bool law)
{
    if (!law)
        abort();
}

// False when it was refused, and then there is a reason.
static bool evaluate(const char *source, const char *json, size_t length, struct arena *arena,
                     char text[FORMULA_TEXT_BYTES])
{
    struct work *work = arena_alloc(arena, sizeof *work);
    struct formula_value value;
    struct ts_error error = {0};
    check(work != NULL);
    space_init(&work->space, &builtin_units);
    bool held = formula_parse(source, &work->program, &error) &&
                inputs_read(json, length, arena, &work->space, &error) &&
                formula_evaluate(&work->program, &work->space, &value, &error) &&
                formula_report("", &work->space, text, &error);
    check(held || (*error.reason && *error.detail && error.status != TS_OK));
    check(!held || strlen(text) < FORMULA_TEXT_BYTES);
    return held;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
    char first[FORMULA_TEXT_BYTES], second[FORMULA_TEXT_BYTES];
    if (!end)
        return 0;
    const char *source = (const char *)data, *json = (const char *)end + 1;
    size_t length = (size_t)(data + size - end - 1);
    struct arena *arena = arena_create(16 << 20);
    check(arena != NULL);
    bool held = evaluate(source, json, length, arena, first);
    check(evaluate(source, json, length, arena, second) == held);
    check(!held || strcmp(first, second) == 0);
    char *bracketed = arena_printf(arena, "(%s)", source);
    // Steps do not stand inside brackets, and brackets have a depth.
    if (held && bracketed && evaluate(bracketed, json, length, arena, second))
        check(strcmp(first, second) == 0);
    arena_free(arena);
    return 0;
}
