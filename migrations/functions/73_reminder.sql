-- SPDX-License-Identifier: Apache-2.0
-- Reminders: made now and then by the housekeeping of any daemon, told by the hook program (73_notice.sql), listed for the desk with
-- what became of them. Called again they make nothing twice (notice_reminded).
set role touchstone_owner;

-- A version of its own, so that a desk changes what it saw.
create or replace function lab.guard_notice() returns trigger
language plpgsql volatile as $$
begin
    new.version := old.version + (new.state <> old.state)::integer;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'secret', 'state', 'changed_at', 'changed_by', 'attempts', 'next_at',
                            'leased_until', 'last_error', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A notice keeps whom it tells of what.');
    end if;
    return new;
end
$$;

call lab.put_guard('{notice}', 'before update');

create or replace function lab.reminder_begin(here text, of_kind text, reference text, person uuid, of_receipt text, about timestamptz)
    returns void
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    way lab.sheet_recipient := lab.notice_way(person, of_receipt);
begin
    insert into lab.notice (laboratory, kind, reference, person_id, channel, address, created_at, changed_at, next_at, about_at)
    values (here, of_kind, reference, person, coalesce(way.channel, 'sms'), coalesce(way.address, ''), this_moment, this_moment,
            this_moment, about)
    on conflict do nothing;
end
$$;

-- Bookings that begin within the time of the policy; who booked within that time was told on the telephone.
create or replace function lab.remind_of_appointments(this_moment timestamptz) returns void
language plpgsql volatile as $$
declare
    before interval := (select policy.appointment_reminded from lab.policy);
begin
    perform lab.reminder_begin(booking.laboratory, 'appointment', booking.booking_code, booking.person_id, null, slot.begins)
    from lab.laboratory cross join lateral (
        select * from lab.session_slot as every where every.laboratory = laboratory.laboratory
        and every.day between lab.local_time(this_moment)::date and lab.local_time(this_moment + before)::date
        and every.begins > this_moment and every.begins <= this_moment + before) as slot
    join lab.booking on booking.slot_id = slot.slot_id and booking.state = 'booked'
    where booking.booked_at < slot.begins - before
    and not exists (select from lab.notice as told where told.kind = 'appointment' and told.reference = booking.booking_code
                    and told.about_at = slot.begins);
end
$$;

-- Receipts with an item that is ready and here: once for every whole time of the policy since the last of them was ready.
create or replace function lab.remind_of_uncollected(this_moment timestamptz) returns void
language plpgsql volatile as $$
declare
    every interval := (select policy.uncollected_reminded from lab.policy);
begin
    perform lab.reminder_begin(due.laboratory, 'uncollected', due.receipt_no, due.owner_id, due.receipt_no, due.about)
    from (select receipt.laboratory, receipt.receipt_no, receipt.owner_id, max(lab.item_ready_at(item)) + every * floor(
                     extract(epoch from this_moment - max(lab.item_ready_at(item))) / extract(epoch from every)) as about,
                 max(lab.item_ready_at(item)) as ready_at
          from lab.item join lab.receipt using (receipt_no)
          where item.holder_id is not null and item.received_at <= this_moment - every and lab.is_returned_here(item, receipt)
          group by receipt.receipt_no
          having bool_and(lab.item_ready_at(item) is not null)) as due
    where due.about > due.ready_at
    and not exists (select from lab.notice as told where told.kind = 'uncollected' and told.reference = due.receipt_no
                    and told.about_at = due.about);
end
$$;

-- Items that go back to their owner, agreed or because nothing came of the receipt.
create or replace function lab.is_returned_here(taken lab.item, agreed lab.receipt) returns boolean
language plpgsql immutable as $$
begin
    return agreed.return_choice = 'return' or agreed.voided_at is not null or taken.state = 'rejected';
end
$$;

create or replace function lab.reminders_begin() returns void
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
begin
    perform lab.act_as('{"actor": "touchstoned", "method": "reminders"}');
    perform lab.remind_of_appointments(this_moment);
    perform lab.remind_of_uncollected(this_moment);
end
$$;

-- True when it would tell what is not so any more: the appointment is over, moved or cancelled; the items are fetched, or the next
-- reminder of them is due.
create or replace function lab.is_notice_overtaken(one lab.notice, this_moment timestamptz) returns boolean
language plpgsql stable as $$
begin
    if one.kind = 'appointment' then
        return one.about_at <= this_moment or not exists (
            select from lab.booking join lab.session_slot using (slot_id) where booking.booking_code = one.reference
            and booking.state = 'booked' and session_slot.begins = one.about_at);
    elsif one.kind = 'uncollected' then
        return one.about_at + (select policy.uncollected_reminded from lab.policy) <= this_moment
               or not exists (select from lab.item where item.receipt_no = one.reference and item.holder_id is not null);
    end if;
    return false;
end
$$;

-- ---------------------------------------------------------------- for the desk

create or replace function lab.notice_view(one lab.notice) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'notice_id', one.notice_id, 'notice_kind', one.kind, 'reference', one.reference, 'state', one.state,
            'name_masked', lab.mask_name(person.name), 'channel', one.channel, 'address_masked',
            lab.mask_address(one.channel, case one.address when '' then person.phone else one.address end),
            'about_at', one.about_at, 'created_at', one.created_at, 'changed_at', one.changed_at,
            'changed_by', lab.username_of(one.changed_by), 'attempts', one.attempts,
            'next_at', case when one.state = 'waiting' and one.attempts > 0 then one.next_at end,
            'error', nullif(one.last_error, ''), 'version', one.version)
        from lab.person where person.person_id = lab.person_now(one.person_id));
end
$$;

-- Oldest first.
create or replace function lab.desk_list_notices(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    wanted text := coalesce(request ->> 'state', '');
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.notice_view(page) order by page.created_at, page.notice_id) into found
    from (select * from lab.notice as one where one.laboratory = here and (wanted = '' or one.state = wanted)
          and (one.created_at, one.notice_id::text) > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by one.created_at, one.notice_id::text limit size + 1) as page;
    return lab.page_answer(who, 'notices', found, size, 'created_at', 'notice_id');
end
$$;

-- A failed one is tried again, from the beginning; a code is in nobody's books any more, and is asked for anew.
create or replace function lab.desk_retry_notice(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'notice_id');
    taken lab.notice;
begin
    select * into taken from lab.notice as every where every.notice_id = wanted for no key update;
    perform lab.require_seen(who, taken.laboratory, 'notice');
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    if taken.state <> 'failed' then
        perform lab.refuse(9, 'NOT_FAILED', format('This notice is %s: only a failed one is tried again.', taken.state), '',
                           jsonb_build_object('state', taken.state));
    elsif taken.kind = 'proxy_code' then
        perform lab.refuse(9, 'CODE_GONE', 'The code of this notice is kept nowhere: ask for a new one (receipt proxy).');
    elsif lab.is_notice_overtaken(taken, lab.ts_now()) then
        perform lab.refuse(9, 'NOTICE_OVERTAKEN', 'What it tells is not so any more: nothing is to be told.');
    end if;
    update lab.notice as one set state = 'waiting', attempts = 0, next_at = lab.ts_now(), changed_at = lab.ts_now(),
        changed_by = who.staff_id where one.notice_id = taken.notice_id returning * into taken;
    return json_build_object('notice', lab.notice_view(taken));
end
$$;

reset role;
