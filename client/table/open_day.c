// SPDX-License-Identifier: Apache-2.0
// Command table: days, sessions and bookings. The queue is in queue.c.
#include "table/rows.h"
#include "touchstone/v1/open_day.pb-c.h"

#define SEEN_VERSION(path, text)                                                                             \
    {                                                                                                        \
        .name = "version", .field = path, .value = "N", .help = text                                         \
    }

static const struct column day_columns[] = {
    {"DAY", "day"},
    {"KIND", "day_kind"},
    {"NAME", "name_zh"},
    {"ENGLISH", "name_en"},
    {"BOOKED", "booked_turns"},
    {"WALK-INS", "walk_in_turns"},
    {"ELDERS FIRST", "elders_first"},
    {"MINUTES", "ticket_minutes"},
    {"RULE", "rule_zh"},
    {"VERSION", "version"},
    {0},
};

static const struct view day_view = {.rows = "visit_day", .columns = day_columns};
static const struct view days_view = {.rows = "visit_days", .columns = day_columns, .empty = "no days"};

static const struct argument day_set_arguments[] = {
    ROWS_POSITIONAL("DAY", "day", "YYYY-MM-DD"),
    ROWS_LABORATORY,
    {.name = "kind",
     .field = "day_kind",
     .traits = ARGUMENT_REQUIRED,
     .value = "KIND",
     .help = "what the day is"},
    {.name = "name", .field = "name_zh", .value = "TEXT", .help = "name of the open day, in Chinese"},
    {.name = "name-en", .field = "name_en", .value = "TEXT", .help = "the same in English"},
    {.name = "booked",
     .field = "booked_turns",
     .value = "N",
     .help = "so many booked numbers are called in turn",
     .fallback = "2"},
    {.name = "walk-ins",
     .field = "walk_in_turns",
     .value = "N",
     .help = "then so many walk-ins",
     .fallback = "1"},
    {.name = "elders-first",
     .field = "elders_first",
     .kind = ARGUMENT_SWITCH,
     .help = "who has priority goes before everybody"},
    {.name = "minutes",
     .field = "ticket_minutes",
     .value = "N",
     .help = "what one number takes until the day has measured it (without it: 6)"},
    {.name = "advice",
     .field = "advice_zh",
     .value = "TEXT",
     .help = "what callers are told to bring, in Chinese"},
    {.name = "advice-en", .field = "advice_en", .value = "TEXT", .help = "the same in English"},
    ROWS_REASON,
    SEEN_VERSION("day_version", "version of the day as day list shows it; 0 when nothing was set down"),
    {0},
};

static const struct argument day_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "from", .field = "day", .value = "DAY", .help = "first day (without it: today)"},
    {.name = "days", .field = "days", .value = "N", .help = "how many (without it: 14)"},
    {0},
};

static const struct column slot_columns[] = {
    {"SLOT", "slot_id"},
    {"DAY", "day"},
    {"FROM", "local_begins"},
    {"TO", "local_ends"},
    {"BOOKED", "booked_taken"},
    {"OF", "booked_quota"},
    {"WALK-INS", "walk_in_taken"},
    {"OF", "walk_in_quota"},
    {"GIVEN", "given_to_walk_ins"},
    {"TOUR", "tour_taken"},
    {"OF", "tour_seats"},
    {"WAITING", "waiting"},
    {"CAP", "person_cap"},
    {"VERSION", "version"},
    {0},
};

static const struct view slot_view = {.rows = "slot", .columns = slot_columns};
static const struct view slots_view = {.rows = "slots", .columns = slot_columns, .empty = "no sessions"};

static const struct argument slot_create_arguments[] = {
    ROWS_POSITIONAL("DAY", "day", "YYYY-MM-DD"),
    ROWS_LABORATORY,
    {.name = "from",
     .field = "begins",
     .traits = ARGUMENT_REQUIRED,
     .value = "HH:MM",
     .help = "when the first session begins"},
    {.name = "to",
     .field = "ends",
     .traits = ARGUMENT_REQUIRED,
     .value = "HH:MM",
     .help = "when the last ends at the latest"},
    {.name = "minutes", .field = "minutes", .value = "N", .help = "length of one session", .fallback = "30"},
    {.name = "booked", .field = "booked_quota", .value = "N", .help = "places to be booked, of each session"},
    {.name = "walk-ins", .field = "walk_in_quota", .value = "N", .help = "places for walk-ins"},
    {.name = "cap",
     .field = "person_cap",
     .value = "N",
     .help = "places that one person may have of a session",
     .fallback = "3"},
    {.name = "tour", .field = "tour_seats", .value = "N", .help = "seats of the visitors' tour"},
    {.name = "release",
     .field = "release_minutes",
     .value = "MINUTES",
     .help = "so long before it begins free booked places go to walk-ins (without it: when it begins)"},
    {.name = "grace",
     .field = "grace_minutes",
     .value = "MINUTES",
     .help = "so long after it began who has not come may be set down as a no-show",
     .fallback = "15"},
    {0},
};

