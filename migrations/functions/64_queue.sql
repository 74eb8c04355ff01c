-- SPDX-License-Identifier: Apache-2.0
-- The queue of a laboratory and day: tickets, the published order, calling, and what a wait will come to. docs/open-day.md.
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

-- ---------------------------------------------------------------- taking a ticket

create or replace function lab.require_priority(request jsonb) returns text
language plpgsql volatile as $$
begin
    if coalesce((request ->> 'priority')::boolean, false) then
        return lab.words_of(request, 'priority_reason');
    end if;
    return '';
end
$$;

create or replace function lab.ticket_make(who lab.actor, here text, of_kind text, of_slot uuid, of_booking text, places integer,
                                           request jsonb) returns uuid
language plpgsql volatile as $$
declare
    of_day date := lab.today();
    letter text := lab.ticket_letter_of(here);
    queue lab.queue_day := lab.queue_locked(here, of_day);
    -- Behind those, too, who were moved to the end beyond the numbers.
    last_rank numeric := coalesce((select max(one.rank) from lab.ticket as one where one.laboratory = here and one.day = of_day), 0);
    made uuid;
begin
    update lab.queue_day set last_number = last_number + 1 where queue_day.laboratory = here and queue_day.day = of_day
    returning last_number into queue.last_number;
    insert into lab.ticket (laboratory, day, number, ticket_no, kind, slot_id, booking_code, places, priority, priority_reason, rank,
                            lease_id, taken_at, taken_by)
    values (here, of_day, queue.last_number, letter || lpad(queue.last_number::text, 3, '0'), of_kind, of_slot, of_booking, places,
            coalesce((request ->> 'priority')::boolean, false), lab.require_priority(request), greatest(queue.last_number, last_rank + 1),
            nullif(request ->> 'from_lease_id', '')::uuid, lab.ts_now(), who.staff_id)
    returning ticket.ticket_id into made;
    return made;
end
$$;

-- Places that walk-ins may have: what is left of theirs, and from the release on what nobody booked and nobody waits for.
create or replace function lab.walk_ins_free(slot lab.session_slot) returns integer
language plpgsql volatile as $$
declare
    free integer := slot.walk_in_quota + slot.given_to_walk_ins - slot.walk_in_taken;
begin
    if lab.ts_now() >= slot.releases_at and not exists (select from lab.booking where booking.slot_id = slot.slot_id
                                                        and booking.state = 'waiting') then
        free := free + slot.booked_quota - slot.given_to_walk_ins - slot.booked_taken;
    end if;
    return free;
end
$$;

-- The session of today, not over, that comes first and has room for so many; locked. Null when the day has no sessions.
create or replace function lab.walk_in_slot(here text, places integer, asked uuid) returns uuid
language plpgsql volatile as $$
declare
    one uuid;
    slot lab.session_slot;
begin
    if not exists (select from lab.session_slot as any_one where any_one.laboratory = here and any_one.day = lab.today()) then
        return null;
    end if;
    for one in select found.slot_id from lab.session_slot as found where found.laboratory = here and found.day = lab.today()
               and found.ends > lab.ts_now() and (asked is null or found.slot_id = asked) order by found.begins
    loop
        select * into slot from lab.session_slot as seen where seen.slot_id = one;
        continue when lab.walk_ins_free(slot) < places;
        slot := lab.slot_locked(one);
        if lab.walk_ins_free(slot) >= places then
            return one;
        end if;
    end loop;
    perform lab.refuse(9, 'WALK_IN_FULL', 'No session of today has so many places for walk-ins left. Book another day.');
    return null;
end
$$;

create or replace function lab.open_day_take_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    places integer := (request ->> 'places')::integer;
    slot uuid;
    made uuid;
