-- SPDX-License-Identifier: Apache-2.0
-- The evening: what is unaccounted for, the act that closes a laboratory's day, and portions that are retained. The figures of
-- an act are drawn here from the books, and drawn again by its guard.
set role touchstone_owner;

-- Reported lost, and not yet settled by a quality person.
create or replace function lab.is_lost(of_item text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.incident where incident.item_code = of_item and incident.kind = 'lost' and incident.closed_at is null);
end
$$;

-- An item that is here is accounted for when it lies in a store and nothing about it is open, or when it is reported lost: an incident
-- stands, with who reported it, and the holder answers for it. The first reason counts.
create or replace function lab.unaccounted(here text) returns table (item_code text, reason text, holder_id uuid, since timestamptz)
language plpgsql stable as $$
declare
    must_store boolean := (select laboratory.stored_at_night from lab.laboratory where laboratory.laboratory = here);
begin
    return query select found.code, found.why, found.holder, newest.at
    from (select item.item_code::text as code, item.holder_id as holder, case
              when item.custody_state = 'frozen' and not exists (select from lab.incident where incident.item_code = item.item_code
                                                                 and incident.closed_at is null) then 'frozen_without_incident'
              when item.custody_state = 'frozen' and lab.is_lost(item.item_code) then null
              when exists (select from lab.hand_over as open where open.item_code = item.item_code and open.state = 'offered')
                  then 'offered'
              when item.stored_in is null and lab.is_off(item.holder_id, here) then 'holder_off'
              when item.stored_in is null and must_store then 'in_hand' end as why
          from lab.item where item.laboratory = here and item.holder_id is not null) as found
    cross join lateral (select max(event.at) as at from lab.custody_event as event where event.item_code = found.code) as newest
    where found.why is not null;
end
$$;

-- What the day took in and gave back, as a cash book counts it: each receipt with what it charged at first, on the day on which it
-- was made; each void receipt and refused item with what they gave back, on the day on which that was done. So a day that is closed
-- stays as its act says. `fees_back`: given back today of receipts of earlier days.
create or replace function lab.day_fees(here text, begins timestamptz, ends timestamptz, out fees numeric, out fees_back numeric,
                                        out void bigint, out waived bigint)
language plpgsql stable as $$
declare
    charged numeric := (select sum(coalesce(nullif(receipt.fee_cny, '')::numeric, 0) + coalesce((
                            select sum(paper.fee_off) from lab.item join lab.item_rejection as paper using (item_code)
                            where item.receipt_no = receipt.receipt_no), 0))
                        from lab.receipt where receipt.laboratory = here and receipt.received_at >= begins
                        and receipt.received_at < ends);
    given_back numeric;
begin
    select sum(one.back), sum(one.back) filter (where one.received_at < begins), count(*) filter (where one.is_void)
    into given_back, fees_back, void
    from (select coalesce(nullif(receipt.fee_cny, '')::numeric, 0) as back, receipt.received_at, true as is_void from lab.receipt
          where receipt.laboratory = here and receipt.voided_at >= begins and receipt.voided_at < ends
          union all
          select paper.fee_off, receipt.received_at, false
          from lab.item_rejection as paper join lab.item using (item_code) join lab.receipt using (receipt_no)
          where paper.laboratory = here and paper.rejected_at >= begins and paper.rejected_at < ends) as one;
    waived := (select count(*) from lab.receipt join lab.item using (receipt_no)
               left join lab.item_rejection as paper using (item_code)
               where receipt.laboratory = here and receipt.received_at >= begins and receipt.received_at < ends
               and receipt.waiver_id is not null and coalesce(receipt.voided_at, 'infinity') >= ends
               and coalesce(paper.rejected_at, 'infinity') >= ends);
    fees := coalesce(charged, 0) - coalesce(given_back, 0);
    fees_back := coalesce(fees_back, 0);
end
$$;

-- The figures of a day: what happened on it, and how things stand now.
create or replace function lab.day_drawn(here text, of_day date) returns jsonb
language plpgsql stable as $$
declare
    begins timestamptz := of_day::timestamp at time zone (select institute.time_zone from lab.institute);
    ends timestamptz := (of_day + 1)::timestamp at time zone (select institute.time_zone from lab.institute);
