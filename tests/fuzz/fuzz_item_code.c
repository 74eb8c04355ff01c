// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: what is taken as a code is canonical, and its canonical form is taken again.
#include "wire/item_code.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char code[ITEM_CODE_SIZE], again[ITEM_CODE_SIZE], made[ITEM_CODE_SIZE];
    if (!item_code_check((const char *)data, size, code))
        return 0;
    if (!item_code_check(code, strlen(code), again) || strcmp(code, again) != 0)
        abort();
    if (!item_code_append_check(code, made) || strcmp(code, made) != 0)
        abort();
    return 0;
}