begin
    perform lab.require_role(who, here);
    if (lab.day_rule(here, lab.today())).kind = 'closed' then
        perform lab.refuse(9, 'DAY_CLOSED', 'The laboratory is closed today.');
    end if;
    slot := case when coalesce(request ->> 'from_lease_id', '') <> '' then lab.lease_slot(here, lab.uuid_of(request, 'from_lease_id'), places)
                 else lab.walk_in_slot(here, places, case when coalesce(request ->> 'slot_id', '') <> '' then lab.uuid_of(request, 'slot_id') end) end;
    made := lab.ticket_make(who, here, 'walk_in', slot, null, places, request);
    return json_build_object('ticket', lab.ticket_view(made));
end
$$;

-- ---------------------------------------------------------------- acts on a ticket

-- The ticket of today with the queue locked (and before it its session, when the act may touch that), if the caller may touch it.
create or replace function lab.ticket_taken(who lab.actor, request jsonb, with_session boolean default false) returns lab.ticket
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    taken lab.ticket;
begin
    perform lab.require_role(who, here);
    select * into taken from lab.ticket where ticket.laboratory = here and ticket.day = lab.today()
    and ticket.number = lab.ticket_number_of(here, request ->> 'ticket_no');
    if not found then
        perform lab.refuse(5, 'TICKET_UNKNOWN', 'There is no such number in today''s queue.');
    end if;
    if with_session and taken.slot_id is not null then
        perform lab.slot_locked(taken.slot_id);
    end if;
    perform lab.queue_locked(here, taken.day);
    select * into taken from lab.ticket where ticket.ticket_id = taken.ticket_id for no key update;
    return taken;
end
$$;

-- J012, j12 and 12 are one number.
create or replace function lab.ticket_number_of(here text, said text) returns integer
language plpgsql stable as $$
declare
    parts text[] := regexp_match(upper(btrim(coalesce(said, ''))), '^([A-Z]?)0*([0-9]{1,6})$');
begin
    if parts[1] <> '' and parts[1] <> (select laboratory.ticket_letter from lab.laboratory where laboratory.laboratory = here) then
        return null;
    end if;
    return parts[2]::integer;
end
$$;

create or replace function lab.ticket_called(who lab.actor, of_ticket uuid, in_room text) returns json
language plpgsql volatile as $$
begin
    update lab.ticket set state = 'called', room = in_room, called_at = lab.ts_now(), called_by = who.staff_id, calls = calls + 1
    where ticket.ticket_id = of_ticket;
    return json_build_object('ticket', lab.ticket_view(of_ticket));
end
$$;

-- Nobody waiting is an answer, not a failure: the ticket is then not there.
create or replace function lab.open_day_call_next_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    next record;
begin
    perform lab.require_role(who, here);
    perform lab.queue_locked(here, lab.today());
    select * into next from lab.queue_order(here, lab.today(), 1);
    if next.ticket_id is null then
        return '{}';
    end if;
    update lab.queue_day set turn = next.next_turn where queue_day.laboratory = here and queue_day.day = lab.today()
    and queue_day.turn <> next.next_turn;
    return lab.ticket_called(who, next.ticket_id, lab.words_of(request, 'room'));
end
$$;

-- The number is called again; from another room when one is named.
create or replace function lab.open_day_recall_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.ticket := lab.ticket_taken(who, request);
begin
    if taken.state not in ('called', 'skipped') then
        perform lab.refuse_transition('ticket', taken.state, 'called');
    end if;
    return lab.ticket_called(who, taken.ticket_id, coalesce(nullif(btrim(coalesce(request ->> 'room', '')), ''), taken.room));
end
$$;

create or replace function lab.open_day_skip_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.ticket := lab.ticket_taken(who, request);
begin
    if taken.state <> 'called' then
        perform lab.refuse_transition('ticket', taken.state, 'skipped');
    end if;
    update lab.ticket set state = 'skipped' where ticket.ticket_id = taken.ticket_id;
    return json_build_object('ticket', lab.ticket_view(taken.ticket_id));
end
$$;

-- To another place among those of its kind who wait: behind the one named, before all, or to the end. One who was skipped waits again.
create or replace function lab.open_day_move_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.ticket := lab.ticket_taken(who, request);
    behind lab.ticket;
    next_rank numeric;
    new_rank numeric;