begin
    return (select jsonb_build_object(
            'receipts', (select count(*) from lab.receipt where receipt.laboratory = here
                         and receipt.received_at >= begins and receipt.received_at < ends),
            'receipts_void', charged.void, 'fees_cny', charged.fees::text, 'fees_back_cny', charged.fees_back::text,
            'items_waived', charged.waived,
            'intakes_set_aside', (select count(*) from lab.intake_set_aside as gone where gone.laboratory = here
                                  and gone.set_aside_at >= begins and gone.set_aside_at < ends),
            'items_received', happened.received, 'items_returned', happened.returned, 'items_disposed', happened.disposed,
            'hand_overs', happened.handed_over, 'items_stored', stands.stored, 'items_with_holders', stands.in_hand,
            'items_frozen', stands.frozen, 'items_lost', stands.lost,
            'incidents_opened', (select count(*) from lab.incident where incident.laboratory = here
                                 and incident.opened_at >= begins and incident.opened_at < ends),
            'incidents_open', (select count(*) from lab.incident where incident.laboratory = here and incident.closed_at is null))
        from (select count(*) filter (where event.kind = 'received') as received,
                     count(*) filter (where event.kind = 'returned') as returned,
                     count(*) filter (where event.kind = 'disposed') as disposed,
                     count(*) filter (where event.kind = 'handed_over') as handed_over
              from lab.custody_event as event where event.laboratory = here and event.at >= begins and event.at < ends) as happened,
             lab.day_fees(here, begins, ends) as charged,
             (select count(*) filter (where item.stored_in is not null and not lost.is_so) as stored,
                     count(*) filter (where item.stored_in is null and not lost.is_so) as in_hand,
                     count(*) filter (where item.custody_state = 'frozen') as frozen, count(*) filter (where lost.is_so) as lost
              from lab.item cross join lateral (select item.custody_state = 'frozen' and lab.is_lost(item.item_code) as is_so) as lost
              where item.laboratory = here and item.holder_id is not null) as stands);
end
$$;

create or replace function lab.day_close_view(act lab.day_close) returns json
language plpgsql stable as $$
begin
    return (to_jsonb(act) - '{closed_by,reopened_by,reopen_reason}'::text[] || jsonb_build_object(
        'closed_by', lab.username_of(act.closed_by), 'reopened_by', lab.username_of(act.reopened_by),
        'reopen_reason', nullif(act.reopen_reason, '')))::json;
end
$$;

-- Today as it stands: the act that closed it, or the figures that such an act would have.
create or replace function lab.day_now(here text) returns json
language plpgsql stable as $$
declare
    today date := lab.local_time(lab.ts_now())::date;
    act lab.day_close;
begin
    select * into act from lab.day_close as known where known.laboratory = here and known.day = today and known.reopened_at is null;
    if act.day is not null then
        return lab.day_close_view(act);
    end if;
    return (lab.day_drawn(here, today) || jsonb_build_object('laboratory', here, 'day', today))::json;
end
$$;

create or replace function lab.unaccounted_view(one record) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('item_code', one.item_code, 'unaccounted_reason', one.reason, 'since', one.since,
            'name', item.name, 'holder', lab.username_of(one.holder_id), 'receiver', lab.username_of((
                select open.to_staff from lab.hand_over as open where open.item_code = one.item_code and open.state = 'offered')))
        from lab.item where item.item_code = one.item_code);
end
$$;

create or replace function lab.desk_list_unaccounted(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.unaccounted_view(page) order by page.item_code) into found
    from (select * from lab.unaccounted(here) as one where one.item_code > coalesce(keys[1], '')
          order by one.item_code limit size + 1) as page;
    return (lab.page_answer(who, 'items', found, size, 'item_code')::jsonb
            || jsonb_build_object('today', lab.day_now(here)))::json;
end
$$;

-- Over a lost item the day is closed by a third person: neither by who holds it nor by who reported it.
create or replace function lab.require_apart_from_lost(here text, closer uuid) returns void
language plpgsql volatile as $$
declare
    lost lab.incident;
begin
    select incident.* into lost from lab.incident join lab.item using (item_code)
    where incident.laboratory = here and incident.kind = 'lost' and incident.closed_at is null
    and closer in (incident.opened_by, item.holder_id) order by incident.incident_no limit 1;
    if lost.incident_no is not null then
        perform lab.refuse(7, 'LOST_ITEM', format('Item %s is lost (%s): the day is closed by a person who neither holds it nor reported '
                           'it.', lost.item_code, lost.incident_no), '', jsonb_build_object('item_code', lost.item_code));
    end if;
end
$$;

