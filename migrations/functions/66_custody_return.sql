-- SPDX-License-Identifier: Apache-2.0
-- The item goes back: weighed out, to its owner or to a collector with the one-time code that the owner asked for. The code is
-- told to the owner by the hook program (lab.notice) and to nobody else: the desk never sees it.
set role touchstone_owner;

create or replace function lab.desk_return_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    weighed lab.decimal_text := lab.decimal_of(request ->> 'mass_out_g', 'mass_out_g');
    agreed lab.receipt;
    number text;
begin
    perform lab.require_version(request, taken.version);
    if coalesce(weighed::text::numeric, 0) <= 0 then
        perform lab.refuse_field('mass_out_g', 'must be more than 0 g');
    end if;
    perform lab.require_holder(who, taken, true);
    select * into agreed from lab.receipt where receipt.receipt_no = taken.receipt_no;
    if agreed.return_choice <> 'return' and agreed.voided_at is null and taken.state <> 'rejected' then
        perform lab.refuse(9, 'RETURN_NOT_AGREED', 'The agreement says that this item is not returned.');
    elsif exists (select from lab.test where test.item_code = taken.item_code
                  and test.state not in ('approved', 'released', 'cancelled', 'superseded')) then
        perform lab.refuse(9, 'TESTS_OPEN', 'Tests of this item are still open.');
    end if;
    perform lab.collector_check(request, agreed);
    if not lab.mass_agrees(taken, weighed) then
        number := lab.incident_open(who, taken, 'mass_difference', format('Weighed in %s g, should weigh %s g, weighed out %s g.',
                                    taken.mass_text, lab.expected_mass(taken), weighed), weighed);
        update lab.item set mass_out_text = weighed where item.item_code = taken.item_code;
        return json_build_object('item', lab.item_view(taken.item_code), 'incident_no', number);
    end if;
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text, returned_to, photo_compared)
    values (taken.item_code, taken.laboratory, lab.ts_now(), 'returned', who.staff_id, weighed,
            case when coalesce((request ->> 'to_collector')::boolean, false) then 'collector'
                 else btrim(coalesce(request ->> 'returned_to', '')) end, coalesce((request ->> 'photo_compared')::boolean, false));
    update lab.item set custody_state = 'returned', holder_id = null, stored_in = null, mass_out_text = weighed
    where item.item_code = taken.item_code;
    perform lab.proxy_used(taken.receipt_no);
    return json_build_object('item', lab.item_view(taken.item_code));
end
$$;

-- Who stands there: the owner, by the last digits of the phone when they are asked for; the collector whom the owner named at
-- intake, always by those digits; or somebody else, whose code was shown here within the half hour before. Who brought the items
-- is nobody to hand them to.
create or replace function lab.collector_check(request jsonb, agreed lab.receipt) returns void
language plpgsql volatile as $$
declare
    digits text := coalesce(request ->> 'phone_last4', '');
    is_named boolean := coalesce((request ->> 'to_collector')::boolean, false);
    named text := btrim(coalesce(request ->> 'returned_to', ''));
begin
    if is_named and agreed.collector_id is null then
        perform lab.refuse(9, 'NO_COLLECTOR', 'The owner named no collector at intake: somebody else collects with the one-time '
                           'code (receipt proxy).');
    elsif is_named and named <> '' then
        perform lab.refuse_field('returned_to', 'must be empty where the collector of the receipt fetches it');
    elsif (is_named or digits <> '') and not exists (
            select from lab.person where person.phone_last4 = digits
            and person.person_id in (case when is_named then agreed.collector_id else agreed.owner_id end,
                lab.person_now(case when is_named then agreed.collector_id else agreed.owner_id end))) then
        perform lab.refuse_field('phone_last4', case when is_named then 'is not of the collector''s phone'
                                                     else 'is not of the owner''s phone' end);
    elsif named <> '' and not exists (
            select from lab.proxy_code as shown where shown.receipt_no = agreed.receipt_no and shown.state = 'presented'
            and shown.presented_at > lab.ts_now() - interval '30 minutes') then
        perform lab.refuse(9, 'PROXY_CODE_REQUIRED', 'Somebody else than the owner collects with the one-time code that the owner '
                           'is told: receipt proxy, then receipt present-code.');
    end if;
