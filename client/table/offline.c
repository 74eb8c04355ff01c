// SPDX-License-Identifier: Apache-2.0
// The command table's rows for desks without the server: the journal, reserved codes.
#include "run/offline.h"
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"

#define PASSWORD                                                                                             \
    {                                                                                                        \
        .name = "password-file", .kind = ARGUMENT_OPTION, .traits = ARGUMENT_PATH, .value = "FILE",          \
        .help = "file with your password ('-' = standard input); without it you are asked"                   \
    }

#define OPENING                                                                                              \
    PASSWORD,                                                                                                \
        {.name = "username",                                                                                 \
         .kind = ARGUMENT_OPTION,                                                                            \
         .value = "NAME",                                                                                    \
         .help = "whose password opens it; without it whoever is logged in"},                                \
    {                                                                                                        \
        .name = "journal", .kind = ARGUMENT_OPTION, .traits = ARGUMENT_PATH, .value = "FILE",                \
        .help = "another journal, for example a copy from a desk that broke"                                 \
    }

#define NUMBER                                                                                               \
    {                                                                                                        \
        .name = "NUMBER", .kind = ARGUMENT_OPTION, .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,        \
        .value = "NUMBER", .help = "provisional number (an item code), or the beginning of the request id"   \
    }

static const struct argument prepare_arguments[] = {
    {.name = "codes",
     .kind = ARGUMENT_OPTION,
     .value = "N",
     .help = "how many unused item codes to hold (without it: 50; at most 500)"},
    {.name = "slot",
     .kind = ARGUMENT_OPTION,
     .value = "SLOT",
     .help = "session to lease walk-in places of, as slot list shows it"},
    {.name = "places", .kind = ARGUMENT_OPTION, .value = "N", .help = "how many places to lease"},
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "code of the laboratory, for example JEW; without it the profile's"},
    PASSWORD,
    {0},
};

static const struct argument list_arguments[] = {
    OPENING,
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "whose codes and places are counted; without it the profile's"},
    {0},
};
static const struct argument show_arguments[] = {NUMBER, OPENING, {0}};
static const struct argument replay_arguments[] = {OPENING, {0}};
static const struct argument retire_arguments[] = {
    PASSWORD,
    {.name = "username", .kind = ARGUMENT_OPTION, .value = "NAME", .help = "whose password opens it"},
    {0}};
static const struct argument export_arguments[] = {
    OPENING,
    {.name = "all", .kind = ARGUMENT_OPTION_SWITCH, .help = "those that are settled, too"},
    {0},
};

static const struct argument resolve_arguments[] = {
    NUMBER,
    {.name = "retry", .kind = ARGUMENT_OPTION_SWITCH, .help = "send the same again: the reason is gone"},
    {.name = "file",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "send this in its place: JSON as journal export writes it, corrected"},
    {.name = "set-aside",
     .kind = ARGUMENT_OPTION_SWITCH,
     .help = "it is not booked, ever; its codes become void"},
    {.name = "reason",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "why; kept in the journal, and of what is set aside in the history"},
    OPENING,
    {0},
};

static const struct argument rotate_arguments[] = {ROWS_REASON, {0}};
static const struct view key_view = {.columns = (const struct column[]){{"Key", "key_id"}, {0}}};

static const struct column code_columns[] = {
    {"ITEM", "item_code"},      {"DESK", "desk"},          {"RESERVED", "reserved_at"},
    {"BY", "reserved_by"},      {"RECEIPT", "receipt_no"}, {"VOID", "voided_at"},
    {"VOIDED BY", "voided_by"}, {"WHY", "void_reason"},    {0},
};
static const struct view codes_view = {
    .rows = "reserved_codes", .columns = code_columns, .empty = "no reserved codes"};
static const struct view block_view = {.columns = (const struct column[]){{"Codes", "item_codes"}, {0}}};

static const struct argument reserve_arguments[] = {
    ROWS_LABORATORY,
    {.name = "count",
     .field = "count",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "how many, at most 500"},
    {0},
};

static const struct argument return_arguments[] = {
    ROWS_LABORATORY,
    {.name = "item",
     .field = "item_codes",
     .kind = ARGUMENT_ITEM_CODE,
     .traits = ARGUMENT_REPEATED,
     .value = "ITEM",
     .help = "only this code; without it all unused ones of the desk"},
    {.name = "desk",
     .field = "desk",
     .value = "DESK",
     .help = "another desk's, when that one is gone for good"},
    ROWS_REASON,
    {0},
};

