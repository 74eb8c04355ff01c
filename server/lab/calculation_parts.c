// SPDX-License-Identifier: Apache-2.0
// What the parts of a calculation ask of it, see calculation_parts.h.
#include "lab/calculation_parts.h"

#include "wire/arena.h"

#include <string.h>

bool calculation_parts_fail(struct calculation_work *work, const char *reason, const char *detail)
{
    work->calculation->state = CALCULATION_FAILED;
    work->calculation->reason = arena_copy(work->arena, reason, strlen(reason));
    size_t length = strnlen(detail, CALCULATION_DETAIL_SIZE - 1);
    while (length > 0 && ((unsigned char)detail[length] & 0xc0) == 0x80)
        length--; // not inside a character
    memcpy(work->calculation->detail, detail, length);
    work->calculation->detail[length] = '\0';
    work->out_of_memory |= !work->calculation->reason;
    return false;
}

bool calculation_parts_is_textual(const struct calculation_work *work)
{
    const char *type = work->context->value_type;
    return *type && strcmp(type, "numeric") != 0 && strcmp(type, "count") != 0;
}

// "CFU/m3" is "[CFU]/m3", and what has the unit one is a ratio to it.
static bool is_same_unit(const char *a, const char *b)
{
    static const char BRACKETS[] = "[]{}";
    if (strcmp(b, "1") == 0)
        return true;
    for (;; a++, b++) {
        a += strspn(a, BRACKETS);
        b += strspn(b, BRACKETS);
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
    }
}

bool calculation_parts_is_in_unit_of_result(const struct calculation_work *work)
{
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    return !*work->calculation->trace->calc_key || !*context->formula_unit ||
           is_same_unit(context->formula_unit, context->unit) ||
           is_same_unit(context->formula_unit, context->unit_ucum);
}
