// SPDX-License-Identifier: Apache-2.0
// Command table: complaints, from their filing to their outcome.
#include "table/rows.h"
#include "touchstone/v1/complaint.pb-c.h"
#include "touchstone/v1/public.pb-c.h"

#define KIND ROWS_NEEDED("kind", "complaint_kind", "KIND", "what it is about")
#define STATEMENT ROWS_NEEDED("statement", "statement", "TEXT", "the complainant's words")
#define NUMBER ROWS_POSITIONAL("NO", "complaint_no", "number of the complaint")

static const struct view list_view = {.rows = "complaints",
                                      .columns = (const struct column[]){{"COMPLAINT", "complaint_no"},
                                                                         {"KIND", "complaint_kind"},
                                                                         {"RECEIPT", "receipt_no"},
                                                                         {"FILED", "filed_at"},
                                                                         {"STATE", "state"},
                                                                         {"HANDLER", "handler"},
                                                                         {"OUTCOME", "outcome"},
                                                                         {"TOLD", "told_state"},
                                                                         {"VERSION", "version"},
                                                                         {0}},
                                      .empty = "no complaints"};

static const struct view complaint_view = {
    .rows = "complaint",
    .columns = (const struct column[]){{"Complaint", "complaint_no"},
                                       {"Kind", "complaint_kind"},
                                       {"Receipt", "receipt_no"},
                                       {"Items", "item_codes"},
                                       {"Statement", "statement"},
                                       {"Complainant", "complainant.name_masked"},
                                       {"Phone", "complainant.phone_masked"},
                                       {"Filed by", "filed_by"},
                                       {"Filed", "filed_at"},
                                       {"Acknowledged", "acknowledged_at"},
                                       {"State", "state"},
                                       {"Handler", "handler"},
                                       {"Assigned", "assigned_at"},
                                       {"Retests", "retest_ids"},
                                       {"Finding", "finding"},
                                       {"Outcome", "outcome"},
                                       {"Closed", "closed_at"},
                                       {"Told", "told_state"},
                                       {"Not told because", "told_error"},
                                       {"Version", "version"},
                                       {0}},
};

static const struct view filed_view = {
    .columns = (const struct column[]){
        {"Complaint", "complaint_no"}, {"Acknowledged", "acknowledged_at"}, {"State", "state"}, {0}}};

static const struct argument file_arguments[] = {
    ROWS_LABORATORY,
    KIND,
    STATEMENT,
    {.name = "receipt",
     .field = "receipt_no",
     .value = "NO",
     .help = "number of the receipt that it is about"},
    {.name = "item",
     .field = "item_codes",
     .kind = ARGUMENT_ITEM_CODE,
     .traits = ARGUMENT_REPEATED,
     .value = "ITEM",
     .help = "item that it is about; without it every item of the receipt"},
    {.name = "person",
     .field = "person.person_id",
     .value = "PERSON",
     .help = "id of a known person; without one the owner"},
    {.name = "name", .field = "person.name", .value = "NAME", .help = "name of a new person"},
    {.name = "phone", .field = "person.phone", .value = "PHONE", .help = "phone of a new person"},
    {0},
};

static const struct argument public_arguments[] = {
    ROWS_POSITIONAL("CODE", "receipt_code", "code on the receipt, eight signs"),
    ROWS_NEEDED("phone", "phone_last4", "DIGITS", "last four digits of the owner's phone"),
    ROWS_NEEDED("about", "about", "KIND", "result, service, damage, delay, fee or other"),
    STATEMENT,
    {0},
};

static const struct argument show_arguments[] = {NUMBER, {0}};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state", .field = "complaint_state", .value = "STATE", .help = "only those in this state"},
    {0},
};

static const struct argument assign_arguments[] = {
    NUMBER,
    ROWS_POSITIONAL("LOGIN", "handler", "a quality manager or manager who had no part in it"),
    ROWS_VERSION,
    {0},
};

static const struct argument link_arguments[] = {
    NUMBER, ROWS_POSITIONAL("TEST", "retest_id", "id of the retest (test retest)"), {0}};

static const struct argument close_arguments[] = {
    NUMBER,
    ROWS_NEEDED("outcome", "outcome", "OUTCOME", "what came of it"),
    ROWS_NEEDED("finding", "finding", "TEXT", "what was found out, and what is done"),
    ROWS_VERSION,
    {0},
};

static const struct version_source complaint_version = {
    ROWS_CALL("ComplaintService", "GetComplaint", get_complaint), .key = "complaint_no",
    .version = "complaint.version"};

#define COMPLAINT_CALL(rpc, name) ROWS_CALL("ComplaintService", rpc, name)

const struct command complaint_commands[] = {
    {.noun = "complaint",
     .verb = "file",
     .summary = "File a complaint; it is acknowledged at once",
     .summary_zh = "受理投诉（即时回执）",
     COMPLAINT_CALL("FileComplaint", file_complaint),
     .traits = COMMAND_WRITE,
     .arguments = file_arguments,
     .view = &complaint_view},
    {.noun = "complaint",
     .verb = "send",
     .summary = "File a complaint as the consumer does, by the receipt; needs no session",
     .summary_zh = "凭回执投诉（无需登录）",
     ROWS_CALL("PublicService", "SendComplaint", send_complaint),
     .traits = COMMAND_OPEN,
     .arguments = public_arguments,
     .view = &filed_view},
    {.noun = "complaint",
     .verb = "list",
     .summary = "List the complaints of a laboratory, oldest first",
     .summary_zh = "列出投诉",
     COMPLAINT_CALL("ListComplaints", list_complaints),
     .traits = COMMAND_PAGED,
     .arguments = list_arguments,
     .view = &list_view},
    {.noun = "complaint",
     .verb = "show",
     .summary = "Show a complaint",
     .summary_zh = "查看投诉",
     COMPLAINT_CALL("GetComplaint", get_complaint),
     .arguments = show_arguments,
     .view = &complaint_view},
    {.noun = "complaint",
     .verb = "assign",
     .summary = "Give a complaint to somebody who had no part in what it is about",
     .summary_zh = "指派独立处理人",
     COMPLAINT_CALL("AssignComplaint", assign_complaint),
     .traits = COMMAND_WRITE,
     .arguments = assign_arguments,
     .view = &complaint_view,
     .version = &complaint_version},
    {.noun = "complaint",
     .verb = "link-retest",
     .summary = "Link a retest that the complaint led to",
     .summary_zh = "关联复检",
     COMPLAINT_CALL("LinkRetest", link_retest),
     .traits = COMMAND_WRITE,
     .arguments = link_arguments,
     .view = &complaint_view},
    {.noun = "complaint",
     .verb = "close",
     .summary = "Close your complaint with its outcome; the complainant is told",
     .summary_zh = "办结投诉并告知",
     COMPLAINT_CALL("CloseComplaint", close_complaint),
     .traits = COMMAND_WRITE,
     .arguments = close_arguments,
     .view = &complaint_view,
     .version = &complaint_version},
    {0},
};
