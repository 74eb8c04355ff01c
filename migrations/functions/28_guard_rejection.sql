-- SPDX-License-Identifier: Apache-2.0
-- The invariants of a rejection, against plain SQL too: by a reason of the catalogue, before anything was measured; then nothing of
-- the item is tested any more, it goes back, and nobody pays for it. And of persons that are one: nobody is merged in a ring.
-- guard_item_state (20_guard.sql) asks lab.is_rejected; lab.guard_item_custody and guard_disposal ask lab.guard_rejected_gone.
set role touchstone_owner;

create or replace function lab.is_rejected(of_item text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.item_rejection as paper where paper.item_code = of_item);
end
$$;

create or replace function lab.guard_item_rejection() returns trigger
language plpgsql volatile as $$
declare
    taken lab.item;
    agreed lab.receipt;
begin
    perform lab.require_moment(new.rejected_at);
    perform lab.require_day_open(new.laboratory, new.rejected_at);
    select * into taken from lab.item where item.item_code = new.item_code for no key update;
    select * into agreed from lab.receipt where receipt.receipt_no = taken.receipt_no for no key update;
    if taken.state <> 'received' or taken.holder_id is null or taken.laboratory <> new.laboratory
       or exists (select from lab.test where test.item_code = new.item_code and (
                  test.entry_no > 0 or test.state not in ('unassigned', 'assigned', 'in_progress', 'cancelled'))) then
        perform lab.refuse(9, 'TESTS_BEGUN', 'Something of this item was measured already, or it is not here: it cannot be rejected. '
                           'Its tests are finished, or an incident is opened.');
    elsif agreed.voided_at is not null then
        perform lab.refuse(9, 'RECEIPT_VOID', 'The receipt of this item is void: nothing of it is tested, nobody pays, and it goes back '
                           'to its owner already (item return).');
    elsif not exists (select from lab.rejection_reason as known where known.reason_id = new.reason_id
                      and known.domain_id in ('ALL', new.laboratory)) then
        perform lab.refuse_field('reason_id', 'is no reason of the catalogue for this laboratory (catalogue intake-form)');
    elsif coalesce(nullif(agreed.fee_cny, ''), '0')::numeric - new.fee_off < 0
          or coalesce(nullif(agreed.fee_rule_cny, ''), '0')::numeric - new.rule_off < 0
          or new.fee_off <> coalesce(nullif(agreed.fee_cny, ''), '0')::numeric and not exists (
              select from lab.item as other where other.receipt_no = taken.receipt_no and other.item_code <> new.item_code
              and other.state <> 'rejected') then
        perform lab.refuse(9, 'FEE_WRONG', 'Nobody pays for an item that is rejected, and nobody gets more back than was charged.');
    end if;
    return new;
end
$$;

-- What follows from the paper.
create or replace function lab.item_is_rejected() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    number text := (select item.receipt_no from lab.item where item.item_code = new.item_code);
begin
    update lab.test set state = 'cancelled' where test.item_code = new.item_code and test.state not in ('cancelled', 'superseded');
    update lab.item set state = 'rejected' where item.item_code = new.item_code;
    update lab.receipt
    set fee_cny = case when new.fee_off > 0 then (receipt.fee_cny::numeric - new.fee_off)::text else receipt.fee_cny end,
        fee_rule_cny = case when new.rule_off > 0 then (receipt.fee_rule_cny::numeric - new.rule_off)::text
                            else receipt.fee_rule_cny end
    where receipt.receipt_no = number and (new.fee_off > 0 or new.rule_off > 0);
    update lab.fee_waiver as known set used = known.used - 1
    where known.waiver_id = (select receipt.waiver_id from lab.receipt where receipt.receipt_no = number
                             and receipt.voided_at is null);
    return null;
end
$$;

-- By its rejections alone (the trigger above) is a receipt charged less.
create or replace function lab.guard_receipt_fee(was lab.receipt, becomes lab.receipt) returns boolean
language plpgsql volatile as $$
begin
    return pg_trigger_depth() >= 2 and lab.only_changes(to_jsonb(was), to_jsonb(becomes), 'fee_cny', 'fee_rule_cny', 'version');
end
$$;

-- It goes back to its owner; only who agreed to have it discarded may have it disposed of here.
create or replace function lab.guard_rejected_gone(taken lab.item) returns void
language plpgsql volatile as $$
begin
    if taken.state = 'rejected' and not exists (select from lab.receipt where receipt.receipt_no = taken.receipt_no
                                                and receipt.return_choice = 'discard') then
        perform lab.refuse(9, 'REJECTED_GOES_BACK', 'This item was rejected: it goes back to its owner (item return).');
    end if;
