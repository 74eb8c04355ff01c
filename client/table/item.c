// SPDX-License-Identifier: Apache-2.0
// Command table: reception. Items: found, completed, shown with their picture, handed back.
#include "run/fetch_file.h"
#include "run/hand_out.h"
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"

const struct column rows_item_columns[] = {
    {"ITEM", "item_code"},
    {"NAME", "name"},
    {"CLAIM", "claimed_product_id"},
    {"MASS g", "mass_g"},
    {"STATE", "state"},
    {"CUSTODY", "custody_state"},
    {"HOLDER", "holder"},
    {"SHEET", "sheet_no"},
    {"RECEIVED", "received_at"},
    {0},
};

static const struct column test_columns[] = {
    {"TEST", "test_id"},
    {"ITEM", "item_code"},
    {"METHOD", "method_id"},
    {"PARAMETER", "parameter_id"},
    {"STATE", "state"},
    {"ASSIGNED TO", "assigned_to"},
    {"VERDICT", "judgement.verdict"},
    {0},
};

static const struct argument item_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state", .field = "state", .value = "STATE", .help = "only items in this state"},
    {.name = "custody", .field = "custody_state", .value = "STATE", .help = "only items in this custody"},
    {.name = "query",
     .field = "query",
     .value = "TEXT",
     .help = "item code or receipt number or its beginning, or the last four digits of the owner's phone"},
    {.name = "store", .field = "storage", .value = "STORE", .help = "only what lies in this store"},
    {0},
};

static const struct view item_list_view = {
    .rows = "items", .columns = rows_item_columns, .empty = "no items"};

static const struct argument item_show_arguments[] = {ROWS_ITEM, {0}};

static const struct argument item_tell_arguments[] = {
    ROWS_ITEM,
    ROWS_POSITIONAL("FIELD", "field", "what is told: mfr, batch, sampling_place"),
    {.name = "value", .field = "value", .value = "TEXT", .help = "what it is"},
    {.name = "reason", .field = "reason", .value = "TEXT", .help = "instead: why it is not known"},
    ROWS_VERSION,
    {0},
};

static const struct argument item_photo_arguments[] = {
    ROWS_ITEM,
    {.name = "FILE",
     .field = "photo",
     .kind = ARGUMENT_FILE,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED,
     .value = "FILE",
     .help = "JPEG or PNG of at most 2 MiB"},
    ROWS_VERSION,
    {0},
};

static const struct argument item_picture_arguments[] = {
    ROWS_ITEM,
    {.name = "output",
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where its bytes go ('-' = standard output); without it nothing is fetched but that it is there",
     .letter = 'o'},
    {0},
};

static const struct view item_picture_view = {.columns = (const struct column[]){{"Item", "item_code"}, {0}}};

static const struct argument item_return_arguments[] = {
    ROWS_ITEM,
    {.name = "mass",
     .field = "mass_out_g",
     .traits = ARGUMENT_REQUIRED,
     .value = "GRAMS",
     .help = "mass on handing out, exactly as the scale shows it"},
    {.name = "to",
     .field = "returned_to",
     .value = "TEXT",
     .help = "who takes it, when not the owner (receipt proxy)"},
    {.name = "phone",
     .field = "phone_last4",
     .value = "DIGITS",
     .help = "last four digits of the owner's phone, when they are asked for it; of the collector's, always"},
    {.name = "to-collector",
     .field = "to_collector",
     .kind = ARGUMENT_SWITCH,
     .help = "the collector whom the owner named at intake takes it"},
    {.name = "photo-compared",
     .field = "photo_compared",
     .kind = ARGUMENT_SWITCH,
     .help = "the item looks as in its picture"},
    ROWS_VERSION,
    {0},
};

static const struct view item_tests_view = {.rows = "item.tests", .columns = test_columns};