begin
    if taken.state not in ('waiting', 'skipped', 'called') then
        perform lab.refuse_transition('ticket', taken.state, 'waiting');
    end if;
    if coalesce(request ->> 'behind', '') <> '' then
        select * into behind from lab.ticket where ticket.laboratory = taken.laboratory and ticket.day = taken.day
        and ticket.number = lab.ticket_number_of(taken.laboratory, request ->> 'behind');
        if not found or behind.state <> 'waiting' or behind.kind <> taken.kind or behind.ticket_id = taken.ticket_id then
            perform lab.refuse_field('behind', 'is not another number of the same kind that waits');
        end if;
        next_rank := (select min(one.rank) from lab.ticket as one where one.laboratory = taken.laboratory and one.day = taken.day
                      and one.rank > behind.rank and one.ticket_id <> taken.ticket_id);
        new_rank := case when next_rank is null then behind.rank + 1 else (behind.rank + next_rank) / 2 end;
    elsif coalesce((request ->> 'to_front')::boolean, false) then
        new_rank := (select min(one.rank) from lab.ticket as one where one.laboratory = taken.laboratory and one.day = taken.day) - 1;
    else
        new_rank := (select max(one.rank) from lab.ticket as one where one.laboratory = taken.laboratory and one.day = taken.day) + 1;
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.ticket set rank = new_rank, state = 'waiting' where ticket.ticket_id = taken.ticket_id;
    return json_build_object('ticket', lab.ticket_view(taken.ticket_id));
end
$$;

create or replace function lab.open_day_prioritise_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.ticket := lab.ticket_taken(who, request);
begin
    if taken.state not in ('waiting', 'skipped') then
        perform lab.refuse_transition('ticket', taken.state, 'waiting');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.ticket set priority = coalesce((request ->> 'priority')::boolean, false),
        priority_reason = case when coalesce((request ->> 'priority')::boolean, false) then request ->> 'reason' else '' end
    where ticket.ticket_id = taken.ticket_id;
    return json_build_object('ticket', lab.ticket_view(taken.ticket_id));
end
$$;

create or replace function lab.open_day_start_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.ticket := lab.ticket_taken(who, request);
begin
    if taken.state <> 'called' then
        perform lab.refuse_transition('ticket', taken.state, 'serving');
    end if;
    update lab.ticket set state = 'serving', started_at = lab.ts_now() where ticket.ticket_id = taken.ticket_id;
    return json_build_object('ticket', lab.ticket_view(taken.ticket_id));
end
$$;

