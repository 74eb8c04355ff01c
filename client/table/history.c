// SPDX-License-Identifier: Apache-2.0
// Command table: the history.
#include "table/rows.h"
#include "touchstone/v1/audit.pb-c.h"

static const struct argument history_arguments[] = {
    ROWS_LABORATORY,
    {.name = "type",
     .field = "object_type",
     .value = "TYPE",
     .help = "only objects of this type: test, item, sheet, staff …"},
    {.name = "id", .field = "object_id", .value = "ID", .help = "only this object"},
    {0},
};

static const struct view history_view = {
    .rows = "entries",
    .columns = (const struct column[]){{"ENTRY", "entry_id"},
                                       {"AT", "at"},
                                       {"ACTOR", "actor"},
                                       {"DESK", "desk"},
                                       {"METHOD", "method"},
                                       {"OBJECT", "object_type"},
                                       {"ID", "object_id"},
                                       {"OPERATION", "operation"},
                                       {"CHANGES", "new_values"},
                                       {"REASON", "reason"},
                                       {0}},
    .changed = "new_values",
    .before = "old_values",
    .empty = "no history",
};

const struct command history_commands[] = {
    {
        .noun = "history",
        .verb = "list",
        .summary = "List every change, newest first: who, when, which desk, old, new, why",
        .summary_zh = "列出变更历史（最新在前）",
        ROWS_CALL("AuditService", "ListHistory", list_history),
        .traits = COMMAND_PAGED,
        .arguments = history_arguments,
        .view = &history_view,
        .examples = "history list --type test --id 5b0e…",
    },
    {0},
};