end
$$;

-- A mass that was typed wrongly is corrected while the item lies where it was taken in: once it was put away, weighed or handed over it
-- is what two persons say, the one who opens an incident and the quality person who accepts a mass; the item is corrected to that one.
-- Not on a closed day: the items of its act weigh what they weighed. And not while somebody is asked to accept the item, who would
-- accept another mass than was offered. An amendment corrects what the sheet says, and not what an item that is here should weigh.
drop function if exists lab.guard_item_weighed(lab.item);
create or replace function lab.guard_item_weighed(was lab.item, becomes lab.item) returns void
language plpgsql volatile as $$
declare
    only_told boolean;
    offer lab.hand_over;
begin
    becomes.mass := becomes.mass_text::text::numeric; -- not generated yet
    only_told := lab.is_amended(was.item_code)
        and (was.holder_id is null or lab.expected_mass(was) = lab.expected_mass(becomes));
    select * into offer from lab.hand_over as open where open.item_code = was.item_code and open.state = 'offered';
    if offer.hand_over_id is not null then
        perform lab.refuse(9, 'OFFERED', format('%s offers this item to %s, who would accept another mass than was offered: %s takes '
                           'the offer back first (item cancel-offer).', lab.username_of(offer.offered_by), lab.username_of(offer.to_staff),
                           lab.username_of(offer.offered_by)), 'mass_g', jsonb_build_object(
                           'offered_by', lab.username_of(offer.offered_by), 'receiver', lab.username_of(offer.to_staff)));
    elsif not only_told then
        perform lab.require_day_open(was.laboratory, lab.ts_now());
    end if;
    if not only_told and exists (
            select from lab.custody_event as event where event.item_code = was.item_code
            and event.kind <> 'received') and not coalesce(becomes.mass = (
                select event.mass_text::text::numeric from lab.custody_event as event where event.item_code = was.item_code
                and event.kind = 'released_from_freeze' and event.mass_text is not null order by event.event_id desc limit 1), false) then
        perform lab.refuse(9, 'WEIGHED_SINCE', 'This item was put away, weighed or handed over since it was taken in: one person alone '
                           'corrects its mass no more. Open an incident (incident open); the mass that is accepted there may be entered.',
                           'mass_g');
    end if;
end
$$;

create or replace function lab.guard_person_merge() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'UPDATE' then
        if old.undone_at is not null or new.undone_at is null
           or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'undone_at', 'undone_by', 'undo_reason') then
            perform lab.refuse(9, 'APPEND_ONLY', 'A merge is undone once, with a reason, and never changes.');
        end if;
        return new;
    end if;
    perform from lab.person where person.person_id in (new.kept_id, new.gone_id) order by person.person_id for update;
    if lab.person_now(new.kept_id) <> new.kept_id or lab.person_now(new.gone_id) <> new.gone_id then
        perform lab.refuse(9, 'MERGED_ALREADY', 'One of the two was merged before. Look for them again.');
    end if;
    return new;
end
$$;

-- The entry that shows for this one.
create or replace function lab.person_now(of_person uuid) returns uuid
language plpgsql stable as $$
declare
    shown uuid := of_person;
    next_one uuid;
begin
    loop
        select one.kept_id into next_one from lab.person_merge as one where one.gone_id = shown and one.undone_at is null;
        if not found then
            return shown;
        end if;
        shown := next_one;
    end loop;
end
$$;

-- Every entry that shows as this one, and itself.
create or replace function lab.person_ids(of_person uuid) returns uuid[]
language plpgsql stable as $$
declare
    known uuid[] := array[of_person];
    layer uuid[] := known;
begin
    loop
        layer := array(select one.gone_id from lab.person_merge as one where one.kept_id = any (layer) and one.undone_at is null);
        if cardinality(layer) = 0 then
            return known;
        end if;
        known := known || layer;
    end loop;
end
$$;

call lab.put_guard('{item_rejection}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{item_rejection}', 'before insert');
call lab.put_guard('{person_merge}', 'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{person_merge}', 'before insert or update');
create or replace trigger item_is_rejected after insert on lab.item_rejection for each row execute function lab.item_is_rejected();
alter table lab.item_rejection enable always trigger item_is_rejected;

reset role;
