-- SPDX-License-Identifier: Apache-2.0
-- The intake: a receipt with its persons, consents, fee and items. 61_intake_rule.sql says what the catalogue asks of it.
set role touchstone_owner;

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
    content bytea := lab.intake_content(request, blobs);
begin
    perform lab.require_role(who, here);
    if who.desk is null then
        perform lab.refuse(9, 'DESK_REQUIRED', 'Log in at a desk: receipts are numbered per desk.');
    end if;
    perform lab.intake_not_set_aside(request);
    number := lab.intake_receipt_before(request, content);
    if number is not null then
        return json_build_object('receipt', lab.receipt_view(number));
    end if;
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
    perform lab.intake_keep(request, content, number);
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

reset role;
