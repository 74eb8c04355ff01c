-- SPDX-License-Identifier: Apache-2.0
-- Complaints: filed at the desk or by the complainant with the two secrets of a receipt; who filed it is told twice, that it was
-- received and what came of it. The rules stand in 27_guard_complaint.sql.
set role touchstone_owner;

-- Without the words and the person: for lists and whoever may not read them.
create or replace function lab.complaint_view(one lab.complaint, whole boolean) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'complaint_no', one.complaint_no, 'laboratory', one.laboratory, 'complaint_kind', one.kind, 'receipt_no', one.receipt_no,
        'statement', case when whole then one.statement end, 'complainant', case when whole then lab.person_masked(one.person_id) end,
        'filed_by', lab.username_of(one.filed_by), 'filed_at', one.filed_at, 'acknowledged_at', one.acknowledged_at,
        'state', one.state, 'handler', lab.username_of(one.handler_id), 'assigned_by', lab.username_of(one.assigned_by),
        'assigned_at', one.assigned_at, 'finding', case when whole then nullif(one.finding, '') end,
        'outcome', nullif(one.outcome, ''), 'closed_at', one.closed_at, 'version', one.version,
        'item_codes', (select json_agg(concerned.item_code order by concerned.item_code) from lab.complaint_item as concerned
                       where concerned.complaint_no = one.complaint_no),
        'retest_ids', (select json_agg(linked.retest_id order by linked.linked_at) from lab.complaint_retest as linked
                       where linked.complaint_no = one.complaint_no),
        'told_state', (select notice.state from lab.notice where notice.reference = one.complaint_no
                       order by notice.created_at desc limit 1),
        'told_error', (select nullif(notice.last_error, '') from lab.notice where notice.reference = one.complaint_no
                       order by notice.created_at desc limit 1));
end
$$;

create or replace function lab.complaint_number(here text, at timestamptz) returns text
language plpgsql volatile as $$
declare
    number_year integer := extract(year from lab.local_time(at));
    number integer;
begin
    insert into lab.complaint_counter as counter (laboratory, year, last) values (here, number_year, 1)
    on conflict (laboratory, year) do update set last = counter.last + 1 returning counter.last into number;
    return format('CMP-%s-%s-%s', here, number_year, lpad(number::text, 4, '0'));
end
$$;

create or replace function lab.complaint_make(here text, of_kind text, said text, of_receipt text, person uuid, filer uuid,
                                              codes text[]) returns lab.complaint
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    made lab.complaint;
begin
    insert into lab.complaint (complaint_no, laboratory, kind, statement, receipt_no, person_id, filed_by, filed_at, acknowledged_at)
    values (lab.complaint_number(here, this_moment), here, of_kind, said, of_receipt, person, filer, this_moment, this_moment)
    returning * into made;
    insert into lab.complaint_item (complaint_no, item_code, laboratory) select made.complaint_no, code, here from unnest(codes) as code;
    if person is not null then
        perform lab.notice_begin(here, 'complaint_received', made.complaint_no, person, of_receipt);
    end if;
    return made;
end
$$;

-- The items that are named, or all of the receipt.
create or replace function lab.complaint_items_asked(request jsonb, here text, of_receipt text) returns text[]
language plpgsql volatile as $$
declare
    codes text[] := array(select distinct code from jsonb_array_elements_text(
                              coalesce(nullif(request -> 'item_codes', 'null'), '[]')) as code);
begin
    if exists (select from unnest(codes) as code where not exists (
                   select from lab.item where item.item_code::text = code and item.laboratory = here
                   and (of_receipt is null or item.receipt_no = of_receipt))) then
        perform lab.refuse_field('item_codes', 'names what is no item of this laboratory and receipt');
    elsif cardinality(codes) = 0 then
        codes := array(select item.item_code::text from lab.item where item.receipt_no = of_receipt);
    end if;
    return codes;
end
$$;

