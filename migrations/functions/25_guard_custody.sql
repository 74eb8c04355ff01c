-- SPDX-License-Identifier: Apache-2.0
-- The invariants of custody, against plain SQL too: one named holder, who changes only by an accepted hand-over; masses that
-- agree within the scale's tolerance and what testing consumed; a freeze that only the quality manager lifts, with words; and a
-- closed day in which nothing happens any more. guard_item (20_guard.sql) calls lab.guard_item_place and guard_item_custody.
set role touchstone_owner;

-- What the item should weigh: as it was weighed in, or as an incident's end has it, less what was consumed and retained since.
create or replace function lab.expected_mass(of_item lab.item) returns numeric
language plpgsql stable as $$
declare
    settled bigint := coalesce((select max(event.event_id) from lab.custody_event as event
                                where event.item_code = of_item.item_code and event.kind = 'released_from_freeze'
                                and event.mass_text is not null), 0);
begin
    return coalesce((select event.mass_text::text::numeric from lab.custody_event as event where event.event_id = settled),
                    of_item.mass)
           - coalesce((select sum(event.mass_text::text::numeric) from lab.custody_event as event
                       where event.item_code = of_item.item_code and event.event_id > settled
                       and event.kind in ('consumed', 'portion_retained')), 0);
end
$$;

-- Null where the laboratory does not weigh. `less`: what is used up as it is weighed.
drop function if exists lab.mass_agrees(lab.item, text);
create or replace function lab.mass_agrees(of_item lab.item, weighed text, less text default null) returns boolean
language plpgsql stable as $$
begin
    return (select case when laboratory.mass_tolerance_g is null then true
                        else coalesce(abs(weighed::numeric - lab.expected_mass(of_item) + coalesce(less::numeric, 0))
                                      <= laboratory.mass_tolerance_g, false) end
            from lab.laboratory where laboratory.laboratory = of_item.laboratory);
end
$$;

-- Nothing would be left that the scale could tell from nothing.
create or replace function lab.is_all_of(of_item lab.item, part text) returns boolean
language plpgsql stable as $$
begin
    return lab.expected_mass(of_item) - part::numeric <= coalesce((select laboratory.mass_tolerance_g from lab.laboratory
                                                                  where laboratory.laboratory = of_item.laboratory), 0);
end
$$;

-- With this part more would be used up, by the word of who held it alone, than the laboratory lets one person use up.
create or replace function lab.is_much_of(of_item lab.item, part text) returns boolean
language plpgsql stable as $$
declare
    settled lab.custody_event;
    alone numeric;
begin
    select * into settled from lab.custody_event as event where event.item_code = of_item.item_code
    and event.kind = 'released_from_freeze' and event.mass_text is not null order by event.event_id desc limit 1;
    alone := (select coalesce(sum(event.mass_text::text::numeric), 0) from lab.custody_event as event
              where event.item_code = of_item.item_code and event.kind = 'consumed' and event.hand_over_id is null
              and event.event_id > coalesce(settled.event_id, 0));
    return alone + part::numeric > coalesce(settled.mass_text::text::numeric, of_item.mass) * (
        select laboratory.unwitnessed_share from lab.laboratory where laboratory.laboratory = of_item.laboratory);
end
$$;