static const struct argument slot_change_arguments[] = {
    ROWS_POSITIONAL("SLOT", "slot_id", "id of the session, as slot list shows it"),
    {.name = "booked",
     .field = "booked_quota",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "places to be booked"},
    {.name = "walk-ins",
     .field = "walk_in_quota",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "places for walk-ins"},
    {.name = "cap",
     .field = "person_cap",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "places that one person may have of it"},
    {.name = "tour",
     .field = "tour_seats",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "seats of the visitors' tour"},
    ROWS_REASON,
    {.name = "version",
     .field = "version",
     .traits = ARGUMENT_REQUIRED,
     .value = "N",
     .help = "version of the session as slot list shows it"},
    {0},
};

static const struct argument slot_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "day", .field = "day", .value = "DAY", .help = "first day (without it: today)"},
    {.name = "days", .field = "days", .value = "N", .help = "how many days (without it: 1)"},
    {.name = "free",
     .field = "only_free",
     .kind = ARGUMENT_SWITCH,
     .help = "only those with a booked place free"},
    {0},
};

static const struct column booking_columns[] = {
    {"BOOKING", "booking_code"},      {"STATE", "booking_state"}, {"DAY", "day"},
    {"FROM", "local_begins"},         {"TO", "local_ends"},       {"NAME", "person.name_masked"},
    {"PHONE", "person.phone_masked"}, {"PLACES", "places"},       {"TOUR", "tour_seats"},
    {"BEFORE", "waiting_before"},     {"TICKET", "ticket_no"},    {0},
};

static const struct column told_columns[] = {
    {"Booking", "booking_code"},
    {"State", "booking_state"},
    {"Day", "day"},
    {"From", "local_begins"},
    {"To", "local_ends"},
    {"Name", "person.name_masked"},
    {"Phone", "person.phone_masked"},
    {"Places", "places"},
    {"Tour seats", "tour_seats"},
    {"Waiting before", "waiting_before"},
    {"Ticket", "ticket_no"},
    {"Bring", "advice_zh"},
    {"In English", "advice_en"},
    {0},
};

static const struct view booking_view = {.rows = "booking", .columns = told_columns};
static const struct view bookings_view = {
    .rows = "bookings", .columns = booking_columns, .empty = "no bookings"};
static const struct view promoted_view = {
    .rows = "promoted", .columns = booking_columns, .empty = "nobody waited"};
static const struct view freed_view = {.rows = "booking", .columns = told_columns, .next = &promoted_view};
static const struct view missed_view = {
    .rows = "missed", .columns = booking_columns, .empty = "everybody came", .next = &promoted_view};

static const struct column arrived_columns[] = {
    {"Ticket", "ticket_no"},
    {"Place", "place"},
    {"Minutes", "wait_minutes"},
    {"Follow by", "ticket_code"},
    {0},
};

static const struct view arrived_ticket_view = {.rows = "ticket", .columns = arrived_columns};
static const struct view arrived_view = {
    .rows = "booking", .columns = told_columns, .next = &arrived_ticket_view};

#define BOOKING_CODE ROWS_POSITIONAL("BOOKING", "booking_code", "the six signs of the booking")

static const struct argument booking_make_arguments[] = {
    ROWS_POSITIONAL("SLOT", "slot_id", "id of the session, as slot list shows it"),
    {.name = "person", .field = "person.person_id", .value = "PERSON", .help = "id of a known person"},
    {.name = "name", .field = "person.name", .value = "NAME", .help = "name of the caller"},
    {.name = "phone", .field = "person.phone", .value = "PHONE", .help = "phone of the caller"},
    {.name = "places",
     .field = "places",
     .value = "N",
     .help = "how many items (of the air laboratory: homes)",
     .fallback = "1"},
    {.name = "tour", .field = "tour_seats", .value = "N", .help = "seats of the visitors' tour"},
    {.name = "or-wait",
     .field = "or_wait",
     .kind = ARGUMENT_SWITCH,
     .help = "when the session is full: on its waiting list"},
    {.name = "note", .field = "note", .value = "TEXT", .help = "a note"},
    {0},
};

static const struct argument booking_arguments[] = {BOOKING_CODE, {0}};
static const struct argument booking_cancel_arguments[] = {BOOKING_CODE, ROWS_REASON, {0}};

static const struct argument booking_move_arguments[] = {
    BOOKING_CODE,
    ROWS_POSITIONAL("SLOT", "slot_id", "id of the other session (slot list)"),
    ROWS_REASON,
    {.name = "or-wait",
     .field = "or_wait",
     .kind = ARGUMENT_SWITCH,
     .help = "waits there when the session is full"},
    {0},
};

static const struct argument booking_arrive_arguments[] = {
    BOOKING_CODE,
    {.name = "priority", .field = "priority", .kind = ARGUMENT_SWITCH, .help = "goes before others"},
    {.name = "why", .field = "priority_reason", .value = "TEXT", .help = "why: an elder, a small child"},
    {0},
};

static const struct argument booking_list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "slot", .field = "slot_id", .value = "SLOT", .help = "only of this session"},
    {.name = "person", .field = "person_id", .value = "PERSON", .help = "only of this person"},
    {.name = "state", .field = "booking_state", .value = "STATE", .help = "only in this state"},
    {0},
};

