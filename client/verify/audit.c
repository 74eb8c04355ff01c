// SPDX-License-Identifier: Apache-2.0
// The audit in its order, see audit.h: what is promised, whether the files are it, whether what they say is
// allowed, and whether everything that is derived from them is right.
#include "verify/audit.h"

#include "verify/audit_parts.h"
#include "wire/arena.h"

#include <stdlib.h>
#include <string.h>

static bool replay(struct audit *audit)
{
    audit->tree = arena_array(audit->arena, 1, sizeof *audit->tree);
    audit->replayed = arena_array(audit->arena, AUDIT_REPLAYED_KEYS, sizeof *audit->replayed);
    if (!audit->tree || !audit->replayed)
        return audit_fail_memory(audit);
    if (!audit_status_read(audit) || !audit_tree(audit))
        return false;
    if (audit->is_partial || audit->is_broken_off)
        audit_find(audit, "RULES_NOT_CHECKED", "log",
                   "could not be followed entry by entry to its end: rules, status lists, registry and keys "
                   "behind the "
                   "broken place were not checked. Repair the files and audit again.");
    audit->is_partial = audit->is_partial || audit->is_broken_off;
    return audit_old_tiles(audit) && audit_registry(audit) && audit_keys(audit);
}

bool audit_run(const struct audit_order *order, struct arena *arena, struct audit_report *ret_report,
               struct ts_error *error)
{
    struct audit audit = {
        .order = order, .report = ret_report, .arena = arena, .error = error, .next_status = UINT64_MAX};
    bool goes_on;
    memset(ret_report, 0, sizeof *ret_report);
    bool done = audit_head(&audit, &goes_on);
    if (done && goes_on)
        done = replay(&audit);
    audit_status_done(&audit);
    free(audit.states);
    free(audit.registries);
    return done;
}
