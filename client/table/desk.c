// SPDX-License-Identifier: Apache-2.0
// Command table: reception. Persons, intake, receipts, items.
#include "run/fetch_file.h"
#include "run/hand_out.h"
#include "run/offline.h"
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"

static const struct argument person_find_arguments[] = {
    ROWS_POSITIONAL(
        "QUERY", "query",
        "last four digits of a phone, more of its digits, the beginning of a name, or of its pinyin: "
        "wxm, wangxiaoming, \"wang xm\""),
    {0},
};

static const struct view person_find_view = {
    .rows = "persons",
    .columns = (const struct column[]){{"PERSON", "person_id"},
                                       {"NAME", "name_masked"},
                                       {"PHONE", "phone_masked"},
                                       {"ITEMS", "item_count"},
                                       {"FOUND BY", "matched_by"},
                                       {"LAST HERE", "last_here_at"},
                                       {0}},
    .empty = "nobody found",
};

static const struct argument person_reveal_arguments[] = {
    ROWS_POSITIONAL("PERSON", "person_id", "id of the person, as person find shows it"),
    ROWS_REASON,
    {0},
};

static const struct view person_reveal_view = {
    .columns =
        (const struct column[]){
            {"Person", "person_id"}, {"Name", "name"}, {"Phone", "phone"}, {"Version", "version"}, {0}},
};

