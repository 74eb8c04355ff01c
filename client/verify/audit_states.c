// SPDX-License-Identifier: Apache-2.0
// How the sheet of an index stands after all entries that were read: see audit_parts.h. Two bits an index.
#include "verify/audit_parts.h"

enum audit_state audit_state_of(const struct audit *audit, uint64_t index)
{
    if (index >= audit->states_capacity)
        return AUDIT_NO_SHEET;
    return (enum audit_state)(audit->states[index / 4] >> 2 * (index % 4) & 3);
}
