-- SPDX-License-Identifier: Apache-2.0
-- The catalogue: which requirement holds for a product, and the lists. Any change of a catalogue row makes a new
-- revision; a judgement names the revision it used and is refused when that one has moved.
set role touchstone_owner;

-- "≥ 750"
create or replace function lab.requirement_text(operator text, limit_low text, limit_high text) returns text
language plpgsql immutable as $$
begin
    return case operator when 'ge' then '≥ ' || limit_low when 'gt' then '> ' || limit_low
                         when 'le' then '≤ ' || limit_high when 'lt' then '< ' || limit_high
                         when 'between' then limit_low || '–' || limit_high
                         when 'abs_le' then '±' || limit_high
                         when 'not_detected' then '不得检出 / not detected'
                         when 'not_permitted' then '不得使用 / not permitted'
                         else limit_low || limit_high end;
end
$$;

-- Rebuilds resolved_requirement: the nearest ancestor that has requirements for the parameter counts; requirements
-- for parts (clasps, springs) do not hold for the whole article; more than one left means that nobody may choose.
create or replace function lab.catalogue_resolve() returns void
language plpgsql volatile as $$
begin
    delete from lab.resolved_requirement;
    insert into lab.resolved_requirement (product_id, parameter_id, limit_id, candidates)
    with recursive line (product_id, ancestor_id, distance) as (
        select product.product_id, product.product_id, 0 from lab.product
        union all
        select line.product_id, product.parent_id, line.distance + 1
        from line join lab.product on product.product_id = line.ancestor_id
        where product.parent_id is not null and line.distance < 32
    ), found as (
        select line.product_id, requirement.parameter_id, requirement.limit_id,
               rank() over (partition by line.product_id, requirement.parameter_id order by line.distance) as nearness
        from line join lab.requirement on requirement.product_id = line.ancestor_id
        join lab.standard using (standard_id)
        where requirement.note not like '%applies_to=part%'
        and (standard.effective_to = '' or standard.effective_to > to_char(lab.ts_now(), 'YYYY-MM-DD'))
    )
    select found.product_id, found.parameter_id, case when count(*) = 1 then min(found.limit_id) end, count(*)
    from found where found.nearness = 1 group by found.product_id, found.parameter_id;
    perform lab.catalogue_judge_facts();
end
$$;

-- Works out, for every product and every way to measure it, what the judgement engine needs of the catalogue.
create or replace function lab.catalogue_judge_facts() returns void
language plpgsql volatile as $$
begin
    delete from lab.judge_fact;
    insert into lab.judge_fact (product_id, method_id, parameter_id, facts)
    select product.product_id, method.method_id, parameter.parameter_id, jsonb_strip_nulls(jsonb_build_object(
        'limit', case when requirement.operator in ('ge', 'gt') then nullif(requirement.limit_low, '')
                      when requirement.operator in ('le', 'lt') then nullif(requirement.limit_high, '') end,
        'operator', requirement.operator, 'comparison', requirement.comparison,
        'screening', method.role = 'screening', 'min_replicates', method.min_replicates,
        'unit', coalesce(unit.display, ''),
        'requirement', lab.requirement_text(requirement.operator, requirement.limit_low, requirement.limit_high),
        'standard', standard.number || '-' || standard.year, 'clause', requirement.clause,
        'confidence', requirement.confidence, 'limit_id', requirement.limit_id,
        'round_rule', nullif(parameter.round_rule, ''), 'round_value', nullif(parameter.round_value, ''),
        'catalogue_revision', (select head.revision from lab.catalogue_head as head)))
    from lab.product join lab.method using (laboratory)
    join lab.param_method on param_method.method_id = method.method_id
    join lab.parameter on parameter.parameter_id = param_method.parameter_id
    left join lab.resolved_requirement as resolved
        on resolved.product_id = product.product_id and resolved.parameter_id = parameter.parameter_id
    left join lab.requirement on requirement.limit_id = resolved.limit_id
    left join lab.standard on standard.standard_id = requirement.standard_id
    left join lab.unit on unit.unit_ucum = coalesce(requirement.unit_ucum, parameter.unit_ucum);