-- Nothing is taken off an item of which nothing is tested: its receipt is void, or it was rejected. Nor off one whose owner did
-- not agree to damage; and much or all of it only before a witness, who accepts it, or not as a portion at all: what is kept
-- whole stays the item.
create or replace function lab.require_part(taken lab.item, part text, kind text, witnessed boolean) returns void
language plpgsql volatile as $$
begin
    if exists (select from lab.receipt where receipt.receipt_no = taken.receipt_no and receipt.voided_at is not null) then
        perform lab.refuse(9, 'RECEIPT_VOID', 'The receipt of this item is void: nothing of it is tested, used up or kept. It goes back '
                           'to its owner (item return).');
    end if;
    perform lab.guard_rejected_gone(taken);
    if not exists (select from lab.consent where consent.receipt_no = taken.receipt_no and consent.kind = 'destructive') then
        perform lab.refuse(9, 'NO_DAMAGE_AGREED', 'The owner did not agree to damage: nothing of this item is used up or kept. If '
                           'something is missing, open an incident (incident open).', 'mass_g');
    elsif kind = 'portion_retained' and lab.is_all_of(taken, part) then
        perform lab.refuse(9, 'PORTION_IS_ALL', 'This is all of the item: a portion leaves something. What is kept whole stays the '
                           'item, in its store.', 'mass_g');
    elsif kind = 'consumed' and not witnessed and lab.is_all_of(taken, part) then
        perform lab.refuse(9, 'WITNESS_REQUIRED', 'Nothing would be left of this item: name a colleague who sees it and accepts '
                           '(witness; then item accept by the witness).', 'witness');
    elsif kind = 'consumed' and not witnessed and lab.is_much_of(taken, part) then
        perform lab.refuse(9, 'WITNESS_REQUIRED', format('With this, more than %s %% of the item would be used up by one person''s word: '
                           'name a colleague who sees it and accepts (witness; then item accept by the witness).', (
                               select trim_scale(100 * laboratory.unwitnessed_share) from lab.laboratory
                               where laboratory.laboratory = taken.laboratory)), 'witness');
    end if;
end
$$;

-- More than nothing, and no more than is there.
create or replace function lab.is_part_of(of_item lab.item, part text) returns boolean
language plpgsql stable as $$
begin
    return part::numeric > 0 and part::numeric <= lab.expected_mass(of_item);
end
$$;

-- Who may hold an item of the laboratory.
create or replace function lab.may_hold(of_staff uuid, here text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.staff join lab.staff_role using (staff_id) where staff.staff_id = of_staff and staff.enabled
                   and staff_role.laboratory = here and staff_role.held
                   and staff_role.role in ('reception', 'technician', 'reviewer', 'manager', 'quality'));
end
$$;

-- No longer at work: no rights here, absent today (FitnessService, kind absence), or not logged in any more.
create or replace function lab.is_off(of_staff uuid, here text) returns boolean
language plpgsql stable as $$
declare
    this_moment timestamptz := lab.ts_now();
begin
    return not lab.may_hold(of_staff, here)
        or not exists (select from lab.session where session.staff_id = of_staff and session.revoked_at is null
                       and session.idle_expires_at > this_moment and session.expires_at > this_moment)
        or exists (select from lab.staff join lab.fitness as away on away.subject = staff.username
                   where staff.staff_id = of_staff and away.laboratory = here and away.kind = 'absence' and not away.withdrawn
                   and lab.local_time(this_moment)::date between away.valid_from and away.valid_until);
end
$$;

-- Acts on items share this lock; the close of a day takes it alone, so that nothing happens between its look and its act.
create or replace function lab.custody_lock(here text, alone boolean default false) returns void
language plpgsql volatile as $$
begin
    if alone then
        perform pg_advisory_xact_lock(hashtextextended('custody/' || here, 0));
    else
        perform pg_advisory_xact_lock_shared(hashtextextended('custody/' || here, 0));
    end if;
end
$$;

create or replace function lab.require_day_open(here text, at timestamptz) returns void
language plpgsql volatile as $$
begin
    perform lab.custody_lock(here);
    if exists (select from lab.day_close as act where act.laboratory = here and act.reopened_at is null
               and act.day = lab.local_time(at)::date) then
        perform lab.refuse(9, 'DAY_CLOSED', 'The day of this laboratory is closed. A manager opens it again (custody reopen-day).');
    end if;
end
$$;

create or replace function lab.guard_custody_event() returns trigger
language plpgsql volatile as $$
declare
    taken lab.item;
    paper lab.hand_over;
    earlier timestamptz := (select event.at from lab.custody_event as event where event.item_code = new.item_code
                            order by event.event_id desc limit 1);
