// SPDX-License-Identifier: Apache-2.0
// Calls that are wanted: see ask.h.
#include "desk/ask.h"

#include <string.h>

#include "message/path.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/catalogue.pb-c.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/fee.pb-c.h"
#include "touchstone/v1/fitness.pb-c.h"
#include "touchstone/v1/instrument.pb-c.h"
#include "touchstone/v1/offline.pb-c.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "touchstone/v1/quality.pb-c.h"
#include "touchstone/v1/queue.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"
#include "touchstone/v1/visit.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"
#include "wire/arena.h"

// A request with pictures, and the answer to it.
enum { ARENA_CEILING_BYTES = 128 * 1024 * 1024 };

enum { READ, WRITE, UNKEYED };

struct row {
    const char *method;
    const ProtobufCMessageDescriptor *request, *response;
    int effect;
};

#define ROW(service, rpc, name, effect)                                                                      \
    {                                                                                                        \
        "/touchstone.v1." service "/" rpc, &touchstone__v1__##name##_request__descriptor,                    \
            &touchstone__v1__##name##_response__descriptor, effect                                           \
    }

static const struct row rows[ASK_KINDS] = {
    [ASK_WHO] = {"/touchstone.v1.StaffService/WhoAmI", &touchstone__v1__who_am_irequest__descriptor,
                 &touchstone__v1__who_am_iresponse__descriptor, READ},
    [ASK_LOGIN] = ROW("StaffService", "Login", login, UNKEYED),
    [ASK_FORM] = ROW("CatalogueService", "GetIntakeForm", get_intake_form, READ),
    [ASK_PRODUCTS] = ROW("CatalogueService", "ListProducts", list_products, READ),
    [ASK_METHODS] = ROW("CatalogueService", "ListMethods", list_methods, READ),
    [ASK_PERSONS] = ROW("DeskService", "FindPersons", find_persons, READ),
    [ASK_REVEAL] = ROW("DeskService", "RevealPerson", reveal_person, WRITE),
    [ASK_REGISTER] = ROW("DeskService", "RegisterIntake", register_intake, WRITE),
    [ASK_RECEIPT] = ROW("DeskService", "GetReceipt", get_receipt, READ),
    [ASK_ITEM] = ROW("DeskService", "GetItem", get_item, READ),
    [ASK_ITEMS] = ROW("DeskService", "ListItems", list_items, READ),
    [ASK_RETURN] = ROW("DeskService", "ReturnItem", return_item, WRITE),
    [ASK_RETURN_ITEM] = ROW("DeskService", "GetItem", get_item, READ),
    [ASK_RETURN_OF] = ROW("DeskService", "GetReceipt", get_receipt, READ),
    [ASK_WEIGH] = ROW("DeskService", "GetCustody", get_custody, READ),
    [ASK_PRESENT] = ROW("DeskService", "PresentProxyCode", present_proxy_code, WRITE),
    [ASK_PICTURE] = ROW("DeskService", "GetPhoto", get_photo, READ),
    [ASK_CUSTODY] = ROW("DeskService", "GetCustody", get_custody, READ),
    [ASK_HOLDERS] = ROW("DeskService", "ListItemHolders", list_item_holders, READ),
    [ASK_STORAGES] = ROW("DeskService", "ListStorages", list_storages, READ),
    [ASK_OFFER] = ROW("DeskService", "OfferItem", offer_item, WRITE),
    [ASK_ACCEPT] = ROW("DeskService", "AcceptItem", accept_item, WRITE),
    [ASK_UNOFFER] = ROW("DeskService", "CancelOffer", cancel_offer, WRITE),
    [ASK_STORE] = ROW("DeskService", "StoreItems", store_items, WRITE),
    [ASK_TAKE_OUT] = ROW("DeskService", "TakeOutItem", take_out_item, WRITE),
    [ASK_CONSUME] = ROW("DeskService", "RecordConsumption", record_consumption, WRITE),
    [ASK_INCIDENT] = ROW("DeskService", "OpenIncident", open_incident, WRITE),
    [ASK_SETTLE] = ROW("DeskService", "CloseIncident", close_incident, WRITE),
    [ASK_PORTION] = ROW("DeskService", "RetainPortion", retain_portion, WRITE),
    [ASK_DISPOSE] = ROW("DeskService", "OfferDisposal", offer_disposal, WRITE),
    [ASK_PROXY] = ROW("DeskService", "AskProxyCode", ask_proxy_code, WRITE),
    [ASK_VOID] = ROW("DeskService", "VoidReceipt", void_receipt, WRITE),
    [ASK_OFFERS] = ROW("DeskService", "ListOffers", list_offers, READ),
    [ASK_STORED] = ROW("DeskService", "ListItems", list_items, READ),
    [ASK_UNCOLLECTED] = ROW("DeskService", "ListUncollected", list_uncollected, READ),
    [ASK_UNACCOUNTED] = ROW("DeskService", "ListUnaccounted", list_unaccounted, READ),
    [ASK_TRAY] = ROW("DeskService", "GetCustody", get_custody, READ),
    [ASK_TRAY_STORE] = ROW("DeskService", "StoreItems", store_items, WRITE),
    [ASK_TRAY_OUT] = ROW("DeskService", "TakeOutItem", take_out_item, WRITE),
    [ASK_CLOSE_DAY] = ROW("DeskService", "CloseDay", close_day, WRITE),
    [ASK_REOPEN_DAY] = ROW("DeskService", "ReopenDay", reopen_day, WRITE),
    [ASK_PHOTO] = ROW("DeskService", "AttachPhoto", attach_photo, WRITE),
    [ASK_COLLECT] = ROW("DeskService", "CollectReceipt", collect_receipt, WRITE),
    [ASK_DELIVERIES] = ROW("DeskService", "ListDeliveries", list_deliveries, READ),
    [ASK_DELIVERY_COLLECTED] = ROW("DeskService", "MarkCollected", mark_collected, WRITE),
    [ASK_DELIVERY_RETRY] = ROW("DeskService", "RetryDelivery", retry_delivery, WRITE),
    [ASK_SLOTS] = ROW("OpenDayService", "ListSlots", list_slots, READ),
    [ASK_BOOK] = ROW("OpenDayService", "MakeBooking", make_booking, WRITE),
    [ASK_BOOKING] = ROW("OpenDayService", "GetBooking", get_booking, READ),
    [ASK_ARRIVE] = ROW("OpenDayService", "ArriveBooking", arrive_booking, WRITE),
    [ASK_CANCEL_BOOKING] = ROW("OpenDayService", "CancelBooking", cancel_booking, WRITE),
    [ASK_TICKETS] = ROW("OpenDayService", "ListTickets", list_tickets, READ),
    [ASK_TAKE_TICKET] = ROW("OpenDayService", "TakeTicket", take_ticket, WRITE),
    [ASK_CALL] = ROW("OpenDayService", "CallNextTicket", call_next_ticket, WRITE),
    [ASK_RECALL] = ROW("OpenDayService", "RecallTicket", recall_ticket, WRITE),
    [ASK_SKIP] = ROW("OpenDayService", "SkipTicket", skip_ticket, WRITE),
    [ASK_START] = ROW("OpenDayService", "StartTicket", start_ticket, WRITE),
    [ASK_FINISH] = ROW("OpenDayService", "FinishTicket", finish_ticket, WRITE),
    [ASK_REJECT] = ROW("DeskService", "RejectItem", reject_item, WRITE),
    [ASK_MEND_REVEAL] = ROW("DeskService", "RevealPerson", reveal_person, WRITE),
    [ASK_MEND_PERSON] = ROW("DeskService", "CorrectPerson", correct_person, WRITE),
    [ASK_MEND_ITEM] = ROW("DeskService", "CorrectIntake", correct_intake, WRITE),
    [ASK_MERGE] = ROW("DeskService", "MergePersons", merge_persons, WRITE),
    [ASK_UNMERGE] = ROW("DeskService", "UndoMerge", undo_merge, WRITE),
    [ASK_CHANGES] = ROW("DeskService", "GetCorrections", get_corrections, READ),
    [ASK_AIR] = ROW("OpenDayService", "GetVisit", get_visit, READ),
    [ASK_AIR_PLAN] = ROW("OpenDayService", "PlanVisit", plan_visit, WRITE),
    [ASK_AIR_CREW] = ROW("OpenDayService", "AssignCrew", assign_crew, WRITE),
    [ASK_AIR_READY] = ROW("OpenDayService", "ConfirmReadiness", confirm_readiness, WRITE),
    [ASK_MOVE] = ROW("OpenDayService", "MoveBooking", move_booking, WRITE),
    [ASK_BENCH_TESTS] = ROW("BenchService", "ListTests", list_tests, READ),
    [ASK_BENCH_TEST] = ROW("BenchService", "GetTest", get_test, READ),
    [ASK_BENCH_FORM] = ROW("BenchService", "GetEntryForm", get_entry_form, READ),
    [ASK_BENCH_CLAIM] = ROW("BenchService", "ClaimTest", claim_test, WRITE),
    [ASK_BENCH_ENTER] = ROW("BenchService", "EnterResult", enter_result, WRITE),
    [ASK_BENCH_SUBMIT] = ROW("BenchService", "SubmitTest", submit_test, WRITE),
    [ASK_BENCH_LOTS] = ROW("FitnessService", "UseReagents", use_reagents, WRITE),
    [ASK_BENCH_BEGIN] = ROW("BenchService", "StartWork", start_work, WRITE),
    [ASK_BENCH_STOP] = ROW("BenchService", "StopWork", stop_work, WRITE),
    [ASK_BENCH_HOLDS] = ROW("QualityService", "ListHolds", list_holds, READ),
    [ASK_BENCH_HOLD] = ROW("QualityService", "GetHold", get_hold, READ),
    [ASK_BENCH_SHEETS] = ROW("WorksheetService", "ListWorksheets", list_worksheets, READ),
    [ASK_BENCH_SHEET] = ROW("WorksheetService", "GetWorksheet", get_worksheet, READ),
    [ASK_BENCH_SHEET_ENTER] = ROW("WorksheetService", "EnterWorksheet", enter_worksheet, WRITE),
    [ASK_BENCH_SHEET_SUBMIT] = ROW("WorksheetService", "SubmitWorksheet", submit_worksheet, WRITE),
    [ASK_BENCH_PROFILES] = ROW("InstrumentService", "ListProfiles", list_profiles, READ),
    [ASK_BENCH_PREVIEW] = ROW("InstrumentService", "PreviewFile", preview_file, READ),
    [ASK_BENCH_IMPORT] = ROW("InstrumentService", "ImportFile", import_file, WRITE),
    [ASK_BENCH_CHARTS] = ROW("QualityService", "ListCharts", list_charts, READ),
    [ASK_BENCH_CHART] = ROW("QualityService", "GetChart", get_chart, READ),
    [ASK_BENCH_DRAW] = ROW("QualityService", "DrawChart", draw_chart, READ),
    [ASK_PROBE] = {"/touchstone.v1.StaffService/WhoAmI", &touchstone__v1__who_am_irequest__descriptor,
                   &touchstone__v1__who_am_iresponse__descriptor, READ},
    [ASK_KEYS] = ROW("DeskService", "GetJournalKeys", get_journal_keys, WRITE),
    [ASK_CODES] = ROW("DeskService", "ReserveItemCodes", reserve_item_codes, WRITE),
    [ASK_LEASES] = ROW("OpenDayService", "ListLeases", list_leases, READ),
    [ASK_LEASE_SLOTS] = ROW("OpenDayService", "ListSlots", list_slots, READ),
    [ASK_LEASE] = ROW("OpenDayService", "LeaseWalkIns", lease_walk_ins, WRITE),
    [ASK_RETURN_LEASE] = ROW("OpenDayService", "ReturnLease", return_lease, WRITE),
    [ASK_SET_ASIDE] = ROW("DeskService", "SetAsideIntake", set_aside_intake, WRITE),
    [ASK_REPLAY] = ROW("DeskService", "RegisterIntake", register_intake, WRITE),
};

