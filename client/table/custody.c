// SPDX-License-Identifier: Apache-2.0
// Command table: custody. Hand-overs, stores, incidents, portions.
#include "run/hand_out.h"
#include "table/rows.h"
#include "touchstone/v1/custody.pb-c.h"

#define WITNESS ROWS_NEEDED("witness", "witness", "LOGIN", "log-in of another person who sees it")
#define MANNER ROWS_NEEDED("manner", "manner", "TEXT", "how: melted down, burnt, given to whom")
#define MASS(text) ROWS_OPTION("mass", "mass_g", "GRAMS", text)

static const struct column hand_over_columns[] = {
    {"ITEM", "item_code"},    {"HOLDER", "holder"}, {"OFFERED BY", "offered_by"},
    {"RECEIVER", "receiver"}, {"STATE", "state"},   {"OFFERED", "offered_at"},
    {"DISPOSAL", "disposal"}, {"NOTE", "note"},     {0},
};

static const struct view offers_view = {
    .rows = "hand_overs", .columns = hand_over_columns, .empty = "nothing is offered"};

static const struct view hand_over_view = {
    .rows = "hand_over",
    .columns = (const struct column[]){{"Item", "item_code"},
                                       {"Holder", "holder"},
                                       {"Offered by", "offered_by"},
                                       {"Receiver", "receiver"},
                                       {"Disposal", "disposal"},
                                       {"Used up g", "consumes_g"},
                                       {"Should weigh g", "expected_mass_g"},
                                       {"State", "state"},
                                       {"Offered", "offered_at"},
                                       {"Decided by", "decided_by"},
                                       {"Decided", "decided_at"},
                                       {"Reason", "reason"},
                                       {0}},
};

static const struct column custody_columns[] = {
    {"Item", "item_code"},
    {"Name", "name"},
    {"Custody", "custody_state"},
    {"Holder", "holder"},
    {"Store", "storage"},
    {"Mass in g", "mass_g"},
    {"Should weigh g", "expected_mass_g"},
    {"Incident", "incident_no"},
    {"Offered to", "hand_over.receiver"},
    {0},
};

static const struct view events_view = {.rows = "events",
                                        .columns = (const struct column[]){{"AT", "at"},
                                                                           {"WHAT", "kind"},
                                                                           {"GIVER", "giver"},
                                                                           {"RECEIVER", "receiver"},
                                                                           {"MASS g", "mass_g"},
                                                                           {"STORE", "storage"},
                                                                           {"NOTE", "note"},
                                                                           {0}}};

static const struct view custody_view = {.rows = "custody", .columns = custody_columns};

static const struct view consumed_view = {
    .rows = "custody", .columns = custody_columns, .next = &hand_over_view};

static const struct view custody_book_view = {
    .rows = "custody", .columns = custody_columns, .next = &events_view};

static const struct view accepted_view = {
    .columns = (const struct column[]){{"Incident", "incident_no"}, {0}}, .next = &custody_view};

static const struct view stored_view = {
    .rows = "custodies",
    .columns = (const struct column[]){
        {"ITEM", "item_code"}, {"NAME", "name"}, {"HOLDER", "holder"}, {"STORE", "storage"}, {0}}};

static const struct view storages_view = {
    .rows = "storages",
    .columns =
        (const struct column[]){
            {"STORE", "storage"}, {"NAME", "name"}, {"IN USE", "in_use"}, {"ITEMS", "item_count"}, {0}},
    .empty = "no stores"};

static const struct view holders_view = {
    .rows = "holders",
    .columns =
        (const struct column[]){
            {"LOGIN", "username"}, {"NAME", "name"}, {"OFF", "is_off"}, {"ITEMS", "item_count"}, {0}},
    .empty = "nobody may hold items here"};

static const struct view storage_view = {
    .rows = "storage",
    .columns = (const struct column[]){
        {"Store", "storage"}, {"Name", "name"}, {"In use", "in_use"}, {"Items", "item_count"}, {0}}};