create or replace function lab.complaint_file_complaint(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    number text := nullif(request ->> 'receipt_no', '');
    of_receipt lab.receipt;
    person uuid;
    made lab.complaint;
begin
    perform lab.require_role(who, here);
    if number is not null then
        select * into of_receipt from lab.receipt where receipt.receipt_no = number and receipt.laboratory = here;
        if of_receipt.receipt_no is null then
            perform lab.refuse_field('receipt_no', 'is not a receipt of this laboratory');
        end if;
    end if;
    person := case when coalesce(request -> 'person', 'null') not in ('null', '{}') then lab.person_of(request -> 'person', 'person')
                   else of_receipt.owner_id end;
    made := lab.complaint_make(here, coalesce(request ->> 'complaint_kind', 'other'), lab.words_of(request, 'statement'), number,
                               person, who.staff_id, lab.complaint_items_asked(request, here, number));
    return json_build_object('complaint', lab.complaint_view(made, true));
end
$$;

-- By whoever has the two secrets of a receipt. The same words of the same day are the same complaint: asking again is safe. More
-- than five of a receipt and day are refused.
create or replace function api.public_send_complaint(receipt_code text, phone_last4 text, about text, statement text)
    returns table (answer json, refusal jsonb)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    opened record;
    of_receipt lab.receipt;
    said text := btrim(coalesce(public_send_complaint.statement, ''));
    why jsonb;
    made lab.complaint;
begin
    perform lab.act_as('{"actor": "public", "method": "PublicService.SendComplaint"}');
    opened := lab.receipt_opened(public_send_complaint.receipt_code, phone_last4);
    why := coalesce(opened.refusal, case when about not in ('result', 'service', 'damage', 'delay', 'fee', 'other')
        then lab.refusal_of(3, 'ABOUT_UNKNOWN', 'Say what it is about: result, service, damage, delay, fee or other.') end);
    if why is null then
        select * into of_receipt from lab.receipt where receipt.receipt_no = opened.number for no key update;
        perform set_config('touchstone.laboratory', of_receipt.laboratory, true);
        select * into made from lab.complaint where complaint.receipt_no = of_receipt.receipt_no and complaint.statement = said
        and complaint.filed_by is null and complaint.filed_at > lab.ts_now() - interval '1 day';
        if made.complaint_no is null and 5 <= (
                select count(*) from lab.complaint where complaint.receipt_no = of_receipt.receipt_no
                and complaint.filed_by is null and complaint.filed_at > lab.ts_now() - interval '1 day') then
            why := lab.refusal_of(8, 'COMPLAINTS_ENOUGH', 'Five complaints of this receipt were filed today. Ask at the desk for '
                                  'more. 该回执当日投诉已达五次，请到受理窗口咨询。');
        elsif made.complaint_no is null then
            made := lab.complaint_make(of_receipt.laboratory, about, said, of_receipt.receipt_no, of_receipt.owner_id, null,
                                       array(select item.item_code::text from lab.item where item.receipt_no = of_receipt.receipt_no));
        end if;
    end if;
    return query select case when why is null then json_build_object('complaint_no', made.complaint_no, 'acknowledged_at',
                                                                     made.acknowledged_at, 'state', made.state) end, why;
end
$$;

create or replace function lab.complaint_taken(who lab.actor, request jsonb) returns lab.complaint
language plpgsql volatile as $$
declare
    taken lab.complaint;
begin
    select * into taken from lab.complaint where complaint.complaint_no = request ->> 'complaint_no' for no key update;
    perform lab.require_seen(who, taken.laboratory, 'complaint');
    return taken;
end
$$;

create or replace function lab.complaint_get_complaint(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    found lab.complaint;
begin
    select * into found from lab.complaint where complaint.complaint_no = request ->> 'complaint_no';
    perform lab.require_seen(who, found.laboratory, 'complaint');
    return json_build_object('complaint', lab.complaint_view(found, true));
end
$$;

create or replace function lab.complaint_list_complaints(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    wanted text := coalesce(request ->> 'complaint_state', '');
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.complaint_view(page, false) order by page.filed_at, page.complaint_no) into found
    from (select * from lab.complaint where complaint.laboratory = here and (wanted = '' or complaint.state = wanted)
          and (complaint.filed_at, complaint.complaint_no)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by complaint.filed_at, complaint.complaint_no limit size + 1) as page;
    return lab.page_answer(who, 'complaints', found, size, 'filed_at', 'complaint_no');
end
$$;

create or replace function lab.complaint_assign_complaint(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.complaint := lab.complaint_taken(who, request);
    wanted uuid := lab.staff_named(request, 'handler');
begin
    perform lab.require_version(request, taken.version);
    if taken.state = 'closed' then
        perform lab.refuse(9, 'COMPLAINT_CLOSED', 'This complaint is closed.');
    end if;
    update lab.complaint as one set state = 'assigned', handler_id = wanted, assigned_by = who.staff_id, assigned_at = lab.ts_now()
    where one.complaint_no = taken.complaint_no returning * into taken;
    return json_build_object('complaint', lab.complaint_view(taken, true));
end
$$;

create or replace function lab.require_handler(who lab.actor, taken lab.complaint) returns void
language plpgsql volatile as $$
begin
    if taken.state <> 'assigned' then
        perform lab.refuse(9, 'COMPLAINT_NOT_OPEN', format('This complaint is %s.', taken.state));
    elsif taken.handler_id <> who.staff_id then
        perform lab.refuse(7, 'NOT_YOURS', 'Somebody else handles this complaint.', '',
                           jsonb_build_object('handler', lab.username_of(taken.handler_id)));
    end if;
end
$$;

create or replace function lab.complaint_link_retest(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.complaint := lab.complaint_taken(who, request);
begin
    perform lab.require_handler(who, taken);
    insert into lab.complaint_retest (complaint_no, retest_id, laboratory, linked_by, linked_at)
    values (taken.complaint_no, lab.uuid_of(request, 'retest_id'), taken.laboratory, who.staff_id, lab.ts_now())
    on conflict do nothing;
    return json_build_object('complaint', lab.complaint_view(taken, true));
end
$$;

create or replace function lab.complaint_close_complaint(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.complaint := lab.complaint_taken(who, request);
begin
    perform lab.require_version(request, taken.version);
    perform lab.require_handler(who, taken);
    if coalesce(request ->> 'outcome', '') = '' then
        perform lab.refuse_field('outcome', 'is required');
    elsif exists (select from lab.complaint_retest as linked join lab.test on test.test_id = linked.retest_id
                  where linked.complaint_no = taken.complaint_no
                  and test.state not in ('approved', 'released', 'cancelled', 'superseded')) then
        perform lab.refuse(9, 'RETEST_OPEN', 'A retest of this complaint is not approved yet.');
    end if;
    update lab.complaint as one set state = 'closed', finding = lab.words_of(request, 'finding'), outcome = request ->> 'outcome',
        closed_at = lab.ts_now() where one.complaint_no = taken.complaint_no returning * into taken;
    if taken.person_id is not null then
        perform lab.notice_begin(taken.laboratory, 'complaint_closed', taken.complaint_no, taken.person_id, taken.receipt_no);
    end if;
    return json_build_object('complaint', lab.complaint_view(taken, true));
end
$$;

reset role;
