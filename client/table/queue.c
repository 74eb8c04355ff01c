// SPDX-License-Identifier: Apache-2.0
// Command table: the queue of a laboratory. Days, sessions and bookings are in open_day.c.
#include "table/rows.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "touchstone/v1/public.pb-c.h"

static const struct column ticket_columns[] = {
    {"TICKET", "ticket_no"},
    {"KIND", "ticket_kind"},
    {"STATE", "ticket_state"},
    {"PLACE", "place"},
    {"MINUTES", "wait_minutes"},
    {"PRIORITY", "priority"},
    {"ROOM", "room"},
    {"CALLS", "calls"},
    {"PLACES", "places"},
    {"TAKEN", "taken_at"},
    {"CALLED", "called_at"},
    {"RECEIPT", "receipt_no"},
    {0},
};

static const struct column one_columns[] = {
    {"Ticket", "ticket_no"},
    {"Kind", "ticket_kind"},
    {"State", "ticket_state"},
    {"Place", "place"},
    {"Minutes", "wait_minutes"},
    {"Room", "room"},
    {"Places", "places"},
    {"Priority", "priority"},
    {"Booking", "booking_code"},
    {"Follow by", "ticket_code"},
    {0},
};

static const struct column measured_columns[] = {
    {"Rule", "rule_zh"},
    {"In English", "rule_en"},
    {"Seconds each", "service_seconds"},
    {"Rooms", "rooms_open"},
    {0},
};

static const struct view measured_view = {.columns = measured_columns};
static const struct view ticket_view = {.rows = "ticket", .columns = one_columns, .empty = "nobody waits"};
static const struct view tickets_view = {
    .rows = "tickets", .columns = ticket_columns, .empty = "nobody waits", .next = &measured_view};

#define TICKET ROWS_POSITIONAL("TICKET", "ticket_no", "number of today: J012, or 12")

static const struct argument take_arguments[] = {
    ROWS_LABORATORY,
    {.name = "places",
     .field = "places",
     .value = "N",
     .help = "how many items (of the air laboratory: homes)",
     .fallback = "1"},
    {.name = "slot", .field = "slot_id", .value = "SLOT", .help = "of this session only"},
    {.name = "lease", .field = "from_lease_id", .value = "LEASE", .help = "a place that this desk leased"},
    {.name = "priority", .field = "priority", .kind = ARGUMENT_SWITCH, .help = "goes before others"},
    {.name = "why", .field = "priority_reason", .value = "TEXT", .help = "why: an elder, a small child"},
    {0},
};

static const struct argument call_arguments[] = {
    ROWS_POSITIONAL("ROOM", "room", "where to go, as the board shows it"),
    ROWS_LABORATORY,
    {0},
};

static const struct argument recall_arguments[] = {
    TICKET,
    ROWS_LABORATORY,
    {.name = "room", .field = "room", .value = "ROOM", .help = "to another room than before"},
    {0},
};

static const struct argument ticket_arguments[] = {TICKET, ROWS_LABORATORY, {0}};

static const struct argument move_arguments[] = {
    TICKET,
    ROWS_LABORATORY,
    {.name = "behind",
     .field = "behind",
     .value = "TICKET",
     .help = "behind this number (without it: to the end)"},
    {.name = "to-front", .field = "to_front", .kind = ARGUMENT_SWITCH, .help = "before all of its kind"},
    ROWS_REASON,
    {0},
};

static const struct argument prioritise_arguments[] = {
    TICKET,
    ROWS_LABORATORY,
    {.name = "priority",
     .field = "priority",
     .value = "YES|NO",
     .help = "whether it goes before others",
     .fallback = "yes"},
    ROWS_REASON,
    {0},
};

static const struct argument finish_arguments[] = {
    TICKET,
    ROWS_LABORATORY,
    {.name = "left", .field = "left_queue", .kind = ARGUMENT_SWITCH, .help = "gone without being served"},
    {0},
};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "day", .field = "day", .value = "DAY", .help = "YYYY-MM-DD (without it: today)"},
    {.name = "ended", .field = "with_ended", .kind = ARGUMENT_SWITCH, .help = "also who is done or gone"},
    {0},
};

static const struct column board_columns[] = {
    {"LABORATORY", "laboratory"}, {"CALLED", "calls.ticket_no"}, {"ROOMS", "calls.room"}, {"NEXT", "next"},
    {"WAITING", "waiting"},       {"MINUTES", "wait_minutes"},   {"SKIPPED", "skipped"},  {0},
};

static const struct view board_view = {
    .rows = "queues", .columns = board_columns, .empty = "no numbers have been taken today"};

static const struct argument board_arguments[] = {
    {.name = "laboratory", .field = "laboratory", .value = "CODE", .help = "only this one's queue"}, {0}};

static const struct column lease_columns[] = {
    {"LEASE", "lease_id"},
    {"DESK", "desk"},
    {"DAY", "day"},
    {"FROM", "local_begins"},
    {"TO", "local_ends"},
    {"PLACES", "places"},
    {"USED", "used"},
    {"LEASED", "leased_at"},
    {"RETURNED", "returned_at"},
    {0},
};

static const struct view lease_view = {.rows = "lease", .columns = lease_columns};
static const struct view leases_view = {.rows = "leases", .columns = lease_columns, .empty = "no leases"};