begin
    perform lab.require_moment(new.at, earlier);
    new.at := greatest(new.at, earlier);
    perform lab.require_day_open(new.laboratory, new.at);
    select * into taken from lab.item where item.item_code = new.item_code;
    if new.laboratory <> taken.laboratory then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'What happens to an item stands in the book of its laboratory.');
    end if;
    if new.kind = 'received' then -- by the intake alone, which makes the item
        if new.to_staff is distinct from taken.holder_id or new.at <> taken.received_at
           or exists (select from lab.custody_event as event where event.item_code = new.item_code) then
            perform lab.refuse(9, 'HOLDER_UNPROVEN', 'An item is received once, by who holds it then.');
        end if;
        return new;
    end if;
    if new.hand_over_id is not null then
        select * into paper from lab.hand_over where hand_over.hand_over_id = new.hand_over_id;
    end if;
    if taken.holder_id is null or taken.custody_state = 'frozen' and new.kind not in ('stored', 'taken_out', 'released_from_freeze')
       or taken.custody_state <> 'frozen' and new.kind = 'released_from_freeze' then
        perform lab.refuse(9, 'NOT_HELD', format('This item is %s.', taken.custody_state));
    elsif new.kind not in ('handed_over', 'disposed', 'frozen', 'released_from_freeze') and exists (
            select from lab.hand_over as open where open.item_code = new.item_code and open.state = 'offered') then
        perform lab.refuse(9, 'OFFERED', 'This item is offered to a colleague, who has not accepted it: item accept, or item '
                           'cancel-offer.');
    end if;
    if new.kind in ('stored', 'taken_out') and lab.is_lost(new.item_code) then
        perform lab.refuse(9, 'ITEM_LOST', 'This item is reported lost: nobody puts it anywhere. When it is found, a quality person closes '
                           'the incident first (incident close).');
    end if;
    if not coalesce(case new.kind
           when 'handed_over' then paper.item_code = new.item_code and paper.state = 'accepted' and paper.disposal = ''
               and paper.consumes is null and new.from_staff = taken.holder_id and new.to_staff = paper.to_staff
           when 'disposed' then paper.item_code = new.item_code and paper.state = 'accepted' and paper.disposal <> ''
               and new.from_staff = taken.holder_id and new.to_staff is null
           when 'stored' then new.from_staff = taken.holder_id and taken.stored_in is null and new.storage is not null
           when 'taken_out' then new.from_staff = taken.holder_id and new.to_staff = taken.holder_id and taken.stored_in is not null
           when 'consumed' then new.from_staff = taken.holder_id and lab.is_part_of(taken, new.mass_text)
               and (new.hand_over_id is null or paper.item_code = new.item_code and paper.state = 'accepted'
                    and paper.consumes::text = new.mass_text::text)
           when 'portion_retained' then new.from_staff = taken.holder_id and lab.is_part_of(taken, new.mass_text)
           -- Of what is stored, who opens the store gives it; the owner is the other side.
           when 'returned' then (new.from_staff = taken.holder_id or taken.stored_in is not null)
               and lab.mass_agrees(taken, new.mass_text)
           else true end, false) then
        perform lab.refuse(9, 'NOT_HOLDER', 'Only the holder moves an item, to who accepted it, and with the mass that it should '
                           'have: item offer, then item accept.', '', jsonb_build_object('holder', lab.username_of(taken.holder_id)));
    elsif new.kind = 'returned' and exists (select from lab.receipt where receipt.receipt_no = taken.receipt_no
                                            and receipt.voided_by = new.from_staff) then
        perform lab.refuse(7, 'SECOND_PERSON', 'You made this receipt void: a colleague hands its items back. Offer the item to a '
                           'colleague, who weighs it (item offer, item accept), or let who opens the store hand it back.');
    elsif new.kind in ('consumed', 'portion_retained') then
        perform lab.require_part(taken, new.mass_text, new.kind, new.hand_over_id is not null);
    end if;
    return new;
