// SPDX-License-Identifier: Apache-2.0
// Command table: who receives the sheets of a receipt, and what was handed to whom.
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"

static const struct column recipient_columns[] = {
    {"Recipient", "recipient_id"}, {"Receipt", "receipt_no"},
    {"Name", "name_masked"},       {"Channel", "channel"},
    {"Address", "address_masked"}, {"Added", "added_at"},
    {"Removed", "removed_at"},     {0},
};

static const struct view recipient_view = {.rows = "recipient", .columns = recipient_columns};

static const struct view delivery_list_view = {
    .rows = "deliveries",
    .columns = (const struct column[]){{"DELIVERY", "delivery_id"},
                                       {"SHEET", "sheet_no"},
                                       {"REVISION", "revision"},
                                       {"KIND", "kind"},
                                       {"CHANNEL", "recipient.channel"},
                                       {"RECIPIENT", "recipient.name_masked"},
                                       {"STATE", "state"},
                                       {"TRIES", "attempts"},
                                       {"CHANGED", "changed_at"},
                                       {"ERROR", "error"},
                                       {"VERSION", "version"},
                                       {0}},
    .empty = "no deliveries",
};

static const struct view delivery_view = {
    .rows = "delivery",
    .columns = (const struct column[]){{"Delivery", "delivery_id"},
                                       {"Sheet", "sheet_no"},
                                       {"Revision", "revision"},
                                       {"Kind", "kind"},
                                       {"Channel", "recipient.channel"},
                                       {"Recipient", "recipient.name_masked"},
                                       {"State", "state"},
                                       {"Changed", "changed_at"},
                                       {"Changed by", "changed_by"},
                                       {"Version", "version"},
                                       {0}},
};

static const struct view unlocked_view = {
    .rows = "receipt",
    .columns = (const struct column[]){{"Receipt", "receipt_no"}, {"Code", "receipt_code"}, {0}},
};

static const struct argument add_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    {.name = "channel",
     .field = "recipient.channel",
     .traits = ARGUMENT_REQUIRED,
     .value = "CHANNEL",
     .help = "how the sheet reaches them"},
    {.name = "address",
     .field = "recipient.address",
     .value = "TEXT",
     .help = "mail or postal address; of sms another phone than the person's own"},
    {.name = "person",
     .field = "recipient.person.person_id",
     .value = "PERSON",
     .help = "id of a known person (person find); without a person the owner"},
    {.name = "name", .field = "recipient.person.name", .value = "NAME", .help = "name of a new person"},
    {.name = "phone", .field = "recipient.person.phone", .value = "PHONE", .help = "phone of a new person"},
    {0},
};

static const struct argument remove_arguments[] = {
    ROWS_POSITIONAL("RECIPIENT", "recipient_id", "id of the recipient, as receipt show has it"),
    ROWS_REASON,
    {0},
};

static const struct argument unlock_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    ROWS_REASON,
    {0},
};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state",
     .field = "state",
     .value = "STATE",
     .help = "only those in this state: failed is what needs you"},
    {.name = "sheet", .field = "sheet_no", .value = "NO", .help = "only those of this sheet"},
    {0},
};

#define ROWS_DELIVERY ROWS_POSITIONAL("DELIVERY", "delivery_id", "id of the delivery (delivery list)")
#define ROWS_SEEN                                                                                            \
    {                                                                                                        \
        .name = "version", .field = "version", .traits = ARGUMENT_REQUIRED, .value = "N",                    \
        .help = "version of the delivery that you saw (delivery list)"                                       \
    }

static const struct argument mark_arguments[] = {
    ROWS_DELIVERY,
    {.name = "note", .field = "note", .value = "TEXT", .help = "kept in the history"},
    ROWS_SEEN,
    {0},
};

static const struct argument retry_arguments[] = {ROWS_DELIVERY, ROWS_SEEN, {0}};

static const struct view notice_list_view = {
    .rows = "notices",
    .columns = (const struct column[]){{"NOTICE", "notice_id"},
                                       {"KIND", "notice_kind"},
                                       {"OF", "reference"},
                                       {"ABOUT", "about_at"},
                                       {"CHANNEL", "channel"},
                                       {"PERSON", "name_masked"},
                                       {"STATE", "state"},
                                       {"TRIES", "attempts"},
                                       {"CHANGED", "changed_at"},
                                       {"ERROR", "error"},
                                       {"VERSION", "version"},
                                       {0}},
    .empty = "no notices",
};