create or replace function lab.desk_close_day(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date;
    missing jsonb;
    act lab.day_close;
begin
    perform lab.require_role(who, here);
    of_day := lab.day_of(request, 'day');
    if of_day > lab.local_time(lab.ts_now())::date then
        perform lab.refuse_field('day', 'has not come yet');
    end if;
    perform lab.custody_lock(here, true);
    if exists (select from lab.day_close as known where known.laboratory = here and known.day = of_day
               and known.reopened_at is null) then
        perform lab.refuse(9, 'DAY_CLOSED', 'This day is closed.');
    end if;
    select jsonb_object_agg(one.item_code, one.reason || coalesce(' ' || lab.username_of(one.holder_id), '')) into missing
    from (select * from lab.unaccounted(here) order by item_code limit 50) as one;
    if missing is not null then
        perform lab.refuse(9, 'DAY_NOT_ACCOUNTED', 'Items are unaccounted for (custody unaccounted): put them into a store, have them '
                           'accepted, or report them lost (incident open --kind lost).', '', missing);
    end if;
    insert into lab.day_close
    select drawn.* from jsonb_populate_record(null::lab.day_close, lab.day_drawn(here, of_day) || jsonb_build_object(
        'laboratory', here, 'day', of_day, 'closed_by', who.staff_id, 'closed_at', lab.ts_now(), 'reopen_reason', '',
        'act_no', 1 + (select count(*) from lab.day_close as known where known.laboratory = here and known.day = of_day))) as drawn
    returning * into act;
    return json_build_object('day_close', lab.day_close_view(act));
end
$$;

create or replace function lab.desk_reopen_day(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    act lab.day_close;
begin
    perform lab.require_role(who, here);
    update lab.day_close as known set reopened_by = who.staff_id, reopened_at = lab.ts_now(),
        reopen_reason = lab.words_of(request, 'reason')
    where known.laboratory = here and known.day = lab.day_of(request, 'day') and known.reopened_at is null returning * into act;
    if act.day is null then
        perform lab.refuse(9, 'DAY_NOT_CLOSED', 'This day is not closed.');
    end if;
    return json_build_object('day_close', lab.day_close_view(act));
end
$$;

create or replace function lab.desk_list_day_closes(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.day_close_view(page) order by page.day desc, page.act_no desc) into found
    from (select * from lab.day_close as known where known.laboratory = here
          and (keys is null or (known.day, known.act_no) < (lab.page_key_at(keys[1])::date, keys[2]::integer))
          order by known.day desc, known.act_no desc limit size + 1) as page;
    return lab.page_answer(who, 'day_closes', found, size, 'day', 'act_no');
exception when invalid_text_representation then
    perform lab.refuse_field('page.page_token', 'is not a token of this list');
    return null;
end
$$;

-- ---------------------------------------------------------------- retained portions

create or replace function lab.portion_view(kept lab.retained_portion) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'portion_id', kept.portion_id, 'item_code', kept.item_code, 'laboratory', kept.laboratory, 'mass_g', kept.mass_text,
        'storage', kept.storage, 'retained_by', lab.username_of(kept.retained_by), 'retained_at', kept.retained_at,
        'keep_until', kept.keep_until, 'state', kept.state, 'disposed_by', lab.username_of(kept.disposed_by),
        'witness', lab.username_of(kept.witness), 'disposed_at', kept.disposed_at, 'manner', nullif(kept.manner, ''),
        'version', kept.version);
end
$$;

create or replace function lab.desk_retain_portion(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    mass lab.decimal_text := lab.decimal_of(request ->> 'mass_g', 'mass_g');
    kept lab.retained_portion;
begin
    perform lab.require_holder(who, taken);
    if coalesce(mass::text::numeric, 0) <= 0 or mass::text::numeric > lab.expected_mass(taken) then
        perform lab.refuse_field('mass_g', 'must be more than 0 g and no more than is there');
    elsif not exists (select from lab.storage_place as known where known.laboratory = taken.laboratory
                      and known.storage = request ->> 'storage' and known.in_use) then
        perform lab.refuse_field('storage', 'is not a store of the item''s laboratory that is in use (custody stores)');
    end if;
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text, storage)
    values (taken.item_code, taken.laboratory, lab.ts_now(), 'portion_retained', who.staff_id, mass, request ->> 'storage');
    insert into lab.retained_portion (item_code, laboratory, mass_text, storage, retained_by, retained_at, keep_until)
    values (taken.item_code, taken.laboratory, mass, request ->> 'storage', who.staff_id, lab.ts_now(), case
        when coalesce(request ->> 'keep_until', '') <> '' then lab.day_of(request, 'keep_until')
        else lab.local_time(lab.ts_now())::date + coalesce((
            select nullif(regexp_replace(product.retain_days_typical, '[^0-9].*$', ''), '')::integer from lab.product
            where product.product_id = taken.claimed_product_id), 0) end)
    returning * into kept;
    return json_build_object('portion', lab.portion_view(kept));
end
$$;

create or replace function lab.desk_dispose_portion(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'portion_id');
    kept lab.retained_portion;
    seen_by uuid;
begin
    select * into kept from lab.retained_portion as every where every.portion_id = wanted for no key update;
    perform lab.require_seen(who, kept.laboratory, 'portion');
    perform lab.require_version(request, kept.version);
    seen_by := lab.staff_named(request, 'witness');
    if seen_by = who.staff_id or not lab.may_hold(seen_by, kept.laboratory) then
        perform lab.refuse_field('witness', 'must be another person of the laboratory');
    end if;
    update lab.retained_portion as one set state = 'disposed', disposed_by = who.staff_id, witness = seen_by,
        disposed_at = lab.ts_now(), manner = lab.words_of(request, 'manner')
    where one.portion_id = wanted returning * into kept;
    return json_build_object('portion', lab.portion_view(kept));
end
$$;

create or replace function lab.desk_list_portions(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    today date := lab.local_time(lab.ts_now())::date;
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.portion_view(page) order by page.keep_until, page.portion_id) into found
    from (select * from lab.retained_portion as kept where kept.laboratory = here and kept.state = 'kept'
          and (kept.keep_until < today or not coalesce((request ->> 'only_due')::boolean, false))
          and (keys is null or (kept.keep_until, kept.portion_id::text) > (lab.page_key_at(keys[1])::date, keys[2]))
          order by kept.keep_until, kept.portion_id limit size + 1) as page;
    return lab.page_answer(who, 'portions', found, size, 'keep_until', 'portion_id');
end
$$;

reset role;