static const struct argument slot_arguments[] = {
    ROWS_POSITIONAL("SLOT", "slot_id", "id of the session, as slot list shows it"), {0}};

const struct command open_day_commands[] = {
    {
        .noun = "day",
        .verb = "set",
        .summary = "Say what a day is and by which rule its numbers are called",
        .summary_zh = "设定工作日、休息日、开放日及叫号规则",
        ROWS_CALL("OpenDayService", "SetDay", set_day),
        .traits = COMMAND_WRITE,
        .arguments = day_set_arguments,
        .view = &day_view,
        .examples = "day set 2027-03-15 --kind open-day --name 3·15实验室开放日 --booked 2 --walk-ins 1 "
                    "--elders-first --reason 'plan of the institute'",
    },
    {
        .noun = "day",
        .verb = "list",
        .summary = "The calendar: what each day is",
        .summary_zh = "查看工作日历",
        ROWS_CALL("OpenDayService", "ListDays", list_days),
        .arguments = day_list_arguments,
        .view = &days_view,
    },
    {
        .noun = "slot",
        .verb = "create",
        .summary = "Make the sessions of a day with their quotas",
        .summary_zh = "建立场次与名额",
        ROWS_CALL("OpenDayService", "CreateSlots", create_slots),
        .traits = COMMAND_WRITE,
        .arguments = slot_create_arguments,
        .view = &slots_view,
        .examples = "slot create 2027-03-15 --from 09:00 --to 12:00 --minutes 30 --booked 20 --walk-ins 10 "
                    "--cap 3 --tour 15",
    },
    {
        .noun = "slot",
        .verb = "change",
        .summary = "Change the quotas of a session; never below what is taken",
        .summary_zh = "调整场次名额",
        ROWS_CALL("OpenDayService", "ChangeSlot", change_slot),
        .traits = COMMAND_WRITE,
        .arguments = slot_change_arguments,
        .view = &slot_view,
    },
    {
        .noun = "slot",
        .verb = "list",
        .summary = "List the sessions of a day and what is taken",
        .summary_zh = "查看场次与余额",
        ROWS_CALL("OpenDayService", "ListSlots", list_slots),
        .arguments = slot_list_arguments,
        .view = &slots_view,
    },
    {
        .noun = "slot",
        .verb = "no-shows",
        .summary = "Set down all of a session who have not come; those who wait get the places",
        .summary_zh = "释放本场次爽约名额",
        ROWS_CALL("OpenDayService", "ReleaseNoShows", release_no_shows),
        .traits = COMMAND_WRITE,
        .arguments = slot_arguments,
        .view = &missed_view,
    },
    {
        .noun = "booking",
        .verb = "make",
        .summary = "Book places of a session",
        .summary_zh = "登记预约",
        ROWS_CALL("OpenDayService", "MakeBooking", make_booking),
        .traits = COMMAND_WRITE,
        .arguments = booking_make_arguments,
        .view = &booking_view,
        .details = "Read the code back to the caller, and what to bring.",
    },
    {
        .noun = "booking",
        .verb = "show",
        .summary = "Show a booking",
        .summary_zh = "查看预约",
        ROWS_CALL("OpenDayService", "GetBooking", get_booking),
        .arguments = booking_arguments,
        .view = &booking_view,
    },
    {
        .noun = "booking",
        .verb = "list",
        .summary = "List bookings, newest first",
        .summary_zh = "列出预约",
        ROWS_CALL("OpenDayService", "ListBookings", list_bookings),
        .traits = COMMAND_PAGED,
        .arguments = booking_list_arguments,
        .view = &bookings_view,
    },
    {
        .noun = "booking",
        .verb = "cancel",
        .summary = "Cancel a booking; those who wait get the places",
        .summary_zh = "取消预约",
        ROWS_CALL("OpenDayService", "CancelBooking", cancel_booking),
        .traits = COMMAND_WRITE,
        .arguments = booking_cancel_arguments,
        .view = &freed_view,
    },
    {
        .noun = "booking",
        .verb = "move",
        .summary = "Book into another session in one act: a new code; a visit keeps its address and rooms",
        .summary_zh = "改约到另一场（新预约码，地址与房间保留）",
        ROWS_CALL("OpenDayService", "MoveBooking", move_booking),
        .traits = COMMAND_WRITE,
        .arguments = booking_move_arguments,
        .view = &freed_view,
    },
    {
        .noun = "booking",
        .verb = "no-show",
        .summary = "Set down that somebody did not come",
        .summary_zh = "登记爽约",
        ROWS_CALL("OpenDayService", "MarkNoShow", mark_no_show),
        .traits = COMMAND_WRITE,
        .arguments = booking_arguments,
        .view = &freed_view,
    },
    {
        .noun = "booking",
        .verb = "arrive",
        .summary = "They are here: takes a queue number",
        .summary_zh = "预约签到取号",
        ROWS_CALL("OpenDayService", "ArriveBooking", arrive_booking),
        .traits = COMMAND_WRITE,
        .arguments = booking_arrive_arguments,
        .view = &arrived_view,
    },
    {0},
};
