-- SPDX-License-Identifier: Apache-2.0
-- Bookings: a code, a place of a session, or a place on its waiting list. docs/open-day.md.
--
-- Every act locks the session first, then its bookings, so that no two wait for each other. The refusals here are for people;
-- what holds against everybody is the checks of lab.session_slot and the triggers below.
set role touchstone_owner;

create or replace function lab.booking_code_next() returns text
language plpgsql volatile as $$
declare
    signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    -- An odd factor permutes all 32^5 payloads: no code comes twice, and neighbours in time look different.
    rest bigint := (nextval('lab.booking_code_seq') * 20145709 + 7654321) % 33554432;
    payload text := '';
begin
    for place in 1..5 loop
        payload := payload || substr(signs, (rest & 31)::integer + 1, 1);
        rest := rest >> 5;
    end loop;
    -- The sign that leaves no remainder is the remainder of the payload and a zero.
    return payload || substr(signs, lab.booking_code_rest(payload || '0') + 1, 1);
end
$$;

-- The code as people read it to each other; one that cannot be is told apart from one that is not there.
create or replace function lab.booking_code_of(request jsonb) returns text
language plpgsql volatile as $$
declare
    code text := lab.code_plain(request ->> 'booking_code');
begin
    if not coalesce(lab.booking_code_valid(code), false) then
        perform lab.refuse(3, 'BOOKING_CODE_MISTYPED', 'is not a booking code: a sign of it is wrong. Read it again.', 'booking_code');
    end if;
    return code;
end
$$;

-- What the caller is told: the day's own advice, else the laboratory's.
create or replace function lab.advice_of(here text, of_day date, chinese boolean) returns text
language plpgsql stable as $$
declare
    rule lab.visit_day := lab.day_rule(here, of_day);
begin
    return (select case when chinese then coalesce(nullif(rule.advice_zh, ''), advice.advice_zh)
                        else coalesce(nullif(rule.advice_en, ''), advice.advice_en) end
        from (values (1)) as one left join lab.visit_advice as advice on advice.laboratory = here);
end
$$;

create or replace function lab.booking_view(of_code text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'booking_code', booking.booking_code, 'laboratory', booking.laboratory, 'slot_id', booking.slot_id, 'day', slot.day,
            'begins', slot.begins, 'ends', slot.ends, 'local_begins', to_char(lab.local_time(slot.begins), 'HH24:MI'),
            'local_ends', to_char(lab.local_time(slot.ends), 'HH24:MI'), 'person', lab.person_masked(booking.person_id),
            'places', booking.places, 'tour_seats', booking.tour_seats, 'booking_state', booking.state,
            'waiting_before', case when booking.state = 'waiting' then (
                select count(*) from lab.booking as other where other.slot_id = booking.slot_id and other.state = 'waiting'
                and (other.waiting_since, other.booking_code) < (booking.waiting_since, booking.booking_code)) end,
            'note', nullif(booking.note, ''), 'booked_at', booking.booked_at, 'booked_by', lab.username_of(booking.booked_by),
            'changed_at', booking.changed_at,
            'ticket_no', (select ticket.ticket_no from lab.ticket where ticket.booking_code = booking.booking_code
                          order by ticket.taken_at desc limit 1),
            'advice_zh', lab.advice_of(booking.laboratory, slot.day, true),
            'advice_en', lab.advice_of(booking.laboratory, slot.day, false), 'version', booking.version)
        from lab.booking join lab.session_slot as slot using (slot_id) where booking.booking_code = of_code);
end
$$;

create or replace function lab.bookings_view(codes text[]) returns json
language plpgsql stable as $$
begin
    return (select json_agg(lab.booking_view(code) order by place) from unnest(codes) with ordinality as found (code, place));
end
$$;

