-- SPDX-License-Identifier: Apache-2.0
-- The catalogue's lists. Any change of a catalogue row makes a new revision; a judgement names the revision it used and
-- is refused when that one has moved: 42_catalogue_resolve.sql, 43_catalogue_revise.sql, 45_catalogue_import.sql.
set role touchstone_owner;

-- "≥ 750"
create or replace function lab.requirement_text(operator text, limit_low text, limit_high text) returns text
language plpgsql immutable as $$
begin
    return case operator when 'ge' then '≥ ' || limit_low when 'gt' then '> ' || limit_low
                         when 'le' then '≤ ' || limit_high when 'lt' then '< ' || limit_high
                         when 'between' then limit_low || '–' || limit_high
                         when 'abs_le' then '±' || limit_high when 'grade_ge' then '≥ ' || limit_low
                         when 'not_detected' then '不得检出 / not detected'
                         when 'not_permitted' then '不得使用 / not permitted'
                         else limit_low || limit_high end;
end
$$;

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
    today date := lab.ts_now()::date;
    found json[];
begin
    perform lab.require_role(who, request ->> 'laboratory');
    select array_agg(json_build_object(
               'product_id', page.product_id, 'laboratory', page.laboratory, 'name_zh', page.name_zh,
               'name_en', page.name_en, 'limit', coalesce(nullif(only_one.limit_low, ''), only_one.limit_high),
               'unit', only_one.display, 'parameter_id', only_one.parameter_id) order by page.product_id)
    into found
    from (select * from lab.product where product.laboratory = request ->> 'laboratory' and not product.withdrawn
          and product.product_id > coalesce(keys[1], '') order by product.product_id limit size + 1) as page
    left join lateral (
        select min(requirement.limit_low) as limit_low, min(requirement.limit_high) as limit_high,
               min(unit.display) as display, min(resolved.parameter_id) as parameter_id
        from lab.resolved_requirement as resolved join lab.requirement using (limit_id)
        join lab.unit using (unit_ucum)
        where resolved.product_id = page.product_id
        and today >= resolved.valid_from and today < resolved.valid_to having count(*) = 1) as only_one on true;
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
                                 from lab.param_method where param_method.method_id = page.method_id
                                 and not param_method.withdrawn))
               order by page.method_id)
    into found
    from (select * from lab.method where method.laboratory = request ->> 'laboratory' and not method.withdrawn
          and method.method_id > coalesce(keys[1], '') order by method.method_id limit size + 1) as page
    join lab.standard on standard.standard_id = page.standard_id;
    return lab.page_answer(who, 'methods', found, size, 'method_id');
end
$$;

-- "AU/M_XRF;AG/M_XRF" of a package as tests.
create or replace function lab.package_tests(tests text) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object('method_id', split_part(one, '/', 2), 'parameter_id', split_part(one, '/', 1))
                            order by place)
        from string_to_table(tests, ';') with ordinality as told (one, place));
end
$$;

create or replace function lab.catalogue_get_intake_form(who lab.actor, request jsonb) returns json
language plpgsql stable as $$
declare
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    return json_build_object('fields', (
        select coalesce(json_agg(json_build_object(
                   'field_key', field.field_key, 'label_zh', field.label_zh, 'label_en', field.label_en, 'type', field.type,
                   'required', field.required = 'Y', 'accept_rule', nullif(field.accept_rule, ''),
                   'common', field.domain_id = 'ALL') order by field.domain_id = 'ALL', field.field_key), '[]')
        from lab.intake_field as field where field.domain_id in ('ALL', here)),
        'rejection_reasons', lab.rejection_reasons(here), 'packages', (
        select coalesce(json_agg(json_build_object(
                   'package_id', package.package_id, 'product_id', package.product_id, 'name_zh', package.name_zh,
                   'name_en', package.name_en, 'tests', lab.package_tests(package.tests)) order by package.package_id), '[]')
        from lab.package where package.domain_id = here));
end
$$;

create or replace function lab.catalogue_list_limits(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(json_build_object(
               'limit_id', page.limit_id, 'product_id', page.product_id, 'parameter_id', page.parameter_id,
               'requirement', lab.requirement_text(page.operator, page.limit_low, page.limit_high),
               'unit', unit.display, 'condition', nullif(page.condition, ''),
               'standard', lab.standard_cited(standard.number, standard.year), 'clause', nullif(page.clause, ''),
               'confidence', case when coalesce(signed.withdrawn, true) then page.confidence else 'signed' end,
               'source', nullif(page.source, ''), 'note', nullif(page.note, ''),
               'signed_by', case when not signed.withdrawn then manager.username end,
               'signed_reason', case when not signed.withdrawn then signed.reason end) order by page.limit_id collate "C")
    into found
    from (select rule.*, held.from_revision from lab.requirement as rule
          join lab.product on product.product_id = rule.product_id and product.laboratory = here
          join lab.catalogue_row as held on held.file = 'limits' and held.key = rule.limit_id
              and held.to_revision is null
          where not rule.withdrawn and rule.limit_id collate "C" > coalesce(keys[1], '')
          and (not coalesce((request ->> 'only_check')::boolean, false)
               or rule.confidence = 'check' and not lab.catalogue_signed('limits', rule.limit_id))
          order by rule.limit_id collate "C" limit size + 1) as page
    join lab.standard on standard.standard_id = page.standard_id
    left join lab.unit on unit.unit_ucum = page.unit_ucum
    left join lateral lab.sign_off_of('limits', page.limit_id, page.from_revision) as signed on true
    left join lab.staff as manager on manager.staff_id = signed.signed_by;
    return (lab.page_answer(who, 'limits', found, size, 'limit_id')::jsonb
            || jsonb_build_object('catalogue_revision', (select head.revision from lab.catalogue_head as head)))::json;
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

-- Charts and plans are of what this laboratory measures.
create or replace function lab.require_measured(here text, of_method text, of_parameter text) returns void
language plpgsql stable as $$
begin
    if not exists (select from lab.param_method join lab.method using (method_id)
                   where method.laboratory = here and param_method.method_id = of_method
                   and param_method.parameter_id = of_parameter) then
        perform lab.refuse_field('parameter_id', 'is not measured by this method in this laboratory');
    end if;
end
$$;

reset role;
