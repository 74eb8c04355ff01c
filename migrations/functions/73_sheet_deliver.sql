-- SPDX-License-Identifier: Apache-2.0
-- Who receives a sheet, and what was handed to whom: a row for each revision, recipient and kind of news, sent by the hook
-- program (server/lab/deliveries.c), or marked at the desk. Addresses and names are personal data: no technician's call
-- comes here, and the history shows neither.
set role touchstone_owner;

-- w***@example.org, 138****1234, 北京市*****
create or replace function lab.mask_address(channel text, address text) returns text
language plpgsql immutable as $$
begin
    return case when address = '' then ''
                when channel = 'mail' then left(address, 1) || '***' || substr(address, strpos(address, '@'))
                when channel = 'sms' then lab.mask_phone(address)
                else left(address, 3) || '*****' end;
end
$$;

create or replace function lab.recipient_view(taken lab.sheet_recipient) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('recipient_id', taken.recipient_id, 'receipt_no', taken.receipt_no,
            'name_masked', lab.mask_name(person.name), 'channel', taken.channel,
            'address_masked', lab.mask_address(taken.channel, case when taken.channel = 'sms' and taken.address = ''
                                                                   then person.phone else taken.address end),
            'added_at', taken.added_at, 'removed_at', taken.removed_at)
        from lab.person where person.person_id = lab.person_now(taken.person_id));
end
$$;

create or replace function lab.delivery_view(taken lab.sheet_delivery) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('delivery_id', taken.delivery_id, 'sheet_no', taken.sheet_no, 'revision', taken.revision,
            'kind', taken.kind, 'state', taken.state, 'created_at', taken.created_at, 'changed_at', taken.changed_at,
            'changed_by', lab.username_of(taken.changed_by), 'attempts', taken.attempts,
            'next_at', case when taken.state = 'waiting' and taken.attempts > 0 then taken.next_at end,
            'error', nullif(taken.last_error, ''), 'version', taken.version, 'recipient', lab.recipient_view(recipient))
        from lab.sheet_recipient as recipient where recipient.recipient_id = taken.recipient_id);
end
$$;

-- What is checked of a recipient beside the schema's rules; answers the address as it is kept.
create or replace function lab.recipient_address(asked jsonb, field text) returns text
language plpgsql volatile as $$
declare
    channel text := coalesce(asked ->> 'channel', '');
    address text := btrim(coalesce(asked ->> 'address', ''));
begin
    if channel not in ('sms', 'mail', 'counter', 'post') then
        perform lab.refuse_field(field || 'channel', 'is required: sms, mail, counter or post');
    elsif channel = 'mail' and address !~ '^[^@[:space:]]+@[^@[:space:]]+$' then
        perform lab.refuse_field(field || 'address', 'must be a mail address');
    elsif channel = 'post' and address = '' then
        perform lab.refuse_field(field || 'address', 'is required: where the letter goes');
    elsif channel = 'sms' and address <> '' and lab.phone_plain(address) !~ '^\+?[0-9]{5,20}$' then
        perform lab.refuse_field(field || 'address', 'must be a telephone number; empty for the person''s own');
    end if;
    return case channel when 'sms' then lab.phone_plain(address) when 'counter' then '' else address end;
end
$$;

create or replace function lab.recipient_make(who lab.actor, of_receipt text, of_laboratory text, of_person uuid, channel text,
                                              address text, this_moment timestamptz) returns lab.sheet_recipient
language plpgsql volatile as $$
declare
    made lab.sheet_recipient;
begin
    insert into lab.sheet_recipient (receipt_no, laboratory, person_id, channel, address, added_by, added_at)
    values (of_receipt, of_laboratory, of_person, channel, address, who.staff_id, this_moment)
    on conflict do nothing returning * into made;
    if made.recipient_id is null then
        perform lab.refuse(6, 'RECIPIENT_KNOWN', 'This person receives the sheets of this receipt that way already.');
    end if;
    return made;
end
$$;

-- At intake: those who are named; nobody named is the owner by short message.
create or replace function lab.intake_recipients(who lab.actor, request jsonb, of_receipt text, owner uuid,
                                                 this_moment timestamptz) returns void
language plpgsql volatile as $$
declare
    asked jsonb := coalesce(nullif(request -> 'recipients', 'null'), '[]');
    one jsonb;
    at integer;
begin
    if jsonb_array_length(asked) = 0 then
        asked := '[{"channel": "sms"}]';
    end if;
    for one, at in select found.one, found.place - 1 from jsonb_array_elements(asked) with ordinality as found (one, place) loop
        perform lab.recipient_make(who, of_receipt, request ->> 'laboratory',
            case when coalesce(one -> 'person', 'null') in ('null', '{}') then owner
                 else lab.person_of(one -> 'person', format('recipients[%s].person', at)) end,
            one ->> 'channel', lab.recipient_address(one, format('recipients[%s].', at)), this_moment);
    end loop;