end
$$;

-- A portion stands in both books, or in none.
create or replace function lab.guard_portion_kept() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if (select coalesce(sum(kept.mass_text::text::numeric), 0) from lab.retained_portion as kept where kept.item_code = new.item_code)
       <> (select coalesce(sum(event.mass_text::text::numeric), 0) from lab.custody_event as event
           where event.item_code = new.item_code and event.kind = 'portion_retained') then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'A portion that is kept stands in the book of custody, and the other way round.');
    end if;
    return null;
end
$$;

-- An item stands in the books from its first moment: of its receipt's laboratory, received when the receipt was made. An earlier
-- day, with its fees and campaigns, is told only of what a desk took in without the server, which has reserved codes.
create or replace function lab.guard_item_received() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if not exists (select from lab.custody_event as event where event.item_code = new.item_code and event.kind = 'received')
       or not exists (select from lab.receipt where receipt.receipt_no = new.receipt_no and receipt.laboratory = new.laboratory
                      and receipt.received_at = new.received_at) then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'An item is taken in with its receipt, by who holds it then.');
    elsif exists (select from lab.receipt where receipt.receipt_no = new.receipt_no and receipt.taken_offline_at is not null)
          and not exists (select from lab.reserved_code as known where known.item_code = new.item_code) then
        perform lab.refuse_field('taken_offline_ms', 'is told only of items that have reserved codes: what is taken in with the server '
                                 'is taken in now');
    end if;
    return null;
end
$$;

-- Holder and store change only as the newest event says. Called by guard_item.
create or replace function lab.guard_item_place(was lab.item, becomes lab.item) returns void
language plpgsql volatile as $$
declare
    newest lab.custody_event;
begin
    select * into newest from lab.custody_event as event where event.item_code = was.item_code
    order by event.event_id desc limit 1;
    if becomes.holder_id is not null and becomes.holder_id <> was.holder_id
       and not coalesce(newest.kind = 'handed_over' and newest.from_staff = was.holder_id
                        and newest.to_staff = becomes.holder_id and becomes.stored_in is null, false)
       or becomes.stored_in is not null and becomes.stored_in is distinct from was.stored_in
       and not coalesce(newest.kind = 'stored' and newest.storage = becomes.stored_in, false)
       or becomes.stored_in is null and was.stored_in is not null
       and coalesce(newest.kind not in ('taken_out', 'handed_over', 'returned', 'disposed'), true) then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'An item changes its holder or store only as its book of custody says.');
    end if;
end
$$;

create or replace function lab.guard_item_custody(was lab.item, becomes lab.item) returns void
language plpgsql volatile as $$
declare
    newest text := (select event.kind from lab.custody_event as event where event.item_code = was.item_code
                    order by event.event_id desc limit 1);
begin
    if becomes.custody_state = 'disposed' then
        perform lab.guard_rejected_gone(was);
    end if;
    if not (was.custody_state = 'held' and becomes.custody_state in ('returned', 'disposed') and newest = becomes.custody_state
                and not exists (select from lab.test where test.item_code = was.item_code
                                and test.state not in ('approved', 'released', 'cancelled', 'superseded'))
            or was.custody_state = 'held' and becomes.custody_state = 'frozen' and newest = 'frozen'
            or was.custody_state = 'frozen' and becomes.custody_state = 'held' and newest = 'released_from_freeze'
                and not exists (select from lab.incident where incident.item_code = was.item_code
                                and incident.closed_at is null)) then
        perform lab.refuse_transition('item', was.custody_state, becomes.custody_state);
    end if;
end
$$;

-- An event that moves an item has moved it when the act ends.
create or replace function lab.guard_custody_moved() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    newest bigint := (select max(event.event_id) from lab.custody_event as event where event.item_code = new.item_code);
    taken lab.item;
