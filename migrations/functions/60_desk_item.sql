-- SPDX-License-Identifier: Apache-2.0
-- What reception sees of items and receipts, an item's photograph, and a receipt that is collected; 66_custody_return.sql returns.
set role touchstone_owner;

-- An item as reception sees it. Results stay with the laboratory until the sheet is issued.
create or replace function lab.item_view(of_item text) returns json
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    return (select json_build_object(
            'item_code', item.item_code, 'receipt_no', item.receipt_no, 'laboratory', item.laboratory, 'name', item.name,
            'claimed_product_id', item.claimed_product_id, 'claim_text', nullif(item.claim_text, ''),
            'hallmark', nullif(item.hallmark, ''), 'mass_g', item.mass_text, 'condition', nullif(item.condition, ''),
            'stones', nullif(item.stones, ''), 'declared_value_cny', nullif(item.declared_value_cny, ''),
            'seal_no', nullif(item.seal_no, ''), 'photo_pending', photo.item_code is null,
            'photo_sha256', encode(photo.sha256, 'hex'), 'state', item.state, 'custody_state', item.custody_state,
            'holder', holder.username, 'storage', item.stored_in, 'mass_out_g', item.mass_out_text, 'sheet_no', item.sheet_no,
            'sheet_withdrawn_at', (select gone.decided_at from lab.sheet_withdrawal as gone
                                   where gone.sheet_no = item.sheet_no and gone.state = 'confirmed'),
            'amendment_open', nullif(item.sheet_no is not null and lab.is_amended(item.item_code), false),
            'rejection', lab.rejection_view(item.item_code), 'received_at', item.received_at, 'pieces', item.pieces, 'version', item.version,
            'sampled_on', nullif(item.sampled_on, ''), 'produced_on', nullif(item.produced_on, ''),
            'further_product_ids', (select json_agg(further.product_id order by further.product_id)
                                    from lab.item_class as further where further.item_code = item.item_code),
            'facts', (select json_agg(json_build_object('field', newest.field, 'value', newest.value) order by newest.field)
                      from (select distinct on (fact.field) fact.field, fact.value from lab.item_fact as fact
                            where fact.item_code = item.item_code order by fact.field, fact.entry_no desc) as newest
                      where newest.value <> ''),
            'tests', (select coalesce(json_agg(one), '[]')
                      from lab.test_rows(array(select test.test_id from lab.test where test.item_code = item.item_code
                                               order by test.method_id, test.parameter_id, test.test_id), 'desk') as one))
        from lab.item
        left join lab.item_photo as photo on photo.item_code = item.item_code
        left join lab.staff as holder on holder.staff_id = item.holder_id
        where item.item_code = of_item);
end
$$;

create or replace function lab.receipt_view(of_receipt text) returns json
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    return (select json_build_object(
            'receipt_no', receipt.receipt_no, 'laboratory', receipt.laboratory, 'desk', receipt.desk,
            'received_at', receipt.received_at, 'owner', lab.person_masked(receipt.owner_id),
            'bringer', lab.person_masked(receipt.bringer_id), 'collector', lab.person_masked(receipt.collector_id), 'purpose', receipt.purpose,
            'return_choice', receipt.return_choice, 'fee_cny', nullif(receipt.fee_cny, ''),
            'waiver', nullif(receipt.waiver, ''), 'collected_at', receipt.collected_at, 'version', receipt.version,
            'fee_rule_cny', nullif(receipt.fee_rule_cny, ''), 'fee_reason', nullif(receipt.fee_reason, ''),
            'voided_at', receipt.voided_at, 'voided_by', lab.username_of(receipt.voided_by),
            'void_reason', nullif(receipt.void_reason, ''), 'taken_offline_at', receipt.taken_offline_at,
            'receipt_code', receipt.receipt_code, 'recipients', (
                select json_agg(lab.recipient_view(recipient) order by recipient.added_at, recipient.recipient_id)
                from lab.sheet_recipient as recipient
                where recipient.receipt_no = receipt.receipt_no and recipient.removed_at is null),
            'items', (select json_agg(lab.item_view(item.item_code) order by item.place) from lab.item
                      where item.receipt_no = receipt.receipt_no))
        from lab.receipt where receipt.receipt_no = of_receipt);