end
$$;

create or replace function lab.catalogue_moved() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    update lab.catalogue_head set revision = revision + 1;
    perform lab.catalogue_resolve();
    return null;
end
$$;

do $triggers$
declare
    name text;
begin
    foreach name in array array['unit', 'standard', 'product', 'parameter', 'method', 'param_method', 'requirement'] loop
        execute format('create or replace trigger catalogue_moved after insert or update or delete or truncate '
                       'on lab.%I for each statement execute function lab.catalogue_moved()', name);
    end loop;
end
$triggers$;

create or replace function lab.catalogue_list_laboratories(who lab.actor, request jsonb) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('laboratories', coalesce(json_agg(json_build_object(
            'laboratory', laboratory.laboratory, 'name_zh', laboratory.name_zh, 'name_en', laboratory.name_en)
            order by laboratory.laboratory), '[]'))
        from lab.laboratory where who.roles ? laboratory.laboratory);
end
$$;

create or replace function lab.catalogue_list_products(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, request ->> 'laboratory');
    select array_agg(json_build_object(
               'product_id', page.product_id, 'laboratory', page.laboratory, 'name_zh', page.name_zh,
               'name_en', page.name_en, 'limit', coalesce(nullif(only_one.limit_low, ''), only_one.limit_high),
               'unit', only_one.display, 'parameter_id', only_one.parameter_id) order by page.product_id)
    into found
    from (select * from lab.product where product.laboratory = request ->> 'laboratory'
          and product.product_id > coalesce(keys[1], '') order by product.product_id limit size + 1) as page
    left join lateral (
        select min(requirement.limit_low) as limit_low, min(requirement.limit_high) as limit_high,
               min(unit.display) as display, min(resolved.parameter_id) as parameter_id
        from lab.resolved_requirement as resolved join lab.requirement using (limit_id)
        join lab.unit using (unit_ucum)
        where resolved.product_id = page.product_id having count(*) = 1) as only_one on true;
    return lab.page_answer(who, 'products', found, size, 'product_id');
end
$$;

create or replace function lab.catalogue_list_methods(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, request ->> 'laboratory');
    select array_agg(json_build_object(
               'method_id', page.method_id, 'laboratory', page.laboratory, 'name_zh', page.name_zh,
               'name_en', page.name_en, 'standard', standard.number || '-' || standard.year,
               'screening', page.role = 'screening', 'destructive', lab.is_destructive(page.destructive),
               'min_replicates', page.min_replicates,
               'parameter_ids', (select coalesce(json_agg(param_method.parameter_id order by param_method.parameter_id),
                                                 '[]')
                                 from lab.param_method where param_method.method_id = page.method_id))
               order by page.method_id)
    into found
    from (select * from lab.method where method.laboratory = request ->> 'laboratory'
          and method.method_id > coalesce(keys[1], '') order by method.method_id limit size + 1) as page
    join lab.standard on standard.standard_id = page.standard_id;
    return lab.page_answer(who, 'methods', found, size, 'method_id');
end
$$;

-- A list's answer from size + 1 rows: the rows, and a token when there was one more.
create or replace function lab.page_answer(who lab.actor, list text, page json[], size integer, variadic keys text[]) returns json
language plpgsql volatile as $$
declare
    seen text[];
begin
    page := coalesce(page, '{}');
    if cardinality(page) <= size then
        return json_build_object(list, array_to_json(page));
    end if;
    select array_agg(page[size] ->> key order by place) into seen from unnest(keys) with ordinality as named (key, place);
    return json_build_object(list, array_to_json(page[:size]), 'next_page_token', lab.page_token(who, variadic seen));
end
$$;

select lab.catalogue_resolve();

reset role;