create or replace function lab.open_day_make_booking(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    slot lab.session_slot;
    person uuid;
    wanted integer := (request ->> 'places')::integer;
    seats integer := coalesce((request ->> 'tour_seats')::integer, 0);
    moment timestamptz := lab.ts_now();
    fits boolean;
    code text;
begin
    select * into slot from lab.session_slot as one where one.slot_id = lab.uuid_of(request, 'slot_id');
    perform lab.require_seen(who, slot.laboratory, 'session');
    if coalesce(request -> 'person', 'null') in ('null', '{}') then
        perform lab.refuse_field('person', 'is required');
    end if;
    person := lab.person_of(request -> 'person', 'person');
    slot := lab.slot_locked(slot.slot_id);
    if slot.ends <= moment then
        perform lab.refuse(9, 'SLOT_OVER', 'This session is over. Choose another: look at slot list.');
    end if;
    perform lab.slot_cap(slot, person, wanted);
    fits := slot.booked_taken + wanted <= slot.booked_quota - slot.given_to_walk_ins and slot.tour_taken + seats <= slot.tour_seats;
    if not fits and not coalesce((request ->> 'or_wait')::boolean, false) then
        perform lab.slot_full(slot, wanted, seats);
    elsif wanted > slot.booked_quota or seats > slot.tour_seats then
        perform lab.refuse_field(case when wanted > slot.booked_quota then 'places' else 'tour_seats' end,
                                 'is more than the whole session has: waiting would be in vain');
    end if;
    code := lab.booking_code_next();
    insert into lab.booking (booking_code, slot_id, laboratory, person_id, places, tour_seats, state, note, booked_at, booked_by,
                             waiting_since, changed_at)
    values (code, slot.slot_id, slot.laboratory, person, wanted, seats, case when fits then 'booked' else 'waiting' end,
            btrim(coalesce(request ->> 'note', '')), moment, who.staff_id, case when not fits then moment end, moment);
    return json_build_object('booking', lab.booking_view(code));
end
$$;

-- Refuses with what is left, so that the caller can be offered it in the same breath.
create or replace function lab.slot_full(slot lab.session_slot, wanted integer, seats integer) returns void
language plpgsql volatile as $$
declare
    free integer := slot.booked_quota - slot.given_to_walk_ins - slot.booked_taken;
begin
    if wanted > free then
        perform lab.refuse(9, 'SLOT_FULL', format('%s of the booked places of this session are free. Choose another session, or wait '
            'for this one.', free), '', jsonb_build_object('free', free::text));
    end if;
    perform lab.refuse(9, 'TOUR_FULL', format('%s tour seats of this session are free. Book fewer, or wait.',
                                              slot.tour_seats - slot.tour_taken), '',
                       jsonb_build_object('free', (slot.tour_seats - slot.tour_taken)::text));
end
$$;

-- The cap per person: what stands, waits or was served in this session. The session is locked by the caller.
create or replace function lab.slot_cap(slot lab.session_slot, of_person uuid, wanted integer, but_not text default '') returns void
language plpgsql volatile as $$
declare
    has integer := (select coalesce(sum(booking.places), 0) from lab.booking
                    where booking.person_id = of_person and booking.slot_id = slot.slot_id
                    and booking.state in ('booked', 'waiting', 'arrived', 'served') and booking.booking_code <> but_not);
begin
    if has + wanted > slot.person_cap then
        perform lab.refuse(9, 'PERSON_CAP', format('One person may have %s places of a session; this one has %s already.', slot.person_cap,
                                                   has), 'places', jsonb_build_object('cap', slot.person_cap::text, 'has', has::text));
    end if;
end
$$;

-- Freed places go at once to the first who wait and fit, in the order in which they began to wait. The session is locked.
create or replace function lab.slot_promote(of_slot uuid) returns text[]
language plpgsql volatile as $$
declare
    slot lab.session_slot;
    one record;
    promoted text[] := '{}';
begin
    for one in select booking.booking_code, booking.places, booking.tour_seats from lab.booking
               where booking.slot_id = of_slot and booking.state = 'waiting'
               order by booking.waiting_since, booking.booking_code
    loop
        select * into slot from lab.session_slot as locked where locked.slot_id = of_slot;
        exit when slot.ends <= lab.ts_now() or slot.booked_taken >= slot.booked_quota - slot.given_to_walk_ins;
        continue when slot.booked_taken + one.places > slot.booked_quota - slot.given_to_walk_ins
                   or slot.tour_taken + one.tour_seats > slot.tour_seats;
        update lab.booking set state = 'booked', changed_at = lab.ts_now() where booking.booking_code = one.booking_code;
        promoted := promoted || one.booking_code;
    end loop;
    return promoted;
end
$$;

-- The booking with its session locked, if the caller may touch it.
create or replace function lab.booking_taken(who lab.actor, request jsonb) returns lab.booking
language plpgsql volatile as $$
declare
    taken lab.booking;
begin
    select * into taken from lab.booking where booking.booking_code = lab.booking_code_of(request);
    perform lab.require_seen(who, taken.laboratory, 'booking');
    perform lab.slot_locked(taken.slot_id);
    select * into taken from lab.booking where booking.booking_code = taken.booking_code for no key update;
    return taken;
end
$$;

create or replace function lab.open_day_get_booking(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    code text := lab.booking_code_of(request);
begin
    perform lab.require_seen(who, (select booking.laboratory from lab.booking where booking.booking_code = code), 'booking');
    return json_build_object('booking', lab.booking_view(code));
end
$$;

create or replace function lab.open_day_list_bookings(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    before_at timestamptz := coalesce(lab.page_key_at(keys[1]), 'infinity');
    before_code text := coalesce(keys[2], '~');
    of_slot uuid := case when coalesce(request ->> 'slot_id', '') <> '' then lab.uuid_of(request, 'slot_id') end;
    of_person uuid := case when coalesce(request ->> 'person_id', '') <> '' then lab.uuid_of(request, 'person_id') end;
    wanted text := nullif(request ->> 'booking_state', '');
    codes text[];
    found json[];
begin
    perform lab.require_role(who, here);
    codes := case when of_person is not null then lab.bookings_of_person(here, of_person, of_slot, wanted, before_at, before_code, size + 1)
                  when of_slot is not null then lab.bookings_of_slot(here, of_slot, wanted, before_at, before_code, size + 1)
                  else array(select booking.booking_code from lab.booking where booking.laboratory = here
                             and (wanted is null or booking.state = wanted)
                             and (booking.booked_at, booking.booking_code) < (before_at, before_code)
                             order by booking.booked_at desc, booking.booking_code desc limit size + 1) end;
    select array_agg(lab.booking_view(code) order by place) into found from unnest(codes) with ordinality as paged (code, place);
    return lab.page_answer(who, 'bookings', found, size, 'booked_at', 'booking_code');
end
$$;

create or replace function lab.bookings_of_slot(here text, of_slot uuid, wanted text, before_at timestamptz, before_code text,
                                                size integer) returns text[]
language plpgsql stable as $$
begin
    return array(select booking.booking_code from lab.booking where booking.slot_id = of_slot and booking.laboratory = here
                 and (wanted is null or booking.state = wanted)
                 and (booking.booked_at, booking.booking_code) < (before_at, before_code)
                 order by booking.booked_at desc, booking.booking_code desc limit size);
end
$$;

create or replace function lab.bookings_of_person(here text, of_person uuid, of_slot uuid, wanted text, before_at timestamptz,
                                                  before_code text, size integer) returns text[]
language plpgsql stable as $$
begin
    return array(select booking.booking_code from lab.booking where booking.person_id = of_person and booking.laboratory = here
                 and (of_slot is null or booking.slot_id = of_slot) and (wanted is null or booking.state = wanted)
                 and (booking.booked_at, booking.booking_code) < (before_at, before_code)
                 order by booking.booked_at desc, booking.booking_code desc limit size);
end
$$;

-- ---------------------------------------------------------------- cancel, no-show, arrival

create or replace function lab.open_day_cancel_booking(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.booking := lab.booking_taken(who, request);
    promoted text[];
begin
    if taken.state not in ('booked', 'waiting') then
        perform lab.refuse_transition('booking', taken.state, 'cancelled');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.booking set state = 'cancelled', changed_at = lab.ts_now() where booking.booking_code = taken.booking_code;
    promoted := lab.slot_promote(taken.slot_id);
    return json_build_object('booking', lab.booking_view(taken.booking_code), 'promoted', lab.bookings_view(promoted));
end
$$;

-- From when on somebody who is not here counts as not coming.
create or replace function lab.slot_given_up(slot lab.session_slot) returns timestamptz
language plpgsql immutable as $$
begin
    return slot.begins + make_interval(mins => slot.grace_minutes);
end
$$;

create or replace function lab.require_given_up(slot lab.session_slot) returns void
language plpgsql volatile as $$
begin
    if lab.ts_now() < lab.slot_given_up(slot) then
        perform lab.refuse(9, 'STILL_EXPECTED', format('They may still come: until %s.',
            to_char(lab.local_time(lab.slot_given_up(slot)), 'HH24:MI')), '',
            jsonb_build_object('until', to_char(lab.local_time(lab.slot_given_up(slot)), 'YYYY-MM-DD HH24:MI')));
    end if;
end
$$;

create or replace function lab.open_day_mark_no_show(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.booking := lab.booking_taken(who, request);
    promoted text[];
begin
    perform lab.require_given_up(slot) from lab.session_slot as slot where slot.slot_id = taken.slot_id;
    if taken.state <> 'booked' then
        perform lab.refuse_transition('booking', taken.state, 'no_show');
    end if;
    update lab.booking set state = 'no_show', changed_at = lab.ts_now() where booking.booking_code = taken.booking_code;
    promoted := lab.slot_promote(taken.slot_id);
    return json_build_object('booking', lab.booking_view(taken.booking_code), 'promoted', lab.bookings_view(promoted));
end
$$;

-- All of a session who have not come.
create or replace function lab.open_day_release_no_shows(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(lab.uuid_of(request, 'slot_id'));
    missed text[];
    promoted text[];
begin
    perform lab.require_seen(who, slot.laboratory, 'session');
    perform lab.require_given_up(slot);
    with gone as (update lab.booking set state = 'no_show', changed_at = lab.ts_now()
                  where booking.slot_id = slot.slot_id and booking.state = 'booked' returning booking.booking_code)
    select array_agg(gone.booking_code order by gone.booking_code) into missed from gone;
    promoted := lab.slot_promote(slot.slot_id);
    return json_build_object('missed', lab.bookings_view(missed), 'promoted', lab.bookings_view(promoted), 'slot', (
        select lab.slot_view(one) from lab.session_slot as one where one.slot_id = slot.slot_id));
end
$$;

-- Who was set down as not coming and comes after all takes a place again, if there is one.
create or replace function lab.booking_arrives(taken lab.booking) returns void
language plpgsql volatile as $$
declare
    slot lab.session_slot;
begin
    select * into slot from lab.session_slot as one where one.slot_id = taken.slot_id;
    if taken.state not in ('booked', 'no_show') then
        perform lab.refuse_transition('booking', taken.state, 'arrived');
    elsif slot.day <> lab.today() then
        perform lab.refuse(9, 'NOT_TODAY', format('This booking is for %s.', slot.day), '', jsonb_build_object('day', slot.day::text));
    elsif taken.state = 'no_show' and slot.booked_taken + taken.places > slot.booked_quota - slot.given_to_walk_ins then
        perform lab.refuse(9, 'SLOT_FULL', 'The place was given to others meanwhile. Take a ticket as a walk-in.');
    elsif taken.state = 'no_show' and slot.tour_taken + taken.tour_seats > slot.tour_seats then
        perform lab.refuse(9, 'TOUR_FULL', 'The tour seats were given to others meanwhile. Take a ticket as a walk-in.');
    end if;
    update lab.booking set state = 'arrived', changed_at = lab.ts_now() where booking.booking_code = taken.booking_code;
end
$$;

create or replace function lab.open_day_arrive_booking(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.booking := lab.booking_taken(who, request);
    ticket uuid;
begin
    perform lab.booking_arrives(taken);
    ticket := lab.ticket_make(who, taken.laboratory, 'booked', taken.slot_id, taken.booking_code, taken.places, request);
    return json_build_object('booking', lab.booking_view(taken.booking_code), 'ticket', lab.ticket_view(ticket));
end
$$;

-- ---------------------------------------------------------------- the guards

create or replace function lab.booking_counts(of_state text) returns boolean
language plpgsql immutable as $$
begin
    return of_state in ('booked', 'arrived', 'served');
end
$$;

create or replace function lab.guard_booking() returns trigger
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(new.slot_id);
begin
    if slot.laboratory <> new.laboratory then
        perform lab.refuse(9, 'OTHER_LABORATORY', 'The session is another laboratory''s.');
    end if;
    if tg_op = 'INSERT' then
        if new.state not in ('booked', 'waiting') then
            perform lab.refuse_transition('booking', 'new', new.state);
        end if;
        perform lab.slot_cap(slot, new.person_id, new.places);
        return new;
    end if;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'changed_at', 'note', 'version') then
        perform lab.refuse(9, 'BOOKING_FIXED', 'A booking keeps its session, person and places: cancel it and book anew.');
    elsif new.state <> old.state and not (
            old.state = 'booked' and new.state in ('arrived', 'cancelled', 'no_show')
            or old.state = 'waiting' and new.state in ('booked', 'cancelled')
            or old.state = 'no_show' and new.state = 'arrived' or old.state = 'arrived' and new.state = 'served') then
        perform lab.refuse_transition('booking', old.state, new.state);
    elsif old.state = 'no_show' and new.state = 'arrived' then
        perform lab.slot_cap(slot, new.person_id, new.places, new.booking_code);
    end if;
    new.version := old.version + 1;
    return new;
end
$$;

-- Counts: the checks of lab.session_slot refuse what is too much.
create or replace function lab.count_booking() returns trigger
language plpgsql volatile as $$
declare
    was boolean := tg_op = 'UPDATE' and lab.booking_counts(old.state);
    is_now boolean := lab.booking_counts(new.state);
begin
    if was <> is_now then
        update lab.session_slot set booked_taken = booked_taken + case when is_now then new.places else -new.places end,
                                    tour_taken = tour_taken + case when is_now then new.tour_seats else -new.tour_seats end
        where session_slot.slot_id = new.slot_id;
    end if;
    return null;
end
$$;

call lab.put_guard('{booking}', 'before insert or update');
call lab.put_guard('{booking}', 'after insert or update', 'count_booking');
call lab.put_guard('{booking}', 'before delete or truncate', 'guard_no_delete');

reset role;
