-- SPDX-License-Identifier: Apache-2.0
-- Acts on a ticket: called, recalled, skipped, moved, put first, started, finished, listed, and served by an intake. 64_queue.sql
-- says what is locked in which order.
set role touchstone_owner;

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

reset role;