static const struct column one_item_columns[] = {
    {"Item", "item_code"},
    {"Receipt", "receipt_no"},
    {"Laboratory", "laboratory"},
    {"Name", "name"},
    {"Pieces", "pieces"},
    {"Claimed product", "claimed_product_id"},
    {"Claim", "claim_text"},
    {"Hallmark", "hallmark"},
    {"Mass in g", "mass_g"},
    {"Mass out g", "mass_out_g"},
    {"Condition", "condition"},
    {"Stones", "stones"},
    {"Declared value CNY", "declared_value_cny"},
    {"Seal", "seal_no"},
    {"Photo pending", "photo_pending"},
    {"Photo SHA-256", "photo_sha256"},
    {"State", "state"},
    {"Custody", "custody_state"},
    {"Holder", "holder"},
    {"Sheet", "sheet_no"},
    {"Sheet withdrawn", "sheet_withdrawn_at"},
    {"Being amended", "amendment_open"},
    {"Received", "received_at"},
    {"Version", "version"},
    {0},
};

static const struct view item_view = {.rows = "item", .columns = one_item_columns, .next = &item_tests_view};

static const struct view item_return_incident_view = {
    .columns = (const struct column[]){{"Incident", "incident_no"}, {0}}, .next = &item_view};

static const struct version_source item_version = {ROWS_CALL("DeskService", "GetItem", get_item),
                                                   .key = "item_code", .version = "item.version"};

const struct command item_commands[] = {
    {
        .noun = "item",
        .verb = "list",
        .summary = "List items of a laboratory",
        .summary_zh = "列出样品",
        ROWS_CALL("DeskService", "ListItems", list_items),
        .traits = COMMAND_PAGED,
        .arguments = item_list_arguments,
        .view = &item_list_view,
        .examples = "item list --custody held\nitem list --query 1234 --json",
    },
    {
        .noun = "item",
        .verb = "show",
        .summary = "Show an item with its tests",
        .summary_zh = "查看样品",
        ROWS_CALL("DeskService", "GetItem", get_item),
        .arguments = item_show_arguments,
        .view = &item_view,
    },
    {
        .noun = "item",
        .verb = "tell",
        .summary = "Tell what the report says of an item and the intake did not ask",
        .summary_zh = "补录报告所需的样品信息",
        ROWS_CALL("DeskService", "TellItem", tell_item),
        .traits = COMMAND_WRITE,
        .arguments = item_tell_arguments,
        .view = &item_view,
        .version = &item_version,
        .details = "model, grade, mfr, batch, place, sampling_place, sampling_plan, closing, air_state,\n"
                   "valid_until, authorisation, measurement_standard, seller_type.",
        .examples = "item tell 7K3-M9Q-X23 mfr --value 示例乳业\n"
                    "item tell 7K3-M9Q-X23 air_state --value \"25 ℃, 101.325 kPa\"\n"
                    "item tell 7K3-M9Q-X23 batch --reason \"label torn off\"",
    },
    {
        .noun = "item",
        .verb = "photo",
        .summary = "Attach the picture that intake left pending",
        .summary_zh = "补传样品照片",
        ROWS_CALL("DeskService", "AttachPhoto", attach_photo),
        .traits = COMMAND_WRITE,
        .arguments = item_photo_arguments,
        .view = &item_view,
        .version = &item_version,
    },
    {
        .noun = "item",
        .verb = "picture",
        .summary = "Fetch the picture of the intake, to compare with",
        .summary_zh = "取回收样照片",
        ROWS_CALL("DeskService", "GetPhoto", get_photo),
        .arguments = item_picture_arguments,
        .run = fetch_file_run,
        .view = &item_picture_view,
    },
    {
        .noun = "item",
        .verb = "return",
        .summary = "Hand an item back after weighing it out",
        .summary_zh = "称重后退还样品",
        ROWS_CALL("DeskService", "ReturnItem", return_item),
        .traits = COMMAND_WRITE,
        .arguments = item_return_arguments,
        .view = &item_return_incident_view,
        .version = &item_version,
        .run = hand_out_run,
        .details = "When the masses disagree the item is frozen and an incident opened: exit code 6, do not "
                   "hand it out.",
        .examples = "item return 7K3-M9Q-X23 --mass 3.52",
    },
    {0},
};
