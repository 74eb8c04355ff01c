// SPDX-License-Identifier: Apache-2.0
// Notes in OpenSSL's queue of errors: see memory.h. The queue itself needs memory, so that where there is
// none at all an allocation is tried.
#include "verify/memory.h"

#include <openssl/err.h>
#include <stdlib.h>

enum { TRIED_BYTES = 4096 };

void memory_begin(void)
{
    ERR_clear_error();
}

void memory_missed(void)
{
    ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
}

bool memory_was_missed(void)
{
    void *volatile tried = malloc(TRIED_BYTES);
    bool was_missed = tried == NULL;
    unsigned long code;

    free(tried);
    while ((code = ERR_get_error()) != 0)
        was_missed = was_missed || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    return was_missed;
}