static const struct argument codes_arguments[] = {
    ROWS_LABORATORY,
    {.name = "desk", .field = "desk", .value = "DESK", .help = "only this desk's"},
    {.name = "free",
     .field = "only_free",
     .kind = ARGUMENT_SWITCH,
     .help = "only those that are neither used nor void"},
    {0},
};

const struct command offline_commands[] = {
    {
        .noun = "journal",
        .verb = "prepare",
        .summary = "Make this desk ready to go on without the server: key, item codes, walk-in places",
        .summary_zh = "为断网收样做准备：密钥、预留编号、现场名额",
        ROWS_CALL("DeskService", "GetJournalKeys", get_journal_keys),
        .traits = COMMAND_WRITE,
        .arguments = prepare_arguments,
        .run = offline_prepare,
        .examples = "journal prepare --codes 100\njournal prepare --slot SLOT --places 10",
    },
    {
        .noun = "journal",
        .verb = "list",
        .summary = "List what this desk took in without the server",
        .summary_zh = "查看离线收样日志",
        .arguments = list_arguments,
        .run = offline_list,
    },
    {
        .noun = "journal",
        .verb = "show",
        .summary = "Show an intake of the journal with its outcome",
        .summary_zh = "查看一份离线收样",
        .arguments = show_arguments,
        .run = offline_show,
    },
    {
        .noun = "journal",
        .verb = "replay",
        .summary = "Book what waits, once and in order; a conflict stops it until a person resolves it",
        .summary_zh = "按顺序补登记离线收样",
        ROWS_CALL("DeskService", "RegisterIntake", register_intake),
        .arguments = replay_arguments,
        .run = offline_replay,
        .details =
            "Can be repeated at any time, and with a copy of the journal at another desk: each intake is\n"
            "booked once.",
    },
    {
        .noun = "journal",
        .verb = "resolve",
        .summary =
            "Decide about an intake that the server refused: send it again, otherwise, or set it aside",
        .summary_zh = "处理被拒绝的离线收样：重发、改发或搁置",
        ROWS_CALL("DeskService", "SetAsideIntake", set_aside_intake),
        .arguments = resolve_arguments,
        .run = offline_resolve,
        .examples = "journal resolve 7K3-M9Q-X23 --retry --reason 'places were leased again'\n"
                    "journal resolve 7K3-M9Q-X23 --set-aside --reason 'taken in twice'",
    },
    {
        .noun = "journal",
        .verb = "export",
        .summary = "Write what is not booked as JSON, for intake register --file",
        .summary_zh = "导出未登记的离线收样",
        .arguments = export_arguments,
        .run = offline_export,
        .details = "A line for each. With its request id an intake is booked once, also when the journal is "
                   "replayed.",
    },
    {
        .noun = "journal",
        .verb = "retire",
        .summary = "Put a journal aside that is settled or damaged; the next intake begins a new one",
        .summary_zh = "封存日志，另起新日志",
        .arguments = retire_arguments,
        .run = offline_retire,
        .details =
            "Unused item codes and places go back to the server when it is there; else it is told what "
            "stays.",
    },
    {
        .noun = "journal",
        .verb = "rotate-key",
        .summary = "Make a new key for new journals; old ones stay readable",
        .summary_zh = "更换日志密钥",
        ROWS_CALL("DeskService", "RotateJournalKey", rotate_journal_key),
        .traits = COMMAND_WRITE,
        .arguments = rotate_arguments,
        .view = &key_view,
    },
    {
        .noun = "code",
        .verb = "reserve",
        .summary = "Reserve item codes for this desk (journal prepare does it for the journal)",
        .summary_zh = "预留样品编号",
        ROWS_CALL("DeskService", "ReserveItemCodes", reserve_item_codes),
        .traits = COMMAND_WRITE,
        .arguments = reserve_arguments,
        .view = &block_view,
    },
    {
        .noun = "code",
        .verb = "return",
        .summary = "Give back codes that are not used: they are void from then on",
        .summary_zh = "退回未用编号（作废）",
        ROWS_CALL("DeskService", "ReturnItemCodes", return_item_codes),
        .traits = COMMAND_WRITE,
        .arguments = return_arguments,
        .view = &block_view,
    },
    {
        .noun = "code",
        .verb = "list",
        .summary = "List reserved codes: free, used on which receipt, void and why",
        .summary_zh = "查看预留编号",
        ROWS_CALL("DeskService", "ListReservedCodes", list_reserved_codes),
        .traits = COMMAND_PAGED,
        .arguments = codes_arguments,
        .view = &codes_view,
    },
    {0},
};