static const struct view incidents_view = {
    .rows = "incidents",
    .columns = (const struct column[]){{"INCIDENT", "incident_no"},
                                       {"ITEM", "item_code"},
                                       {"KIND", "incident_kind"},
                                       {"OPENED", "opened_at"},
                                       {"BY", "opened_by"},
                                       {"CLOSED", "closed_at"},
                                       {"DESCRIPTION", "description"},
                                       {"VERSION", "version"},
                                       {0}},
    .empty = "no incidents",
};

static const struct view incident_view = {
    .rows = "incident",
    .columns = (const struct column[]){{"Incident", "incident_no"},
                                       {"Item", "item_code"},
                                       {"Kind", "incident_kind"},
                                       {"Description", "description"},
                                       {"Opened", "opened_at"},
                                       {"Opened by", "opened_by"},
                                       {"Closed", "closed_at"},
                                       {"Closed by", "closed_by"},
                                       {"Resolution", "resolution"},
                                       {"Mass that counts", "accepted_mass_g"},
                                       {"Version", "version"},
                                       {0}},
};

static const struct view portions_view = {.rows = "portions",
                                          .columns = (const struct column[]){{"PORTION", "portion_id"},
                                                                             {"ITEM", "item_code"},
                                                                             {"MASS g", "mass_g"},
                                                                             {"STORE", "storage"},
                                                                             {"KEEP UNTIL", "keep_until"},
                                                                             {"VERSION", "version"},
                                                                             {0}},
                                          .empty = "no portions"};

static const struct view portion_view = {.rows = "portion",
                                         .columns = (const struct column[]){{"Portion", "portion_id"},
                                                                            {"Item", "item_code"},
                                                                            {"Mass in g", "mass_g"},
                                                                            {"Store", "storage"},
                                                                            {"Keep until", "keep_until"},
                                                                            {"State", "state"},
                                                                            {"Disposed by", "disposed_by"},
                                                                            {"Witness", "witness"},
                                                                            {"How", "manner"},
                                                                            {"Version", "version"},
                                                                            {0}}};

static const struct argument item_arguments[] = {ROWS_ITEM, {0}};

static const struct argument offer_arguments[] = {
    ROWS_ITEM,
    ROWS_POSITIONAL("RECEIVER", "receiver", "log-in of who is to hold it"),
    ROWS_OPTION("note", "note", "TEXT", "a remark, for example for which test"),
    {0},
};

static const struct argument accept_arguments[] = {
    ROWS_ITEM, MASS("mass as you weigh it; needed where the laboratory weighs"), {0}};

static const struct argument cancel_arguments[] = {ROWS_ITEM, ROWS_REASON, {0}};

static const struct argument offers_arguments[] = {
    ROWS_LABORATORY, ROWS_OPTION("to", "receiver", "LOGIN", "only what is offered to this log-in"), {0}};

static const struct argument stores_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument set_store_arguments[] = {
    ROWS_POSITIONAL("STORE", "storage", "code of the store: capitals, digits, _ and -"),
    ROWS_LABORATORY,
    ROWS_NEEDED("name", "name", "TEXT", "its name"),
    {.name = "in-use", .field = "in_use", .kind = ARGUMENT_SWITCH, .help = "items may be put into it"},
    {0},
};

static const struct argument store_arguments[] = {
    ROWS_POSITIONAL("STORE", "storage", "code of the store (custody stores)"),
    {.name = "item",
     .field = "item_codes",
     .kind = ARGUMENT_ITEM_CODE,
     .traits = ARGUMENT_REPEATED | ARGUMENT_REQUIRED,
     .value = "ITEM",
     .help = "item code; as often as there are items"},
    {0},
};

static const struct argument consume_arguments[] = {
    ROWS_ITEM,
    ROWS_NEEDED("mass", "mass_g", "GRAMS", "what is gone"),
    ROWS_NEEDED("note", "note", "TEXT", "for what"),
    ROWS_OPTION("witness", "witness", "LOGIN",
                "log-in of who sees it and accepts; needed where nothing would be left"),
    {0},
};

static const struct argument dispose_arguments[] = {ROWS_ITEM, WITNESS, MANNER, {0}};

