-- SPDX-License-Identifier: Apache-2.0
-- Reception: persons, intake, receipt, photograph, collection; 66_custody_return.sql returns. The only functions that read lab.person,
-- beside the record of a sheet.
set role touchstone_owner;

-- One spelling per phone: digits only, a leading + for foreign ones, none for the country's own.
create or replace function lab.phone_plain(phone text) returns text
language plpgsql immutable as $$
begin
    return regexp_replace(translate(coalesce(phone, ''), ' -', ''), '^(\+86|0086)(1[0-9]{10})$', '\2');
end
$$;

create or replace function lab.person_masked(of_person uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('person_id', person.person_id, 'name_masked', lab.mask_name(person.name),
                                  'phone_masked', lab.mask_phone(person.phone),
                                  'item_count', (select count(*) from (
                                      select from lab.receipt join lab.item using (receipt_no)
                                      where receipt.owner_id = any (lab.person_ids(person.person_id)) limit 1000) as counted))
        from lab.person where person.person_id = lab.person_now(of_person));
end
$$;

-- The person a PersonRef means: known by id, found again by name and phone, or made.
create or replace function lab.person_of(ref jsonb, field text) returns uuid
language plpgsql volatile as $$
declare
    plain text := lab.phone_plain(ref ->> 'phone');
    named text := lab.trimmed(coalesce(ref ->> 'name', ''));
    wanted uuid;
    found uuid;
begin
    if coalesce(ref ->> 'person_id', '') <> '' then
        wanted := lab.uuid_of(ref, 'person_id');
        select person.person_id into found from lab.person where person.person_id = wanted;
        if found is null then
            perform lab.refuse_field(field || '.person_id', 'is not a person known here');
        end if;
        return lab.person_now(found);
    end if;
    if not lab.shows(named) then
        perform lab.refuse_field(field || '.name', 'is required for a new person');
    end if;
    if plain !~ '^\+?[0-9]{5,20}$' then
        perform lab.refuse_field(field || '.phone', 'must be a telephone number of at least 5 digits');
    end if;
    select person.person_id into found from lab.person where person.phone = plain and person.name = named;
    if found is null then
        insert into lab.person (name, phone) values (named, plain) on conflict (phone, name) do nothing
        returning person.person_id into found;
    end if;
    if found is null then -- somebody else made the same person a moment ago
        select person.person_id into found from lab.person where person.phone = plain and person.name = named;
    end if;
    return lab.person_now(found);
end
$$;

-- One as a search shows it: why it was found, and when it was here last. Letters found a name that has them, or the reading of one.
create or replace function lab.person_matched(of_person uuid, matched_by text, seen timestamptz) returns json
language plpgsql stable as $$
begin
    return (lab.person_masked(of_person)::jsonb || jsonb_build_object('last_here_at', seen, 'matched_by', case
        when matched_by = 'pinyin' and (select person.name ~ '[A-Za-z]' from lab.person where person.person_id = of_person)
            then 'name' else matched_by end))::json;
end
$$;