end
$$;

create or replace function lab.desk_add_recipient(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.receipt := lab.receipt_taken(who, request);
    asked jsonb := coalesce(nullif(request -> 'recipient', 'null'), '{}');
    made lab.sheet_recipient;
begin
    made := lab.recipient_make(who, taken.receipt_no, taken.laboratory,
        case when coalesce(asked -> 'person', 'null') in ('null', '{}') then taken.owner_id
             else lab.person_of(asked -> 'person', 'recipient.person') end,
        asked ->> 'channel', lab.recipient_address(asked, 'recipient.'), lab.ts_now());
    -- What is sealed already is theirs at once.
    perform lab.delivery_begin(sheet.sheet_no, sheet.revision, case sheet.revision when 0 then 'ready' else 'amended' end,
                               made.recipient_id)
    from lab.item join lab.sheet using (item_code) where item.receipt_no = taken.receipt_no and sheet.state = 'sealed'
    and sheet.revision = lab.newest_revision(sheet.sheet_no) and not lab.is_withdrawn(sheet.sheet_no);
    return json_build_object('recipient', lab.recipient_view(made));
end
$$;

create or replace function lab.desk_remove_recipient(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'recipient_id');
    taken lab.sheet_recipient;
begin
    select * into taken from lab.sheet_recipient as every where every.recipient_id = wanted for no key update;
    perform lab.require_seen(who, taken.laboratory, 'recipient');
    if taken.removed_at is not null then
        perform lab.refuse(9, 'ALREADY_REMOVED', 'This recipient was taken off before.');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.sheet_recipient as one set removed_at = lab.ts_now(), removed_by = who.staff_id
    where one.recipient_id = wanted returning * into taken;
    return json_build_object('recipient', lab.recipient_view(taken));
end
$$;

-- ---------------------------------------------------------------- news

-- An amendment found that the sheet is somebody else's: they are told too, by short message.
create or replace function lab.recipient_corrected(of_sheet text, of_revision integer, this_moment timestamptz) returns void
language plpgsql volatile as $$
begin
    insert into lab.sheet_recipient (receipt_no, laboratory, person_id, channel, added_by, added_at)
    select receipt.receipt_no, receipt.laboratory, receipt.owner_id, 'sms', sheet.signatory, this_moment
    from lab.sheet join lab.item on item.item_code = sheet.item_code join lab.receipt on receipt.receipt_no = item.receipt_no
    where sheet.sheet_no = of_sheet and sheet.revision = of_revision
    and exists (select from lab.sheet_amendment as paper join lab.sheet_correction as correction using (amendment_id)
                where paper.sheet_no = of_sheet and paper.revision = of_revision - 1 and paper.state = 'issued'
                and correction.field = 'owner')
    and not exists (select from lab.sheet_recipient as standing where standing.receipt_no = receipt.receipt_no
                    and standing.person_id = receipt.owner_id and standing.removed_at is null);
end
$$;

-- Everybody who is to receive the sheets of this receipt, and of a later revision or a withdrawal everybody who was handed
-- an earlier one. What of the earlier news was not sent yet is overtaken.
create or replace function lab.delivery_begin(of_sheet text, of_revision integer, news text, only_to uuid default null)
    returns void
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
begin
    if news = 'amended' then
        perform lab.recipient_corrected(of_sheet, of_revision, this_moment);
    end if;
    update lab.sheet_delivery as earlier set state = 'overtaken', changed_at = this_moment, leased_until = null
    where earlier.sheet_no = of_sheet and earlier.state in ('waiting', 'failed') and only_to is null
    and (earlier.revision < of_revision or news = 'withdrawn');
    insert into lab.sheet_delivery (sheet_no, revision, recipient_id, laboratory, kind, channel, created_at, changed_at, next_at)
    select of_sheet, of_revision, recipient.recipient_id, sheet.laboratory, news, recipient.channel, this_moment, this_moment,
           this_moment
    from lab.sheet join lab.item using (item_code) join lab.sheet_recipient as recipient using (receipt_no)
    where sheet.sheet_no = of_sheet and sheet.revision = of_revision
    and (only_to is null or recipient.recipient_id = only_to)
    and (recipient.removed_at is null
         or exists (select from lab.sheet_delivery as had where had.sheet_no = of_sheet
                    and had.recipient_id = recipient.recipient_id and had.state in ('sent', 'collected', 'printed')))
    on conflict do nothing;
end
$$;

-- A sheet is sealed: it can be handed out.
create or replace function lab.sheet_sealed() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    perform lab.delivery_begin(new.sheet_no, new.revision, case new.revision when 0 then 'ready' else 'amended' end);
    return null;
end
$$;
create or replace trigger sheet_sealed after update on lab.sheet
    for each row when (old.state <> 'sealed' and new.state = 'sealed') execute function lab.sheet_sealed();
alter table lab.sheet enable always trigger sheet_sealed;

-- One page, oldest first. One statement per kind of question, so that each keeps its index under generic plans.
create or replace function lab.delivery_page(here text, number text, wanted text, after_at timestamptz, after_id uuid,
                                             size integer) returns setof lab.sheet_delivery
language plpgsql stable as $$
begin
    if number <> '' then
        return query select * from lab.sheet_delivery as one where one.sheet_no = number and one.laboratory = here
            and (wanted = '' or one.state = wanted) and (one.created_at, one.delivery_id) > (after_at, after_id)
            order by one.created_at, one.delivery_id limit size;
    elsif wanted <> '' then
        return query select * from lab.sheet_delivery as one where one.laboratory = here and one.state = wanted
            and (one.created_at, one.delivery_id) > (after_at, after_id)
            order by one.created_at, one.delivery_id limit size;
    else
        return query select * from lab.sheet_delivery as one where one.laboratory = here
            and (one.created_at, one.delivery_id) > (after_at, after_id)
            order by one.created_at, one.delivery_id limit size;
    end if;
end
$$;

create or replace function lab.desk_list_deliveries(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    after_at timestamptz := coalesce(lab.page_key_at(keys[1]), '-infinity');
    after_id text := coalesce(keys[2], '00000000-0000-0000-0000-000000000000');
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.delivery_view(page) order by page.created_at, page.delivery_id) into found
    from lab.delivery_page(here, coalesce(request ->> 'sheet_no', ''), coalesce(request ->> 'state', ''), after_at,
                           after_id::uuid, size + 1) as page;
    return lab.page_answer(who, 'deliveries', found, size, 'created_at', 'delivery_id');
exception when invalid_text_representation then
    perform lab.refuse_field('page.page_token', 'is not a token of this list');
    return null;
end
$$;

create or replace function lab.delivery_taken(who lab.actor, request jsonb) returns lab.sheet_delivery
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'delivery_id');
    taken lab.sheet_delivery;
