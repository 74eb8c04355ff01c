// SPDX-License-Identifier: Apache-2.0
// The always-on assertion: a broken invariant of the program ends it at once, with the place in the log.
// For what a caller, a peer or the system can cause there is struct ts_error instead.
#pragma once

#include <stdio.h>
#include <stdlib.h>

#define require(condition)                                                                                   \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "level=error event=broken_invariant at=%s:%d condition=\"%s\"\n", __FILE__,      \
                    __LINE__, #condition);                                                                   \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)