create or replace function lab.desk_find_persons(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    question record := lab.person_question(btrim(coalesce(request ->> 'query', '')));
    size integer := case when coalesce((request -> 'page' ->> 'page_size')::integer, 0) = 0 then 20 else lab.page_size(request) end;
    keys text[] := lab.page_keys(who, request, 2);
    before_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    found json[];
begin
    if question.matched_by = '' then
        return '{"persons": []}'::json;
    elsif keys is not null then
        before_id := lab.uuid_of(jsonb_build_object('page.page_token', keys[2]), 'page.page_token');
    end if;
    select array_agg(lab.person_matched(one.person_id, question.matched_by, one.seen_at)
                     order by one.seen_at desc, one.person_id desc) into found
    from lab.persons_found(question.first_key, question.beyond, coalesce(lab.page_key_at(keys[1]), 'infinity'), before_id,
                           size + 1) as one;
    return lab.page_answer(who, 'persons', found, size, 'last_here_at', 'person_id');
end
$$;

create or replace function lab.desk_reveal_person(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'person_id');
    shown lab.person;
begin
    if not lab.shows(coalesce(request ->> 'reason', '')) then
        perform lab.refuse_field('reason', 'is required');
    end if;
    select * into shown from lab.person where person.person_id = lab.person_now(wanted);
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such person.');
    end if;
    perform lab.set_reason(request ->> 'reason');
    perform lab.history_add('person', shown.person_id::text, 'reveal', lab.reception_of(who, shown.person_id), null, null);
    return json_build_object('person_id', shown.person_id, 'name', shown.name, 'phone', shown.phone, 'version', shown.version);
end
$$;

-- In which laboratory's history a look at a person stands: one where the person has a receipt, else the caller's first.
create or replace function lab.reception_of(who lab.actor, of_person uuid) returns text
language plpgsql stable as $$
begin
    return coalesce((select receipt.laboratory from lab.receipt
                     where receipt.owner_id = any (lab.person_ids(of_person)) and lab.may(who, receipt.laboratory)
                     order by receipt.received_at desc limit 1),
                    (select min(held.key) from jsonb_each(who.roles) as held where held.value ?| who.allowed), '');
end
$$;

create or replace function lab.desk_register_intake(who lab.actor, request jsonb, blobs bytea[]) returns json
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    here text := request ->> 'laboratory';
    owner uuid;
    bringer uuid;
    collector uuid;
    number text;
    charged lab.receipt;
    taken timestamptz;
begin
    perform lab.require_role(who, here);
    if who.desk is null then
        perform lab.refuse(9, 'DESK_REQUIRED', 'Log in at a desk: receipts are numbered per desk.');
    end if;
    perform lab.intake_not_set_aside(request);
    taken := lab.intake_taken_at(request, this_moment);
    perform lab.intake_check(request);
    owner := lab.person_of(request -> 'owner', 'owner');
    bringer := case when coalesce(request -> 'bringer', 'null') in ('null', '{}') then owner
                    else lab.person_of(request -> 'bringer', 'bringer') end;
    collector := case when coalesce(request -> 'collector', 'null') not in ('null', '{}')
                      then lab.person_of(request -> 'collector', 'collector') end;
    charged := lab.intake_fee(request, coalesce(taken, this_moment));
    number := lab.number_next('receipt', who.desk, this_moment);
    insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, collector_id, purpose,
                             return_choice, fee_cny, waiver, fee_rule_cny, fee_reason, waiver_id, taken_offline_at)
    values (number, here, who.desk, this_moment, who.staff_id, owner, bringer, collector, request ->> 'purpose',
            request ->> 'return_choice', charged.fee_cny, charged.waiver, charged.fee_rule_cny, charged.fee_reason,
            charged.waiver_id, taken);
    insert into lab.consent (receipt_no, kind, laboratory, given_by_owner, authorisation, at)
    select number, consent ->> 'kind', here, coalesce((consent ->> 'given_by_owner')::boolean, false),
           coalesce(consent ->> 'authorisation', ''), coalesce(taken, this_moment)
    from jsonb_array_elements(request -> 'consents') as consent;
    perform lab.intake_items(who, request, blobs, number, this_moment);
    perform lab.intake_recipients(who, request, number, owner, this_moment);
    perform lab.intake_serves(who, request, number);
    return json_build_object('receipt', lab.receipt_view(number));
end
$$;

-- What of an intake the schema's field rules cannot see: the catalogue, the consents, one order per test.
create or replace function lab.intake_check(request jsonb) returns void
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    item jsonb;
    at integer;
    destructive boolean := false;
begin
    if coalesce(request ->> 'return_choice', '') not in ('return', 'retain', 'discard') then
        perform lab.refuse_field('return_choice', 'is required');
    end if;
    if coalesce(request ->> 'purpose', '') = '' then
        perform lab.refuse_field('purpose', 'is required');
    end if;
    if lab.decimal_of(request ->> 'fee_cny', 'fee_cny')::text::numeric < 0 then
        perform lab.refuse_field('fee_cny', 'must not be negative');
    end if;
    if jsonb_array_length(coalesce(nullif(request -> 'items', 'null'), '[]')) not between 1 and 20 then
        perform lab.refuse_field('items', 'needs between 1 and 20 items');
    end if;
    for item, at in select found.item, found.place - 1
        from jsonb_array_elements(request -> 'items') with ordinality as found (item, place)
    loop
        destructive := lab.intake_check_item(here, item, format('items[%s]', at)) or destructive;
    end loop;
    perform lab.intake_check_consents(request, destructive);
