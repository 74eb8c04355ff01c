// SPDX-License-Identifier: Apache-2.0
// Command table: items refused at acceptance, and typing mistakes of reception.
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"

#define DESK_CALL(rpc, name) ROWS_CALL("DeskService", rpc, name)

static const struct version_source item_version = {DESK_CALL("GetItem", get_item), .key = "item_code",
                                                   .version = "item.version"};

static const struct view rejected_view = {
    .rows = "item",
    .columns = (const struct column[]){{"Item", "item_code"},
                                       {"State", "state"},
                                       {"Reason", "rejection.reason_id"},
                                       {"中文", "rejection.reason_zh"},
                                       {"English", "rejection.reason_en"},
                                       {"Words", "rejection.words"},
                                       {"Fee taken off", "rejection.fee_off_cny"},
                                       {"Fee left", "rejection.fee_left_cny"},
                                       {"By", "rejection.rejected_by"},
                                       {"At", "rejection.rejected_at"},
                                       {"Version", "version"},
                                       {0}}};

static const struct view corrected_view = {.rows = "item",
                                           .columns =
                                               (const struct column[]){{"Item", "item_code"},
                                                                       {"Name", "name"},
                                                                       {"Pieces", "pieces"},
                                                                       {"Claim", "claim_text"},
                                                                       {"Hallmark", "hallmark"},
                                                                       {"Mass in g", "mass_g"},
                                                                       {"Condition", "condition"},
                                                                       {"Stones", "stones"},
                                                                       {"Seal", "seal_no"},
                                                                       {"Declared CNY", "declared_value_cny"},
                                                                       {"Version", "version"},
                                                                       {0}}};

static const struct view person_view = {.rows = "person",
                                        .columns = (const struct column[]){{"Person", "person_id"},
                                                                           {"Name", "name_masked"},
                                                                           {"Phone", "phone_masked"},
                                                                           {"Items", "item_count"},
                                                                           {0}}};

static const struct view merge_view = {.rows = "merge",
                                       .columns = (const struct column[]){{"Merge", "merge_id"},
                                                                          {"Kept", "kept.person_id"},
                                                                          {"Name", "kept.name_masked"},
                                                                          {"Phone", "kept.phone_masked"},
                                                                          {"Gone", "gone_id"},
                                                                          {"Its receipts", "receipt_count"},
                                                                          {"Its bookings", "booking_count"},
                                                                          {"Undone by", "undone_by"},
                                                                          {"Undone", "undone_at"},
                                                                          {0}}};

static const struct view changes_view = {.rows = "corrections",
                                         .columns = (const struct column[]){{"AT", "at"},
                                                                            {"BY", "changed_by"},
                                                                            {"WHAT", "field"},
                                                                            {"OLD", "old_value"},
                                                                            {"NEW", "new_value"},
                                                                            {"BECAUSE", "reason"},
                                                                            {"MERGE", "merge_id"},
                                                                            {0}},
                                         .empty = "nothing was changed"};

static const struct argument reject_arguments[] = {
    ROWS_ITEM,
    ROWS_POSITIONAL("REASON", "reason_id", "a reason of the catalogue: AMOUNT, SEAL (catalogue intake-form)"),
    {.name = "words",
     .field = "words",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "what is wrong with it, as the notice says it"},
    ROWS_OPTION("fee", "fee_cny", "CNY", "what the other items cost, when the fee was not made by the rules"),
    ROWS_VERSION,
    {0},
};

static const struct argument correct_arguments[] = {
    ROWS_ITEM,
    ROWS_OPTION("name", "name", "TEXT", "what it is"),
    ROWS_OPTION("pieces", "pieces", "N", "how many pieces"),
    ROWS_OPTION("claim", "claim_text", "TEXT", "the claim in the label's words"),
    ROWS_OPTION("hallmark", "hallmark", "TEXT", "stamped mark"),
    ROWS_OPTION("mass", "mass_g", "GRAMS", "while nobody has weighed it since"),
    ROWS_OPTION("condition", "condition", "TEXT", "condition"),
    ROWS_OPTION("stones", "stones", "TEXT", "stones"),
    ROWS_OPTION("seal", "seal_no", "TEXT", "number of the seal"),
    ROWS_OPTION("value", "declared_value_cny", "CNY", "declared value"),
    {.name = "clear",
     .field = "clear",
     .traits = ARGUMENT_REPEATED,
     .value = "FIELD",
     .help = "empty claim_text, hallmark, stones or seal_no"},
    {.name = "fact",
     .field = "facts+.field",
     .traits = ARGUMENT_REPEATED,
     .value = "FIELD",
     .help = "a field of the intake form; the next flag says what it shall be"},
    {.name = "is",
     .field = "facts.value",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "the value of that field"},
    ROWS_REASON,
    ROWS_VERSION,
    {0},
};