begin
    select * into taken from lab.item where item.item_code = new.item_code;
    if newest = new.event_id and not coalesce(case new.kind
           when 'handed_over' then taken.holder_id = new.to_staff and taken.stored_in is null
           when 'stored' then taken.stored_in = new.storage
           when 'taken_out' then taken.stored_in is null
           when 'frozen' then taken.custody_state = 'frozen'
           else taken.custody_state = new.kind end, false) then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'The book of custody says what the item does not.');
    end if;
    return null;
end
$$;

create or replace function lab.guard_hand_over() returns trigger
language plpgsql volatile as $$
declare
    taken lab.item;
begin
    select * into taken from lab.item where item.item_code = new.item_code;
    if tg_op = 'INSERT' then
        -- An offer stands in no book, and leaves an item unaccounted for all the same.
        perform lab.require_moment(new.offered_at);
        perform lab.require_day_open(new.laboratory, new.offered_at);
        if new.state <> 'offered' or taken.custody_state <> 'held' or new.holder_id is distinct from taken.holder_id
           or new.offered_by <> taken.holder_id and (taken.stored_in is null or new.consumes is not null)
           or new.consumes is not null and not lab.is_part_of(taken, new.consumes) or new.laboratory <> taken.laboratory then
            perform lab.refuse(9, 'NOT_HOLDER', 'Only the holder offers an item, or who opens the store that it is in.', '',
                               jsonb_build_object('holder', lab.username_of(taken.holder_id)));
        elsif not lab.may_hold(new.to_staff, new.laboratory) then
            perform lab.refuse(9, 'MAY_NOT_HOLD', 'This person has no part in the laboratory''s work: nobody hands them an item.');
        end if;
        if new.disposal <> '' then
            perform lab.guard_disposal(taken);
        end if;
        if new.consumes is not null then
            perform lab.require_part(taken, new.consumes, 'consumed', true);
        end if;
        return new;
    end if;
    perform lab.require_moment(new.decided_at, new.offered_at);
    if old.state <> 'offered' or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'decided_by', 'decided_at',
                                                         'mass_text', 'reason') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A hand-over is decided once, and never changes otherwise.');
    elsif new.state = 'cancelled' and new.decided_by not in (new.to_staff, new.offered_by, new.holder_id)
          and taken.custody_state = 'held' and not exists (
              select from lab.staff_role as role where role.staff_id = new.decided_by and role.laboratory = new.laboratory
              and role.role = 'manager' and role.held) then
        perform lab.refuse(7, 'NOT_YOURS', 'The giver, the receiver or a manager cancels an offer.');
    elsif new.state = 'accepted' and (taken.holder_id is distinct from new.holder_id
                                      or not lab.mass_agrees(taken, new.mass_text, new.consumes)) then
        perform lab.refuse(9, 'MASS_DIFFERS', 'The mass is not what it should be: the item is frozen, not handed over.');
    end if;
    if new.disposal <> '' and new.state = 'accepted' then
        perform lab.guard_disposal(taken);
    end if;
    return new;
end
$$;

-- What is given back is disposed of only when nobody has come for it for long; what is retained, when its time is over.
create or replace function lab.guard_disposal(taken lab.item) returns void
language plpgsql volatile as $$
declare
    agreed lab.receipt;
    ready_at timestamptz;
    days integer;