static const struct argument intake_arguments[] = {
    {.name = "file",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "JSON of a RegisterIntakeRequest ('-' = standard input); flags add to it or change it"},
    {.name = "offline",
     .kind = ARGUMENT_OPTION_SWITCH,
     .help = "by way of the journal: also when the server cannot be asked (exit code 8)"},
    {.name = "password-file",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "with --offline: file with your password, which opens the journal ('-' = standard input)"},
    {.name = "username",
     .kind = ARGUMENT_OPTION,
     .value = "NAME",
     .help = "with --offline: who you are, if not logged in"},
    {.name = "journal",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "with --offline: another journal than the profile's"},
    ROWS_LABORATORY,
    {.name = "owner",
     .field = "owner.person_id",
     .value = "PERSON",
     .help = "id of an owner who is known already"},
    {.name = "owner-name", .field = "owner.name", .value = "NAME", .help = "name of the owner"},
    {.name = "owner-phone", .field = "owner.phone", .value = "PHONE", .help = "phone of the owner"},
    {.name = "bringer",
     .field = "bringer.person_id",
     .value = "PERSON",
     .help = "id of a known person who brings it"},
    {.name = "bringer-name",
     .field = "bringer.name",
     .value = "NAME",
     .help = "name of the bringer, if not the owner"},
    {.name = "bringer-phone", .field = "bringer.phone", .value = "PHONE", .help = "phone of the bringer"},
    {.name = "collector",
     .field = "collector.person_id",
     .value = "PERSON",
     .help = "id of a known person who may fetch it"},
    {.name = "collector-name",
     .field = "collector.name",
     .value = "NAME",
     .help = "name of who may fetch it, if not the owner"},
    {.name = "collector-phone",
     .field = "collector.phone",
     .value = "PHONE",
     .help = "phone of the collector"},
    {.name = "item",
     .field = "items+.name",
     .traits = ARGUMENT_REPEATED,
     .value = "NAME",
     .help = "begins an item; the flags down to --test belong to the item begun last"},
    {.name = "product",
     .field = "items.claimed_product_id",
     .traits = ARGUMENT_REPEATED,
     .value = "PRODUCT",
     .help = "the product it claims to be (catalogue products), for example JEW_AU750"},
    {.name = "claim",
     .field = "items.claim_text",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "the claim in the label's own words"},
    {.name = "hallmark",
     .field = "items.hallmark",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "hallmark as it reads"},
    {.name = "mass",
     .field = "items.mass_g",
     .traits = ARGUMENT_REPEATED,
     .value = "GRAMS",
     .help = "mass in grams, exactly as the scale shows it"},
    {.name = "pieces",
     .field = "items.pieces",
     .traits = ARGUMENT_REPEATED,
     .value = "N",
     .help = "how many pieces (without it: 1)"},
    {.name = "condition",
     .field = "items.condition",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "condition on receipt"},
    {.name = "stones",
     .field = "items.stones",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "stones set in it"},
    {.name = "value",
     .field = "items.declared_value_cny",
     .traits = ARGUMENT_REPEATED,
     .value = "CNY",
     .help = "value that the owner declares"},
    {.name = "seal",
     .field = "items.seal_no",
     .traits = ARGUMENT_REPEATED,
     .value = "NO",
     .help = "number of the bag's seal"},
    {.name = "photo",
     .field = "items.photo",
     .kind = ARGUMENT_FILE,
     .traits = ARGUMENT_REPEATED,
     .value = "FILE",
     .help = "JPEG or PNG; without it the picture is pending, and testing waits for it"},
    {.name = "sampled-on",
     .field = "items.sampled_on",
     .traits = ARGUMENT_REPEATED,
     .value = "DATE",
     .help = "day of sampling, YYYY-MM-DD: may choose the edition of the standard"},
    {.name = "produced-on",
     .field = "items.produced_on",
     .traits = ARGUMENT_REPEATED,
     .value = "DATE",
     .help = "day of production, YYYY-MM-DD: may choose the edition of the standard"},
    {.name = "class",
     .field = "items.further_product_ids",
     .traits = ARGUMENT_REPEATED,
     .value = "PRODUCT",
     .help = "a further class it belongs to (catalogue products), for example FUR_B"},
    {.name = "test",
     .field = "items.tests",
     .kind = ARGUMENT_TEST_ORDER,
     .traits = ARGUMENT_REPEATED,
     .value = "METHOD:PARAMETER",
     .help = "a test ordered for the item, for example M_XRF:AU"},
    {.name = "consent",
     .field = "consents",
     .kind = ARGUMENT_CONSENT,
     .traits = ARGUMENT_REPEATED,
     .value = "KIND[:AUTHORISATION]",
     .help = "privacy, agreement or destructive, given by the owner; with an authorisation, by the bringer"},
    {.name = "return",
     .field = "return_choice",
     .value = "CHOICE",
     .help = "what becomes of the items",
     .fallback = "return"},
    {.name = "purpose",
     .field = "purpose",
     .value = "TEXT",
     .help = "why the consumer wants the test",
     .fallback = "consumer reference"},
    {.name = "send",
     .field = "recipients+.channel",
     .traits = ARGUMENT_REPEATED,
     .value = "CHANNEL",
     .help = "how the sheet reaches the owner; without it by sms. The next two flags belong to it"},
    {.name = "send-to",
     .field = "recipients.address",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "mail or postal address"},
    {.name = "send-person",
     .field = "recipients.person.person_id",
     .traits = ARGUMENT_REPEATED,
     .value = "PERSON",
     .help = "id of another recipient than the owner"},
    {.name = "fee", .field = "fee_cny", .value = "CNY", .help = "fee; without it as the rules say"},
    {.name = "fee-reason", .field = "fee_reason", .value = "TEXT", .help = "why the fee is another"},
    {.name = "waiver", .field = "waiver", .value = "TEXT", .help = "campaign that waives the fee"},
    {.name = "ticket",
     .field = "serves_ticket_no",
     .value = "TICKET",
     .help = "number of today that was called and is served by this intake"},
    {.name = "lease",
     .field = "from_lease_id",
     .value = "LEASE",
     .help = "walk-in places that this desk leased beforehand"},
    {.name = "booking",
     .field = "serves_booking_code",
     .value = "BOOKING",
     .help = "code of the booking that is served by this intake"},
    {0},
};

static const struct column item_columns[] = {
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

static const struct view receipt_tests_view = {.rows = "receipt.items",
                                               .columns =
                                                   (const struct column[]){{"ITEM", "item_code"},
                                                                           {"TESTS", "tests.test_id"},
                                                                           {"METHODS", "tests.method_id"},
                                                                           {"STATES", "tests.state"},
                                                                           {0}}};

static const struct view receipt_items_view = {
    .rows = "receipt.items", .columns = item_columns, .next = &receipt_tests_view};

static const struct view receipt_recipients_view = {
    .rows = "receipt.recipients",
    .columns = (const struct column[]){{"RECIPIENT", "recipient_id"},
                                       {"NAME", "name_masked"},
                                       {"CHANNEL", "channel"},
                                       {"ADDRESS", "address_masked"},
                                       {0}},
    .next = &receipt_items_view,
};

static const struct view receipt_view = {
    .rows = "receipt",
    .columns = (const struct column[]){{"Receipt", "receipt_no"},
                                       {"Laboratory", "laboratory"},
                                       {"Desk", "desk"},
                                       {"Received", "received_at"},
                                       {"Owner", "owner.name_masked"},
                                       {"Phone", "owner.phone_masked"},
                                       {"Brought by", "bringer.name_masked"},
                                       {"Collector", "collector.name_masked"},
                                       {"Purpose", "purpose"},
                                       {"Afterwards", "return_choice"},
                                       {"Fee CNY", "fee_cny"},
                                       {"Waiver", "waiver"},
                                       {"Fee by the rules", "fee_rule_cny"},
                                       {"Why another", "fee_reason"},
                                       {"Void", "voided_at"},
                                       {"Void by", "voided_by"},
                                       {"Void because", "void_reason"},
                                       {"Code for tracking", "receipt_code"},
                                       {"Collected", "collected_at"},
                                       {"Version", "version"},
                                       {0}},
    .next = &receipt_recipients_view,
};

static const struct argument receipt_show_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    {0},
};