begin
    select * into taken from lab.sheet_delivery as every where every.delivery_id = wanted for no key update;
    perform lab.require_seen(who, taken.laboratory, 'delivery');
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    return taken;
end
$$;

create or replace function lab.delivery_mark(who lab.actor, request jsonb, becomes text) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet_delivery := lab.delivery_taken(who, request);
begin
    if taken.state in ('collected', 'overtaken') or taken.state = becomes then
        perform lab.refuse(9, 'DELIVERY_DONE', format('This delivery is %s.', taken.state), '',
                           jsonb_build_object('state', taken.state));
    end if;
    perform lab.set_reason(btrim(coalesce(request ->> 'note', '')));
    update lab.sheet_delivery as one set state = becomes, changed_at = lab.ts_now(), changed_by = who.staff_id,
        leased_until = null where one.delivery_id = taken.delivery_id returning * into taken;
    return json_build_object('delivery', lab.delivery_view(taken));
end
$$;

create or replace function lab.desk_mark_collected(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.delivery_mark(who, request, 'collected');
end
$$;

create or replace function lab.desk_mark_printed(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.delivery_mark(who, request, 'printed');
end
$$;

-- A failed one is tried again, from the beginning.
create or replace function lab.desk_retry_delivery(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.sheet_delivery := lab.delivery_taken(who, request);
begin
    if taken.state <> 'failed' then
        perform lab.refuse(9, 'NOT_FAILED', format('This delivery is %s: only a failed one is tried again.', taken.state), '',
                           jsonb_build_object('state', taken.state));
    end if;
    update lab.sheet_delivery as one set state = 'waiting', attempts = 0, next_at = lab.ts_now(), changed_at = lab.ts_now(),
        changed_by = who.staff_id where one.delivery_id = taken.delivery_id returning * into taken;
    return json_build_object('delivery', lab.delivery_view(taken));
end
$$;

-- The consumer stood at the counter and has all of it: nobody needs to be told any more.
create or replace function lab.receipt_deliveries_collected(who lab.actor, of_receipt text) returns void
language plpgsql volatile as $$
begin
    update lab.sheet_delivery as one set state = 'collected', changed_at = lab.ts_now(), changed_by = who.staff_id,
        leased_until = null
    from lab.sheet_recipient as recipient, lab.receipt
    where recipient.recipient_id = one.recipient_id and recipient.receipt_no = of_receipt
    and receipt.receipt_no = of_receipt and recipient.person_id in (receipt.owner_id, receipt.bringer_id)
    and one.kind <> 'withdrawn' and one.state in ('waiting', 'sent', 'failed', 'printed');
end
$$;

-- ---------------------------------------------------------------- the daemon's side

-- The next one to be handed to the hook program: the taker has it for the lease. A lease further ahead than any is long
-- was given before the clock was set back.
create or replace function api.delivery_take(lease_seconds integer)
    returns table (delivery_id uuid, channel text, address text, kind text, sheet_no text, attempts integer)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    taken lab.sheet_delivery;
begin
    select * into taken from lab.sheet_delivery as one
    where one.state = 'waiting' and one.channel in ('sms', 'mail') and one.next_at <= this_moment
    and (one.leased_until is null or one.leased_until <= this_moment or one.leased_until > this_moment + interval '1 hour')
    order by one.next_at limit 1 for update skip locked;
    if not found then
        return;
    end if;
    update lab.sheet_delivery as one
    set leased_until = this_moment + make_interval(secs => greatest(least(lease_seconds, 3600), 1)), attempts = one.attempts + 1
    where one.delivery_id = taken.delivery_id;
    return query select taken.delivery_id, taken.channel,
                        case when taken.channel = 'sms' and recipient.address = '' then person.phone else recipient.address end,
                        taken.kind, taken.sheet_no, taken.attempts + 1
                 from lab.sheet_recipient as recipient join lab.person on person.person_id = lab.person_now(recipient.person_id)
                 where recipient.recipient_id = taken.recipient_id;
end
$$;

-- The program had begun to tell them when the news was overtaken: they know of the sheet, so they hear what became of it, also
-- when they were taken off the list meanwhile.
create or replace function lab.delivery_overtaken_sent(taken lab.sheet_delivery) returns void
language plpgsql volatile as $$
begin
    perform lab.act_as('{"actor": "touchstoned", "method": "delivery_done"}');
    update lab.sheet_delivery as one set state = 'sent', leased_until = null, changed_at = lab.ts_now(), changed_by = null,
        last_error = '' where one.delivery_id = taken.delivery_id;
    if lab.is_withdrawn(taken.sheet_no) then
        perform lab.delivery_begin(taken.sheet_no, lab.newest_revision(taken.sheet_no), 'withdrawn', taken.recipient_id);
    elsif lab.newest_sealed(taken.sheet_no) > taken.revision then
        perform lab.delivery_begin(taken.sheet_no, lab.newest_sealed(taken.sheet_no), 'amended', taken.recipient_id);
    end if;
end
$$;

-- The hook program's own words on what it could not do.
create or replace function lab.hook_words(error text) returns text
language sql immutable as $$
    select left(coalesce(nullif(btrim(error), ''), 'the hook program gave no reason'), 200)
$$;

-- When news that the hook told 'later' are tried again: after a pause that doubles (1 min to 6 h). Null: no more, it was the
-- twelfth time, after about a day, or another outcome.
create or replace function lab.hook_again_at(outcome text, attempts integer, this_moment timestamptz) returns timestamptz
language sql immutable as $$
    select case when outcome = 'later' and attempts < 12
                then this_moment + least(interval '1 minute' * 2 ^ greatest(attempts - 1, 0), interval '6 hours') end
$$;

-- What became of it: 'sent', 'failed' with the hook's words, or 'later'.
create or replace function api.delivery_done(delivery_id uuid, outcome text, error text) returns boolean
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    this_moment timestamptz := lab.ts_now();
    told text := lab.hook_words(error);
    again_at timestamptz;
    taken lab.sheet_delivery;
begin
    select * into taken from lab.sheet_delivery as one where one.delivery_id = delivery_done.delivery_id for update;
    if taken.state = 'overtaken' and outcome = 'sent' then
        perform lab.delivery_overtaken_sent(taken);
        return true;
    elsif taken.delivery_id is null or taken.state <> 'waiting' then
        return false;
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "delivery_done"}');
    again_at := lab.hook_again_at(outcome, taken.attempts, this_moment);
    if again_at is not null then
        update lab.sheet_delivery as one set leased_until = null, last_error = told, next_at = again_at
        where one.delivery_id = taken.delivery_id;
    else
        update lab.sheet_delivery as one set state = case outcome when 'sent' then 'sent' else 'failed' end,
            leased_until = null, changed_at = this_moment, changed_by = null,
            last_error = case outcome when 'sent' then '' else told end
        where one.delivery_id = taken.delivery_id;
    end if;
    return true;
end
$$;

reset role;
