// SPDX-License-Identifier: Apache-2.0
// Command table: what is left at the counter, collectors' codes, and the close of a laboratory's day.
#include "table/rows.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"

static const struct view uncollected_view = {.rows = "uncollected",
                                             .columns =
                                                 (const struct column[]){{"ITEM", "item_code"},
                                                                         {"RECEIPT", "receipt_no"},
                                                                         {"NAME", "name"},
                                                                         {"DAYS", "days"},
                                                                         {"OWNER", "owner.name_masked"},
                                                                         {"PHONE", "owner.phone_masked"},
                                                                         {"HOLDER", "holder"},
                                                                         {"STORE", "storage"},
                                                                         {"READY", "ready_at"},
                                                                         {0}},
                                             .empty = "everything was fetched"};

static const struct column proxy_columns[] = {
    {"Receipt", "receipt_no"},
    {"Code", "state"},
    {"Told by", "channel"},
    {"To", "address_masked"},
    {"Delivery", "delivery_state"},
    {"Error", "delivery_error"},
    {"Asked", "asked_at"},
    {"Valid until", "expires_at"},
    {"Wrong tries", "tries"},
    {"Presented", "presented_at"},
    {0},
};

static const struct view proxy_view = {.rows = "proxy_code", .columns = proxy_columns};

static const struct view presented_view = {
    .columns = (const struct column[]){{"Code is right", "code_is_right"}, {"Tries left", "tries_left"}, {0}},
    .next = &proxy_view};

static const struct view unaccounted_view = {.rows = "items",
                                             .columns = (const struct column[]){{"ITEM", "item_code"},
                                                                                {"NAME", "name"},
                                                                                {"WHY", "unaccounted_reason"},
                                                                                {"HOLDER", "holder"},
                                                                                {"OFFERED TO", "receiver"},
                                                                                {"SINCE", "since"},
                                                                                {0}},
                                             .empty = "everything is accounted for"};

static const struct view day_view = {
    .rows = "day_close",
    .columns = (const struct column[]){{"Laboratory", "laboratory"},
                                       {"Day", "day"},
                                       {"Act", "act_no"},
                                       {"Closed by", "closed_by"},
                                       {"Closed", "closed_at"},
                                       {"Receipts", "receipts"},
                                       {"Void", "receipts_void"},
                                       {"Fees CNY", "fees_cny"},
                                       {"Of earlier days given back CNY", "fees_back_cny"},
                                       {"Intakes set aside", "intakes_set_aside"},
                                       {"Items waived", "items_waived"},
                                       {"Items received", "items_received"},
                                       {"Items returned", "items_returned"},
                                       {"Items disposed", "items_disposed"},
                                       {"Hand-overs", "hand_overs"},
                                       {"Incidents opened", "incidents_opened"},
                                       {"In stores", "items_stored"},
                                       {"With holders", "items_with_holders"},
                                       {"Frozen", "items_frozen"},
                                       {"Lost", "items_lost"},
                                       {"Incidents open", "incidents_open"},
                                       {"Reopened by", "reopened_by"},
                                       {"Reopened", "reopened_at"},
                                       {"Reason", "reopen_reason"},
                                       {0}},
};

static const struct view days_view = {.rows = "day_closes",
                                      .columns = (const struct column[]){{"DAY", "day"},
                                                                         {"ACT", "act_no"},
                                                                         {"CLOSED BY", "closed_by"},
                                                                         {"CLOSED", "closed_at"},
                                                                         {"RECEIVED", "items_received"},
                                                                         {"RETURNED", "items_returned"},
                                                                         {"IN STORES", "items_stored"},
                                                                         {"FROZEN", "items_frozen"},
                                                                         {"LOST", "items_lost"},
                                                                         {"REOPENED", "reopened_at"},
                                                                         {0}},
                                      .empty = "no day was closed"};

static const struct argument uncollected_arguments[] = {
    ROWS_LABORATORY,
    {.name = "days", .field = "minimum_days", .value = "N", .help = "ready for at least so many days"},
    {0},
};

static const struct argument proxy_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    {0},
};

static const struct argument present_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    ROWS_POSITIONAL("CODE", "code", "the eight digits that the owner was told"),
    {0},
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument close_arguments[] = {
    ROWS_POSITIONAL("DAY", "day", "YYYY-MM-DD"),
    ROWS_LABORATORY,
    {0},
};

static const struct argument reopen_arguments[] = {
    ROWS_POSITIONAL("DAY", "day", "YYYY-MM-DD"),
    ROWS_LABORATORY,
    ROWS_REASON,
    {0},
};

#define DESK_CALL(rpc, name) ROWS_CALL("DeskService", rpc, name)

const struct command custody_day_commands[] = {
    {.noun = "custody",
     .verb = "uncollected",
     .summary = "List what is ready and not fetched, oldest first",
     .summary_zh = "列出逾期未领样品",
     DESK_CALL("ListUncollected", list_uncollected),
     .traits = COMMAND_PAGED,
     .arguments = uncollected_arguments,
     .view = &uncollected_view},
    {.noun = "receipt",
     .verb = "proxy",
     .summary = "Tell the owner a one-time code, so that somebody else may collect",
     .summary_zh = "向委托人发送代领一次性验证码",
     DESK_CALL("AskProxyCode", ask_proxy_code),
     .traits = COMMAND_WRITE,
     .arguments = proxy_arguments,
     .view = &proxy_view,
     .details = "The desk never sees the code. Another one ends the one before."},
    {.noun = "receipt",
     .verb = "present-code",
     .summary = "Check the one-time code that a collector shows",
     .summary_zh = "核验代领验证码",
     DESK_CALL("PresentProxyCode", present_proxy_code),
     .traits = COMMAND_WRITE,
     .arguments = present_arguments,
     .view = &presented_view,
     .details = "Within half an hour then: item return --to NAME. Five wrong codes end it."},
    {.noun = "custody",
     .verb = "unaccounted",
     .summary = "List what keeps the laboratory's day from being closed",
     .summary_zh = "列出未交清的样品",
     DESK_CALL("ListUnaccounted", list_unaccounted),
     .traits = COMMAND_PAGED,
     .arguments = laboratory_arguments,
     .view = &unaccounted_view},
    {.noun = "custody",
     .verb = "close-day",
     .summary = "Close a day of the laboratory; refused while an item is unaccounted for",
     .summary_zh = "日结（有样品未交清则拒绝）",
     DESK_CALL("CloseDay", close_day),
     .traits = COMMAND_WRITE,
     .arguments = close_arguments,
     .view = &day_view,
     .examples = "custody close-day 2027-03-15"},
    {.noun = "custody",
     .verb = "reopen-day",
     .summary = "Open a closed day again",
     .summary_zh = "重新打开已日结的日期",
     DESK_CALL("ReopenDay", reopen_day),
     .traits = COMMAND_WRITE,
     .arguments = reopen_arguments,
     .view = &day_view},
    {.noun = "custody",
     .verb = "days",
     .summary = "List the acts that closed days, newest first",
     .summary_zh = "列出日结记录",
     DESK_CALL("ListDayCloses", list_day_closes),
     .traits = COMMAND_PAGED,
     .arguments = laboratory_arguments,
     .view = &days_view},
    {0},
};