static const struct argument receipt_collect_arguments[] = {
    ROWS_POSITIONAL("NO", "receipt_no", "number of the receipt"),
    {.name = "by", .field = "collected_by", .value = "TEXT", .help = "who collects, when not the owner"},
    ROWS_VERSION,
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

static const struct view item_list_view = {.rows = "items", .columns = item_columns, .empty = "no items"};

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

static const struct version_source receipt_version = {ROWS_CALL("DeskService", "GetReceipt", get_receipt),
                                                      .key = "receipt_no", .version = "receipt.version"};

// One piece is what nearly every item is.
static bool finish_intake(struct arena *arena, ProtobufCMessage *request, struct ts_error *error)
{
    Touchstone__V1__RegisterIntakeRequest *intake = (Touchstone__V1__RegisterIntakeRequest *)request;

    (void)arena;
    (void)error;
    for (size_t i = 0; i < intake->n_items; i++)
        if (intake->items[i]->pieces == 0)
            intake->items[i]->pieces = 1;
    return true;
}

const struct command desk_commands[] = {
    {
        .noun = "person",
        .verb = "find",
        .summary = "Find persons by phone, name or pinyin; names and phones are masked",
        .summary_zh = "按电话、姓名或拼音查找人员（脱敏显示）",
        ROWS_CALL("DeskService", "FindPersons", find_persons),
        .traits = COMMAND_PAGED,
        .arguments = person_find_arguments,
        .view = &person_find_view,
        .details = "Who was here last comes first.",
        .examples = "person find 1234\nperson find wxm",
    },
    {
        .noun = "person",
        .verb = "reveal",
        .summary = "Show a person in full; the reason is kept in the history",
        .summary_zh = "显示人员完整信息（须写明理由并留痕）",
        ROWS_CALL("DeskService", "RevealPerson", reveal_person),
        .traits = COMMAND_WRITE,
        .arguments = person_reveal_arguments,
        .view = &person_reveal_view,
    },
    {
        .noun = "intake",
        .verb = "register",
        .summary = "Take items in: persons, items, tests and consents in one act",
        .summary_zh = "收样登记：人员、样品、检测项目和授权一次完成",
        ROWS_CALL("DeskService", "RegisterIntake", register_intake),
        .traits = COMMAND_WRITE,
        .arguments = intake_arguments,
        .view = &receipt_view,
        .finish = finish_intake,
        .run = offline_intake,
        .details = "Several items are given one after the other; each begins with --item.",
        .examples =
            "intake register --owner-name 王小明 --owner-phone 13800001234 --item 戒指 --product JEW_AU750 "
            "--mass 3.52 --condition good --photo ring.jpg --test M_XRF:AU --consent privacy --consent "
            "agreement\n"
            "intake register --file intake.json",
    },
    {
        .noun = "receipt",
        .verb = "show",
        .summary = "Show a receipt with its items and tests",
        .summary_zh = "查看收样回执",
        ROWS_CALL("DeskService", "GetReceipt", get_receipt),
        .arguments = receipt_show_arguments,
        .view = &receipt_view,
    },
    {
        .noun = "receipt",
        .verb = "collect",
        .summary = "Mark a receipt collected: the consumer has the sheet",
        .summary_zh = "标记回执已领取报告",
        ROWS_CALL("DeskService", "CollectReceipt", collect_receipt),
        .traits = COMMAND_WRITE,
        .arguments = receipt_collect_arguments,
        .view = &receipt_view,
        .version = &receipt_version,
    },
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
