-- SPDX-License-Identifier: Apache-2.0
-- A number is taken: by a walk-in, or for a booking that arrives. 64_queue.sql says what is locked in which order.
set role touchstone_owner;

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

reset role;
