// SPDX-License-Identifier: Apache-2.0
// Command table: labels, what waits for the printer, layouts.
#include "run/print_out.h"
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/print.pb-c.h"

#define PRINTER                                                                                              \
    {                                                                                                        \
        .name = "printer", .kind = ARGUMENT_OPTION, .value = "PRINTER",                                      \
        .help = "HOST[:PORT], a device file, cups:NAME (ZPL) or cups:NAME:picture; without it the profile's" \
    }

#define OUTPUT(needed)                                                                                       \
    {                                                                                                        \
        .name = "output", .kind = ARGUMENT_OPTION, .traits = ARGUMENT_PATH | (needed), .value = "FILE",      \
        .letter = 'o', .help = "into a file instead: .pdf, .png or .zpl"                                     \
    }

#define AGAIN                                                                                                \
    {                                                                                                        \
        .name = "reason", .kind = ARGUMENT_OPTION, .value = "TEXT",                                          \
        .help = "why it is printed again; needed from the second copy on"                                    \
    }

static const struct argument item_arguments[] = {ROWS_ITEM, PRINTER, AGAIN, OUTPUT(0), {0}};
static const struct argument preview_arguments[] = {ROWS_ITEM, OUTPUT(ARGUMENT_REQUIRED), {0}};
static const struct argument bag_arguments[] = {
    ROWS_POSITIONAL("RECEIPT", "receipt_no", "number of the receipt"), PRINTER, AGAIN, OUTPUT(0), {0}};
static const struct argument document_arguments[] = {
    ROWS_POSITIONAL("RECEIPT", "receipt_no", "number of the receipt"),
    {.name = "printer", .kind = ARGUMENT_OPTION, .value = "NAME", .help = "printer of CUPS (lpstat -p)"},
    AGAIN,
    OUTPUT(0),
    {0}};
static const struct argument notice_arguments[] = {
    ROWS_ITEM,
    {.name = "printer", .kind = ARGUMENT_OPTION, .value = "NAME", .help = "printer of CUPS (lpstat -p)"},
    AGAIN,
    OUTPUT(0),
    {0}};
static const struct argument printer_arguments[] = {PRINTER, {0}};
static const struct argument state_arguments[] = {
    PRINTER,
    {.name = "both", .kind = ARGUMENT_OPTION_SWITCH, .help = "tells it in Chinese and English"},
    {0}};
static const struct argument none[] = {{0}};
static const struct argument layout_arguments[] = {
    {.name = "NAME",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,
     .value = "NAME",
     .help = "item, bag, ticket, receipt, agreement or rejection"},
    {0}};

static const struct argument ticket_arguments[] = {
    {.name = "TICKET",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,
     .value = "TICKET",
     .help = "number of today: J012, or 12"},
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "code of the laboratory; without it the profile's"},
    PRINTER,
    AGAIN,
    OUTPUT(0),
    {0}};
static const struct argument history_arguments[] = {
    ROWS_POSITIONAL("NUMBER", "number", "item code, receipt number, or LABORATORY/DAY/TICKET"), {0}};
static const struct column history_columns[] = {
    {"WHAT", "print_kind"}, {"COPY", "copy"},       {"AT", "printed_at"}, {"BY", "printed_by"},
    {"DESK", "desk"},       {"PRINTER", "printer"}, {"REASON", "reason"}, {0},
};
static const struct view history_view = {
    .rows = "prints", .columns = history_columns, .empty = "it was never printed"};