end
$$;

-- The last item of the receipt is gone: the code has served.
create or replace function lab.proxy_used(of_receipt text) returns void
language plpgsql volatile as $$
begin
    update lab.proxy_code as shown set state = 'used' where shown.receipt_no = of_receipt and shown.state = 'presented'
    and not exists (select from lab.item where item.receipt_no = of_receipt and item.holder_id is not null);
end
$$;

create or replace function lab.proxy_view(paper lab.proxy_code) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'proxy_code_id', paper.proxy_code_id, 'receipt_no', paper.receipt_no, 'state', paper.state,
            'asked_by', lab.username_of(paper.asked_by), 'asked_at', paper.asked_at, 'expires_at', paper.expires_at,
            'tries', paper.tries, 'presented_at', paper.presented_at, 'delivery_state', notice.state,
            'delivery_error', nullif(notice.last_error, ''), 'channel', notice.channel, 'address_masked',
            lab.mask_address(notice.channel, case notice.address when '' then person.phone else notice.address end))
        from lab.notice join lab.person on person.person_id = lab.person_now(notice.person_id) where notice.notice_id = paper.notice_id);
end
$$;

create or replace function lab.proxy_hash(of_code uuid, code text) returns bytea
language plpgsql immutable as $$
begin
    return sha256(convert_to(of_code::text || '/' || code, 'UTF8'));
end
$$;

