-- SPDX-License-Identifier: Apache-2.0
-- The queue: tickets per laboratory and day. lab.queue_day is the row that every act on a queue locks, so that two desks never
-- call one ticket and the published order has one place where it stands.
set role touchstone_owner;

create table lab.queue_day (
    laboratory text not null references lab.laboratory,
    day date not null,
    last_number integer not null default 0 check (last_number >= 0),
    -- The next place of the round of booked_turns booked and walk_in_turns walk-ins, from 0.
    turn integer not null default 0 check (turn >= 0),
    primary key (laboratory, day)
) with (fillfactor = 50);

create table lab.ticket (
    ticket_id uuid primary key default lab.new_id(),
    laboratory text not null references lab.laboratory,
    day date not null,
    number integer not null check (number >= 1),
    ticket_no text collate "C" not null check (ticket_no ~ '^[A-Z][0-9]{3,}$'),
    -- Eight random signs on the slip: with them a phone follows its own ticket.
    ticket_code text collate "C" not null unique default lab.new_receipt_code(),
    kind text not null check (kind in ('booked', 'walk_in')),
    slot_id uuid references lab.session_slot, -- null: the laboratory has no sessions on this day
    booking_code text collate "C" references lab.booking,
    places integer not null check (places between 1 and 100),
    priority boolean not null default false,
    priority_reason text not null default '',
    -- Its place among its kind: the number at first, moved by hand with a reason.
    rank numeric not null,
    state text not null default 'waiting' check (state in ('waiting', 'called', 'serving', 'done', 'skipped', 'left')),
    room text not null default '',
    calls integer not null default 0,
    taken_at timestamptz not null,
    taken_by uuid not null references lab.staff,
    called_at timestamptz, -- newest
    called_by uuid references lab.staff,
    started_at timestamptz,
    ended_at timestamptz,
    receipt_no text collate "C" references lab.receipt,
    version bigint not null default 1,
    unique (laboratory, day, number),
    check ((kind = 'booked') = (booking_code is not null)),
    check (not priority or priority_reason <> ''),
    check (state not in ('called', 'serving', 'done') or called_at is not null and room <> ''),
    check ((state in ('done', 'left')) = (ended_at is not null))
) with (fillfactor = 70);
create unique index ticket_of_booking on lab.ticket (booking_code) where state <> 'left';
create index ticket_waiting on lab.ticket (laboratory, day, kind, rank) where state = 'waiting';
create index ticket_ended on lab.ticket (laboratory, ended_at desc) where state = 'done';
create index ticket_receipt on lab.ticket (receipt_no) where receipt_no is not null;

update lab.schema_version set version = greatest(version, 41);
reset role;
