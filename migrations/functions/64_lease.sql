-- SPDX-License-Identifier: Apache-2.0
-- Leases of walk-in places to desks (docs/open-day.md). What is leased counts as taken; a ticket or an intake that names the lease
-- takes its place from there, also hours later, when a desk that was cut off replays its journal.
set role touchstone_owner;

-- Booked places whose release has come, given to walk-ins as far as so many places lack. The session is locked by the caller.
create or replace function lab.slot_give(slot lab.session_slot, places integer) returns void
language plpgsql volatile as $$
declare
    lacking integer := slot.walk_in_taken + places - slot.walk_in_quota - slot.given_to_walk_ins;
begin
    if lacking > 0 and lab.walk_ins_free(slot) >= places then
        update lab.session_slot set given_to_walk_ins = given_to_walk_ins + lacking where session_slot.slot_id = slot.slot_id;
    end if;
end
$$;

create or replace function lab.lease_view(of_lease uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('lease_id', lease.lease_id, 'laboratory', lease.laboratory, 'slot_id', lease.slot_id,
            'day', slot.day, 'local_begins', to_char(lab.local_time(slot.begins), 'HH24:MI'),
            'local_ends', to_char(lab.local_time(slot.ends), 'HH24:MI'), 'desk', lease.desk, 'places', lease.places, 'used', lease.used,
            'leased_by', lab.username_of(lease.leased_by), 'leased_at', lease.leased_at, 'returned_at', lease.returned_at,
            'ends', slot.ends)
        from lab.walk_in_lease as lease join lab.session_slot as slot using (slot_id) where lease.lease_id = of_lease);
end
$$;

create or replace function lab.open_day_lease_walk_ins(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(lab.uuid_of(request, 'slot_id'));
    wanted integer := (request ->> 'places')::integer;
    made uuid;
begin
    perform lab.require_seen(who, slot.laboratory, 'session');
    if who.desk is null then
        perform lab.refuse(9, 'DESK_REQUIRED', 'Log in at a desk: places are leased to a desk.');
    elsif slot.ends <= lab.ts_now() then
        perform lab.refuse(9, 'SLOT_OVER', 'This session is over. Choose another: look at slot list.');
    elsif lab.walk_ins_free(slot) < wanted then
        perform lab.refuse(9, 'WALK_IN_FULL', format('%s places for walk-ins are left in this session.', lab.walk_ins_free(slot)), '',
                           jsonb_build_object('free', lab.walk_ins_free(slot)::text));
    end if;
    insert into lab.walk_in_lease (laboratory, slot_id, desk, places, leased_by, leased_at)
    values (slot.laboratory, slot.slot_id, who.desk, wanted, who.staff_id, lab.ts_now()) returning lease_id into made;
    return json_build_object('lease', lab.lease_view(made));
end
$$;

-- What is left of it is free for others at once. It may be another's desk, when that one is gone for good.
create or replace function lab.open_day_return_lease(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    lease lab.walk_in_lease;
begin
    select * into lease from lab.walk_in_lease as one where one.lease_id = lab.uuid_of(request, 'lease_id');
    perform lab.require_seen(who, lease.laboratory, 'lease');
    perform lab.slot_locked(lease.slot_id);
    select * into lease from lab.walk_in_lease as one where one.lease_id = lease.lease_id for no key update;
    if lease.returned_at is not null then
        perform lab.refuse(9, 'LEASE_RETURNED', 'This lease was given back already.');
    end if;
    update lab.walk_in_lease set returned_at = lab.ts_now() where walk_in_lease.lease_id = lease.lease_id;
    return json_build_object('lease', lab.lease_view(lease.lease_id));
end
$$;

create or replace function lab.open_day_list_leases(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date := case when coalesce(request ->> 'day', '') = '' then lab.today() else lab.day_of(request, 'day') end;
begin
    perform lab.require_role(who, here);
    return json_build_object('leases', (
        select coalesce(json_agg(lab.lease_view(lease.lease_id) order by slot.begins, lease.leased_at), '[]')
        from lab.session_slot as slot join lab.walk_in_lease as lease using (slot_id)
        where slot.laboratory = here and slot.day = of_day));
end
$$;

-- The session of the lease, both locked, if so many places of it are left.
create or replace function lab.lease_slot(here text, of_lease uuid, places integer) returns uuid
language plpgsql volatile as $$
declare
    lease lab.walk_in_lease;
begin
    select * into lease from lab.walk_in_lease as one where one.lease_id = of_lease and one.laboratory = here;
    if not found then
        perform lab.refuse_field('from_lease_id', 'is no lease of this laboratory');
    end if;
    perform lab.slot_locked(lease.slot_id);
    select * into lease from lab.walk_in_lease as one where one.lease_id = of_lease for no key update;
    if lease.returned_at is not null then
        perform lab.refuse(9, 'LEASE_RETURNED', 'This lease was given back: take a place of the session''s own quota.');
    elsif lease.used + places > lease.places then
        perform lab.refuse(9, 'LEASE_USED_UP', format('%s places of this lease are left.', lease.places - lease.used), '',
                           jsonb_build_object('left', (lease.places - lease.used)::text));
    end if;
    return lease.slot_id;
end
$$;

create or replace function lab.guard_walk_in_lease() returns trigger
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(new.slot_id);
begin
    if tg_op = 'INSERT' then
        if slot.laboratory <> new.laboratory then
            perform lab.refuse(9, 'OTHER_LABORATORY', 'The session is another laboratory''s.');
        elsif new.used <> 0 or new.returned_at is not null then
            perform lab.refuse(9, 'LEASE_FIXED', 'A new lease is whole.');
        end if;
        perform lab.slot_give(slot, new.places);
        return new;
    end if;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'used', 'returned_at', 'version') or new.used < old.used
       or old.returned_at is not null then
        perform lab.refuse(9, 'LEASE_FIXED', 'A lease is used up or given back, and nothing else.');
    end if;
    new.version := old.version + 1;
    return new;
end
$$;

create or replace function lab.count_walk_in_lease() returns trigger
language plpgsql volatile as $$
declare
    more integer := case when tg_op = 'INSERT' then new.places
                         when new.returned_at is not null and old.returned_at is null then new.used - new.places else 0 end;
begin
    if more <> 0 then
        update lab.session_slot set walk_in_taken = walk_in_taken + more where session_slot.slot_id = new.slot_id;
    end if;
    return null;
end
$$;

call lab.put_guard('{walk_in_lease}', 'before insert or update');
call lab.put_guard('{walk_in_lease}', 'after insert or update', 'count_walk_in_lease');
call lab.put_guard('{walk_in_lease}', 'before delete or truncate', 'guard_no_delete');

reset role;
