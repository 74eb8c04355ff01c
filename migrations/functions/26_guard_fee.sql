-- SPDX-License-Identifier: Apache-2.0
-- The invariants of fees: a waiver counts what its receipts took and no more, and a receipt is void once, with a reason, and
-- only while nobody has tested anything of it. A receipt of a day that is closed is void all the same: as in every cash book the
-- counter-entry stands on the day on which it is made (lab.day_drawn), and that one must be open. guard_receipt (20_guard.sql) calls
-- lab.guard_receipt_new and lab.guard_receipt_void.
set role touchstone_owner;

-- What is used is counted by the items themselves (below), and by nobody else.
create or replace function lab.guard_fee_waiver() returns trigger
language plpgsql volatile as $$
begin
    new.version := old.version + 1;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'quota', 'last_day', 'used', 'version')
       or new.used <> old.used and pg_trigger_depth() < 2 then
        perform lab.refuse(9, 'APPEND_ONLY', 'A campaign keeps its name, first day and product, and counts by itself; its quota and '
                           'end may be moved.');
    elsif new.last_day < old.last_day and exists (
            select from lab.receipt where receipt.waiver_id = new.waiver_id and receipt.voided_at is null
            and lab.waiver_day(receipt) > new.last_day) then
        perform lab.refuse(9, 'WAIVER_USED', 'Receipts of later days were waived by this campaign: it cannot end before them.', 'last_day');
    end if;
    return new;
end
$$;

-- The row's lock is what desks queue for, and its check is what nobody gets past. A campaign waives on its own days and of its own
-- products: the day is the one on which the item was taken in, also where the journal of a desk told of it later.
create or replace function lab.item_takes_waiver() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    taken lab.receipt;
begin
    select * into taken from lab.receipt where receipt.receipt_no = new.receipt_no;
    if taken.waiver_id is null then
        return null;
    end if;
    update lab.fee_waiver as known set used = known.used + 1
    where known.waiver_id = taken.waiver_id and known.laboratory = taken.laboratory
    and lab.waiver_day(taken) between known.first_day and known.last_day
    and (known.product_id is null or exists (select from lab.product_line(new.claimed_product_id) as line
                                             where line.product_id = known.product_id));
    if not found then
        perform lab.refuse(9, 'WAIVER_DAY', 'The campaign waives on other days, or other products: take the item in without it.', 'waiver');
    end if;
    return null;
exception when check_violation then
    perform lab.refuse(9, 'WAIVER_QUOTA', 'The campaign''s quota is used up.', 'waiver');
    return null;
end
$$;

create or replace function lab.waiver_day(taken lab.receipt) returns date
language plpgsql stable as $$
begin
    return lab.local_time(coalesce(taken.taken_offline_at, taken.received_at))::date;
end
$$;

create or replace function lab.receipt_gives_back() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    update lab.fee_waiver as known set used = known.used - (
        select count(*) from lab.item where item.receipt_no = new.receipt_no and item.state <> 'rejected')
    where known.waiver_id = new.waiver_id;
    return null;
end
$$;

create or replace function lab.guard_receipt_new(made lab.receipt) returns void
language plpgsql volatile as $$
begin
    perform lab.require_moment(made.received_at);
    perform lab.require_day_open(made.laboratory, made.received_at);
    if made.voided_at is not null or made.collected_at is not null then
        perform lab.refuse_transition('receipt', 'new', case when made.voided_at is null then 'collected' else 'void' end);
    end if;
end
$$;

create or replace function lab.guard_receipt_void(was lab.receipt, becomes lab.receipt) returns boolean
language plpgsql volatile as $$
begin
    if was.voided_at is not null or becomes.voided_at is null
       or not lab.only_changes(to_jsonb(was), to_jsonb(becomes), 'voided_at', 'voided_by', 'void_reason', 'version') then
        return false;
    elsif was.collected_at is not null or exists (
            select from lab.item join lab.test using (item_code) where item.receipt_no = was.receipt_no
            and (test.state <> 'cancelled' or test.entry_no > 0)) then
        perform lab.refuse(9, 'TESTS_BEGUN', 'Something of this receipt was tested already: it cannot be void.');
    end if;
    perform lab.require_moment(becomes.voided_at);
    perform lab.require_day_open(was.laboratory, becomes.voided_at);
    return true;
end
$$;

call lab.put_guard('{fee_rule}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{fee_waiver}', 'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{fee_waiver}', 'before update');

create or replace trigger item_takes_waiver after insert on lab.item for each row execute function lab.item_takes_waiver();
alter table lab.item enable always trigger item_takes_waiver;
create or replace trigger receipt_gives_back after update on lab.receipt for each row
    when (old.voided_at is null and new.voided_at is not null and new.waiver_id is not null)
    execute function lab.receipt_gives_back();
alter table lab.receipt enable always trigger receipt_gives_back;

reset role;
