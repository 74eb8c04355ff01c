-- SPDX-License-Identifier: Apache-2.0
-- The queue of a laboratory and day: the published order, and what a wait will come to. 64_queue_take.sql takes a
-- number, 64_queue_acts.sql calls it, 29_guard_queue.sql guards both. docs/open-day.md.
--
-- Who is next is said by lab.queue_order and by nothing else: the call, the list, the estimate and the board ask it. Acts lock
-- the session (when a place may be taken or freed, or its booking changes), then the row of lab.queue_day, then the ticket and its
-- booking. The guard of a booking locks its session: whoever serves one by its number locks that before the queue.
set role touchstone_owner;

-- The letter before the numbers: the laboratory's own first letter, or the first that is free.
create or replace function lab.ticket_letter_of(here text) returns text
language plpgsql volatile as $$
declare
    letter text := (select laboratory.ticket_letter from lab.laboratory where laboratory.laboratory = here);
begin
    if letter = '' then
        perform pg_advisory_xact_lock(hashtextextended('ticket-letter', 0));
        select wanted into letter from (
            select sign, place from regexp_split_to_table(here, '') with ordinality as own (sign, place)
            union all select chr(64 + n), 100 + n from generate_series(1, 26) as n) as wish (wanted, place)
        where wanted ~ '^[A-HJ-NP-Z]$' and not exists (select from lab.laboratory where laboratory.ticket_letter = wanted)
        order by place limit 1;
        update lab.laboratory set ticket_letter = letter where laboratory.laboratory = here and laboratory.ticket_letter = '';
        letter := (select laboratory.ticket_letter from lab.laboratory where laboratory.laboratory = here);
    end if;
    return letter;
end
$$;

create or replace function lab.queue_locked(here text, of_day date) returns lab.queue_day
language plpgsql volatile as $$
declare
    queue lab.queue_day;
begin
    insert into lab.queue_day (laboratory, day) values (here, of_day) on conflict (laboratory, day) do nothing;
    select * into queue from lab.queue_day as one where one.laboratory = here and one.day = of_day for no key update;
    return queue;
end
$$;

-- Whose turn it is: round from the place `turn` of so many booked, then so many walk-ins; a place whose kind has nobody
-- waiting is passed over. A kind without a place in the round is called when the other has nobody.
create or replace function lab.queue_turn(rule lab.visit_day, turn integer, booked_wait boolean, walk_ins_wait boolean,
                                          out kind text, out next_turn integer)
language plpgsql immutable as $$
declare
    round integer := rule.booked_turns + rule.walk_in_turns;
    place integer;
begin
    for step in 0..round - 1 loop
        place := (turn + step) % round;
        kind := case when place < rule.booked_turns then 'booked' else 'walk_in' end;
        if kind = 'booked' and booked_wait or kind = 'walk_in' and walk_ins_wait then
            next_turn := (place + 1) % round;
            return;
        end if;
    end loop;
    kind := case when booked_wait then 'booked' when walk_ins_wait then 'walk_in' end;
    next_turn := turn % round;
end
$$;

-- All who wait in the order in which they will be called if nobody comes or goes, with the turn after each.
create or replace function lab.queue_order(here text, of_day date, at_most integer default 100000)
    returns table (place integer, ticket_id uuid, next_turn integer)
language plpgsql stable as $$
declare
    rule lab.visit_day := lab.day_rule(here, of_day);
    elders uuid[] := '{}';
    booked uuid[];
    walk_ins uuid[];
    turn integer := coalesce((select queue.turn from lab.queue_day as queue where queue.laboratory = here and queue.day = of_day), 0);
    elder_at integer := 1;
    booked_at integer := 1;
    walk_in_at integer := 1;
    found record;