static const struct argument lease_arguments[] = {
    ROWS_POSITIONAL("SLOT", "slot_id", "id of the session, as slot list shows it"),
    {.name = "places", .field = "places", .traits = ARGUMENT_REQUIRED, .value = "N", .help = "how many"},
    {0},
};

static const struct argument return_arguments[] = {
    ROWS_POSITIONAL("LEASE", "lease_id", "id of the lease, as slot leases shows it"), {0}};

static const struct argument leases_arguments[] = {
    ROWS_LABORATORY,
    {.name = "day", .field = "day", .value = "DAY", .help = "YYYY-MM-DD (without it: today)"},
    {0},
};

static const struct view follow_view = {.columns = (const struct column[]){{"Ticket", "ticket_no"},
                                                                           {"State", "ticket_state"},
                                                                           {"Place", "place"},
                                                                           {"Minutes", "wait_minutes"},
                                                                           {"Room", "room"},
                                                                           {0}}};

static const struct argument follow_arguments[] = {
    ROWS_POSITIONAL("CODE", "ticket_code", "the eight signs on the slip"), {0}};

const struct command queue_commands[] = {
    {
        .noun = "slot",
        .verb = "lease",
        .summary = "Lease walk-in places to this desk, for when the network is gone",
        .summary_zh = "本工位预领现场名额（断网备用）",
        ROWS_CALL("OpenDayService", "LeaseWalkIns", lease_walk_ins),
        .traits = COMMAND_WRITE,
        .arguments = lease_arguments,
        .view = &lease_view,
    },
    {
        .noun = "slot",
        .verb = "return-lease",
        .summary = "Give back what is left of a lease",
        .summary_zh = "归还未用的现场名额",
        ROWS_CALL("OpenDayService", "ReturnLease", return_lease),
        .traits = COMMAND_WRITE,
        .arguments = return_arguments,
        .view = &lease_view,
    },
    {
        .noun = "slot",
        .verb = "leases",
        .summary = "Which desk holds how many walk-in places",
        .summary_zh = "查看各工位预领名额",
        ROWS_CALL("OpenDayService", "ListLeases", list_leases),
        .arguments = leases_arguments,
        .view = &leases_view,
    },
    {
        .noun = "ticket",
        .verb = "board",
        .summary = "What the wall board shows; needs no session",
        .summary_zh = "叫号屏内容（无需登录）",
        ROWS_CALL("PublicService", "ShowBoard", show_board),
        .traits = COMMAND_OPEN,
        .arguments = board_arguments,
        .view = &board_view,
    },
    {
        .noun = "ticket",
        .verb = "follow",
        .summary = "How a number stands, by the code on its slip; needs no session",
        .summary_zh = "按小票查询排队（无需登录）",
        ROWS_CALL("PublicService", "FollowTicket", follow_ticket),
        .traits = COMMAND_OPEN,
        .arguments = follow_arguments,
        .view = &follow_view,
    },
    {
        .noun = "ticket",
        .verb = "take",
        .summary = "Take a number for a walk-in",
        .summary_zh = "现场取号",
        ROWS_CALL("OpenDayService", "TakeTicket", take_ticket),
        .traits = COMMAND_WRITE,
        .arguments = take_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "call",
        .summary = "Call the next number by the published rule",
        .summary_zh = "叫下一个号",
        ROWS_CALL("OpenDayService", "CallNextTicket", call_next_ticket),
        .traits = COMMAND_WRITE,
        .arguments = call_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "recall",
        .summary = "Call a number again",
        .summary_zh = "重叫",
        ROWS_CALL("OpenDayService", "RecallTicket", recall_ticket),
        .traits = COMMAND_WRITE,
        .arguments = recall_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "skip",
        .summary = "Pass over a number that did not come",
        .summary_zh = "过号",
        ROWS_CALL("OpenDayService", "SkipTicket", skip_ticket),
        .traits = COMMAND_WRITE,
        .arguments = ticket_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "move",
        .summary = "Give a number another place; one that was skipped waits again",
        .summary_zh = "调整排队位置",
        ROWS_CALL("OpenDayService", "MoveTicket", move_ticket),
        .traits = COMMAND_WRITE,
        .arguments = move_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "prioritise",
        .summary = "Say that a number goes before others, or take it back",
        .summary_zh = "设定优先",
        ROWS_CALL("OpenDayService", "PrioritiseTicket", prioritise_ticket),
        .traits = COMMAND_WRITE,
        .arguments = prioritise_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "start",
        .summary = "They are at the counter",
        .summary_zh = "开始受理",
        ROWS_CALL("OpenDayService", "StartTicket", start_ticket),
        .traits = COMMAND_WRITE,
        .arguments = ticket_arguments,
        .view = &ticket_view,
    },
    {
        .noun = "ticket",
        .verb = "finish",
        .summary = "Served, or gone",
        .summary_zh = "办结或离开",
        ROWS_CALL("OpenDayService", "FinishTicket", finish_ticket),
        .traits = COMMAND_WRITE,
        .arguments = finish_arguments,
        .view = &ticket_view,
        .details = "An intake that names the ticket ends it too: intake register --ticket.",
    },
    {
        .noun = "ticket",
        .verb = "list",
        .summary = "Who waits, in the order of calling, and how long",
        .summary_zh = "查看排队",
        ROWS_CALL("OpenDayService", "ListTickets", list_tickets),
        .arguments = list_arguments,
        .view = &tickets_view,
    },
    {0},
};