begin
    select * into agreed from lab.receipt where receipt.receipt_no = taken.receipt_no;
    select nullif(regexp_replace(product.retain_days_typical, '[^0-9].*$', ''), '')::integer into days
    from lab.product where product.product_id = taken.claimed_product_id;
    perform lab.guard_rejected_gone(taken);
    ready_at := lab.item_ready_at(taken);
    if ready_at is null then
        perform lab.refuse(9, 'TESTS_OPEN', 'Tests of this item are still open, or its sheet is not ready.');
    elsif lab.expected_mass(taken) = 0 then
        return; -- used up before a witness: nothing is left to be kept
    elsif agreed.return_choice = 'return'
          and ready_at + (select policy.uncollected_kept from lab.policy) > lab.ts_now() then
        perform lab.refuse(9, 'KEPT_STILL', 'This item goes back to its owner: it is disposed of only when nobody came for it in '
                           'the time that the institute keeps it.');
    elsif agreed.return_choice = 'retain' and ready_at + make_interval(days => coalesce(days, 0)) > lab.ts_now() then
        perform lab.refuse(9, 'KEPT_STILL', 'This item is retained: its time is not over.', '', jsonb_build_object(
            'keep_until', lab.local_date(ready_at + make_interval(days => coalesce(days, 0)))));
    end if;
end
$$;

-- When the owner could have it: the newest sheet is sealed, or every test was cancelled. Null: not yet.
create or replace function lab.item_ready_at(taken lab.item) returns timestamptz
language plpgsql stable as $$
begin
    if taken.sheet_no is not null then
        return (select file.at from lab.sheet_file as file where file.sheet_no = taken.sheet_no and file.revision = 0);
    elsif exists (select from lab.test where test.item_code = taken.item_code and test.state not in ('cancelled', 'superseded')) then
        return null;
    end if;
    return taken.received_at;
end
$$;

create or replace function lab.guard_hand_over_done() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if not exists (select from lab.custody_event as event where event.hand_over_id = new.hand_over_id) then
        perform lab.refuse(9, 'HOLDER_UNPROVEN', 'A hand-over that is accepted stands in the book of custody.');
    end if;
    return null;
end
$$;