static const struct view notice_view = {
    .rows = "notice",
    .columns = (const struct column[]){{"Notice", "notice_id"},
                                       {"Kind", "notice_kind"},
                                       {"Of", "reference"},
                                       {"Channel", "channel"},
                                       {"Person", "name_masked"},
                                       {"State", "state"},
                                       {"Changed", "changed_at"},
                                       {"Changed by", "changed_by"},
                                       {"Version", "version"},
                                       {0}},
};

static const struct argument notices_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state",
     .field = "state",
     .value = "STATE",
     .help = "only those in this state: failed is what needs you"},
    {0},
};

static const struct argument retry_notice_arguments[] = {
    ROWS_POSITIONAL("NOTICE", "notice_id", "id of the notice (notice list)"),
    {.name = "version",
     .field = "version",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "version of the notice that you saw (notice list)"},
    {0},
};

const struct command delivery_commands[] = {
    {
        .noun = "receipt",
        .verb = "add-recipient",
        .summary = "Somebody more receives the sheets of a receipt",
        .summary_zh = "增加报告接收人",
        ROWS_CALL("DeskService", "AddRecipient", add_recipient),
        .traits = COMMAND_WRITE,
        .arguments = add_arguments,
        .view = &recipient_view,
        .details =
            "What is sealed already is theirs at once. Whoever received a sheet hears of its amendment or "
            "withdrawal,\nalso when taken off later.",
        .examples = "receipt add-recipient D1-26-000001 --channel mail --address wang@example.org",
    },
    {
        .noun = "receipt",
        .verb = "remove-recipient",
        .summary = "Take a recipient off",
        .summary_zh = "移除报告接收人",
        ROWS_CALL("DeskService", "RemoveRecipient", remove_recipient),
        .traits = COMMAND_WRITE,
        .arguments = remove_arguments,
        .view = &recipient_view,
    },
    {
        .noun = "receipt",
        .verb = "unlock",
        .summary = "Open a receipt that wrong tries have locked against tracking",
        .summary_zh = "解锁因多次输错而锁定的回执查询",
        ROWS_CALL("DeskService", "UnlockReceipt", unlock_receipt),
        .traits = COMMAND_WRITE,
        .arguments = unlock_arguments,
        .view = &unlocked_view,
    },
    {
        .noun = "delivery",
        .verb = "list",
        .summary = "What was handed to whom, oldest first",
        .summary_zh = "列出报告送达情况",
        ROWS_CALL("DeskService", "ListDeliveries", list_deliveries),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &delivery_list_view,
        .examples = "delivery list --state failed",
    },
    {
        .noun = "delivery",
        .verb = "collected",
        .summary = "Mark a sheet collected at the counter",
        .summary_zh = "标记已当面领取",
        ROWS_CALL("DeskService", "MarkCollected", mark_collected),
        .traits = COMMAND_WRITE,
        .arguments = mark_arguments,
        .view = &delivery_view,
    },
    {
        .noun = "delivery",
        .verb = "printed",
        .summary = "Mark a sheet printed, and given or posted",
        .summary_zh = "标记已打印（交付或邮寄）",
        ROWS_CALL("DeskService", "MarkPrinted", mark_printed),
        .traits = COMMAND_WRITE,
        .arguments = mark_arguments,
        .view = &delivery_view,
    },
    {
        .noun = "delivery",
        .verb = "retry",
        .summary = "Try a failed delivery again",
        .summary_zh = "重发失败的通知",
        ROWS_CALL("DeskService", "RetryDelivery", retry_delivery),
        .traits = COMMAND_WRITE,
        .arguments = retry_arguments,
        .view = &delivery_view,
    },
    {
        .noun = "notice",
        .verb = "list",
        .summary = "Reminders, codes and words of complaints: what became of them, oldest first",
        .summary_zh = "列出提醒与通知的送达情况",
        ROWS_CALL("DeskService", "ListNotices", list_notices),
        .traits = COMMAND_PAGED,
        .arguments = notices_arguments,
        .view = &notice_list_view,
        .examples = "notice list --state failed",
    },
    {
        .noun = "notice",
        .verb = "retry",
        .summary = "Try a failed notice again",
        .summary_zh = "重发失败的提醒或通知",
        ROWS_CALL("DeskService", "RetryNotice", retry_notice),
        .traits = COMMAND_WRITE,
        .arguments = retry_notice_arguments,
        .view = &notice_view,
    },
    {0},
};