static const struct argument incident_open_arguments[] = {
    ROWS_ITEM,
    ROWS_NEEDED("kind", "incident_kind", "KIND", "what is wrong"),
    ROWS_NEEDED("description", "description", "TEXT", "what was seen"),
    {0},
};

static const struct argument incident_close_arguments[] = {
    ROWS_POSITIONAL("NO", "incident_no", "number of the incident"),
    ROWS_NEEDED("resolution", "resolution", "TEXT", "what was found out, and what was done"),
    ROWS_OPTION("mass", "accepted_mass_g", "GRAMS",
                "the mass that counts from now on; needed of a difference of masses"),
    ROWS_NEEDED("version", "version", "N", "row version that you saw (incident list)"),
    {0},
};

static const struct argument incident_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "open", .field = "only_open", .kind = ARGUMENT_SWITCH, .help = "only those that are open"},
    {0},
};

static const struct argument retain_arguments[] = {
    ROWS_ITEM,
    ROWS_NEEDED("mass", "mass_g", "GRAMS", "mass of the portion"),
    ROWS_NEEDED("store", "storage", "STORE", "where it is kept (custody stores)"),
    ROWS_OPTION("until", "keep_until", "DATE",
                "last day that it is kept, YYYY-MM-DD; without it as the catalogue says"),
    {0},
};

static const struct argument portion_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "due", .field = "only_due", .kind = ARGUMENT_SWITCH, .help = "only those whose time is over"},
    {0},
};

static const struct argument portion_dispose_arguments[] = {
    ROWS_POSITIONAL("PORTION", "portion_id", "id of the portion (portion list)"),      WITNESS, MANNER,
    ROWS_NEEDED("version", "version", "N", "row version that you saw (portion list)"), {0},
};

#define DESK_CALL(rpc, name) ROWS_CALL("DeskService", rpc, name)