create or replace function lab.guard_incident() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        perform lab.require_moment(new.opened_at);
        perform lab.require_day_open(new.laboratory, new.opened_at);
        if new.closed_at is not null then
            perform lab.refuse_transition('incident', 'new', 'closed');
        elsif new.laboratory is distinct from (select item.laboratory from lab.item where item.item_code = new.item_code) then
            perform lab.refuse(9, 'HOLDER_UNPROVEN', 'What happens to an item stands in the book of its laboratory.');
        end if;
        return new;
    end if;
    perform lab.require_moment(new.closed_at, old.opened_at);
    if old.closed_at is not null or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'closed_at', 'closed_by', 'resolution',
                                                         'accepted_mass_text', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'An incident keeps what was found; closed, it never changes.');
    elsif not lab.is_quality_manager(new.closed_by, new.laboratory) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Only the quality manager of the laboratory closes an incident.');
    elsif new.closed_by in (new.opened_by, (select item.holder_id from lab.item where item.item_code = new.item_code)) then
        perform lab.refuse(7, 'SAME_PERSON', 'Who opened an incident or holds the item does not close it: another quality person.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_retained_portion() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        perform lab.require_moment(new.retained_at);
        if new.state <> 'kept' then
            perform lab.refuse_transition('portion', 'new', new.state);
        elsif new.keep_until < lab.local_time(new.retained_at)::date then
            perform lab.refuse_field('keep_until', 'lies in the past: a portion is kept until today at least');
        elsif new.laboratory is distinct from (select item.laboratory from lab.item where item.item_code = new.item_code) then
            perform lab.refuse(9, 'HOLDER_UNPROVEN', 'What happens to an item stands in the book of its laboratory.');
        end if;
        return new;
    end if;
    perform lab.require_moment(new.disposed_at, old.retained_at);
    perform lab.require_day_open(new.laboratory, new.disposed_at);
    new.version := old.version + 1;
    if old.state <> 'kept' or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'disposed_by', 'witness', 'disposed_at',
                                                   'manner', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A portion is disposed of once, and never changes otherwise.');
    elsif new.state = 'disposed' and lab.local_time(new.disposed_at)::date <= old.keep_until then
        perform lab.refuse(9, 'KEPT_STILL', 'This portion is retained: its time is not over.', '',
                           jsonb_build_object('keep_until', old.keep_until::text));
    elsif new.disposed_by = old.retained_by then
        perform lab.refuse(7, 'SAME_PERSON', 'Who kept a portion back does not dispose of it: another person does.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_day_close() returns trigger
language plpgsql volatile as $$
declare
    drawn jsonb;
begin
    if tg_op = 'UPDATE' then
        if old.reopened_at is not null or new.reopened_at is null or not lab.only_changes(
                to_jsonb(old), to_jsonb(new), 'reopened_at', 'reopened_by', 'reopen_reason') then
            perform lab.refuse(9, 'APPEND_ONLY', 'A day that was closed never changes; it is opened again with a reason, once.');
        end if;
        perform lab.require_moment(new.reopened_at, old.closed_at);
        return new;
    end if;
    perform lab.require_moment(new.closed_at);
    perform lab.custody_lock(new.laboratory, true);
    drawn := lab.day_drawn(new.laboratory, new.day);
    if new.day > lab.local_time(new.closed_at)::date or new.reopened_at is not null
       or exists (select from lab.unaccounted(new.laboratory)) or not to_jsonb(new) @> drawn then
        perform lab.refuse(9, 'DAY_NOT_ACCOUNTED', 'The day cannot be closed: an item is unaccounted for, or the figures are not '
                           'those of the books.');
    end if;
    perform lab.require_apart_from_lost(new.laboratory, new.closed_by);
    return new;
end
$$;

-- Every laboratory has a safe to begin with.
create or replace function lab.laboratory_gets_a_safe() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    insert into lab.storage_place (laboratory, storage, name) values (new.laboratory, 'SAFE', '保险柜 safe');
    return null;
end
$$;

call lab.put_guard('{hand_over,retained_portion,notice,proxy_code,day_close,storage_place}', 'before delete or truncate',
                   'guard_no_delete');
call lab.put_guard('{storage_place}', 'before update', 'guard_version');
call lab.put_guard('{custody_event}', 'before insert');
call lab.put_guard('{hand_over,incident,retained_portion,day_close}', 'before insert or update');

drop trigger if exists guard_custody_moved on lab.custody_event;
create constraint trigger guard_custody_moved after insert on lab.custody_event deferrable initially deferred for each row
    when (new.kind in ('handed_over', 'stored', 'taken_out', 'frozen', 'returned', 'disposed'))
    execute function lab.guard_custody_moved();
alter table lab.custody_event enable always trigger guard_custody_moved;
drop trigger if exists guard_item_received on lab.item;
create constraint trigger guard_item_received after insert on lab.item deferrable initially deferred for each row
    execute function lab.guard_item_received();
alter table lab.item enable always trigger guard_item_received;
drop trigger if exists guard_portion_kept on lab.custody_event;
create constraint trigger guard_portion_kept after insert on lab.custody_event deferrable initially deferred for each row
    when (new.kind = 'portion_retained') execute function lab.guard_portion_kept();
alter table lab.custody_event enable always trigger guard_portion_kept;
drop trigger if exists guard_portion_kept on lab.retained_portion;
create constraint trigger guard_portion_kept after insert on lab.retained_portion deferrable initially deferred for each row
    execute function lab.guard_portion_kept();
alter table lab.retained_portion enable always trigger guard_portion_kept;
drop trigger if exists guard_hand_over_done on lab.hand_over;
create constraint trigger guard_hand_over_done after update on lab.hand_over deferrable initially deferred for each row
    when (new.state = 'accepted') execute function lab.guard_hand_over_done();
alter table lab.hand_over enable always trigger guard_hand_over_done;
create or replace trigger laboratory_gets_a_safe after insert on lab.laboratory
    for each row execute function lab.laboratory_gets_a_safe();
alter table lab.laboratory enable always trigger laboratory_gets_a_safe;

reset role;
