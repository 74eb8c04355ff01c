// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a file of an instrument. The first byte chooses the layout. What is read has its place in
// the file and a number that reads back, with its mark or without, or a reason; places never go back; a
// refusal says why.
#include "instrument/file.h"
#include "wire/arena.h"
#include "wire/decimal.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include "../unit/instrument/layouts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void check_value(const Touchstone__Internal__V1__FoundValue *value)
{
    struct decimal number;
    size_t length = strlen(value->value);
    check(value->line >= 1 && value->column >= 1);
    check(utf8_is_text(value->raw, strlen(value->raw)) && utf8_is_text(value->item, strlen(value->item)));
    if (*value->reason)
        check(*value->detail && !*value->value);
    else
        check(*value->item_code && *value->method_id && *value->parameter_id &&
              decimal_parse(value->value, length - decimal_mark_length(value->value, length), &number, NULL));
}

static void check_file(const Touchstone__Internal__V1__FoundValues *found)
{
    for (size_t i = 0; i < found->n_values; i++) {
        check_value(found->values[i]);
        check(i == 0 || found->values[i]->line >= found->values[i - 1]->line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const layouts[] = {LAYOUT_LONG, LAYOUT_WIDE, LAYOUT_FIXED};
    struct arena *arena = arena_create(64U << 20);
    Touchstone__Internal__V1__FoundValues *found = NULL;
    struct ts_error error = {0};
    check(arena != NULL);
    if (size > 0) {
        if (file_read(layout_of(arena, layouts[data[0] % 3]), (const char *)data + 1, size - 1, arena, &found,
                      &error))
            check_file(found);
        else
            check(!found && *error.reason && *error.detail);
    }
    arena_free(arena);
    return 0;
}