bool ask_begin(enum ask_kind kind, struct ask *ret_ask)
{
    const struct row *row = &rows[kind];
    struct ask ask = {.kind = kind,
                      .is_write = row->effect != READ,
                      .has_key = row->effect == WRITE,
                      .method = row->method,
                      .response = row->response,
                      .arena = arena_create(ARENA_CEILING_BYTES)};

    if (ask.arena == NULL)
        return false;
    ask.request = path_new_message(ask.arena, row->request);
    if (ask.request == NULL) {
        arena_free(ask.arena);
        return false;
    }
    *ret_ask = ask;
    return true;
}

char *ask_text(struct ask *ask, const char *text)
{
    return arena_copy(ask->arena, text, strlen(text));
}

bool ask_put(struct ask_queue *queue, struct ask *ask)
{
    // Only the newest look-up is shown: forty scans in two seconds are forty looks, and the last one stays.
    for (size_t i = 0; !ask->is_write && i < queue->count; i++)
        if (queue->asks[i].kind == ask->kind) {
            ask_free(&queue->asks[i]);
            queue->asks[i] = *ask;
            return true;
        }
    if (queue->count >= ASK_QUEUE) {
        ask_free(ask);
        return false;
    }
    queue->asks[queue->count++] = *ask;
    return true;
}

bool ask_waits(const struct ask_queue *queue, enum ask_kind kind)
{
    for (size_t i = 0; i < queue->count; i++)
        if (queue->asks[i].kind == kind)
            return true;
    return false;
}

bool ask_take(struct ask_queue *queue, struct ask *ret_ask)
{
    if (queue->count == 0)
        return false;
    *ret_ask = queue->asks[0];
    queue->count--;
    memmove(queue->asks, queue->asks + 1, queue->count * sizeof *queue->asks);
    return true;
}

void ask_free(struct ask *ask)
{
    arena_free(ask->arena);
    *ask = (struct ask){0};
}

void ask_queue_done(struct ask_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        ask_free(&queue->asks[i]);
    queue->count = 0;
}