const struct command custody_commands[] = {
    {.noun = "custody",
     .verb = "show",
     .summary = "Show where an item is and its whole book of custody",
     .summary_zh = "查看样品保管状态与流转记录",
     DESK_CALL("GetCustody", get_custody),
     .arguments = item_arguments,
     .view = &custody_book_view},
    {.noun = "custody",
     .verb = "offers",
     .summary = "List what is offered and not accepted",
     .summary_zh = "列出待接收的交接",
     DESK_CALL("ListOffers", list_offers),
     .traits = COMMAND_PAGED,
     .arguments = offers_arguments,
     .view = &offers_view},
    {.noun = "custody",
     .verb = "store",
     .summary = "Put what you hold into a safe or another store",
     .summary_zh = "样品入柜（保险柜等）",
     DESK_CALL("StoreItems", store_items),
     .traits = COMMAND_WRITE,
     .arguments = store_arguments,
     .view = &stored_view,
     .examples = "custody store SAFE --item 7K3-M9Q-X23"},
    {.noun = "custody",
     .verb = "stores",
     .summary = "List the stores of a laboratory",
     .summary_zh = "列出存放位置",
     DESK_CALL("ListStorages", list_storages),
     .arguments = stores_arguments,
     .view = &storages_view},
    {.noun = "custody",
     .verb = "holders",
     .summary = "List to whom items of a laboratory may be offered",
     .summary_zh = "列出可接收样品的同事",
     DESK_CALL("ListItemHolders", list_item_holders),
     .arguments = stores_arguments,
     .view = &holders_view},
    {.noun = "custody",
     .verb = "set-store",
     .summary = "Name a store, or close it (without --in-use)",
     .summary_zh = "设置或停用存放位置",
     DESK_CALL("SetStorage", set_storage),
     .traits = COMMAND_WRITE,
     .arguments = set_store_arguments,
     .view = &storage_view},
    {.noun = "item",
     .verb = "offer",
     .summary = "Offer an item to a colleague; you hold it until it is accepted",
     .summary_zh = "发起样品交接（对方接收后才转移）",
     DESK_CALL("OfferItem", offer_item),
     .traits = COMMAND_WRITE,
     .arguments = offer_arguments,
     .view = &hand_over_view,
     .details = "What lies in a store may be offered by who opens it.",
     .examples = "item offer 7K3-M9Q-X23 tech1"},
    {.noun = "item",
     .verb = "accept",
     .summary = "Accept an item that is offered to you, or witness its disposal or that it was used up",
     .summary_zh = "称重并接收样品",
     DESK_CALL("AcceptItem", accept_item),
     .traits = COMMAND_WRITE,
     .arguments = accept_arguments,
     .view = &accepted_view,
     .run = hand_out_run,
     .details =
         "When the masses disagree the item is frozen with its holder and an incident opened: exit code 6.",
     .examples = "item accept 7K3-M9Q-X23 --mass 3.52"},
    {.noun = "item",
     .verb = "cancel-offer",
     .summary = "Take an offer back, or decline it",
     .summary_zh = "撤回或拒绝交接",
     DESK_CALL("CancelOffer", cancel_offer),
     .traits = COMMAND_WRITE,
     .arguments = cancel_arguments,
     .view = &hand_over_view},
    {.noun = "item",
     .verb = "take-out",
     .summary = "Take an item that you hold out of its store",
     .summary_zh = "样品出柜",
     DESK_CALL("TakeOutItem", take_out_item),
     .traits = COMMAND_WRITE,
     .arguments = item_arguments,
     .view = &custody_view},
    {.noun = "item",
     .verb = "consume",
     .summary = "Record what testing used up",
     .summary_zh = "记录检测消耗量",
     DESK_CALL("RecordConsumption", record_consumption),
     .traits = COMMAND_WRITE,
     .arguments = consume_arguments,
     .view = &consumed_view,
     .details =
         "Only where the owner agreed to damage. What leaves nothing, or takes more than the laboratory\n"
         "lets one person use up (half of the item, all parts together), is recorded before a witness:\n"
         "it is used up when the witness weighs what is left and accepts it (item accept).",
     .examples = "item consume 7K3-M9Q-X23 --mass 3.52 --note cupellation --witness tech2"},
    {.noun = "item",
     .verb = "dispose",
     .summary = "Dispose of an item before a witness, who accepts it (item accept)",
     .summary_zh = "样品处置（须见证人确认）",
     DESK_CALL("OfferDisposal", offer_disposal),
     .traits = COMMAND_WRITE,
     .arguments = dispose_arguments,
     .view = &hand_over_view},
    {.noun = "incident",
     .verb = "open",
     .summary = "Say that something is wrong with an item: it is frozen",
     .summary_zh = "登记样品异常并冻结",
     DESK_CALL("OpenIncident", open_incident),
     .traits = COMMAND_WRITE,
     .arguments = incident_open_arguments,
     .view = &incident_view},
    {.noun = "incident",
     .verb = "close",
     .summary = "Close an incident with words; the item may be moved again",
     .summary_zh = "关闭异常并解冻样品",
     DESK_CALL("CloseIncident", close_incident),
     .traits = COMMAND_WRITE,
     .arguments = incident_close_arguments,
     .view = &incident_view},
    {.noun = "incident",
     .verb = "list",
     .summary = "List the incidents of a laboratory",
     .summary_zh = "列出样品异常",
     DESK_CALL("ListIncidents", list_incidents),
     .traits = COMMAND_PAGED,
     .arguments = incident_list_arguments,
     .view = &incidents_view},
    {.noun = "portion",
     .verb = "retain",
     .summary = "Keep a portion of an item that you hold",
     .summary_zh = "留样",
     DESK_CALL("RetainPortion", retain_portion),
     .traits = COMMAND_WRITE,
     .arguments = retain_arguments,
     .view = &portion_view},
    {.noun = "portion",
     .verb = "list",
     .summary = "List the portions that are kept, soonest due first",
     .summary_zh = "列出留样",
     DESK_CALL("ListPortions", list_portions),
     .traits = COMMAND_PAGED,
     .arguments = portion_list_arguments,
     .view = &portions_view},
    {.noun = "portion",
     .verb = "dispose",
     .summary = "Record the disposal of a portion whose time is over",
     .summary_zh = "留样处置",
     DESK_CALL("DisposePortion", dispose_portion),
     .traits = COMMAND_WRITE,
     .arguments = portion_dispose_arguments,
     .view = &portion_view},
    {0},
};