begin
    if rule.elders_first then
        elders := array(select one.ticket_id from lab.ticket as one where one.laboratory = here and one.day = of_day
                        and one.state = 'waiting' and one.priority order by one.rank, one.number);
    end if;
    booked := array(select one.ticket_id from lab.ticket as one where one.laboratory = here and one.day = of_day
                    and one.state = 'waiting' and one.kind = 'booked' and one.ticket_id <> all (elders)
                    order by one.priority desc, one.rank, one.number);
    walk_ins := array(select one.ticket_id from lab.ticket as one where one.laboratory = here and one.day = of_day
                      and one.state = 'waiting' and one.kind = 'walk_in' and one.ticket_id <> all (elders)
                      order by one.priority desc, one.rank, one.number);
    place := 0;
    while place < least(at_most, cardinality(elders) + cardinality(booked) + cardinality(walk_ins)) loop
        place := place + 1;
        if elder_at <= cardinality(elders) then -- outside the round
            ticket_id := elders[elder_at];
            elder_at := elder_at + 1;
        else
            found := lab.queue_turn(rule, turn, booked_at <= cardinality(booked), walk_in_at <= cardinality(walk_ins));
            turn := found.next_turn;
            if found.kind = 'booked' then
                ticket_id := booked[booked_at];
                booked_at := booked_at + 1;
            else
                ticket_id := walk_ins[walk_in_at];
                walk_in_at := walk_in_at + 1;
            end if;
        end if;
        next_turn := turn;
        return next;
    end loop;
end
$$;

-- What one ticket takes: the median of the last 20 of this day, once there are three; before that what the day says.
create or replace function lab.service_time(here text, of_day date) returns interval
language plpgsql stable as $$
declare
    measured interval;
    count integer;
begin
    select percentile_disc(0.5) within group (order by took), count(*) into measured, count from (
        select done.ended_at - coalesce(done.started_at, done.called_at) as took from lab.ticket as done
        where done.laboratory = here and done.day = of_day and done.state = 'done' order by done.ended_at desc limit 20) as last;
    return case when count >= 3 then measured
                else make_interval(mins => (lab.day_rule(here, of_day)).ticket_minutes) end;
end
$$;

-- At how many rooms is called: those of the last half hour, and those that somebody is in.
create or replace function lab.rooms_open(here text, of_day date) returns integer
language plpgsql stable as $$
begin
    return greatest((select count(distinct one.room) from lab.ticket as one where one.laboratory = here and one.day = of_day
                     and one.room <> '' and (one.state in ('called', 'serving') or one.called_at > lab.ts_now() - interval '30 minutes')), 1);
end
$$;

-- Minutes until the one at this place is called: those before it, shared by the rooms that are open.
create or replace function lab.wait_minutes(place integer, took interval, rooms integer) returns integer
language plpgsql immutable as $$
begin
    return ceil((place - 1) * extract(epoch from took) / 60 / rooms);
end
$$;

create or replace function lab.ticket_view(of_ticket uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'ticket_no', ticket.ticket_no, 'laboratory', ticket.laboratory, 'day', ticket.day, 'ticket_kind', ticket.kind,
            'ticket_state', ticket.state, 'places', ticket.places, 'priority', ticket.priority, 'room', nullif(ticket.room, ''),
            'calls', ticket.calls, 'taken_at', ticket.taken_at, 'called_at', ticket.called_at, 'started_at', ticket.started_at,
            'ended_at', ticket.ended_at, 'booking_code', ticket.booking_code, 'receipt_no', ticket.receipt_no,
            'slot_id', ticket.slot_id, 'ticket_code', ticket.ticket_code, 'place', found.place,
            'wait_minutes', lab.wait_minutes(found.place, lab.service_time(ticket.laboratory, ticket.day),
                                             lab.rooms_open(ticket.laboratory, ticket.day)))
        from lab.ticket left join lateral (
            select ahead.place from lab.queue_order(ticket.laboratory, ticket.day) as ahead
            where ticket.state = 'waiting' and ahead.ticket_id = ticket.ticket_id) as found on true
        where ticket.ticket_id = of_ticket);
end
$$;

reset role;