end
$$;

-- Answers whether any of the item's tests consumes or marks the item.
create or replace function lab.intake_check_item(here text, item jsonb, field text) returns boolean
language plpgsql volatile as $$
declare
    mass lab.decimal_text := lab.decimal_of(item ->> 'mass_g', field || '.mass_g');
    destructive boolean := false;
    ordered jsonb;
    at integer;
    means text;
begin
    if not lab.shows(coalesce(item ->> 'name', '')) then
        perform lab.refuse_field(field || '.name', 'is required');
    end if;
    if coalesce((item ->> 'pieces')::integer, 0) not between 1 and 1000 then
        perform lab.refuse_field(field || '.pieces', 'must lie between 1 and 1000');
    end if;
    if coalesce(mass::text::numeric, 0) <= 0 then
        perform lab.refuse_field(field || '.mass_g', 'must be more than 0 g');
    end if;
    if lab.decimal_of(item ->> 'declared_value_cny', field || '.declared_value_cny')::text::numeric < 0 then
        perform lab.refuse_field(field || '.declared_value_cny', 'must not be negative');
    end if;
    if not exists (select from lab.product where product.product_id = item ->> 'claimed_product_id'
                   and product.laboratory = here and not product.withdrawn) then
        perform lab.refuse_field(field || '.claimed_product_id', 'is not a product of this laboratory');
    end if;
    perform lab.intake_check_classes(here, item, field);
    perform lab.intake_check_facts(here, item, field);
    if jsonb_array_length(coalesce(nullif(item -> 'tests', 'null'), '[]')) = 0 then
        perform lab.refuse_field(field || '.tests', 'needs at least one test');
    end if;
    for ordered, at in select found.ordered, found.place - 1
        from jsonb_array_elements(item -> 'tests') with ordinality as found (ordered, place)
    loop
        select method.destructive into means from lab.method join lab.param_method using (method_id)
        where method.method_id = ordered ->> 'method_id' and method.laboratory = here
        and not method.withdrawn and not param_method.withdrawn
        and param_method.parameter_id = ordered ->> 'parameter_id';
        if not found then
            perform lab.refuse_field(format('%s.tests[%s].method_id', field, at),
                                     'does not measure this parameter in this laboratory');
        elsif coalesce(ordered ->> 'decision_rule', '') not in ('', 'simple', 'guard_accept_U', 'guard_1p64u',
                                                                'guard_reject_U', 'nonbinary_U', 'prob', 'prob95') then
            perform lab.refuse_field(format('%s.tests[%s].decision_rule', field, at), 'is not a decision rule');
        elsif coalesce(ordered ->> 'decision_rule', '') not in ('', 'simple') and lab.is_decided_by_law(item, ordered) then
            perform lab.refuse_field(format('%s.tests[%s].decision_rule', field, at), 'a mandatory standard decides this: no '
                                     'guard band goes before it; leave the rule empty');
        end if;
        destructive := destructive or lab.is_destructive(means);
    end loop;
    if (select count(*) <> count(distinct (each_one ->> 'method_id', each_one ->> 'parameter_id'))
        from jsonb_array_elements(item -> 'tests') as each_one) then
        perform lab.refuse_field(field || '.tests', 'orders the same test twice');
    end if;
    return destructive;
end
$$;

create or replace function lab.intake_check_consents(request jsonb, destructive boolean) returns void
language plpgsql volatile as $$
declare
    consents jsonb := coalesce(nullif(request -> 'consents', 'null'), '[]');
    kinds text[] := array(select consent ->> 'kind' from jsonb_array_elements(consents) as consent);
    at integer;