const struct command printing_commands[] = {
    {
        .noun = "label",
        .verb = "print",
        .summary = "Print the label of an item",
        .summary_zh = "打印样品标签",
        ROWS_CALL("DeskService", "GetItem", get_item),
        .arguments = item_arguments,
        .run = print_out_label,
        .details = "The label is kept on the disk first. When the printer is out of paper, open or offline, "
                   "it stays\n"
                   "there: touchstone print resume.",
        .examples = "label print 7K3-M9Q-X23 --printer 192.0.2.7",
    },
    {
        .noun = "label",
        .verb = "preview",
        .summary = "Draw the label of an item as it would be printed",
        .summary_zh = "预览样品标签",
        ROWS_CALL("DeskService", "GetItem", get_item),
        .arguments = preview_arguments,
        .run = print_out_label,
        .examples = "label preview 7K3-M9Q-X23 -o label.png",
    },
    {
        .noun = "label",
        .verb = "bag",
        .summary = "Print the label of the bag and those of all its items",
        .summary_zh = "打印收样袋及其样品标签",
        ROWS_CALL("DeskService", "GetReceipt", get_receipt),
        .arguments = bag_arguments,
        .run = print_out_bag,
        .details = "With --output the bag's label alone.",
    },
    {
        .noun = "receipt",
        .verb = "print",
        .summary = "Print the receipt that the consumer keeps (by CUPS), or make its PDF",
        .summary_zh = "打印收样回执",
        ROWS_CALL("DeskService", "GetReceipt", get_receipt),
        .arguments = document_arguments,
        .run = print_out_receipt,
        .examples = "receipt print D1-26-000001 -o receipt.pdf",
    },
    {
        .noun = "receipt",
        .verb = "agreement",
        .summary = "Print the commission agreement that both sides sign (by CUPS), or make its PDF",
        .summary_zh = "打印委托检测协议书",
        ROWS_CALL("DeskService", "GetReceipt", get_receipt),
        .arguments = document_arguments,
        .run = print_out_agreement,
        .examples = "receipt agreement D1-26-000001 -o agreement.pdf",
    },
    {
        .noun = "item",
        .verb = "print-rejection",
        .summary = "Print the notice that tells the owner why an item was refused (by CUPS), or make its PDF",
        .summary_zh = "打印样品拒收通知单",
        ROWS_CALL("DeskService", "GetItem", get_item),
        .arguments = notice_arguments,
        .run = print_out_rejection,
        .examples = "item print-rejection 7K3-M9Q-X23 -o notice.pdf",
    },
    {
        .noun = "ticket",
        .verb = "print",
        .summary = "Print the slip of a queue number, with the code that a phone follows it by",
        .summary_zh = "打印排队小票",
        .arguments = ticket_arguments,
        .run = print_out_ticket,
        .examples = "ticket print J012 --printer 192.0.2.7",
    },
    {
        .noun = "print",
        .verb = "history",
        .summary =
            "Which copies were printed of an item's label, a receipt's papers or a ticket, by whom and why",
        .summary_zh = "查询打印历史",
        ROWS_CALL("DeskService", "ListPrints", list_prints),
        .traits = COMMAND_PAGED,
        .arguments = history_arguments,
        .view = &history_view,
        .examples = "print history 7K3-M9Q-X23",
    },
    {
        .noun = "print",
        .verb = "resume",
        .summary = "Print what is kept, in its order",
        .summary_zh = "继续打印保留的任务",
        .arguments = printer_arguments,
        .run = print_out_resume,
        .details = "With --printer all of it on that printer.",
    },
    {
        .noun = "print",
        .verb = "list",
        .summary = "List what is kept for the printer",
        .summary_zh = "列出保留的打印任务",
        .arguments = none,
        .run = print_out_list,
    },
    {
        .noun = "print",
        .verb = "state",
        .summary = "Ask the printer how it is",
        .summary_zh = "查询打印机状态",
        .arguments = state_arguments,
        .run = print_out_state,
    },
    {
        .noun = "layout",
        .verb = "show",
        .summary = "Write out a layout as the program has it, to be edited",
        .summary_zh = "导出打印版式",
        .arguments = layout_arguments,
        .run = print_out_layout,
        .details = "Edit it and put it as layouts/NAME.layout beside the configuration (docs/printing.md).",
        .examples = "layout show item > ~/.config/touchstone/layouts/item.layout",
    },
    {0},
};
