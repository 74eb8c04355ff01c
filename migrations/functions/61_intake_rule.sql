-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue says of an intake, beside 60_desk_intake.sql: facts, days and classes of an item, and which decision rules may
-- be agreed at contract review (ISO/IEC 17025 7.1.3): a rule that the judgement would refuse is told at the desk, before
-- anybody measures. Called by lab.intake_check_item.
set role touchstone_owner;

-- What has no column of its own is named by the catalogue.
create or replace function lab.intake_check_facts(here text, item jsonb, field text) returns void
language plpgsql volatile as $$
declare
    facts jsonb := coalesce(nullif(item -> 'facts', 'null'), '[]');
    at integer;
begin
    select found.place - 1 into at from jsonb_array_elements(facts) with ordinality as found (fact, place)
    where not lab.is_item_fact(here, fact ->> 'field') order by found.place limit 1;
    if found then
        perform lab.refuse_field(format('%s.facts[%s].field', field, at), 'is no intake field of this laboratory');
    end if;
    if (select count(*) <> count(distinct fact ->> 'field') from jsonb_array_elements(facts) as fact) then
        perform lab.refuse_field(field || '.facts', 'names a field twice');
    end if;
end
$$;

-- The days by which an edition is chosen, and the classes beside the claimed product.
create or replace function lab.intake_check_classes(here text, item jsonb, field text) returns void
language plpgsql volatile as $$
declare
    named text;
    classes jsonb := coalesce(nullif(item -> 'further_product_ids', 'null'), '[]');
begin
    foreach named in array array['sampled_on', 'produced_on'] loop
        if coalesce(item ->> named, '') <> '' and (length(item ->> named) <> 10
                                                   or lab.catalogue_date_fault(item ->> named) is not null) then
            perform lab.refuse_field(format('%s.%s', field, named), 'is not a day: write YYYY-MM-DD');
        elsif coalesce(item ->> named, '') <> '' and (item ->> named)::date > lab.ts_now()::date + 1 then
            perform lab.refuse_field(format('%s.%s', field, named), 'lies in the future');
        end if;
    end loop;
    for named in select * from jsonb_array_elements_text(classes) loop
        if named = item ->> 'claimed_product_id' or not exists (
                select from lab.product where product.product_id = named and product.laboratory = here
                and not product.withdrawn) then
            perform lab.refuse_field(field || '.further_product_ids', 'names no other product of this laboratory');
        end if;
    end loop;
    if (select count(*) <> count(distinct one) from jsonb_array_elements_text(classes) as one) then
        perform lab.refuse_field(field || '.further_product_ids', 'names a product twice');
    end if;
end
$$;

-- Whether every requirement of today's catalogue that could judge the ordered test is of a mandatory standard, by the same
-- facts that the judgement is told: of the item's classes, of its day (of every day, where the day that chooses the edition
-- is not told yet), and of every condition that may still be chosen. False where nothing is required.
create or replace function lab.is_decided_by_law(item jsonb, ordered jsonb) returns boolean
language plpgsql stable as $$
declare
    claimed text := item ->> 'claimed_product_id';
    classes text[] := array(select claimed union all select jsonb_array_elements_text(
                                coalesce(nullif(item -> 'further_product_ids', 'null'), '[]')));
    day date := (select case product.date_basis when 'sampling' then nullif(item ->> 'sampled_on', '')
                             when 'production' then nullif(item ->> 'produced_on', '')
                             else lab.ts_now()::date::text end::date
                 from lab.product where product.product_id = claimed);
begin
    return coalesce((
        select bool_and(coalesce((fact.facts ->> 'mandatory')::boolean, false)) from lab.judge_fact as fact
        where fact.product_id = any (classes) and fact.method_id = ordered ->> 'method_id'
        and fact.parameter_id = ordered ->> 'parameter_id' and fact.facts ? 'limit_id'
        and (day is null or fact.valid_from <= day and fact.valid_to > day)), false);
end
$$;

reset role;