begin
    if not kinds @> '{privacy,agreement}' then
        perform lab.refuse_field('consents', 'needs the privacy notice and the commission agreement');
    end if;
    if destructive and not kinds @> '{destructive}' then
        perform lab.refuse_field('consents', 'needs the consent to destructive testing');
    end if;
    if cardinality(kinds) <> (select count(distinct kind) from unnest(kinds) as kind) then
        perform lab.refuse_field('consents', 'names a kind twice');
    end if;
    select found.place - 1 into at from jsonb_array_elements(consents) with ordinality as found (consent, place)
    where coalesce((consent ->> 'given_by_owner')::boolean, false) = false
    and btrim(coalesce(consent ->> 'authorisation', '')) = '' limit 1;
    if found then
        perform lab.refuse_field(format('consents[%s].authorisation', at),
                                 'is required when the owner did not consent in person');
    end if;
end
$$;

create or replace function lab.intake_items(who lab.actor, request jsonb, blobs bytea[], number text,
                                            this_moment timestamptz) returns void
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    codes text[];
begin
    codes := lab.intake_codes(request);
    insert into lab.item (item_code, receipt_no, place, laboratory, received_at, name, pieces, claimed_product_id,
                          claim_text, hallmark, mass_text, condition, stones, declared_value_cny, seal_no, holder_id,
                          sampled_on, produced_on, basis_date)
    select codes[place], number, place, here, this_moment, lab.trimmed(item ->> 'name'), (item ->> 'pieces')::integer,
           item ->> 'claimed_product_id', coalesce(item ->> 'claim_text', ''), coalesce(item ->> 'hallmark', ''),
           item ->> 'mass_g', coalesce(item ->> 'condition', ''), coalesce(item ->> 'stones', ''),
           coalesce(item ->> 'declared_value_cny', ''), coalesce(item ->> 'seal_no', ''), who.staff_id,
           coalesce(item ->> 'sampled_on', ''), coalesce(item ->> 'produced_on', ''),
           case product.date_basis when 'sampling' then nullif(item ->> 'sampled_on', '')
                                   when 'production' then nullif(item ->> 'produced_on', '') end::date
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place)
    join lab.product on product.product_id = item ->> 'claimed_product_id';
    insert into lab.item_class (item_code, product_id)
    select codes[place], further.product_id
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place)
    cross join lateral jsonb_array_elements_text(nullif(item -> 'further_product_ids', 'null')) as further (product_id);
    insert into lab.item_fact (item_code, field, entry_no, laboratory, value, told_by, at)
    select codes[place], fact ->> 'field', 1, here, btrim(fact ->> 'value'), who.staff_id, this_moment
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place)
    cross join lateral jsonb_array_elements(nullif(item -> 'facts', 'null')) as fact;
    insert into lab.custody_event (item_code, laboratory, at, kind, to_staff, mass_text)
    select codes[place], here, this_moment, 'received', who.staff_id, item ->> 'mass_g'
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place);
    insert into lab.item_photo (item_code, laboratory, photo, added_by, at)
    select codes[place], here, blobs[(item ->> 'photo')::integer], who.staff_id, this_moment
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place)
    where blobs[(item ->> 'photo')::integer] is not null;
    insert into lab.test (item_code, laboratory, method_id, parameter_id, due_at, decision_rule)
    select codes[place], here, ordered ->> 'method_id', ordered ->> 'parameter_id',
           this_moment + make_interval(days => coalesce(nullif(method.tat_days_typical, '')::integer, 0)),
           coalesce(ordered ->> 'decision_rule', '')
    from jsonb_array_elements(request -> 'items') with ordinality as found (item, place),
         jsonb_array_elements(item -> 'tests') as ordered
         join lab.method on method.method_id = ordered ->> 'method_id';
end
$$;

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
    taken lab.receipt;
begin
    select * into taken from lab.receipt where receipt.receipt_no = request ->> 'receipt_no' for no key update;
    perform lab.require_seen(who, taken.laboratory, 'receipt');
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