static const struct argument item_arguments[] = {ROWS_ITEM, {0}};

static const struct argument person_arguments[] = {
    ROWS_POSITIONAL("PERSON", "person_id", "id of the person (person find)"),
    {0},
};

static const struct argument correct_person_arguments[] = {
    ROWS_POSITIONAL("PERSON", "person_id", "id of the person (person find)"),
    ROWS_OPTION("name", "name", "TEXT", "the name as it is right"),
    ROWS_OPTION("phone", "phone", "PHONE", "the phone as it is right"),
    ROWS_REASON,
    {.name = "version",
     .field = "version",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "row version that person reveal showed"},
    {0},
};

static const struct argument merge_arguments[] = {
    ROWS_POSITIONAL("KEPT", "kept_id", "id of the entry that stays"),
    ROWS_POSITIONAL("GONE", "gone_id", "id of the entry that is the same person"),
    ROWS_REASON,
    {0},
};

static const struct argument unmerge_arguments[] = {
    ROWS_POSITIONAL("MERGE", "merge_id", "id of the merge (person changes)"),
    ROWS_REASON,
    {0},
};

const struct command correction_commands[] = {
    {.noun = "item",
     .verb = "reject",
     .summary =
         "Refuse an item at acceptance, by a reason of the catalogue; nobody pays for it, it goes back",
     .summary_zh = "验收拒收样品（编码原因，不收费，退还）",
     DESK_CALL("RejectItem", reject_item),
     .traits = COMMAND_WRITE,
     .arguments = reject_arguments,
     .view = &rejected_view,
     .version = &item_version,
     .details = "Refused once something of it was measured. The owner gets a notice: item print-rejection.",
     .examples = "item reject 7K3-M9Q-X23 AMOUNT --words \"0.4 g, the test takes 1 g\""},
    {.noun = "item",
     .verb = "correct",
     .summary = "Correct what was typed wrongly at intake, with a reason; an issued sheet is amended instead",
     .summary_zh = "更正收样录入错误（须写明理由）",
     DESK_CALL("CorrectIntake", correct_intake),
     .traits = COMMAND_WRITE,
     .arguments = correct_arguments,
     .view = &corrected_view,
     .version = &item_version,
     .examples = "item correct 7K3-M9Q-X23 --mass 3.52 --reason \"typed 35.2\""},
    {.noun = "item",
     .verb = "changes",
     .summary = "What was changed of an item since it was taken in: who, when, old, new, why",
     .summary_zh = "样品更正记录",
     DESK_CALL("GetCorrections", get_corrections),
     .arguments = item_arguments,
     .view = &changes_view},
    {.noun = "person",
     .verb = "correct",
     .summary = "Correct a person's name or phone, with a reason",
     .summary_zh = "更正姓名或电话（须写明理由）",
     DESK_CALL("CorrectPerson", correct_person),
     .traits = COMMAND_WRITE,
     .arguments = correct_person_arguments,
     .view = &person_view},
    {.noun = "person",
     .verb = "merge",
     .summary = "Two entries of one person become one; their papers stand together",
     .summary_zh = "合并同一人的两条记录",
     DESK_CALL("MergePersons", merge_persons),
     .traits = COMMAND_WRITE,
     .arguments = merge_arguments,
     .view = &merge_view},
    {.noun = "person",
     .verb = "unmerge",
     .summary = "Undo a merge: both entries stand by themselves again",
     .summary_zh = "撤销合并",
     DESK_CALL("UndoMerge", undo_merge),
     .traits = COMMAND_WRITE,
     .arguments = unmerge_arguments,
     .view = &merge_view},
    {.noun = "person",
     .verb = "changes",
     .summary = "What was changed of a person: who, when, old, new, why (masked)",
     .summary_zh = "人员更正记录（脱敏）",
     DESK_CALL("GetCorrections", get_corrections),
     .arguments = person_arguments,
     .view = &changes_view},
    {0},
};