-- Served, or gone without: a walk-in's place is then free for another.
create or replace function lab.open_day_finish_ticket(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted text := case when coalesce((request ->> 'left_queue')::boolean, false) then 'left' else 'done' end;
    taken lab.ticket := lab.ticket_taken(who, request, with_session => true);
begin
    if not (taken.state in ('called', 'serving') or wanted = 'left' and taken.state in ('waiting', 'skipped')) then
        perform lab.refuse_transition('ticket', taken.state, wanted);
    end if;
    update lab.ticket set state = wanted, ended_at = lab.ts_now() where ticket.ticket_id = taken.ticket_id;
    if wanted = 'done' then
        update lab.booking set state = 'served', changed_at = lab.ts_now()
        where booking.booking_code = taken.booking_code and booking.state = 'arrived';
    end if;
    return json_build_object('ticket', lab.ticket_view(taken.ticket_id));
end
$$;

-- Who waits, in the order of calling; then who is called, at a counter, skipped; with all also who is done or gone.
create or replace function lab.open_day_list_tickets(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date := case when coalesce(request ->> 'day', '') = '' then lab.today() else lab.day_of(request, 'day') end;
    took interval;
    rooms integer;
begin
    perform lab.require_role(who, here);
    took := lab.service_time(here, of_day);
    rooms := lab.rooms_open(here, of_day);
    return json_build_object('service_seconds', extract(epoch from took)::integer, 'rooms_open', rooms,
        'rule_zh', lab.day_rule_words(lab.day_rule(here, of_day), true), 'rule_en', lab.day_rule_words(lab.day_rule(here, of_day), false),
        'tickets', (select coalesce(json_agg(json_build_object(
            'ticket_no', ticket.ticket_no, 'laboratory', ticket.laboratory, 'day', ticket.day, 'ticket_kind', ticket.kind,
            'ticket_state', ticket.state, 'places', ticket.places, 'priority', ticket.priority, 'room', nullif(ticket.room, ''),
            'calls', ticket.calls, 'taken_at', ticket.taken_at, 'called_at', ticket.called_at, 'started_at', ticket.started_at,
            'ended_at', ticket.ended_at, 'booking_code', ticket.booking_code, 'receipt_no', ticket.receipt_no, 'place', ahead.place,
            'wait_minutes', lab.wait_minutes(ahead.place, took, rooms))
            order by ahead.place, array_position('{called,serving,skipped,done,left}', ticket.state), ticket.called_at desc, ticket.number), '[]')
        from lab.ticket left join lab.queue_order(here, of_day) as ahead using (ticket_id)
        where ticket.laboratory = here and ticket.day = of_day
        and (coalesce((request ->> 'with_ended')::boolean, false) or ticket.ended_at is null)));
end
$$;

-- ---------------------------------------------------------------- intake

-- The intake serves a number that was called, or a booking: both are then done. Called by lab.desk_register_intake.
create or replace function lab.intake_serves(who lab.actor, request jsonb, receipt text) returns void
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    said text := btrim(coalesce(request ->> 'serves_ticket_no', ''));
    code text;
    taken lab.ticket;
    booked lab.booking;
begin
    if coalesce(request ->> 'serves_booking_code', '') <> '' then
        code := lab.booking_code_of(jsonb_build_object('booking_code', request ->> 'serves_booking_code'));
        booked := lab.booking_taken(who, jsonb_build_object('booking_code', code));
        if booked.laboratory <> here then
            perform lab.refuse_field('serves_booking_code', 'is another laboratory''s');
        elsif booked.state in ('booked', 'no_show') then
            perform lab.booking_arrives(booked);
        elsif booked.state <> 'arrived' then
            perform lab.refuse_transition('booking', booked.state, 'served');
        end if;
        update lab.booking set state = 'served', changed_at = lab.ts_now() where booking.booking_code = code;
        said := coalesce(nullif(said, ''), (select ticket.ticket_no from lab.ticket where ticket.booking_code = code
                                            and ticket.state in ('called', 'serving')), '');
    end if;
    if coalesce(request ->> 'from_lease_id', '') <> '' then
        perform lab.lease_slot(here, lab.uuid_of(request, 'from_lease_id'), jsonb_array_length(request -> 'items'));
        update lab.walk_in_lease set used = used + jsonb_array_length(request -> 'items')
        where walk_in_lease.lease_id = lab.uuid_of(request, 'from_lease_id');
    end if;
    if said = '' then
        return;
    end if;
    taken := lab.ticket_taken(who, jsonb_build_object('laboratory', here, 'ticket_no', said), with_session => true);
    if taken.state not in ('called', 'serving') then
        perform lab.refuse(9, 'TICKET_NOT_CALLED', format('This number is %s: call it first.', taken.state), 'serves_ticket_no');
    end if;
    update lab.ticket set state = 'done', ended_at = lab.ts_now(), receipt_no = receipt where ticket.ticket_id = taken.ticket_id;
    update lab.booking set state = 'served', changed_at = lab.ts_now()
    where booking.booking_code = taken.booking_code and booking.state = 'arrived';
end
$$;

-- ---------------------------------------------------------------- the guards

create or replace function lab.guard_queue_day() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' and new.last_number <> 0 or tg_op = 'UPDATE' and new.last_number not in (old.last_number, old.last_number + 1) then
        perform lab.refuse(9, 'NUMBER_GAP', 'A number series has no gaps.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_ticket() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        perform lab.guard_ticket_new(new);
        return new;
    end if;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'rank', 'room', 'calls', 'called_at', 'called_by', 'started_at',
                            'ended_at', 'receipt_no', 'priority', 'priority_reason', 'version') then
        perform lab.refuse(9, 'TICKET_FIXED', 'A ticket keeps its number, kind and session.');
    elsif new.state <> old.state and not (
            old.state = 'waiting' and new.state in ('called', 'left')
            or old.state = 'called' and new.state in ('serving', 'done', 'skipped', 'left', 'waiting')
            or old.state = 'skipped' and new.state in ('called', 'waiting', 'left')
            or old.state = 'serving' and new.state in ('done', 'left')) then
        perform lab.refuse_transition('ticket', old.state, new.state);
    end if;
    new.version := old.version + 1;
    return new;
end
$$;

-- Its number is the one just counted; its booking has arrived; a walk-in's place is there, given from the booked ones if need be.
create or replace function lab.guard_ticket_new(made lab.ticket) returns void
language plpgsql volatile as $$
declare
    slot lab.session_slot;
begin
    if made.slot_id is not null then
        slot := lab.slot_locked(made.slot_id);
    end if;
    if made.state <> 'waiting' then
        perform lab.refuse_transition('ticket', 'new', made.state);
    elsif made.number is distinct from (select queue.last_number from lab.queue_day as queue
                                        where queue.laboratory = made.laboratory and queue.day = made.day) then
        perform lab.refuse(9, 'NUMBER_GAP', 'A number series has no gaps.');
    elsif made.slot_id is null and exists (select from lab.session_slot as one where one.laboratory = made.laboratory
                                           and one.day = made.day) then
        perform lab.refuse(9, 'SLOT_NEEDED', 'On a day with sessions a ticket is of one of them.');
    elsif made.slot_id is not null and (slot.laboratory, slot.day) <> (made.laboratory, made.day) then
        perform lab.refuse(9, 'OTHER_LABORATORY', 'The session is not of this laboratory and day.');
    elsif made.kind = 'booked' and not exists (select from lab.booking where booking.booking_code = made.booking_code
            and booking.slot_id = made.slot_id and booking.state = 'arrived') then
        perform lab.refuse(9, 'BOOKING_NOT_ARRIVED', 'The booking has not arrived.');
    end if;
    if made.kind = 'walk_in' and made.slot_id is not null and made.lease_id is null then
        perform lab.slot_give(slot, made.places);
    elsif made.lease_id is not null and (made.kind <> 'walk_in' or made.slot_id is distinct from (
            select lease.slot_id from lab.walk_in_lease as lease where lease.lease_id = made.lease_id)) then
        perform lab.refuse(9, 'OTHER_LABORATORY', 'The lease is of another session.');
    end if;
end
$$;

-- Counts: the checks of lab.session_slot refuse what is too much.
create or replace function lab.count_ticket() returns trigger
language plpgsql volatile as $$
declare
    was boolean := tg_op = 'UPDATE' and old.state <> 'left';
    is_now boolean := new.state <> 'left';
begin
    if was <> is_now and new.kind = 'walk_in' and new.slot_id is not null and new.lease_id is null then
        update lab.session_slot set walk_in_taken = walk_in_taken + case when is_now then new.places else -new.places end
        where session_slot.slot_id = new.slot_id;
    elsif tg_op = 'INSERT' and new.lease_id is not null then
        update lab.walk_in_lease set used = used + new.places where walk_in_lease.lease_id = new.lease_id;
    end if;
    return null;
end
$$;

call lab.put_guard('{queue_day,ticket}', 'before insert or update');
call lab.put_guard('{ticket}', 'after insert or update', 'count_ticket');
call lab.put_guard('{queue_day,ticket}', 'before delete or truncate', 'guard_no_delete');

reset role;