end
$$;

create or replace function lab.desk_get_receipt(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select receipt.laboratory from lab.receipt where receipt.receipt_no = request ->> 'receipt_no');
begin
    perform lab.require_seen(who, here, 'receipt');
    return json_build_object('receipt', lab.receipt_view(request ->> 'receipt_no'));
end
$$;

create or replace function lab.desk_get_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select item.laboratory from lab.item where item.item_code = request ->> 'item_code');
begin
    perform lab.require_seen(who, here, 'item');
    return json_build_object('item', lab.item_view(request ->> 'item_code'));
end
$$;

create or replace function lab.desk_list_items(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    before_at timestamptz := coalesce(lab.page_key_at(keys[1]), 'infinity');
    before_code text := coalesce(keys[2], '~');
    page text[];
    found json[];
begin
    perform lab.require_role(who, here);
    if coalesce(request ->> 'storage', '') = '' then
        page := lab.item_page(here, nullif(request ->> 'state', ''), nullif(request ->> 'custody_state', ''),
                              btrim(coalesce(request ->> 'query', '')), before_at, before_code, size + 1);
    elsif btrim(coalesce(request ->> 'query', '')) <> '' then
        perform lab.refuse_field('query', 'must be empty where a store is asked for');
    else
        page := lab.items_stored(here, request ->> 'storage', nullif(request ->> 'state', ''),
                                 nullif(request ->> 'custody_state', ''), before_at, before_code, size + 1);
    end if;
    select array_agg(lab.item_view(code) order by place) into found from unnest(page) with ordinality as paged (code, place);
    return lab.page_answer(who, 'items', found, size, 'received_at', 'item_code');
end
$$;

-- Items of one code, or of the receipts whose numbers begin like this, by their indexes; more than 1000 are as good as all.
create or replace function lab.items_asked(code text, receipt_begin text) returns text[]
language plpgsql stable as $$
begin
    if lab.item_code_valid(code) then
        return array[code];
    end if;
    return array(select item.item_code::text from lab.item
                 where item.receipt_no >= receipt_begin and item.receipt_no < receipt_begin || '~' limit 1001);
end
$$;

-- Codes of one page, newest first. One statement per kind of question, so that each keeps its index under generic plans.
create or replace function lab.item_page(here text, wanted_state text, wanted_custody text, asked text,
                                         before_at timestamptz, before_code text, size integer) returns text[]
language plpgsql stable as $$
declare
    code text := upper(translate(asked, '- ', ''));
    few text[];
begin
    if asked ~ '^[0-9]{4}$' then
        return lab.items_of_last_four(here, wanted_state, wanted_custody, asked, before_at, before_code, size);
    elsif asked <> '' then
        few := lab.items_asked(code, upper(asked));
        if cardinality(few) <= 1000 then
            return array(select item.item_code::text from lab.item
                         where item.item_code = any (few) and item.laboratory = here
                         and (wanted_state is null or item.state = wanted_state)
                         and (wanted_custody is null or item.custody_state = wanted_custody)
                         and (item.received_at, item.item_code) < (before_at, before_code)
                         order by item.received_at desc, item.item_code desc limit size);
        end if;
        return array(select item.item_code::text from lab.item
                     where item.laboratory = here
                     and item.receipt_no >= upper(asked) and item.receipt_no < upper(asked) || '~'
                     and (wanted_state is null or item.state = wanted_state)
                     and (wanted_custody is null or item.custody_state = wanted_custody)
                     and (item.received_at, item.item_code) < (before_at, before_code)
                     order by item.received_at desc, item.item_code desc limit size);
    elsif wanted_state is not null then
        return array(select item.item_code::text from lab.item
                     where item.laboratory = here and item.state = wanted_state
                     and (wanted_custody is null or item.custody_state = wanted_custody)
                     and (item.received_at, item.item_code) < (before_at, before_code)
                     order by item.received_at desc, item.item_code desc limit size);
    elsif wanted_custody in ('held', 'frozen') then
        return array(select item.item_code::text from lab.item
                     where item.laboratory = here and item.custody_state = wanted_custody
                     and item.custody_state <> 'returned'
                     and (item.received_at, item.item_code) < (before_at, before_code)
                     order by item.received_at desc, item.item_code desc limit size);
    end if;
    return array(select item.item_code::text from lab.item
                 where item.laboratory = here and (wanted_custody is null or item.custody_state = wanted_custody)
                 and (item.received_at, item.item_code) < (before_at, before_code)
                 order by item.received_at desc, item.item_code desc limit size);
end
$$;

-- The item, locked for this act, if the caller may touch it.
create or replace function lab.item_taken(who lab.actor, request jsonb) returns lab.item
language plpgsql volatile as $$
declare
    taken lab.item;
begin
    select * into taken from lab.item where item.item_code = request ->> 'item_code' for no key update;
    perform lab.require_seen(who, taken.laboratory, 'item');
    return taken;
end
$$;

-- The receipt, in the same way.
create or replace function lab.receipt_taken(who lab.actor, request jsonb) returns lab.receipt
language plpgsql volatile as $$
declare
    taken lab.receipt;
begin
    select * into taken from lab.receipt where receipt.receipt_no = request ->> 'receipt_no' for no key update;
    perform lab.require_seen(who, taken.laboratory, 'receipt');
    return taken;
end
$$;

create or replace function lab.desk_attach_photo(who lab.actor, request jsonb, blobs bytea[]) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    picture bytea := blobs[(request ->> 'photo')::integer];
begin
    perform lab.require_version(request, taken.version);
    perform lab.require_picture(picture, 'photo');
    if exists (select from lab.item_photo where item_photo.item_code = taken.item_code) then
        perform lab.refuse(9, 'PHOTO_PRESENT', 'This item has its picture. It is not replaced.', 'photo');
    end if;
    if taken.state = 'released' then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: its record never changes.');
    end if;
    insert into lab.item_photo (item_code, laboratory, photo, added_by, at)
    values (taken.item_code, taken.laboratory, picture, who.staff_id, lab.ts_now());
    update lab.item set state = item.state where item.item_code = taken.item_code; -- a new version
    return json_build_object('item', lab.item_view(taken.item_code));
end
$$;

create or replace function lab.desk_collect_receipt(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.receipt := lab.receipt_taken(who, request);
begin
    perform lab.require_version(request, taken.version);
    if taken.collected_at is not null then
        perform lab.refuse(9, 'ALREADY_COLLECTED', 'This receipt was collected before.', '',
                           jsonb_build_object('collected_at', taken.collected_at));
    end if;
    if exists (select from lab.item left join lab.sheet on sheet.sheet_no = item.sheet_no and sheet.state = 'sealed'
                    and sheet.revision = lab.newest_revision(item.sheet_no)
               where item.receipt_no = taken.receipt_no and sheet.sheet_no is null and not lab.is_item_withdrawn(item.item_code)
               and exists (select from lab.test where test.item_code = item.item_code
                           and test.state not in ('cancelled', 'superseded'))) then
        perform lab.refuse(9, 'SHEETS_NOT_READY', 'Not every sheet of this receipt is ready.');
    end if;
    -- Not before it was received, also when the clock was set back meanwhile.
    update lab.receipt set collected_at = greatest(lab.ts_now(), receipt.received_at),
                           collected_desk = coalesce(who.desk, ''),
                           collected_by = coalesce(request ->> 'collected_by', '')
    where receipt.receipt_no = taken.receipt_no;
    perform lab.receipt_deliveries_collected(who, taken.receipt_no);
    return json_build_object('receipt', lab.receipt_view(taken.receipt_no));
end
$$;

reset role;