-- Eight digits of a random number: 27 bits.
create or replace function lab.proxy_code_new() returns text
language plpgsql volatile as $$
begin
    return lpad((('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 10))::bit(40)::bigint % 100000000)::text, 8, '0');
end
$$;

-- The way that a person receives the sheets of a receipt; without one it is their phone.
create or replace function lab.notice_way(person uuid, of_receipt text) returns lab.sheet_recipient
language plpgsql stable as $$
declare
    way lab.sheet_recipient;
begin
    select * into way from lab.sheet_recipient as known where known.receipt_no = of_receipt and known.person_id = person
    and known.removed_at is null and known.channel in ('sms', 'mail') order by known.channel desc, known.added_at limit 1;
    return way;
end
$$;

create or replace function lab.notice_begin(here text, of_kind text, reference text, person uuid, of_receipt text,
                                            secret text default '') returns uuid
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    way lab.sheet_recipient := lab.notice_way(person, of_receipt);
    made uuid;
begin
    insert into lab.notice (laboratory, kind, reference, person_id, channel, address, secret, created_at, changed_at, next_at)
    values (here, of_kind, reference, person, coalesce(way.channel, 'sms'), coalesce(way.address, ''), secret, this_moment,
            this_moment, this_moment) returning notice_id into made;
    return made;
end
$$;

create or replace function lab.proxy_end(of_receipt text) returns void
language plpgsql volatile as $$
begin
    update lab.notice as one set state = 'failed', secret = '', last_error = 'another code was asked for', changed_at = lab.ts_now()
    from lab.proxy_code as old where old.receipt_no = of_receipt and old.state in ('open', 'presented')
    and one.notice_id = old.notice_id and one.state = 'waiting';
    update lab.proxy_code as old set state = 'ended' where old.receipt_no = of_receipt and old.state in ('open', 'presented');
end
$$;

-- The owner asks (by telephone): a code goes to the owner, who gives it to the collector.
create or replace function lab.desk_ask_proxy_code(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    agreed lab.receipt := lab.receipt_taken(who, request);
    code text := lab.proxy_code_new();
    made uuid := lab.new_id();
    paper lab.proxy_code;
begin
    if not exists (select from lab.item where item.receipt_no = agreed.receipt_no and item.holder_id is not null) then
        perform lab.refuse(9, 'NOTHING_HERE', 'No item of this receipt is here any more.');
    end if;
    perform lab.proxy_end(agreed.receipt_no);
    insert into lab.proxy_code (proxy_code_id, receipt_no, laboratory, code_hash, notice_id, asked_by, asked_at, expires_at)
    select made, agreed.receipt_no, agreed.laboratory, lab.proxy_hash(made, code),
           lab.notice_begin(agreed.laboratory, 'proxy_code', agreed.receipt_no, agreed.owner_id, agreed.receipt_no, code),
           who.staff_id, lab.ts_now(), lab.ts_now() + policy.proxy_code_valid
    from lab.policy returning * into paper;
    return json_build_object('proxy_code', lab.proxy_view(paper));
end
$$;

-- A wrong code is an answer and no refusal, so that the try stays counted; after five the code has ended.
create or replace function lab.desk_present_proxy_code(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    agreed lab.receipt := lab.receipt_taken(who, request);
    paper lab.proxy_code;
    is_right boolean;
begin
    select * into paper from lab.proxy_code as open where open.receipt_no = agreed.receipt_no
    and open.state in ('open', 'presented') for update;
    if paper.proxy_code_id is null or paper.expires_at <= lab.ts_now() then
        perform lab.refuse(9, 'NO_PROXY_CODE', 'No code of this receipt is valid: the owner asks for one (receipt proxy).');
    end if;
    is_right := paper.code_hash = lab.proxy_hash(paper.proxy_code_id, translate(coalesce(request ->> 'code', ''), '- ', ''));
    update lab.proxy_code as open set tries = case when is_right then open.tries else open.tries + 1 end,
        state = case when is_right then 'presented' when open.tries >= 4 then 'ended' else open.state end,
        presented_by = case when is_right then who.staff_id else open.presented_by end,
        presented_at = case when is_right then lab.ts_now() else open.presented_at end
    where open.proxy_code_id = paper.proxy_code_id returning * into paper;
    return json_build_object('code_is_right', is_right, 'tries_left', 5 - paper.tries, 'proxy_code', lab.proxy_view(paper));
end
$$;

create or replace function lab.desk_get_photo(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select item.laboratory from lab.item where item.item_code = request ->> 'item_code');
    kept bytea := (select known.photo from lab.item_photo as known where known.item_code = request ->> 'item_code');
begin
    perform lab.require_seen(who, here, 'item');
    if kept is null then
        perform lab.refuse(9, 'NO_PHOTO', 'There is no picture of this item yet (item photo).');
    end if;
    return json_build_object('item_code', request ->> 'item_code', 'content', translate(encode(kept, 'base64'), chr(10), ''));
end
$$;

-- ---------------------------------------------------------------- what is left

-- Ready and not fetched, oldest first.
create or replace function lab.desk_list_uncollected(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    before timestamptz := lab.ts_now() - make_interval(days => coalesce((request ->> 'minimum_days')::integer, 0));
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'item_code', page.item_code, 'receipt_no', page.receipt_no, 'name', page.name, 'ready_at', page.ready_at,
               'days', extract(day from lab.ts_now() - page.ready_at)::integer, 'holder', lab.username_of(page.holder_id),
               'storage', page.stored_in, 'declared_value_cny', nullif(page.declared_value_cny, ''), 'owner',
               lab.person_masked(page.owner_id)) order by page.ready_at, page.item_code) into found
    from (select item.*, receipt.owner_id, ready.at as ready_at from lab.item join lab.receipt using (receipt_no)
          cross join lateral (select case -- as lab.item_ready_at, without a call for each of all that is here
              when item.sheet_no is not null then (select file.at from lab.sheet_file as file
                                                   where file.sheet_no = item.sheet_no and file.revision = 0)
              when not exists (select from lab.test where test.item_code = item.item_code
                               and test.state not in ('cancelled', 'superseded')) then item.received_at end as at offset 0) as ready -- found once
          where item.laboratory = here and item.holder_id is not null and (receipt.return_choice = 'return' or receipt.voided_at is not null or item.state = 'rejected')
          and ready.at <= before
          and (ready.at, item.item_code::text) > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by ready.at, item.item_code limit size + 1) as page;
    return lab.page_answer(who, 'uncollected', found, size, 'ready_at', 'item_code');
end
$$;

reset role;
