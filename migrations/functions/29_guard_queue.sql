-- SPDX-License-Identifier: Apache-2.0
-- The invariants of the queue, against plain SQL too: numbers without a gap, states in their order, places within the session's.
set role touchstone_owner;

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
