// SPDX-License-Identifier: Apache-2.0
// Command table: fees. Rules, campaigns that waive, the day's receipts.
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/fee.pb-c.h"

static const struct column rule_columns[] = {
    {"PRODUCT", "product_id"}, {"METHOD", "method_id"}, {"FEE CNY", "fee_cny"}, {"FROM", "valid_from"},
    {"ENDED", "ended"},        {"BY", "set_by"},        {"REASON", "reason"},   {0},
};

static const struct view rules_view = {.rows = "fee_rules", .columns = rule_columns, .empty = "no rules"};

static const struct view rule_view = {.rows = "fee_rule",
                                      .columns = (const struct column[]){{"Rule", "fee_rule_id"},
                                                                         {"Product", "product_id"},
                                                                         {"Method", "method_id"},
                                                                         {"Fee CNY", "fee_cny"},
                                                                         {"From", "valid_from"},
                                                                         {"Ended", "ended"},
                                                                         {0}}};

static const struct column waiver_columns[] = {
    {"CAMPAIGN", "campaign"},
    {"FROM", "first_day"},
    {"UNTIL", "last_day"},
    {"PRODUCT", "product_id"},
    {"QUOTA", "quota"},
    {"USED", "used"},
    {0},
};

static const struct view waivers_view = {
    .rows = "waivers", .columns = waiver_columns, .empty = "no campaign"};

static const struct view waiver_view = {.rows = "waiver",
                                        .columns = (const struct column[]){{"Campaign", "campaign"},
                                                                           {"From", "first_day"},
                                                                           {"Until", "last_day"},
                                                                           {"Product", "product_id"},
                                                                           {"Quota", "quota"},
                                                                           {"Used", "used"},
                                                                           {0}}};

static const struct view quote_view = {.columns = (const struct column[]){{"Fee CNY", "fee_cny"}, {0}},
                                       .next = &waivers_view};

static const struct view receipts_view = {.rows = "receipts",
                                          .columns = (const struct column[]){{"RECEIPT", "receipt_no"},
                                                                             {"AT", "received_at"},
                                                                             {"ITEMS", "item_count"},
                                                                             {"FEE CNY", "fee_cny"},
                                                                             {"BY THE RULES", "fee_rule_cny"},
                                                                             {"WHY ANOTHER", "fee_reason"},
                                                                             {"WAIVER", "waiver"},
                                                                             {"VOID", "voided_at"},
                                                                             {"VOID BECAUSE", "void_reason"},
                                                                             {0}},
                                          .empty = "no receipts"};

static const struct view voided_view = {.rows = "receipt",
                                        .columns = (const struct column[]){{"Receipt", "receipt_no"},
                                                                           {"Void", "voided_at"},
                                                                           {"Void by", "voided_by"},
                                                                           {"Void because", "void_reason"},
                                                                           {0}}};

static const struct argument set_arguments[] = {
    ROWS_LABORATORY,
    ROWS_OPTION("product", "product_id", "PRODUCT",
                "of this product and what is below it; without it of every one"),
    ROWS_OPTION("method", "method_id", "METHOD", "for each test by this method; without it for each item"),
    ROWS_OPTION("fee", "fee_cny", "CNY", "the fee"),
    ROWS_NEEDED("from", "valid_from", "DATE", "first day, YYYY-MM-DD"),
    {.name = "ended",
     .field = "ended",
     .kind = ARGUMENT_SWITCH,
     .help = "nothing is charged from that day on"},
    ROWS_REASON,
    {0},
};

static const struct argument waive_arguments[] = {
    ROWS_POSITIONAL("CAMPAIGN", "campaign", "name that intakes give (intake register --waiver)"),
    ROWS_LABORATORY,
    ROWS_NEEDED("from", "first_day", "DATE", "first day, YYYY-MM-DD"),
    ROWS_NEEDED("until", "last_day", "DATE", "last day, YYYY-MM-DD"),
    ROWS_OPTION("product", "product_id", "PRODUCT", "only this product and what is below it"),
    ROWS_OPTION("quota", "quota", "N", "so many items (without it: as many as come)"),
    ROWS_REASON,
    {0},
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument quote_arguments[] = {
    ROWS_POSITIONAL("PRODUCT", "product_id", "the product it claims to be"),
    ROWS_LABORATORY,
    {.name = "method",
     .field = "method_ids",
     .traits = ARGUMENT_REPEATED,
     .value = "METHOD",
     .help = "a method; as often as there are tests"},
    {0},
};

static const struct argument void_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"), ROWS_REASON, ROWS_VERSION, {0}};

static const struct argument list_arguments[] = {
    ROWS_POSITIONAL("DAY", "day", "YYYY-MM-DD"), ROWS_LABORATORY, {0}};

static const struct version_source receipt_version = {ROWS_CALL("DeskService", "GetReceipt", get_receipt),
                                                      .key = "receipt_no", .version = "receipt.version"};

#define DESK_CALL(rpc, name) ROWS_CALL("DeskService", rpc, name)

const struct command fee_commands[] = {
    {.noun = "fee",
     .verb = "set",
     .summary = "Say what a test or an item costs from a day on",
     .summary_zh = "设置收费规则",
     DESK_CALL("SetFeeRule", set_fee_rule),
     .traits = COMMAND_WRITE,
     .arguments = set_arguments,
     .view = &rule_view,
     .examples = "fee set --method M_XRF --fee 200 --from 2027-01-01 --reason \"price list 2027\""},
    {.noun = "fee",
     .verb = "rules",
     .summary = "List what was set, oldest first",
     .summary_zh = "列出收费规则",
     DESK_CALL("ListFeeRules", list_fee_rules),
     .traits = COMMAND_PAGED,
     .arguments = laboratory_arguments,
     .view = &rules_view},
    {.noun = "fee",
     .verb = "waive",
     .summary = "Name a campaign that waives fees, or move its end or quota",
     .summary_zh = "设置减免活动",
     DESK_CALL("SetFeeWaiver", set_fee_waiver),
     .traits = COMMAND_WRITE,
     .arguments = waive_arguments,
     .view = &waiver_view,
     .examples = "fee waive 3·15 --from 2027-03-15 --until 2027-03-15 --quota 900 --reason \"open day\""},
    {.noun = "fee",
     .verb = "waivers",
     .summary = "List campaigns with what they have used",
     .summary_zh = "列出减免活动",
     DESK_CALL("ListFeeWaivers", list_fee_waivers),
     .traits = COMMAND_PAGED,
     .arguments = laboratory_arguments,
     .view = &waivers_view},
    {.noun = "fee",
     .verb = "quote",
     .summary = "What an item would cost today, and who waives it",
     .summary_zh = "试算费用",
     DESK_CALL("QuoteFee", quote_fee),
     .arguments = quote_arguments,
     .view = &quote_view},
    {.noun = "receipt",
     .verb = "void",
     .summary = "Void a receipt that was made by mistake; its number stays",
     .summary_zh = "作废回执（编号保留）",
     DESK_CALL("VoidReceipt", void_receipt),
     .traits = COMMAND_WRITE,
     .arguments = void_arguments,
     .view = &voided_view,
     .version = &receipt_version,
     .details = "Refused once something of it was tested. Its tests are cancelled; its items go back (item "
                "return)."},
    {.noun = "receipt",
     .verb = "list",
     .summary = "List the receipts of a day, void or not, with what they charged",
     .summary_zh = "列出当日回执与收费",
     DESK_CALL("ListReceipts", list_receipts),
     .traits = COMMAND_PAGED,
     .arguments = list_arguments,
     .view = &receipts_view},
    {0},
};
